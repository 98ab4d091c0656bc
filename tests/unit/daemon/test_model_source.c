// SPDX-License-Identifier: GPL-2.0-only
/*
 * After a change of the source, as when the driver is loaded, the scopes of the
 * new sample are others than those of the one before.
 */
#include "tests/unit/model_world.h"

static void change_source(void)
{
	struct sample_container *web = &world.now.containers[0];

	scope_unref(web->scope);
	web->scope = world_scope(100, ID64("a"));
}

static void forget_path(struct scope *scope)
{
	free(scope->cgroup);
	scope->cgroup = NULL;
}

static void test_rates_go_on(void **state)
{
	(void)state;
	change_source();
	update();
	assert_near(row_of("web")->cpu_cores, 0.5, 1e-9);
}

/* A container that is only in cgroup v1 has no path in v2. */
static void test_rates_go_on_in_v1(void **state)
{
	(void)state;
	change_source();
	forget_path(world.before.containers[0].scope);
	forget_path(world.now.containers[0].scope);
	update_anew();
	assert_near(row_of("web")->cpu_cores, 0.5, 1e-9);
}

/* In v2 it was not the same one. */
static void test_one_that_was_in_v1(void **state)
{
	(void)state;
	change_source();
	forget_path(world.before.containers[0].scope);
	update_anew();
	assert_true(isnan(row_of("web")->cpu_cores));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
		TEST(test_rates_go_on),
		TEST(test_rates_go_on_in_v1),
		TEST(test_one_that_was_in_v1),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
