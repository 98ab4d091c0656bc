// SPDX-License-Identifier: GPL-2.0-only
/*
 * Paths of cgroups: an id is always one component of the path, and cgroups
 * inside a container change nothing.
 */
#include "fuzz.h"

#include <stdbool.h>

#include "contmon.h"

static void check_none(const struct contmon_identity *who)
{
	MUST(who->runtime == CONTMON_RUNTIME_NONE && !who->rootless);
	MUST(who->path_length == 0 && !who->id[0] && !who->pod[0]);
}

static void check_name(const char text[CONTMON_ID_MAX + 1])
{
	MUST(memchr(text, 0, CONTMON_ID_MAX + 1));
	MUST(!strpbrk(text, "/\n"));
	MUST(strcmp(text, ".") != 0 && strcmp(text, "..") != 0);
}

static void check_end(const char *path, size_t length)
{
	MUST(length > 0 && length <= strlen(path));
	MUST(path[length] == 0 || path[length] == '/');
}

static void must_be(const struct contmon_identity *who, const char *path)
{
	struct contmon_identity other;

	MUST(contmon_identify(path, &other) == 1);
	MUST(other.runtime == who->runtime && other.rootless == who->rootless);
	MUST(strcmp(other.id, who->id) == 0);
	MUST(strcmp(other.pod, who->pod) == 0);
	MUST(other.path_length == who->path_length);
}

/* The container's own cgroup, and one inside it */
static void check_neighbours(const char *path,
			     const struct contmon_identity *who)
{
	char *other = malloc(who->path_length + sizeof("/."));

	MUST(other);
	memcpy(other, path, who->path_length);
	other[who->path_length] = 0;
	must_be(who, other);
	strcpy(other + who->path_length, "/.");
	must_be(who, other);
	free(other);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *path = fuzz_text(data, size);
	struct contmon_identity who;
	int r;

	fuzz_mark(&who, sizeof(who));
	r = contmon_identify(path, &who);
	MUST(r == 0 || r == 1);
	if (r == 0) {
		check_none(&who);
	} else {
		MUST(who.runtime != CONTMON_RUNTIME_NONE && who.id[0]);
		MUST(who.runtime <= CONTMON_RUNTIME_BUILDKIT);
		check_name(who.id);
		check_name(who.pod);
		check_end(path, who.path_length);
		check_neighbours(path, &who);
	}
	free(path);
	return 0;
}
