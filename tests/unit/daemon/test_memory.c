// SPDX-License-Identifier: GPL-2.0-only
/* The parts of a container's memory */
#include "tests/unit/daemon.h"

#include "contmond/collect/cgroupfs_parse.h"
#include "contmond/model/memory.h"

static struct sample_container container;
static struct container_row row;

static int setup(void **state)
{
	(void)state;
	container = (struct sample_container){
		.row.valid = CONTMON_CGROUP_MEMCG,
		.row.memory_current_bytes = 1000,
		.row.swap_max_bytes = CONTMON_UNLIMITED,
		.row.events_high = 5,
		.stats.valid = CGROUP_STATS_MEMORY | CGROUP_STATS_KERNEL,
		.stats.memory_anon_bytes = 400,
		.stats.memory_file_bytes = 300,
		.stats.memory_kernel_bytes = 200,
		.stats.memory_slab_bytes = 150,
		.stats.memory_sock_bytes = 50,
		.stats.memory.inactive_file_bytes = 100,
		.stats.memory.zswap_bytes = MEMORY_UNKNOWN,
		.stats.memory.major_faults = 3,
		.limits.now.valid = CONTMON_LIMIT_SWAP,
		.limits.now.swap_bytes = { CONTMON_UNLIMITED, 4096, 1 },
	};
	return 0;
}

static void test_the_parts_add_up(void **state)
{
	(void)state;
	memory_fill(&container, &row);
	assert_near(row.memory_other_bytes, 50, 0);
	assert_near(row.memory_anon_bytes + row.memory_file_bytes +
		    row.memory_kernel_bytes + row.memory_sock_bytes +
		    row.memory_other_bytes, row.memory_current_bytes, 0);
	assert_near(row.memory_slab_bytes, 150, 0);
	assert_near(row.memory_working_set_bytes, 900, 0);
	assert_near(row.memory_high_events_total, 5, 0);
	assert_near(row.memory_max_events_total, 0, 0);
	assert_near(row.memory_major_faults_total, 3, 0);
	assert_near(row.memory_inactive_file_bytes, 100, 0);
	assert_true(isnan(row.memory_zswap_bytes));
	assert_near(row.swap_limit_bytes, 4096, 0);
	assert_true(isnan(row.swap_max_bytes));
	/* Parts that grew while they were read */
	container.stats.memory_anon_bytes = 900;
	memory_fill(&container, &row);
	assert_near(row.memory_other_bytes, 0, 0);
}

/* With a kernel before 5.18 only the rest is unknown. */
static void test_an_unknown_part(void **state)
{
	(void)state;
	container.stats.valid = CGROUP_STATS_MEMORY;
	memory_fill(&container, &row);
	assert_true(isnan(row.memory_kernel_bytes));
	assert_true(isnan(row.memory_other_bytes));
	assert_near(row.memory_anon_bytes, 400, 0);
}

/* As of cgroup v1, which has some of them, and counts in another file */
static void test_unknown_numbers_of_memory_stat(void **state)
{
	(void)state;
	container.row.valid = CONTMON_CGROUP_PART_MEMORY_CURRENT;
	container.stats.valid |= CGROUP_STATS_FAILURES;
	container.stats.memory_failures = 6;
	container.stats.memory_sock_bytes = MEMORY_UNKNOWN;
	container.stats.memory_slab_bytes = MEMORY_UNKNOWN;
	memory_fill(&container, &row);
	assert_true(isnan(row.memory_sock_bytes));
	assert_true(isnan(row.memory_slab_bytes));
	assert_true(isnan(row.memory_other_bytes));
	assert_near(row.memory_working_set_bytes, 900, 0);
	assert_near(row.memory_max_events_total, 6, 0);
	assert_true(isnan(row.memory_high_events_total));
}

/* procfs may have one file of a group but not the next. */
static void test_unknown_files(void **state)
{
	(void)state;
	container.row.valid = CONTMON_CGROUP_PART_MEMORY_CURRENT |
			      CONTMON_CGROUP_PART_EVENTS;
	memory_fill(&container, &row);
	assert_near(row.memory_current_bytes, 1000, 0);
	assert_near(row.memory_high_events_total, 5, 0);
	assert_true(isnan(row.swap_current_bytes));
	assert_true(isnan(row.oom_kills_total));
	container.row.valid = 0;
	memory_fill(&container, &row);
	assert_true(isnan(row.memory_current_bytes));
	assert_true(isnan(row.memory_working_set_bytes));
	assert_true(isnan(row.memory_other_bytes));
	assert_near(row.memory_file_bytes, 300, 0);
}

static const struct column *column_of(const char *key)
{
	const struct column *column = table_find(&container_table, key);

	assert_non_null(column);
	return column;
}

/*
 * A row of METRICS.md about a number of memory.stat: | `KEY` | unit |
 * definition | memory.stat, NAME | ...
 */
static bool parse_row(char *line, const char **ret_key, const char **ret_name)
{
	static const char file[] = " memory.stat, ";
	char *rest = line, *cells[5] = { NULL };
	size_t i;

	for (i = 0; i < COUNT(cells); i++)
		cells[i] = strsep(&rest, "|");
	if (!cells[4] || strncmp(cells[4], file, sizeof(file) - 1) != 0)
		return false;
	strsep(&cells[1], "`");
	*ret_key = strsep(&cells[1], "`");
	cells[4] += sizeof(file) - 1;
	*ret_name = strsep(&cells[4], " ");
	return true;
}

static void must_be_read(const char *key, const char *name)
{
	char text[128];

	memset(&container.stats, 0, sizeof(container.stats));
	memset(&container.stats.memory, 0xff, sizeof(container.stats.memory));
	snprintf(text, sizeof(text), "inactive_file 0\n%s 77\n", name);
	cgroupfs_parse_memory(text, &container.stats);
	memory_fill(&container, &row);
	if (column_number(column_of(key), &row) != 77)
		fail_msg("%s is not %s of memory.stat", key, name);
}

/* Each number has the key that METRICS.md says. */
static void test_numbers_of_memory_stat(void **state)
{
	FILE *file = fopen("contmond/METRICS.md", "r");
	const char *key, *name;
	char line[1024];
	size_t nr = 0;

	(void)state;
	if (!file)
		fail_msg("run this from the top of the source");
	while (fgets(line, sizeof(line), file)) {
		if (!parse_row(line, &key, &name))
			continue;
		must_be_read(key, name);
		nr++;
	}
	fclose(file);
	assert_true(nr >= 70);
}

/* Those of a new kernel or of some configurations */
static void test_numbers_that_a_kernel_does_not_have(void **state)
{
	static const char *const keys[] = {
		"memory_hugetlb_bytes", "memory_scanned_proactive_total",
		"memory_zswapped_in_total", "memory_numa_migrated_total",
	};
	char text[] = "anon 1\ninactive_file 2\npgscan 3\npgscan_direct 0\n";
	size_t i;

	(void)state;
	memset(&container.stats.memory, 0xff, sizeof(container.stats.memory));
	cgroupfs_parse_memory(text, &container.stats);
	memory_fill(&container, &row);
	for (i = 0; i < COUNT(keys); i++)
		assert_true(isnan(column_number(column_of(keys[i]), &row)));
	assert_near(row.memory_scanned_total, 3, 0);
	assert_near(row.memory_scanned_direct_total, 0, 0);
}

/* So they cost no room in the database. */
static void test_new_numbers_have_no_past(void **state)
{
	(void)state;
	assert_true(column_of("memory_swapped_in_total")->is_live);
	assert_true(column_of("memory_hugetlb_bytes")->is_live);
	assert_false(column_of("memory_major_faults_total")->is_live);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_the_parts_add_up, setup),
		cmocka_unit_test_setup(test_an_unknown_part, setup),
		cmocka_unit_test_setup(test_unknown_numbers_of_memory_stat,
				       setup),
		cmocka_unit_test_setup(test_unknown_files, setup),
		cmocka_unit_test_setup(test_numbers_of_memory_stat, setup),
		cmocka_unit_test_setup(test_numbers_that_a_kernel_does_not_have,
				       setup),
		cmocka_unit_test(test_new_numbers_have_no_past),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
