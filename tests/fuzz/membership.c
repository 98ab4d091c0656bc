// SPDX-License-Identifier: GPL-2.0-only
/*
 * Texts of /proc/PID/cgroup: a container that is found is that of one line's
 * path, and lines of other hierarchies change nothing.
 */
#include "fuzz.h"

#include "contmon.h"

#define DELETED " (deleted)"

/* Where @end begins, if @text ends with it and is longer */
static char *end_of(char *text, const char *end)
{
	size_t length = strlen(text), n = strlen(end);

	return length > n + 1 && strcmp(text + length - n, end) == 0 ?
		text + length - n : NULL;
}

static int says(const char *path, const struct contmon_identity *who)
{
	struct contmon_identity other;

	return contmon_identify(path, &other) == 1 &&
	       other.runtime == who->runtime &&
	       other.path_length == who->path_length &&
	       strcmp(other.id, who->id) == 0;
}

/* Does any line end with a path of the same container? */
static int is_in_a_line(char *text, const struct contmon_identity *who)
{
	char *save = NULL, *line, *path, *deleted;

	for (line = strtok_r(text, "\n", &save); line;
	     line = strtok_r(NULL, "\n", &save)) {
		path = strchr(line, ':');
		path = path ? strchr(path + 1, ':') : NULL;
		if (!path)
			continue;
		if (says(path + 1, who))
			return 1;
		deleted = end_of(path, DELETED);
		if (!deleted)
			continue;
		*deleted = 0;
		if (says(path + 1, who))
			return 1;
	}
	return 0;
}

/* The same with an additional line of a hierarchy that does not count */
static void check_more(const char *text, const struct contmon_identity *who)
{
	static const char line[] = "7:cpu:/docker/0123456789abcdef0123456789"
		"abcdef0123456789abcdef0123456789abcdef\n";
	char *more = malloc(sizeof(line) + strlen(text));
	struct contmon_identity other;

	MUST(more);
	strcpy(more, line);
	strcat(more, text);
	MUST(contmon_identify_memberships(more, &other) ==
	     (who->runtime != CONTMON_RUNTIME_NONE));
	MUST(strcmp(other.id, who->id) == 0);
	free(more);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size);
	struct contmon_identity who;
	int r;

	fuzz_mark(&who, sizeof(who));
	r = contmon_identify_memberships(text, &who);
	MUST(r == 0 || r == 1);
	MUST(r == (who.runtime != CONTMON_RUNTIME_NONE));
	MUST(r == (who.id[0] != 0) && r == (who.path_length != 0));
	check_more(text, &who);
	MUST(r == 0 || is_in_a_line(text, &who));
	free(text);
	return 0;
}
