// SPDX-License-Identifier: GPL-2.0-only
/*
 * Selecting columns, and sorting by them.
 *
 * wrap: open close ioctl mmap munmap sysinfo
 * wrap: contmon_paths_new contmon_paths_find contmon_paths_free
 * wrap: contmon_paths_root stat
 * wrap: contmon_has_cgroup1 contmon_identify_process
 * wrap: contmon_limits_new contmon_limits_get contmon_limits_free
 */
#include "tests/unit/listed.h"

#include "contmon/policy/decisions.h"
#include "contmon/rows/container_columns.h"
#include "contmon/rows/process_columns.h"

static void test_columns_are_picked(void **state)
{
	(void)state;
	assert_prints("ps -o oom-score,pid 4 7", "OOM PID\n  1   4\n  2   7\n"
		      "total: 2 processes, 2.0 MiB reserved, 48.0 KiB "
		      "committed (2.3%)\n");
	assert_prints("ps -o pid,container --no-headings 1 7 16",
		      "  1 host\n  7 web\n 16 -\n");
	assert_prints("containers -o id,processes", "FULL-ID PROCS\n"
		      "web         2\ndb          6\n");
}

static void test_columns_that_do_not_exist(void **state)
{
	(void)state;
	assert_refuses("ps -o pid,bogus", "contmon: -o bogus: not one of pid, "
		       "tid, ppid, comm,");
	assert_refuses("ps -o pid,", "contmon: -o : not one of pid,");
	assert_refuses("ps --sort RSS", "contmon: --sort RSS: not one of ");
	assert_refuses("containers --sort pid", "contmon: --sort pid: not one "
		       "of container, runtime,");
	assert_refuses("ps -o p", "contmon: -o p: not one of pid,");
	assert_int_equal(fake.nr_opened, 0);
}

static void test_numbers_sort_down_and_texts_up(void **state)
{
	(void)state;
	assert_prints("ps -o pid --no-headings --sort oom-score 1 4 7",
		      "  7\n  4\n  1\n");
	assert_prints("ps -o pid --no-headings --sort oom-score -r 7 1 4",
		      "  1\n  4\n  7\n");
	assert_prints("ps -o pid --no-headings --sort pid 7 1 4",
		      "  1\n  4\n  7\n");
	assert_prints("ps -o container,pid --no-headings --sort container "
		      "10 7 1 13", "db         13\nhost        1\n"
		      "web         7\nweb        10\n");
	assert_prints("containers -o container --no-headings --sort processes",
		      "db\nweb\n");
}

static void test_a_sign_says_which_comes_first(void **state)
{
	(void)state;
	assert_prints("ps -o pid --no-headings --sort +oom-score 4 1 7",
		      "  1\n  4\n  7\n");
	assert_prints("ps -o pid --no-headings --sort -oom-score 4 1 7",
		      "  7\n  4\n  1\n");
	assert_prints("ps -o pid --no-headings --sort -oom-score -r 4 1 7",
		      "  1\n  4\n  7\n");
	assert_prints("ps -o pid --no-headings --sort -pid 4 1 7",
		      "  7\n  4\n  1\n");
	assert_prints("ps -o pid --no-headings --sort +pid 4 1 7",
		      "  1\n  4\n  7\n");
	assert_refuses("ps --sort ++pid", "contmon: --sort +pid: not one of ");
}

/* Each with its help, without reading any source */
static void test_columns_are_listed(void **state)
{
	static const char *const lines[] = {
		"ps -o help", "ps --sort help", "containers -o help",
	};
	struct cli_layout layouts[2] = { 0 };
	size_t i, j;

	(void)state;
	cli_offer_process_columns(&layouts[0], false);
	cli_offer_container_columns(&layouts[1], false);
	for (i = 0; i < ARRAY_SIZE(lines); i++) {
		const struct cli_layout *layout = &layouts[i == 2];

		capture(i < 2 ? cli_ps : cli_containers, lines[i]);
		assert_int_equal(captured.status, 0);
		for (j = 0; j < layout->nr_all; j++) {
			char line[128];

			snprintf(line, sizeof(line), "%-22s %s\n",
				 layout->all[j]->name, layout->all[j]->help);
			assert_non_null(strstr(captured.out, line));
		}
	}
	assert_int_equal(fake.nr_opened, 0);
}

static void test_a_unit_may_be_left_out(void **state)
{
	(void)state;
	assert_prints("ps --csv -o rss --sort cpu 1", "rss_bytes\n24576\n");
	assert_prints("ps --csv -o rss-bytes 1", "rss_bytes\n24576\n");
	assert_prints("ps --csv -o rss_bytes 1", "rss_bytes\n24576\n");
	assert_refuses("ps -o rss-", "contmon: -o rss-: not one of pid, ");
	assert_refuses("ps -o rss-b", "contmon: -o rss-b: not one of pid, ");
	assert_refuses("containers -o memory-limit", "contmon: -o "
		       "memory-limit: may be memory-limit-bytes, "
		       "memory-limit-percent\n");
	assert_int_equal(capture(cli_watch, "watch -o state,cpu 1"), 2);
	assert_string_equal(captured.err, "contmon: -o cpu: may be "
			    "cpu-seconds-total, cpu-cores, cpu-percent\n");
}

/* Columns beside a, the subject */
static const struct cli_column columns[] = {
	{ .name = "a", .kind = CLI_KIND_TEXT, .least = 4 },
	{ .name = "b", .kind = CLI_KIND_COUNT, .rank = 1 },
	{ .name = "c", .kind = CLI_KIND_COUNT, .rank = 3 },
	{ .name = "d", .kind = CLI_KIND_COUNT, .rank = 3 },
	{ .name = "e", .kind = CLI_KIND_TEXT, .rank = 2, .least = 3 },
	{ .name = NULL }
};

/* The widths of a to e in a line of @room, from 10, 5, 5, 5 and 6 */
static void assert_fits(struct cli_layout *layout, int room, const char *want)
{
	int widths[CLI_COLUMNS_MAX] = { 10, 5, 5, 5, 6 };
	char text[64];

	cli_layout_fit(layout, room, widths);
	snprintf(text, sizeof(text), "%d %d %d %d %d", widths[0], widths[1],
		 widths[2], widths[3], widths[4]);
	assert_string_equal(text, want);
}

static void test_columns_fit(void **state)
{
	struct cli_layout layout = { .subject = "a" };

	(void)state;
	cli_layout_offer(&layout, columns);
	cli_layout_default(&layout, "a,b,c,d,e");
	assert_fits(&layout, 35, "10 5 5 5 6");
	assert_fits(&layout, 34, "10 5 5 5 5");
	assert_fits(&layout, 32, "10 5 5 5 3");
	assert_fits(&layout, 31, "9 5 5 5 3");
	assert_fits(&layout, 26, "4 5 5 5 3");
	/* c and d are left out together, then e, then b, and never a. */
	assert_fits(&layout, 25, "10 5 0 0 6");
	assert_fits(&layout, 14, "4 5 0 0 3");
	assert_fits(&layout, 13, "7 5 0 0 0");
	assert_fits(&layout, 10, "4 5 0 0 0");
	assert_fits(&layout, 9, "9 0 0 0 0");
	assert_fits(&layout, 2, "2 0 0 0 0");
	assert_fits(&layout, 0, "1 0 0 0 0");

	/* A tree is indented. */
	layout.tree = true;
	assert_fits(&layout, 14, "8 5 0 0 0");
	layout.tree = false;

	/* Columns that were picked can only be cut. */
	layout.picked = true;
	assert_fits(&layout, 26, "4 5 5 5 3");
	assert_fits(&layout, 20, "1 5 5 5 3");
}

/* Why something was done is cut, but it is there. */
static void test_decisions_keep_their_reason(void **state)
{
	const int wanted[] = { 19, 15, 7, 3, 9, 18, 16, 60 };
	int widths[CLI_COLUMNS_MAX];
	struct cli_layout layout = { 0 };
	int room;

	(void)state;
	cli_offer_decision_columns(&layout);
	cli_layout_default(&layout, "t,decision,state,dry-run,action,"
			   "container,rule,reason");
	for (room = 60; room <= 90; room++) {
		memcpy(widths, wanted, sizeof(wanted));
		cli_layout_fit(&layout, room, widths);
		assert_true(widths[7] >= 10);
	}
	/* The id of the decision is the first to go. */
	assert_int_equal(widths[6], 16);
	assert_int_equal(widths[1], 0);
}

static void test_containers_make_a_tree(void **state)
{
	(void)state;
	fake.nr_cgroups = 5;
	assert_prints("containers -a --tree -o cgroup --no-headings",
		      "/\n"
		      "\\_ /a,\"b\"\\x0a\\x1b[2J\n"
		      "  \\_ /lxc.payload.web\n"
		      "    \\_ /lxc.payload.web/init\n"
		      "      \\_ /lxc.payload.db\n");
	assert_prints("containers --tree -o container,cgroup --no-headings",
		      "web       /lxc.payload.web\n"
		      "\\_ db     /lxc.payload.db\n");
}

#define TEST(name) cmocka_unit_test_setup(test_##name, setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(columns_are_picked),
		TEST(columns_that_do_not_exist),
		TEST(numbers_sort_down_and_texts_up),
		TEST(a_sign_says_which_comes_first),
		TEST(columns_are_listed),
		TEST(a_unit_may_be_left_out),
		TEST(columns_fit),
		TEST(decisions_keep_their_reason),
		TEST(containers_make_a_tree),
	};

	return cmocka_run_group_tests_name("cli_layout", tests, NULL, NULL);
}
