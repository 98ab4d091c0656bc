// SPDX-License-Identifier: GPL-2.0-only
/* Rows of containers with fewer known numbers: of cgroup v1, or hidden ones */
#include "tests/unit/model_world.h"

/* Web is in cgroup v1 alone, so only its processes are known. */
static void make_v1(void)
{
	struct sample_container *c = &world.now.containers[0];

	free(world.web->cgroup);
	world.web->cgroup = NULL;
	c->row = (struct contmon_cgroup){ 0 };
	c->stats = (struct cgroup_stats){ 0 };
}

static void test_container_of_v1(void **state)
{
	const struct container_row *row;

	(void)state;
	make_v1();
	world_task(&world.before, 40, 0)->runtime_ns = 0;
	world_task(&world.now, 40, 0)->runtime_ns = SECOND_NS / 4;
	update();
	row = row_of("web");
	assert_near(row->cpu_cores, 0.75, 1e-9);
	assert_near(row->cpu_percent, 18.75, 1e-9);
	assert_string_equal(row->state, "running");
	assert_near(row->rss_sum_bytes, 10 << 20, 0);
	assert_null(row->cgroup);
	assert_true(isnan(row->cpu_seconds_total));
	assert_true(isnan(row->memory_current_bytes));
	assert_true(isnan(row->memory_limit_bytes));
	assert_true(isnan(row->read_bytes_total));
	assert_true(isnan(row->oom_kills_total));
}

/* It has cpuacct, so the cgroup's CPU counts, with that of ended processes. */
static void test_container_of_v1_with_cpu(void **state)
{
	struct sample_container *before = &world.before.containers[0];
	struct sample_container *now = &world.now.containers[0];
	const struct container_row *row;

	(void)state;
	make_v1();
	before->stats = (struct cgroup_stats){
		.valid = CGROUP_STATS_CPU,
		.read_boottime_ns = 100 * SECOND_NS,
		.cpu_usec = 1000000,
	};
	now->stats = before->stats;
	now->stats.read_boottime_ns += SECOND_NS;
	now->stats.cpu_usec = 3000000;
	now->row.valid = CONTMON_CGROUP_PART_MEMORY_CURRENT;
	now->row.memory_current_bytes = 4096;
	now->stats.valid |= CGROUP_STATS_FAILURES | CGROUP_STATS_FROZEN |
			    CGROUP_STATS_IO;
	now->stats.memory_failures = 7;
	now->stats.frozen = 1;
	now->stats.read_bytes = 5;
	update();
	row = row_of("web");
	assert_near(row->cpu_cores, 2, 1e-9);
	assert_near(row->cpu_percent, 50, 1e-9);
	assert_near(row->cpu_seconds_total, 3, 1e-9);
	assert_true(isnan(row->cpu_user_seconds_total));
	assert_near(row->memory_current_bytes, 4096, 0);
	assert_true(isnan(row->memory_working_set_bytes));
	assert_near(row->memory_max_events_total, 7, 0);
	assert_true(isnan(row->memory_oom_events_total));
	assert_near(row->read_bytes_total, 5, 0);
	assert_true(isnan(row->read_ops_total));
	assert_true(isnan(row->discard_bytes_total));
	assert_string_equal(row->state, "paused");
}

static void test_container_of_v1_without_a_rate(void **state)
{
	(void)state;
	make_v1();
	world_task(&world.now, 40, 0)->valid &= ~(uint64_t)CONTMON_TASK_CPU;
	update();
	assert_true(isnan(row_of("web")->cpu_cores));
	assert_true(isnan(row_of("web")->cpu_percent));
	assert_int_equal(model_update(&world.model, NULL, &world.now,
				      world.names), 0);
	assert_true(isnan(row_of("web")->cpu_cores));
}

/* procfs shows none of their processes, or not all of the host's. */
static void test_hidden_processes(void **state)
{
	const struct system_row *host = &world.model.system;

	(void)state;
	world.now.hides_tasks = true;
	world.now.containers[0].tally = (struct tally){ 0 };
	world.now.containers[1].row.populated = 0;
	world.now.containers[1].tally = (struct tally){ 0 };
	update();
	assert_string_equal(row_of("web")->state, "running");
	assert_true(isnan(row_of("web")->processes));
	assert_true(isnan(row_of("web")->processes_sleeping));
	assert_true(isnan(row_of("web")->threads));
	assert_true(isnan(row_of("web")->rss_sum_bytes));
	assert_true(isnan(row_of("web")->minor_faults));
	assert_true(!isnan(row_of("web")->memory_current_bytes));
	assert_near(row_of("db")->processes, 0, 0);
	assert_true(isnan(host->processes));
	assert_true(isnan(host->processes_idle));
	assert_true(isnan(host->reserved_bytes));
	assert_true(isnan(host->committed_bytes));
	assert_near(host->containers, 2, 0);
}

/* The processes of one container are in an invisible namespace. */
static void test_container_without_visible_processes(void **state)
{
	(void)state;
	world.now.containers[0].tally = (struct tally){ 0 };
	update();
	assert_true(isnan(row_of("web")->processes));
	assert_near(row_of("db")->processes, 1, 0);
	assert_true(!isnan(world.model.system.processes));
}

static void test_hidden_processes_of_v1(void **state)
{
	(void)state;
	make_v1();
	world.now.hides_tasks = true;
	update();
	assert_true(isnan(row_of("web")->processes));
	assert_true(isnan(row_of("web")->cpu_cores));
}

static void test_uptime_ends_with_the_processes(void **state)
{
	(void)state;
	world.web->is_started = true;
	world.web->started_ms = 1700000090000;
	world.web->started_boottime_ns = 90 * SECOND_NS;
	update();
	assert_near(row_of("web")->uptime_seconds, 11, 1e-9);
	world.now.containers[0].row.populated = 0;
	update();
	assert_true(isnan(row_of("web")->uptime_seconds));
	assert_near(row_of("web")->started_ms, 1700000090000, 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
		TEST(test_container_of_v1),
		TEST(test_container_of_v1_with_cpu),
		TEST(test_container_of_v1_without_a_rate),
		TEST(test_hidden_processes),
		TEST(test_container_without_visible_processes),
		TEST(test_hidden_processes_of_v1),
		TEST(test_uptime_ends_with_the_processes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
