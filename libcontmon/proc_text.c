// SPDX-License-Identifier: LGPL-2.1-or-later
#include "internal.h"
#include "proc_text.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/*
 * Parses a decimal number after blanks; refuses signs and numbers above 2^64.
 */
static int parse_u64(const char **text, uint64_t *ret)
{
	const char *s = *text;
	uint64_t value;
	char *end;

	while (*s == ' ' || *s == '\t')
		s++;
	if (!isdigit((unsigned char)*s))
		return -EPROTO;
	errno = 0;
	value = strtoull(s, &end, 10);
	if (errno)
		return -EPROTO;
	*text = end;
	*ret = value;
	return 0;
}

static int parse_all(const char *text, size_t nr, uint64_t *ret)
{
	size_t i;

	for (i = 0; i < nr; i++)
		if (parse_u64(&text, &ret[i]) < 0)
			return -EPROTO;
	return 0;
}

/* The text after @key at the start of a line, or NULL */
static const char *find_line(const char *text, const char *key)
{
	size_t length = strlen(key);

	while (strncmp(text, key, length) != 0) {
		text = strchr(text, '\n');
		if (!text)
			return NULL;
		text++;
	}
	return text + length;
}

int proc_parse_numbers(const char *text, const char *key, uint64_t *ret,
		       size_t nr)
{
	const char *value = find_line(text, key);

	if (!value)
		return -EPROTO;
	return parse_all(value, nr, ret);
}

int proc_parse_number(const char *text, const char *key, uint64_t *ret)
{
	return proc_parse_numbers(text, key, ret, 1);
}

int proc_parse_size(const char *text, const char *key, uint64_t *ret)
{
	uint64_t kib;

	if (proc_parse_number(text, key, &kib) < 0 || kib > UINT64_MAX / 1024)
		return -EPROTO;
	*ret = kib * 1024;
	return 0;
}

int proc_parse_schedstat(const char *text, uint64_t ret[3])
{
	uint64_t v[3];

	if (parse_all(text, 3, v) < 0)
		return -EPROTO;
	memcpy(ret, v, sizeof(v));
	return 0;
}

int proc_parse_limit(const char *text, uint64_t *ret)
{
	if (strcmp(text, "max\n") == 0) {
		*ret = CONTMON_UNLIMITED;
		return 0;
	}
	return parse_u64(&text, ret);
}

/* "QUOTA PERIOD" in microseconds */
int proc_parse_quota(const char *text, uint64_t *ret_ns)
{
	const uint64_t second_ns = 1000000000;
	uint64_t v[2] = { 0 }, ns;

	if (strncmp(text, "max ", 4) == 0) {
		*ret_ns = CONTMON_UNLIMITED;
		return 0;
	}
	if (parse_all(text, 2, v) < 0 || v[1] == 0 || v[1] > UINT32_MAX ||
	    __builtin_mul_overflow(v[0] / v[1], second_ns, &ns) ||
	    __builtin_add_overflow(v[0] % v[1] * second_ns / v[1], ns, &ns))
		return -EPROTO;
	*ret_ns = ns;
	return 0;
}

int proc_parse_pressure(const char *text, const char *kind, uint64_t *ret_ns)
{
	const char *line = find_line(text, kind);
	const char *end, *total;
	uint64_t us;

	if (!line)
		return -EPROTO;
	end = strchrnul(line, '\n');
	total = strstr(line, " total=");
	if (!total || total > end)
		return -EPROTO;
	total += strlen(" total=");
	if (parse_u64(&total, &us) < 0 || us > UINT64_MAX / 1000)
		return -EPROTO;
	*ret_ns = us * 1000;
	return 0;
}

/* "0.25 ": always two digits after the point, and nothing else */
static int parse_load(const char **text, uint32_t *ret_milli)
{
	uint64_t whole, part;
	const char *s;

	if (parse_u64(text, &whole) < 0 || **text != '.')
		return -EPROTO;
	s = ++*text;
	if (!isdigit((unsigned char)*s) || parse_u64(text, &part) < 0 ||
	    *text != s + 2 || (**text && !isspace((unsigned char)**text)) ||
	    whole > UINT32_MAX / 1000 - 1)
		return -EPROTO;
	*ret_milli = (uint32_t)(whole * 1000 + part * 10);
	return 0;
}

int proc_parse_loadavg(const char *text, uint32_t ret_milli[3])
{
	uint32_t v[3];
	int i;

	for (i = 0; i < 3; i++)
		if (parse_load(&text, &v[i]) < 0)
			return -EPROTO;
	memcpy(ret_milli, v, sizeof(v));
	return 0;
}

int proc_parse_cpu(const char *text, uint64_t ret_ticks[8])
{
	const char *line = find_line(text, "cpu ");
	uint64_t v[8];
	int i;

	if (!line || parse_all(line, 8, v) < 0)
		return -EPROTO;
	for (i = 0; i < 8; i++)
		if (v[i] > PROC_MAX_TICKS)
			return -EPROTO;
	memcpy(ret_ticks, v, sizeof(v));
	return 0;
}

int proc_parse_cgroup(const char *text, const char **ret_path,
		      size_t *ret_length)
{
	const char *path = find_line(text, "0::");
	size_t length;

	if (!path)
		return -ENOENT;
	length = strcspn(path, "\n");
	if (length == 0 || path[0] != '/' || path[1] == '/')
		return -EPROTO;

	/* Outside of our cgroup namespace */
	if (strncmp(path, "/..", 3) == 0 &&
	    (length == 3 || path[3] == '/'))
		return -ENOENT;
	*ret_path = path;
	*ret_length = length;
	return 0;
}

int proc_parse_namespace(const char *text, uint32_t *ret)
{
	const char *number = strstr(text, ":[");
	uint64_t inode;

	if (!number)
		return -EPROTO;
	number += 2;
	if (parse_u64(&number, &inode) < 0 || *number != ']' ||
	    inode > UINT32_MAX)
		return -EPROTO;
	*ret = (uint32_t)inode;
	return 0;
}
