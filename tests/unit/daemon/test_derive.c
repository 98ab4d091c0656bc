// SPDX-License-Identifier: GPL-2.0-only
/* Rows of containers that are in cgroup v1 alone */
#include "tests/unit/model_world.h"

/* Web is in cgroup v1 alone: its processes are all that is known of it. */
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

int main(void)
{
	static const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
		TEST(test_container_of_v1),
		TEST(test_container_of_v1_without_a_rate),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
