// SPDX-License-Identifier: GPL-2.0-only
/*
 * Columns, order, tree, filters and CSV of the commands that list rows.
 *
 * wrap: open close ioctl mmap munmap sysinfo
 * wrap: contmon_paths_new contmon_paths_find contmon_paths_free
 * wrap: contmon_has_cgroup1
 */
#include "tests/unit/fake_device.h"
#include "tests/unit/capture.h"
#include "contmon/commands.h"
#include "contmon/rows/container_columns.h"
#include "contmon/rows/filter.h"
#include "contmon/rows/process.h"
#include "contmon/table/output.h"
#include "contmon/table/row.h"

/* Path of the cgroup whose id is the index; "," and quotes for CSV */
static const char *const paths[] = {
	[1] = "/",
	[2] = "/a,\"b\"\n\033[2J",
	[3] = "/lxc.payload.web",
	[4] = "/lxc.payload.web/init",
	[5] = "/lxc.payload.db",
};

int __wrap_contmon_paths_new(const char *root, struct contmon_paths **ret);
int __wrap_contmon_paths_find(struct contmon_paths *cgroups, uint64_t id,
				const char **ret_path);
void __wrap_contmon_paths_free(struct contmon_paths *cgroups);

int __wrap_contmon_paths_new(const char *root, struct contmon_paths **ret)
{
	(void)root;
	*ret = (struct contmon_paths *)&paths;
	return 0;
}

int __wrap_contmon_paths_find(struct contmon_paths *cgroups, uint64_t id,
				const char **ret_path)
{
	(void)cgroups;
	if (id >= sizeof(paths) / sizeof(paths[0]) || !paths[id])
		return -ENOENT;
	*ret_path = paths[id];
	return 0;
}

void __wrap_contmon_paths_free(struct contmon_paths *cgroups)
{
	(void)cgroups;
}

/* Its processes are not those of /proc. */
int __wrap_contmon_has_cgroup1(void);

int __wrap_contmon_has_cgroup1(void)
{
	return 0;
}

static void assert_prints(const char *line, const char *output)
{
	int (*command)(int, char **) =
		line[0] == 'p' ? cli_ps : cli_containers;

	capture(command, line);
	if (captured.status != 0 || strcmp(captured.out, output) != 0)
		fail_msg("%s: status %d, %s\n%s", line, captured.status,
			 captured.err, captured.out);
}

static void assert_refuses(const char *line, const char *message)
{
	assert_int_equal(capture(line[0] == 'p' ? cli_ps : cli_containers,
				 line), 2);
	assert_string_equal(captured.out, "");
	assert_ptr_equal(strstr(captured.err, message), captured.err);
}

static void test_columns_are_picked(void **state)
{
	(void)state;
	assert_prints("ps -o oom,pid 4 7", "OOM PID\n  1   4\n  2   7\n"
		      "total: 2 processes, 2.0 MiB reserved, 48.0 KiB "
		      "committed (2.3%)\n");
	assert_prints("ps -o pid,container --no-headings 1 7 16",
		      "  1 -\n  7 web\n 16 ?\n");
	assert_prints("containers -o id,tasks", "ID  TASKS\nweb     2\n"
		      "db      6\n");
}

static void test_columns_that_are_not_there(void **state)
{
	(void)state;
	assert_refuses("ps -o pid,bogus", "contmon: -o bogus: not one of pid, "
		       "tid, ppid, user,");
	assert_refuses("ps -o pid,", "contmon: -o : not one of pid,");
	assert_refuses("ps --sort RSS", "contmon: --sort RSS: not one of ");
	assert_refuses("containers --sort pid", "contmon: --sort pid: not one "
		       "of id, name, runtime,");
	assert_refuses("ps -o p", "contmon: -o p: not one of pid,");
	assert_int_equal(fake.nr_opened, 0);
}

static void test_numbers_sort_down_and_texts_up(void **state)
{
	(void)state;
	assert_prints("ps -o pid --no-headings --sort oom 1 4 7",
		      "  7\n  4\n  1\n");
	assert_prints("ps -o pid --no-headings --sort oom -r 7 1 4",
		      "  1\n  4\n  7\n");
	assert_prints("ps -o pid --no-headings --sort pid 7 1 4",
		      "  1\n  4\n  7\n");
	assert_prints("ps -o container,pid --no-headings --sort container "
		      "10 7 1 13", "-           1\ndb         13\n"
		      "web         7\nweb        10\n");
	assert_prints("containers -o id --no-headings --sort tasks",
		      "db\nweb\n");
}

static void test_a_sign_says_which_comes_first(void **state)
{
	(void)state;
	assert_prints("ps -o pid --no-headings --sort +oom 4 1 7",
		      "  1\n  4\n  7\n");
	assert_prints("ps -o pid --no-headings --sort -oom 4 1 7",
		      "  7\n  4\n  1\n");
	assert_prints("ps -o pid --no-headings --sort -oom -r 4 1 7",
		      "  1\n  4\n  7\n");
	assert_prints("ps -o pid --no-headings --sort -pid 4 1 7",
		      "  7\n  4\n  1\n");
	assert_prints("ps -o pid --no-headings --sort +pid 4 1 7",
		      "  1\n  4\n  7\n");
	assert_refuses("ps --sort ++pid", "contmon: --sort +pid: not one of ");
}

/* Each with what it is, and nobody is asked for anything */
static void test_columns_are_told(void **state)
{
	static const char *const lines[] = {
		"ps -o help", "ps --sort help", "containers -o help",
	};
	size_t i;

	(void)state;
	for (i = 0; i < 3; i++) {
		const struct cli_column *column = i < 2 ?
			cli_process_columns : cli_container_columns;

		capture(i < 2 ? cli_ps : cli_containers, lines[i]);
		assert_int_equal(captured.status, 0);
		for (; column->name; column++) {
			char line[128];

			snprintf(line, sizeof(line), "%-10s %s\n",
				 column->name, column->help);
			assert_non_null(strstr(captured.out, line));
		}
	}
	assert_int_equal(fake.nr_opened, 0);
}

/* Values with many alike, some of them 0 or not known, in any order */
struct valued {
	struct cli_row row;
	struct cli_value value;
};

static struct cli_value get_value(const struct cli_row *row)
{
	return ((const struct valued *)row)->value;
}

static struct cli_value any_value(enum cli_kind kind)
{
	static const char *const texts[] = { "", "a", "b", "ba" };
	int n = rand() % 4;

	switch (kind) {
	case CLI_KIND_TEXT:
		return (struct cli_value){ rand() % 5, { .text = texts[n] } };
	case CLI_KIND_ID:
	case CLI_KIND_COUNT:
		return (struct cli_value){ rand() % 5, { .number = n - 2 } };
	case CLI_KIND_RATIO:
	case CLI_KIND_CORES:
		return (struct cli_value){ rand() % 5, { .ratio = n / 2.0 } };
	default:
		return (struct cli_value){ rand() % 5, { .bytes = (uint64_t)n } };
	}
}

/* Above 0 if @a has the larger value; both are known */
static int difference(enum cli_kind kind, const struct cli_value *a,
		      const struct cli_value *b)
{
	switch (kind) {
	case CLI_KIND_TEXT:
		return -strcmp(a->text, b->text);
	case CLI_KIND_ID:
		return (int)(b->number - a->number);
	case CLI_KIND_COUNT:
		return (int)(a->number - b->number);
	case CLI_KIND_RATIO:
	case CLI_KIND_CORES:
		return (int)(2 * (a->ratio - b->ratio));
	default:
		return (int)a->bytes - (int)b->bytes;
	}
}

static void assert_in_order(const struct valued *a, const struct valued *b,
			    enum cli_kind kind, bool is_turned)
{
	int order = 0;

	assert_true(a->value.known || !b->value.known);
	if (a->value.known && b->value.known)
		order = difference(kind, &a->value, &b->value);
	assert_true(is_turned ? order <= 0 : order >= 0);
	if (order == 0 && a->value.known == b->value.known)
		assert_true(a->row.id < b->row.id);
}

static void test_rows_of_any_values_are_in_order(void **state)
{
	enum { NR = 40 };
	struct valued all[NR] = { 0 };
	struct cli_row *pointers[NR];
	unsigned int seed, i, j;

	(void)state;
	for (seed = 0; seed < 4000; seed++) {
		struct cli_column column = {
			.kind = seed % (CLI_KIND_CORES + 1), .get = get_value,
		};
		struct cli_layout layout = {
			.sort = &column,
			.against = seed & 16, .reverse = seed & 32,
		};
		struct cli_rows rows = { pointers, seed % NR };

		srand(seed);
		for (i = 0; i < rows.nr; i++) {
			all[i].value = any_value(column.kind);
			all[i].row.id = i + 1;
			/* By their ids, but for every third time */
			j = seed % 3 ? i : (unsigned int)rand() % (i + 1);
			pointers[i] = pointers[j];
			pointers[j] = &all[i].row;
		}
		cli_rows_sort(&rows, &layout);
		for (i = 1; i < rows.nr; i++)
			assert_in_order((struct valued *)pointers[i - 1],
					(struct valued *)pointers[i],
					column.kind,
					layout.against != layout.reverse);
	}
}

static void test_unknown_values_come_last(void **state)
{
	struct contmon_task tasks[3] = {
		{ .pid = 1, .valid = CONTMON_TASK_BASE },
		{ .pid = 2, .valid = CONTMON_TASK_ALL, .rss_anon_bytes = 5 },
		{ .pid = 3, .valid = CONTMON_TASK_ALL },
	};
	struct cli_layout layout = { .all = cli_process_columns };
	struct cli_processes processes = { 0 };
	struct cli_row *v[3];
	struct cli_rows rows = { v, 3 };
	size_t i, reverse;

	(void)state;
	assert_int_equal(cli_processes_fill(&processes, tasks, 3, NULL), 0);
	cli_layout_sort(&layout, "rss");
	for (reverse = 0; reverse < 2; reverse++) {
		for (i = 0; i < 3; i++)
			v[i] = &processes.v[i].row;
		layout.reverse = reverse;
		cli_rows_sort(&rows, &layout);
		assert_int_equal(v[0]->id, reverse ? 3 : 2);
		assert_int_equal(v[2]->id, 1);
	}
	cli_processes_done(&processes);
}

/* A row for each pair, its id and its parent's; "id:depth" of each, in order */
static const char *tree_of(const unsigned int (*pairs)[2], size_t nr)
{
	static char text[256];
	struct cli_row all[16] = { 0 }, *v[16];
	struct cli_rows rows = { v, nr };
	size_t i, at = 0;

	for (i = 0; i < nr; i++) {
		all[i].id = pairs[i][0];
		all[i].parent_id = pairs[i][1];
		v[i] = &all[i];
	}
	assert_int_equal(cli_rows_tree(&rows), 0);
	for (i = 0; i < nr; i++)
		at += (size_t)sprintf(text + at, "%d:%u ", (int)v[i]->id,
				      v[i]->depth);
	return text;
}

static void test_children_stand_below_their_parents(void **state)
{
	static const unsigned int family[][2] = {
		{ 9, 2 }, { 1, 0 }, { 2, 1 }, { 3, 1 }, { 5, 9 }, { 4, 2 },
		{ 7, 77 },
	};
	static const unsigned int circle[][2] = {
		{ 1, 0 }, { 2, 3 }, { 3, 2 }, { 4, 3 }, { 5, 5 },
	};

	(void)state;
	assert_string_equal(tree_of(family, 7),
			    "1:0 2:1 9:2 5:3 4:2 3:1 7:0 ");
	assert_string_equal(tree_of(circle, 5), "1:0 5:0 2:0 3:1 4:2 ");
}

static void test_containers_make_a_tree(void **state)
{
	(void)state;
	fake.nr_containers = 5;
	assert_prints("containers -a --tree -o cgroup --no-headings",
		      "/\n"
		      "\\_ /a,\"b\"\\x0a\\x1b[2J\n"
		      "  \\_ /lxc.payload.web\n"
		      "    \\_ /lxc.payload.web/init\n"
		      "      \\_ /lxc.payload.db\n");
	assert_prints("containers --tree -o id,cgroup --no-headings",
		      "web /lxc.payload.web\ndb  \\_ /lxc.payload.db\n");
}

static void test_filters(void **state)
{
	(void)state;
	assert_prints("ps -o pid --no-headings --container we", "  7\n 10\n");
	assert_prints("ps -o pid --no-headings --container host", "  1\n  4\n");
	assert_prints("ps -o pid --no-headings --container x", "");
	assert_prints("ps -o pid --no-headings --state RZ", "");
	assert_prints("ps -o pid --no-headings --state SR 4", "  4\n");
	assert_prints("ps -o pid --no-headings --name ak 4", "  4\n");
	assert_prints("ps -o pid --no-headings --name f*k 4", "");
	assert_prints("ps -o pid --no-headings --name f*k? 4", "  4\n");
	assert_prints("ps -o pid --no-headings --user root 4", "  4\n");
	assert_prints("ps -o pid --no-headings --user 1234567 4", "");
	assert_prints("containers -o id --no-headings --container d", "db\n");
	assert_prints("containers -o id --no-headings --name *web", "web\n");
	assert_prints("containers -o cgroup --no-headings -a --name b\"",
		      "/a,\"b\"\\x0a\\x1b[2J\n");
}

static void test_filters_that_make_no_sense(void **state)
{
	(void)state;
	assert_refuses("ps --state Q",
		       "contmon: --state Q: not letters of RSDTtXZPI\n");
	assert_refuses("ps --user no-such-user",
		       "contmon: --user no-such-user: no such user\n");
}

static void test_size_of_committed_memory(void **state)
{
	(void)state;
	assert_prints("ps -o pid --no-headings --min-rss 24K 4", "  4\n");
	assert_prints("ps -o pid --no-headings --min-rss 25K 4", "");
	fake.task_known = 0;
	assert_prints("ps -o pid --no-headings --min-rss 1 4", "");
	assert_refuses("ps --min-rss many",
		       "contmon: --min-rss many: not a size such as 64M\n");
}

/* What the source can filter it is asked to, and nobody minds if it cannot. */
static void test_source_is_asked_to_filter(void **state)
{
	const struct contmon_snapshot_tasks *arg = &fake.tasks_arg;
	const uint32_t filters = CONTMON_FILTER_UID | CONTMON_FILTER_RSS |
				 CONTMON_FILTER_CGROUP;
	const char *line = "ps -o pid --no-headings --user root --min-rss 1K "
			   "--container web";

	(void)state;
	assert_prints(line, "  7\n 10\n");
	assert_int_equal(arg->flags & filters, 0);
	fake.info.features = CONTMON_FEATURE_FILTERS;
	assert_prints(line, "  7\n 10\n");
	assert_int_equal(arg->flags & filters, filters);
	assert_int_equal(arg->uid, 0);
	assert_int_equal(arg->min_rss_bytes, 1024);
	assert_int_equal(arg->cgroup_id, 3);

	/* Not for the host, nor for several containers: one cgroup is asked. */
	capture(cli_ps, "ps --container host");
	assert_int_equal(arg->flags & filters, 0);
	capture(cli_ps, "ps");
	assert_int_equal(arg->flags & filters, 0);
}

/* One cgroup can be asked for: for several all is read. */
static void test_source_is_not_asked_for_one_of_several(void **state)
{
	struct cli_filter filter = { .container = "" };
	struct contmon_query query = { 0 };
	struct cli_cgroups *cgroups;
	struct contmon *c;

	(void)state;
	assert_int_equal(contmon_open("/fake", &c), 0);
	assert_int_equal(cli_cgroups_new(&cgroups), 0);
	cli_filter_query(&filter, c, cgroups, &query);
	assert_int_equal(query.flags, 0);
	filter.container = "d";
	cli_filter_query(&filter, c, cgroups, &query);
	assert_int_equal(query.flags, CONTMON_FILTER_CGROUP);
	assert_int_equal(query.cgroup_id, 5);
	cli_cgroups_free(cgroups);
	contmon_close(c);
}

static void test_threads(void **state)
{
	(void)state;
	assert_int_equal(capture(cli_ps, "ps --threads"), 1);
	assert_string_equal(captured.err, "contmon: ps: --threads: this driver "
			    "knows of processes only; update it\n");
	fake.info.features = CONTMON_FEATURE_THREADS;
	assert_prints("ps --threads -o tid,pid 7 4",
		      "TID PID\n  4   4\n  7   7\n"
		      "total: 2 threads of 2 processes, 2.0 MiB reserved, "
		      "48.0 KiB committed (2.3%)\n");
	assert_true(fake.tasks_arg.flags & CONTMON_THREADS);
	assert_int_equal(capture(cli_ps, "ps --threads 4 5"), 1);
	assert_string_equal(captured.err,
			    "contmon: process 5: No such process\n");
	assert_non_null(strstr(captured.out, "total: 1 thread of 1 process,"));
	capture(cli_ps, "ps --threads --json 4");
	assert_non_null(strstr(captured.out, "\"threads\": 1"));
}

static void test_what_is_unknown_passes_no_filter(void **state)
{
	(void)state;
	fake.task_known = 0;
	assert_prints("ps -o pid --no-headings --user root 4", "");
	assert_prints("ps -o pid --no-headings --container host", "");
}

static void test_csv(void **state)
{
	(void)state;
	assert_prints("ps --csv -o pid,oom,vsz,rss% 1 4",
		      "pid,oom_score,vsz_bytes,rss_share\n"
		      "1,0,1048576,0.0234375\n4,1,1048576,0.0234375\n");
	assert_prints("ps --csv --no-headings -o pid,cgroup 4 28",
		      "4,\"/a,\"\"b\"\"\\x0a\\x1b[2J\"\n28,\n");
	fake.task_known = 0;
	assert_prints("ps --csv --no-headings -o pid,vsz 4", "4,\n");
}

static int print_share(int argc, char **argv)
{
	const struct cli_options options = { .csv = argc > 1 };
	json_t *rows = json_pack("[{s:f}]", "share", 1234.56789);

	(void)argv;
	return cli_print_rows(rows, json_object(), &options);
}

static void test_csv_is_as_exact_as_json(void **state)
{
	(void)state;
	capture(print_share, "share csv");
	assert_string_equal(captured.out, "share\n1234.56789\n");
	capture(print_share, "share");
	assert_non_null(strstr(captured.out, "\"share\": 1234.56789\n"));
}

static void test_csv_of_nothing_has_keys(void **state)
{
	char keys[sizeof(captured.out)];

	(void)state;
	assert_prints("ps --csv -o pid,vsz,name --name nobody",
		      "pid,vsz_bytes,container_name\n");
	assert_prints("ps --csv --no-headings --name nobody", "");
	capture(cli_ps, "ps --csv 1");
	strcpy(keys, captured.out);
	strchr(keys, '\n')[1] = 0;
	assert_prints("ps --csv --name nobody", keys);

	capture(cli_containers, "containers --csv");
	strcpy(keys, captured.out);
	strchr(keys, '\n')[1] = 0;
	capture(cli_containers, "containers --csv --container nobody");
	assert_string_equal(captured.out, keys);
	capture(cli_containers, "containers --csv -o id,limit --name nobody");
	assert_string_equal(captured.out, "container,memory_max_bytes\n");
}

static void test_csv_has_the_keys_of_json(void **state)
{
	(void)state;
	assert_int_equal(capture(cli_ps, "ps --csv 1"), 0);
	assert_ptr_equal(strstr(captured.out, "valid,pid,tgid,ppid,state,"),
			 captured.out);
	assert_non_null(strstr(captured.out, ",rootless,cgroup_path\n"));
	assert_non_null(strstr(captured.out, ",host,,false,/\n"));
	assert_int_equal(capture(cli_containers, "containers --csv"), 0);
	assert_non_null(strstr(captured.out, ",web,,lxc,,false,"));
}

static void test_json_has_only_what_was_picked(void **state)
{
	json_t *json, *row;

	(void)state;
	capture(cli_ps, "ps --json -o state,rss,container --sort oom 1 4");
	json = json_loads(captured.out, 0, NULL);
	row = json_array_get(json_object_get(json, "rows"), 0);
	assert_int_equal(json_object_size(row), 3);
	assert_int_equal(json_integer_value(json_object_get(row, "rss_bytes")),
			 6 << 12);
	assert_string_equal(json_string_value(json_object_get(row, "state")),
			    "S");
	assert_int_equal(json_object_size(json_object_get(json, "meta")), 5);
	json_decref(json);
}

static int setup(void **state)
{
	setenv("TERM", "dumb", 1);
	return fake_setup(state);
}

#define TEST(name) cmocka_unit_test_setup(test_##name, setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(columns_are_picked),
		TEST(columns_that_are_not_there),
		TEST(numbers_sort_down_and_texts_up),
		TEST(a_sign_says_which_comes_first),
		TEST(columns_are_told),
		TEST(rows_of_any_values_are_in_order),
		TEST(unknown_values_come_last),
		TEST(children_stand_below_their_parents),
		TEST(containers_make_a_tree),
		TEST(filters),
		TEST(filters_that_make_no_sense),
		TEST(size_of_committed_memory),
		TEST(source_is_asked_to_filter),
		TEST(source_is_not_asked_for_one_of_several),
		TEST(threads),
		TEST(what_is_unknown_passes_no_filter),
		TEST(csv),
		TEST(csv_is_as_exact_as_json),
		TEST(csv_of_nothing_has_keys),
		TEST(csv_has_the_keys_of_json),
		TEST(json_has_only_what_was_picked),
	};

	return cmocka_run_group_tests_name("cli_listing", tests, NULL, NULL);
}
