// SPDX-License-Identifier: GPL-2.0-only
/* The presets are valid, do nothing by themselves, and decide as they say. */
#include "tests/unit/policy_world.h"

#define PRESETS "contmond/policy/presets/"

static const char *const names[] = {
	PRESETS "ancestor-000.conf", PRESETS "ancestor-001.conf",
	PRESETS "ancestor-002.conf",
};

static void begin_with(const char *preset)
{
	struct policy_errors errors = { 0 };
	const char *paths[] = {
		preset,
		write_file("a.conf", "[policy]\ndry_run = no\n"
			   "budget_per_minute = 60\nbudget_per_hour = 100\n"),
	};
	int r = policy_load(paths, 2, &world.policy, &errors);

	if (r < 0)
		fail_msg("%s:%u: %s", preset, errors.all[0].line,
			 errors.all[0].text);
	world.state = policy_state_new(world.policy);
	world.nr = 0;
	world.now_ms = 3600000;
	world.ram_bytes = 1000;
}

static void test_each_is_a_dry_run(void **state)
{
	size_t i, j;

	(void)state;
	for (i = 0; i < COUNT(names); i++) {
		begin_with(names[i]);
		assert_true(world.policy->nr_rules > 0);
		for (j = 0; j < world.policy->nr_rules; j++)
			assert_true(world.policy->rules[j].dry_run);
		end_world();
	}
}

/* Oldest first; their types by their commands */
static const char *const commands[] = {
	"stress --cpu 1", "stress-ng --cpu=2 -t 9", "stress -c 4",
	"/usr/bin/stress --vm 1 --vm-bytes 9M", "stress -m 1",
	"sh -c stress --hdd 1", "stress -d 1", "stress --io 1", "stress -i 2",
	"nginx -c x.conf", "sleep --cpu 1", "stressful",
};

static void add_loads(void)
{
	size_t i;

	for (i = 0; i < COUNT(commands); i++) {
		char name[16];

		snprintf(name, sizeof(name), "c%zu", i);
		add_container(name)->command = commands[i];
	}
	add_container("grafana")->command = "stress --cpu 1";
	world.containers[world.nr - 1].row.created_ms = WORLD_MS - 1;
}

static void must_choose(const char *expected)
{
	char all[256] = "";
	size_t i;

	tick_after(1000);
	for (i = 0; i < world.result.nr_decisions; i++) {
		assert_true(world.result.decisions[i].dry_run);
		snprintf(all + strlen(all), sizeof(all) - strlen(all), "%s ",
			 chosen(i));
	}
	assert_string_equal(all, expected);
}

static void test_the_newest_of_each_type(void **state)
{
	(void)state;
	begin_with(names[0]);
	add_loads();
	world.candidates[4].ended_ms = WORLD_MS + 1;
	world.containers[4].row.state = "exited";
	must_choose("c0 c1 c3 c5 c7 ");
	assert_string_equal(finding(0, world.nr - 1), "protected");
	end_world();
}

static void test_four_that_run(void **state)
{
	(void)state;
	begin_with(names[1]);
	add_loads();
	world.candidates[4].ended_ms = WORLD_MS + 1;
	world.containers[4].row.state = "exited";
	must_choose("c0 c1 c5 c7 ");
	end_world();
}

static void test_thresholds_with_a_minimum(void **state)
{
	size_t i;

	(void)state;
	begin_with(names[2]);
	for (i = 0; i < 10; i++) {
		char name[16];

		snprintf(name, sizeof(name), i < 5 ? "high-%zu" : "web-%zu",
			 i);
		add_container(name)->cpu_percent = 30;
		world.containers[i].row.memory_working_set_bytes = 200;
	}
	world.containers[4].row.image = "highlands";
	world.candidates[4].name = "thigh";
	world.containers[9].row.memory_working_set_bytes = 201;
	world.containers[9].row.cpu_percent = 5;
	tick_after(1000);
	tick_after(10000);
	assert_int_equal(world.result.nr_decisions, 0);
	/* Four are high, six are low: two and three of them stay. */
	tick_after(19000);
	must_choose("high-0 high-1 high-4 web-5 web-6 ");
	assert_string_equal(finding(0, 2), "minimum");
	assert_string_equal(finding(1, 9), "minimum");
	end_world();
}

static void test_memory_of_the_host(void **state)
{
	size_t i;

	(void)state;
	begin_with(names[2]);
	for (i = 0; i < 5; i++) {
		char name[16];

		snprintf(name, sizeof(name), "web-%zu", i);
		add_container(name)->memory_working_set_bytes =
			i == 3 ? 201 : 200;
	}
	tick_after(1000);
	tick_after(29000);
	must_choose("web-3 ");
	end_world();
}

/* Types of the same name: the second file is refused, naming the first. */
static void test_only_one_of_them(void **state)
{
	struct policy_errors errors = { 0 };
	struct policy *policy;

	(void)state;
	assert_int_equal(policy_load(names, 2, &policy, &errors), -EINVAL);
	assert_int_equal(errors.nr, 4);
	assert_contains(errors.all[0].text, "[type cpu]: is already in "
			PRESETS "ancestor-000.conf:");
	policy_errors_done(&errors);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, make_directory, \
						   remove_directory)
		TEST(test_each_is_a_dry_run),
		TEST(test_the_newest_of_each_type),
		TEST(test_four_that_run),
		TEST(test_thresholds_with_a_minimum),
		TEST(test_memory_of_the_host),
		TEST(test_only_one_of_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
