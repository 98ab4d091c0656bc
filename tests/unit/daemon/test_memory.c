// SPDX-License-Identifier: GPL-2.0-only
/* The parts of a container's memory */
#include "tests/unit/daemon.h"

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

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_the_parts_add_up, setup),
		cmocka_unit_test_setup(test_an_unknown_part, setup),
		cmocka_unit_test_setup(test_unknown_numbers_of_memory_stat,
				       setup),
		cmocka_unit_test_setup(test_unknown_files, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
