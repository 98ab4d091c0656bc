// SPDX-License-Identifier: GPL-2.0-only
/* Every other parser of proc_text.h, each with the whole input */
#include "fuzz.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>

#include "contmon.h"
#include "libcontmon/proc_text.h"

/* A number that is found must follow @key at the beginning of a line. */
static void check_number(const char *text, const char *key)
{
	uint64_t number, bytes;
	const char *line;
	int r;

	fuzz_mark(&number, sizeof(number));
	r = proc_parse_number(text, key, &number);
	MUST(r == 0 || r == -EPROTO);
	MUST(r == 0 || fuzz_is_marked(&number, sizeof(number)));

	for (line = text; line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (strncmp(line, key, strlen(key)) == 0)
			break;
	}
	if (r == 0)
		MUST(line && strtoull(line + strlen(key), NULL, 10) == number);

	fuzz_mark(&bytes, sizeof(bytes));
	if (proc_parse_size(text, key, &bytes) == 0)
		MUST(r == 0 && bytes / 1024 == number && bytes % 1024 == 0);
	else
		MUST(fuzz_is_marked(&bytes, sizeof(bytes)));
}

static void check_limit(const char *text)
{
	uint64_t limit;
	int r;

	fuzz_mark(&limit, sizeof(limit));
	r = proc_parse_limit(text, &limit);
	if (r < 0)
		MUST(fuzz_is_marked(&limit, sizeof(limit)));
	else if (strcmp(text, "max\n") == 0)
		MUST(limit == CONTMON_UNLIMITED);
	else
		MUST(limit == strtoull(text, NULL, 10));
}

static void check_quota(const char *text)
{
	uint64_t quota, period, ns;
	char *end;
	int r;

	fuzz_mark(&ns, sizeof(ns));
	r = proc_parse_quota(text, &ns);
	MUST(r == 0 || r == -EPROTO);
	if (r < 0) {
		MUST(fuzz_is_marked(&ns, sizeof(ns)));
		return;
	}
	if (strncmp(text, "max ", 4) == 0) {
		MUST(ns == CONTMON_UNLIMITED);
		return;
	}
	quota = strtoull(text, &end, 10);
	period = strtoull(end, NULL, 10);
	MUST(period > 0);
	MUST(fabs((double)quota / (double)period * 1e9 - (double)ns) <=
	     1 + (double)ns / 1e12);
}

static void check_pressure(const char *text, const char *kind)
{
	uint64_t ns;
	int r;

	fuzz_mark(&ns, sizeof(ns));
	r = proc_parse_pressure(text, kind, &ns);
	MUST(r == 0 || r == -EPROTO);
	if (r < 0)
		MUST(fuzz_is_marked(&ns, sizeof(ns)));
	else
		MUST(strstr(text, kind) && ns % 1000 == 0);
}

/* The same numbers as read by the C library */
static void check_loadavg(const char *text)
{
	uint32_t milli[3];
	char *end;
	int i;

	fuzz_mark(milli, sizeof(milli));
	if (proc_parse_loadavg(text, milli) < 0) {
		MUST(fuzz_is_marked(milli, sizeof(milli)));
		return;
	}
	for (i = 0; i < 3; i++) {
		MUST(fabs(strtod(text, &end) * 1000 - milli[i]) < 0.5);
		text = end;
	}
}

static void check_arrays(const char *text)
{
	uint64_t v[8];

	fuzz_mark(v, sizeof(v));
	if (proc_parse_schedstat(text, v) < 0)
		MUST(fuzz_is_marked(v, sizeof(v)));
	else
		MUST(fuzz_is_marked(v + 3, sizeof(v) - 3 * sizeof(v[0])) &&
		     v[0] == strtoull(text, NULL, 10));
	fuzz_mark(v, sizeof(v));
	if (proc_parse_cpu(text, v) < 0)
		MUST(fuzz_is_marked(v, sizeof(v)));
	else
		MUST(strstr(text, "cpu "));
}

/* It will be opened below the mount of cgroup v2, and must stay below it. */
static void check_cgroup(const char *text)
{
	size_t length = 0;
	const char *path = NULL;
	int r;

	r = proc_parse_cgroup(text, &path, &length);
	if (r < 0) {
		MUST(r == -EPROTO || r == -ENOENT);
		MUST(!path && length == 0);
		return;
	}
	MUST(path >= text + 3 && path + length <= text + strlen(text));
	MUST(memcmp(path - 3, "0::/", 4) == 0);
	MUST(path == text + 3 || path[-4] == '\n');
	MUST(length == 1 || path[1] != '/');
	MUST(!memchr(path, '\n', length));
	MUST(path[length] == '\n' || path[length] == 0);
	MUST(!(length >= 3 && memcmp(path, "/..", 3) == 0 &&
	       (length == 3 || path[3] == '/')));
}

static void check_namespace(const char *text)
{
	uint32_t inode;
	int r;

	fuzz_mark(&inode, sizeof(inode));
	r = proc_parse_namespace(text, &inode);
	MUST(r == 0 || r == -EPROTO);
	if (r < 0)
		MUST(fuzz_is_marked(&inode, sizeof(inode)));
	else
		MUST(strtoull(strstr(text, ":[") + 2, NULL, 10) == inode);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const keys[] = { "", "rchar:", "VmSize:", "oom ",
					    "oom_kill ", "populated " };
	char *text = fuzz_text(data, size);
	size_t i;

	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		check_number(text, keys[i]);
	check_limit(text);
	check_quota(text);
	check_pressure(text, "some");
	check_pressure(text, "full");
	check_loadavg(text);
	check_arrays(text);
	check_cgroup(text);
	check_namespace(text);
	free(text);
	return 0;
}
