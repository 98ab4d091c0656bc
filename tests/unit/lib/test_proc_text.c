// SPDX-License-Identifier: GPL-2.0-only
/* Parsing files of procfs and cgroupfs, including hostile ones */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "contmon.h"
#include "libcontmon/proc_text.h"

#define BEFORE "42 ("
#define AFTER ") R 7 1 1 0 -1 4194560 100 200 3 400 50 60 70 80 20 -5 9 0 " \
	"777 4096 10 18446744073709551615 1 1 0 0 0 0 0 0 0 0 0 0 17 3 99 " \
	"2 0 0 0\n"

static int parse_stat(const char *text, size_t length, struct proc_stat *ret)
{
	/*
	 * Exactly as long as the text, so that sanitizers find reads beyond it
	 */
	char *copy = malloc(length + 1);
	int r;

	assert_non_null(copy);
	memcpy(copy, text, length);
	copy[length] = 0;
	r = proc_parse_stat(copy, length, ret);
	free(copy);
	return r;
}

static void assert_stat(const struct proc_stat *stat)
{
	assert_int_equal(stat->state, 'R');
	assert_int_equal(stat->ppid, 7);
	assert_int_equal(stat->flags, 4194560);
	assert_int_equal(stat->minor_faults, 100);
	assert_int_equal(stat->major_faults, 3);
	assert_int_equal(stat->utime_ticks, 50);
	assert_int_equal(stat->stime_ticks, 60);
	assert_int_equal(stat->nice, -5);
	assert_int_equal(stat->nr_threads, 9);
	assert_int_equal(stat->start_ticks, 777);
	assert_int_equal(stat->last_cpu, 3);
	assert_int_equal(stat->rt_priority, 99);
	assert_int_equal(stat->policy, 2);
}

static void test_stat_with_any_name(void **state)
{
	static const char *const names[] = {
		"cat", "", " ", "a b", "(", ")", "()", ")(", ") R 1 ",
		"a) Z 1 2 3 (b", "\n", "x\ny) S 0 0", "\x1b[2J", "\xff\xfe",
		"123456789012345",
	};
	struct proc_stat stat;
	char text[512];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		snprintf(text, sizeof(text), BEFORE "%s" AFTER, names[i]);
		assert_int_equal(parse_stat(text, strlen(text), &stat), 0);
		assert_stat(&stat);
		assert_string_equal(stat.comm, names[i]);
	}
}

static void test_stat_with_a_long_name(void **state)
{
	const char *text = BEFORE "kworker/u8:2-events_unbound" AFTER;
	struct proc_stat stat;

	(void)state;
	assert_int_equal(parse_stat(text, strlen(text), &stat), 0);
	assert_stat(&stat);
	assert_string_equal(stat.comm, "kworker/u8:2-ev");
}

/* A line is too short until the number of the last field has begun. */
static void test_stat_cut_off(void **state)
{
	const char *text = BEFORE "cat" AFTER;
	size_t needed = (size_t)(strstr(text, " 99 2 ") - text) + 4;
	struct proc_stat stat = { .ppid = 99 };
	size_t length;

	(void)state;
	for (length = 0; length <= needed; length++)
		assert_int_equal(parse_stat(text, length, &stat), -EPROTO);
	assert_int_equal(stat.ppid, 99);
	assert_int_equal(parse_stat(text, length, &stat), 0);
}

static void test_stat_that_is_invalid(void **state)
{
	static const char *const texts[] = {
		"", "(", ")", ")(", "1 (a)", "1 (a) ", "1 (a) 5 1 1", "1 (a) R",
		"1 (a) R x", "1 (a) R --1 1", "1 (a) R  1 1",
		"1 (a) R 99999999999999999999999 1 1",
	};
	struct proc_stat stat;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		assert_int_equal(parse_stat(texts[i], strlen(texts[i]), &stat),
				 -EPROTO);
}

/* Numbers that would be truncated, or change their sign */
static void test_stat_out_of_range(void **state)
{
	static const char form[] =
		"1 (a) R %s 0 0 0 -1 %s %s 0 0 0 %s 0 0 0 20 %s %s 0 %s"
		" 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 %s 0 0\n";
	static const char *const wrong[] = {
		"4294967297", "-1", "-7", "1844674407371", "20", "-2", "-1",
		"2147483648",
	};
	const char *v[8], **nice = &v[4];
	struct proc_stat stat = { .ppid = 99 };
	char text[512];
	size_t i, j;

	(void)state;
	for (i = 0; i <= 8; i++) {
		for (j = 0; j < 8; j++)
			v[j] = i == j ? wrong[j] : "1";
		if (i != 4)
			*nice = "-20";
		snprintf(text, sizeof(text), form, v[0], v[1], v[2], v[3],
			 v[4], v[5], v[6], v[7]);
		assert_int_equal(parse_stat(text, strlen(text), &stat),
				 i < 8 ? -EPROTO : 0);
		assert_int_equal(stat.ppid, i < 8 ? 99 : 1);
	}
	assert_int_equal(stat.nice, -20);
}

/* Each fits, but so must their sum, which is the run time. */
static void test_stat_sum_of_times(void **state)
{
	static const char form[] =
		"1 (a) R 1 0 0 0 -1 0 0 0 0 0 1844674407000 %u 0 0 20 0 1 0 1"
		" 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 1 0 0\n";
	struct proc_stat stat;
	char text[512];

	(void)state;
	snprintf(text, sizeof(text), form, 370);
	assert_int_equal(parse_stat(text, strlen(text), &stat), 0);
	snprintf(text, sizeof(text), form, 371);
	assert_int_equal(parse_stat(text, strlen(text), &stat), -EPROTO);
}

#define IDS "Name:\tx\\ny\nTgid:\t5\nUid:\t1\t2\t3\t4\nGid:\t5\t6\t7\t8\n"
#define SIZES "VmSize:\t  10 kB\nVmLck:\t1 kB\nVmHWM:\t9 kB\nVmRSS:\t6 kB\n" \
	"RssAnon:\t 1 kB\nRssFile:\t 2 kB\nRssShmem:\t 3 kB\nVmPTE:\t4 kB\n" \
	"VmSwap:\t5 kB\n"
#define SWITCHES "voluntary_ctxt_switches:\t11\n" \
	"nonvoluntary_ctxt_switches:\t12\n"

static void test_status(void **state)
{
	struct proc_status status;

	(void)state;
	assert_int_equal(proc_parse_status(IDS SIZES SWITCHES, &status), 0);
	assert_int_equal(status.tgid, 5);
	assert_int_equal(status.uid, 1);
	assert_int_equal(status.euid, 2);
	assert_int_equal(status.gid, 5);
	assert_int_equal(status.egid, 6);
	assert_true(status.has_mm);
	assert_int_equal(status.vsz, 10240);
	assert_int_equal(status.rss_anon, 1024);
	assert_int_equal(status.rss_file, 2048);
	assert_int_equal(status.rss_shmem, 3072);
	assert_int_equal(status.pgtables, 4096);
	assert_int_equal(status.swap, 5120);
	assert_int_equal(status.locked, 1024);
	assert_int_equal(status.rss_peak, 9216);
	assert_int_equal(status.voluntary_switches, 11);
	assert_int_equal(status.involuntary_switches, 12);
}

static void test_status_without_memory(void **state)
{
	struct proc_status status;

	(void)state;
	assert_int_equal(proc_parse_status(IDS SWITCHES, &status), 0);
	assert_false(status.has_mm);

	/* Incomplete sizes, or sizes above 2^64, are invalid. */
	assert_int_equal(proc_parse_status(IDS "VmSize:\t1 kB\n" SWITCHES,
					   &status), 0);
	assert_false(status.has_mm);
	assert_int_equal(proc_parse_status(IDS
		"VmSize:\t18446744073709551615 kB\n" SIZES SWITCHES, &status),
			 0);
	assert_false(status.has_mm);
}

static void test_status_that_is_invalid(void **state)
{
	static const char *const texts[] = {
		"", "\n", IDS, SIZES SWITCHES, "Tgid:\t-5\n" IDS SWITCHES,
		"Tgid:\t99999999999\n" IDS SWITCHES,
		"Uid:\t1\n" IDS SWITCHES,
		"Uid:\t4294967296\t1\n" IDS SWITCHES,
		"XTgid:\t1\nUid:\t1 1\nGid:\t1 1\n" SWITCHES,
	};
	struct proc_status status = { .tgid = 99 };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		assert_int_equal(proc_parse_status(texts[i], &status),
				 -EPROTO);
	assert_int_equal(status.tgid, 99);
}

static void test_a_key_is_a_whole_word(void **state)
{
	uint64_t value = 99;

	(void)state;
	assert_int_equal(proc_parse_number("oom_kill 3\n", "oom ", &value),
			 -EPROTO);
	assert_int_equal(value, 99);
	assert_int_equal(proc_parse_number("oom_kill 3\noom 2\n", "oom ",
					   &value), 0);
	assert_int_equal(value, 2);
}

static void test_limits(void **state)
{
	uint64_t value = 99;

	(void)state;
	assert_int_equal(proc_parse_limit("", &value), -EPROTO);
	assert_int_equal(proc_parse_limit("maximum\n", &value), -EPROTO);
	assert_int_equal(proc_parse_limit("-1\n", &value), -EPROTO);
	assert_int_equal(value, 99);
	assert_int_equal(proc_parse_limit("4096\n", &value), 0);
	assert_int_equal(value, 4096);
	assert_int_equal(proc_parse_limit("max\n", &value), 0);
	assert_true(value == CONTMON_UNLIMITED);
}

static void test_quotas(void **state)
{
	static const char *const wrong[] = {
		"", "\n", "max", "20000", "20000 0\n", "-1 100000\n",
		"1000 max\n", "18446744073709551615 1\n",
		"18446744073709551615 999999999\n",
	};
	uint64_t ns = 99;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_int_equal(proc_parse_quota(wrong[i], &ns), -EPROTO);
	assert_int_equal(ns, 99);
	assert_int_equal(proc_parse_quota("max 100000\n", &ns), 0);
	assert_true(ns == CONTMON_UNLIMITED);
	assert_int_equal(proc_parse_quota("20000 100000\n", &ns), 0);
	assert_int_equal(ns, 200000000);
	assert_int_equal(proc_parse_quota("250000 100000\n", &ns), 0);
	assert_int_equal(ns, 2500000000);
	assert_int_equal(proc_parse_quota("1234 100000\n", &ns), 0);
	assert_int_equal(ns, 12340000);
	/* The largest that the kernel accepts: 203 days per millisecond */
	assert_int_equal(proc_parse_quota("17592186044416 1000\n", &ns), 0);
	assert_true(ns == 17592186044416000000ULL);
}

static void test_pressure(void **state)
{
	const char *text = "some avg10=0.00 avg60=1.50 avg300=0.10 total=17\n"
			   "full avg10=0.00 avg60=0.00 avg300=0.00 total=5\n";
	uint64_t ns = 99;

	(void)state;
	assert_int_equal(proc_parse_pressure("", "some", &ns), -EPROTO);
	assert_int_equal(proc_parse_pressure("some avg10=0\nfull total=5\n",
					     "some", &ns), -EPROTO);
	assert_int_equal(ns, 99);
	assert_int_equal(proc_parse_pressure(text, "some", &ns), 0);
	assert_int_equal(ns, 17000);
	assert_int_equal(proc_parse_pressure(text, "full", &ns), 0);
	assert_int_equal(ns, 5000);
}

static void test_loads(void **state)
{
	uint32_t milli[3] = { 0 };

	(void)state;
	assert_int_equal(proc_parse_loadavg("", milli), -EPROTO);
	assert_int_equal(proc_parse_loadavg("1 2 3", milli), -EPROTO);
	assert_int_equal(proc_parse_loadavg("0.1 0.2 0.3", milli), -EPROTO);
	assert_int_equal(proc_parse_loadavg("0. 5 0.02 0.03", milli), -EPROTO);
	assert_int_equal(proc_parse_loadavg("0.24 0.05 2.09e1 1/2 3", milli),
			 -EPROTO);
	assert_int_equal(milli[0], 0);
	assert_int_equal(proc_parse_loadavg("0.05 12.34 1.50 1/2 3\n", milli),
			 0);
	assert_int_equal(milli[0], 50);
	assert_int_equal(milli[1], 12340);
	assert_int_equal(milli[2], 1500);
}

static void test_cpu_times(void **state)
{
	uint64_t ticks[8] = { 0 };

	(void)state;
	assert_int_equal(proc_parse_cpu("cpu0 1 2 3 4 5 6 7 8\n", ticks),
			 -EPROTO);
	assert_int_equal(proc_parse_cpu("cpu  1 2 3\n", ticks), -EPROTO);
	assert_int_equal(proc_parse_cpu("cpu  1 2 3 4 5 6 7 1844674407371\n",
					ticks), -EPROTO);
	assert_int_equal(proc_parse_cpu("cpu  1 2 3 4 5 6 7 1844674407370\n",
					ticks), 0);
	assert_int_equal(proc_parse_cpu("cpu  1 2 3 4 5 6 7 8 9 9\n", ticks),
			 0);
	assert_int_equal(ticks[0], 1);
	assert_int_equal(ticks[7], 8);
}

static void test_cgroup_paths(void **state)
{
	static const struct {
		const char *text;
		int r;
		const char *path;
	} rows[] = {
		{ "0::/a/b\n", 0, "/a/b" },
		{ "0::/\n", 0, "/" },
		{ "9:memory:/x\n1:name=systemd:/y\n0::/z\n", 0, "/z" },
		{ "0::/..a\n", 0, "/..a" },
		{ "0::/a (deleted)\n", 0, "/a (deleted)" },
		{ "0::/../sibling\n", -ENOENT, NULL },
		{ "0::/..\n", -ENOENT, NULL },
		{ "9:memory:/x\n", -ENOENT, NULL },
		{ "10::/x\n", -ENOENT, NULL },
		{ "", -ENOENT, NULL },
		{ "0::\n", -EPROTO, NULL },
		{ "0::a\n", -EPROTO, NULL },
		{ "0::" "//etc\n", -EPROTO, NULL },
	};
	const char *path;
	size_t length, i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(proc_parse_cgroup(rows[i].text, &path,
						   &length), rows[i].r);
		if (rows[i].r < 0)
			continue;
		assert_int_equal(length, strlen(rows[i].path));
		assert_memory_equal(path, rows[i].path, length);
	}
}

static void test_namespaces(void **state)
{
	uint32_t inode = 99;

	(void)state;
	assert_int_equal(proc_parse_namespace("pid:[]", &inode), -EPROTO);
	assert_int_equal(proc_parse_namespace("pid:[1", &inode), -EPROTO);
	assert_int_equal(proc_parse_namespace("pid:[4294967296]", &inode),
			 -EPROTO);
	assert_int_equal(inode, 99);
	assert_int_equal(proc_parse_namespace("net:[4026531840]", &inode), 0);
	assert_true(inode == 4026531840);
}

#define TEST(name) cmocka_unit_test(test_##name)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(stat_with_any_name),
		TEST(stat_with_a_long_name),
		TEST(stat_cut_off),
		TEST(stat_that_is_invalid),
		TEST(stat_out_of_range),
		TEST(stat_sum_of_times),
		TEST(status),
		TEST(status_without_memory),
		TEST(status_that_is_invalid),
		TEST(a_key_is_a_whole_word),
		TEST(limits),
		TEST(quotas),
		TEST(pressure),
		TEST(loads),
		TEST(cpu_times),
		TEST(cgroup_paths),
		TEST(namespaces),
	};

	return cmocka_run_group_tests_name("proc_text", tests, NULL, NULL);
}
