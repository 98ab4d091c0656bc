// SPDX-License-Identifier: GPL-2.0-only
#include "devices.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <contmon.h>

#include "base/util.h"

/* The key of "key=value", and where to store the value */
struct word {
	const char *key;
	size_t offset;
};

/* Cuts "8:0 " off a line. Returns NULL if it does not start like that. */
static char *cut_number(char *line, unsigned int *major, unsigned int *minor)
{
	int length = 0;

	if (sscanf(line, "%u:%u%n", major, minor, &length) != 2)
		return NULL;
	return line + length;
}

/* "max" means CONTMON_UNLIMITED. */
static void take_word(const char *word, const struct word *words, size_t nr,
		      void *ret)
{
	size_t i, length;

	for (i = 0; i < nr; i++) {
		length = strlen(words[i].key);
		if (strncmp(word, words[i].key, length) != 0)
			continue;
		*(uint64_t *)((char *)ret + words[i].offset) =
			strcmp(word + length, "max") == 0 ? CONTMON_UNLIMITED :
			strtoull(word + length, NULL, 10);
		return;
	}
}

static void take_words(char *text, const struct word *words, size_t nr,
		       void *ret)
{
	char *word;

	while ((word = strsep(&text, " ")))
		take_word(word, words, nr, ret);
}

/* "8:0 rbytes=1 wbytes=2 rios=3 wios=4 dbytes=5 dios=6" */
bool devices_parse_stat(char *line, struct device_io *ret)
{
	static const struct word words[] = {
		{ "rbytes=", offsetof(struct device_io, read_bytes) },
		{ "wbytes=", offsetof(struct device_io, write_bytes) },
		{ "rios=", offsetof(struct device_io, read_ops) },
		{ "wios=", offsetof(struct device_io, write_ops) },
		{ "dbytes=", offsetof(struct device_io, discard_bytes) },
		{ "dios=", offsetof(struct device_io, discard_ops) },
	};
	struct device_io io = { 0 };
	char *rest = cut_number(line, &io.major, &io.minor);

	if (!rest)
		return false;
	take_words(rest, words, ARRAY_SIZE(words), &io);
	*ret = io;
	return true;
}

static const struct device_rates unlimited = {
	CONTMON_UNLIMITED, CONTMON_UNLIMITED, CONTMON_UNLIMITED,
	CONTMON_UNLIMITED,
};

/*
 * Finds the entry of a device, or adds one. Returns NULL if there is no memory.
 */
static struct device_limits *limits_of(struct device_limits **limits,
				       size_t *nr, unsigned int major,
				       unsigned int minor)
{
	struct device_limits *grown;
	size_t i;

	for (i = 0; i < *nr; i++) {
		if ((*limits)[i].major == major && (*limits)[i].minor == minor)
			return &(*limits)[i];
	}
	grown = reallocarray(*limits, *nr + 1, sizeof(*grown));
	if (!grown)
		return NULL;
	*limits = grown;
	grown[*nr] = (struct device_limits){ major, minor, unlimited,
					     unlimited };
	return &grown[(*nr)++];
}

static void lower(uint64_t *limit, uint64_t other)
{
	if (other < *limit)
		*limit = other;
}

/* Lines like "8:0 rbps=max wbps=1048576 riops=max wiops=max" */
int devices_parse_max(char *text, bool is_own, struct device_limits **limits,
		      size_t *nr)
{
	static const struct word words[] = {
		{ "rbps=", offsetof(struct device_rates, read_bytes) },
		{ "wbps=", offsetof(struct device_rates, write_bytes) },
		{ "riops=", offsetof(struct device_rates, read_ops) },
		{ "wiops=", offsetof(struct device_rates, write_ops) },
	};
	char *line;

	while ((line = strsep(&text, "\n"))) {
		struct device_rates rates = unlimited;
		struct device_limits *known;
		unsigned int major, minor;
		char *rest = cut_number(line, &major, &minor);

		if (!rest)
			continue;
		take_words(rest, words, ARRAY_SIZE(words), &rates);
		known = limits_of(limits, nr, major, minor);
		if (!known)
			return -ENOMEM;
		if (is_own)
			known->own = rates;
		lower(&known->effective.read_bytes, rates.read_bytes);
		lower(&known->effective.write_bytes, rates.write_bytes);
		lower(&known->effective.read_ops, rates.read_ops);
		lower(&known->effective.write_ops, rates.write_ops);
	}
	return 0;
}

/* "8:0 1048576", a line per device */
int devices_parse_throttle(char *text, size_t rate,
			   struct device_limits **limits, size_t *nr)
{
	char *line;

	while ((line = strsep(&text, "\n"))) {
		struct device_limits *known;
		unsigned int major, minor;
		char *rest = cut_number(line, &major, &minor);
		uint64_t value;

		if (!rest || sscanf(rest, " %" SCNu64, &value) != 1)
			continue;
		known = limits_of(limits, nr, major, minor);
		if (!known)
			return -ENOMEM;
		*(uint64_t *)((char *)&known->own + rate) = value;
		*(uint64_t *)((char *)&known->effective + rate) = value;
	}
	return 0;
}

/* The name is the last component of the link: ../../devices/.../block/sda */
int device_name(unsigned int major, unsigned int minor,
		char ret[DEVICE_NAME_MAX])
{
	char path[64], target[512];
	const char *name;
	ssize_t length;

	snprintf(path, sizeof(path), "/sys/dev/block/%u:%u", major, minor);
	length = readlink(path, target, sizeof(target) - 1);
	if (length < 0)
		return -errno;
	target[length] = '\0';
	name = strrchr(target, '/');
	if (!name || strlen(name + 1) >= DEVICE_NAME_MAX)
		return -ENOENT;
	strcpy(ret, name + 1);
	return 0;
}
