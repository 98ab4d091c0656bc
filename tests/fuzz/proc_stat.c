// SPDX-License-Identifier: GPL-2.0-only
/* /proc/PID/stat: every field must be the number at its place. */
#include "fuzz.h"

#include <errno.h>
#include <inttypes.h>

#include "libcontmon/proc_text.h"

/* Field @number of proc(5), from 4 on; two's complement below zero */
static uint64_t field(const char *rest, int number)
{
	int i;

	for (i = 3; i < number; i++)
		rest = strchr(rest + 1, ' ');
	return strtoull(rest, NULL, 10);
}

static void compare(const char *rest, const struct proc_stat *stat)
{
	const struct {
		int number;
		int64_t is;
	} small[] = {
		{ 4, stat->ppid }, { 9, stat->flags }, { 19, stat->nice },
		{ 20, stat->nr_threads }, { 39, stat->last_cpu },
		{ 40, stat->rt_priority }, { 41, stat->policy },
	};
	const struct {
		int number;
		uint64_t is;
	} large[] = {
		{ 10, stat->minor_faults }, { 12, stat->major_faults },
		{ 14, stat->utime_ticks }, { 15, stat->stime_ticks },
		{ 22, stat->start_ticks },
	};
	size_t i;

	for (i = 0; i < sizeof(small) / sizeof(small[0]); i++)
		MUST((int64_t)field(rest, small[i].number) == small[i].is);
	for (i = 0; i < sizeof(large) / sizeof(large[0]); i++) {
		MUST(field(rest, large[i].number) == large[i].is);
		MUST(large[i].is <= INT64_MAX);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size);
	struct proc_stat stat;
	int r;

	fuzz_mark(&stat, sizeof(stat));
	r = proc_parse_stat(text, size, &stat);
	if (r < 0) {
		MUST(r == -EPROTO);
		MUST(fuzz_is_marked(&stat, sizeof(stat)));
	} else {
		const char *open = memchr(text, '(', size);
		const char *close = memrchr(text, ')', size);
		size_t length = strnlen(open + 1, (size_t)(close - open) - 1);

		MUST(memchr(stat.comm, 0, sizeof(stat.comm)));
		MUST(strlen(stat.comm) == (length < 15 ? length : 15));
		MUST(memcmp(stat.comm, open + 1, strlen(stat.comm)) == 0);
		MUST(stat.state == close[2]);
		compare(close + 2, &stat);
	}
	free(text);
	return 0;
}
