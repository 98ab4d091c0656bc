// SPDX-License-Identifier: GPL-2.0-only
/* The presets are valid, do nothing by themselves, and decide as they say. */
#include "tests/unit/policy_world.h"

#include "contmon/past/workloads.h"

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
		assert_int_equal(world.policy->nr_warnings, 0);
		for (j = 0; j < world.policy->nr_rules; j++)
			assert_true(world.policy->rules[j].dry_run);
		end_world();
	}
}

/* Which containers are a load, and of which type */
static void must_be_of_type(const char *command, const char *type)
{
	size_t i = world.nr;

	add_container("load")->command = command;
	tick_after(1000);
	if ((strcmp(finding(0, i), "not_selected") == 0) != !type)
		fail_msg("'%s' is %s", command, finding(0, i));
	if (type)
		assert_string_equal(world.result.profiles[i].type, type);
	world.nr--;
}

/* Presets and `contmon export` agree. */
static void test_types(void **state)
{
	static const char *const types[] = {
		[WORKLOAD_CPU] = "cpu", [WORKLOAD_RAM] = "ram",
		[WORKLOAD_DISK] = "disk", [WORKLOAD_IO] = "io",
		[WORKLOAD_OTHER] = NULL,
	};
	static const struct {
		const char *command;
		enum cli_workload workload;
	} rows[] = {
		{ "stress --cpu 1", WORKLOAD_CPU },
		{ "stress --vm 1 --vm-bytes 128M", WORKLOAD_RAM },
		{ "stress --hdd 1 --hdd-bytes 16M", WORKLOAD_DISK },
		{ "stress --io 1", WORKLOAD_IO },
		{ "stress -c 1", WORKLOAD_CPU },
		{ "stress -m 1", WORKLOAD_RAM },
		{ "stress -d 1", WORKLOAD_DISK },
		{ "stress -i 1", WORKLOAD_IO },
		{ "stress-ng --cpu 0", WORKLOAD_CPU },
		{ "stress-ng --vm=2", WORKLOAD_RAM },
		{ "stress-ng --hdd=2 -t 9", WORKLOAD_DISK },
		{ "stress-ng -t 9 --io 2", WORKLOAD_IO },
		{ "stress-ng -c4", WORKLOAD_CPU },
		{ "stress-ng -v -m2", WORKLOAD_RAM },
		{ "stress-ng -d16", WORKLOAD_DISK },
		{ "stress-ng --metrics -i1", WORKLOAD_IO },
		{ "stress -v -t 60 --cpu 1", WORKLOAD_CPU },
		{ "/usr/bin/stress --timeout 9 --vm 1", WORKLOAD_RAM },
		{ "sh -c stress --hdd 1", WORKLOAD_DISK },
		{ "timeout 60 /opt/stress-ng --io 1", WORKLOAD_IO },
		/* contmon load --mix mixed */
		{ "/stress --cpu 1 --vm 1 --vm-bytes 32M --hdd 1 --io 1",
		  WORKLOAD_CPU },
		{ "stress --cpu-method all", WORKLOAD_OTHER },
		{ "stress-ng --vm-bytes 1G --hdd-bytes 1G", WORKLOAD_OTHER },
		{ "stress-ng --iomix 1 --cpu-load 50", WORKLOAD_OTHER },
		{ "stress", WORKLOAD_OTHER },
		{ "/stress --udp 1", WORKLOAD_OTHER },
		{ "stressful --cpu 1", WORKLOAD_OTHER },
		{ "distress --cpu 1", WORKLOAD_OTHER },
		{ "/opt/stress-test/run -c x.conf", WORKLOAD_OTHER },
		{ "python3 stress_report.py -d 1", WORKLOAD_OTHER },
		{ "nginx -c x.conf", WORKLOAD_OTHER },
		{ "mysqld --io 1", WORKLOAD_OTHER },
	};
	size_t i, j;

	(void)state;
	for (j = 0; j < 2; j++) {
		begin_with(names[j]);
		for (i = 0; i < COUNT(rows); i++)
			must_be_of_type(rows[i].command,
					types[rows[i].workload]);
		end_world();
	}
	for (i = 0; i < COUNT(rows); i++)
		assert_int_equal(cli_workload_of(rows[i].command),
				 rows[i].workload);
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

/* By their names and images, unless a label says it */
static void test_classes(void **state)
{
	static const struct {
		const char *name, *image, *label, *class;
	} rows[] = {
		{ "high", "i", NULL, "high" },
		{ "web-high-2", "i", NULL, "high" },
		{ "cpu_1", "i", NULL, "high" },
		{ "a.MEM", "i", NULL, "high" },
		{ "web", "shop/cpu:1", NULL, "high" },
		{ "web", "mem", NULL, "high" },
		/* The ancestor looked for them in the middle of words. */
		{ "thigh", "highlands", NULL, "low" },
		{ "member", "cpus", NULL, "low" },
		{ "cpu2", "memcached", NULL, "low" },
		{ "web", "shop", NULL, "low" },
		{ "web", "shop", "high", "high" },
		{ "high", "shop", "low", "low" },
		{ "high", "shop", "mine", "mine" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(rows); i++) {
		begin_with(names[2]);
		add_container(rows[i].name)->image = rows[i].image;
		if (rows[i].label)
			add_label(0, "contmon.class", rows[i].label);
		tick_after(1000);
		assert_string_equal(world.result.profiles[0].class,
				    rows[i].class);
		end_world();
	}
}

/* Of one that is not needed for a minimum; the host has 1000 bytes. */
static void test_thresholds(void **state)
{
	static const struct {
		double cpu_percent, memory;
		int64_t seconds;
		const char *rule;
	} rows[] = {
		{ 20, 200, 60, NULL },
		{ 20.1, 200, 29, NULL },
		{ 20.1, 200, 30, "much-cpu" },
		{ 20, 201, 29, NULL },
		{ 20, 201, 30, "much-memory" },
		{ 100, 1000, 29, NULL },
		{ 100, 1000, 30, "much-cpu" },
		{ (double)NAN, 201, 30, "much-memory" },
		{ 20.1, (double)NAN, 30, "much-cpu" },
		{ (double)NAN, (double)NAN, 60, NULL },
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(rows); i++) {
		const struct policy_decision *decision;
		int64_t second;

		begin_with(names[2]);
		add_container("web")->cpu_percent = rows[i].cpu_percent;
		world.containers[0].row.memory_working_set_bytes =
			rows[i].memory;
		add_container("idle-1");
		add_container("idle-2");
		add_container("idle-3");
		for (second = 0; second < rows[i].seconds; second++) {
			tick_after(1000);
			assert_int_equal(world.result.nr_decisions, 0);
		}
		assert_int_equal(tick_after(1000), rows[i].rule ? 1 : 0);
		decision = world.result.decisions;
		if (rows[i].rule) {
			const struct policy_rule *rule =
				&world.policy->rules[decision->rule];

			assert_string_equal(chosen(0), "web");
			assert_string_equal(rule->name, rows[i].rule);
			assert_true(decision->dry_run);
		}
		end_world();
	}
}

/* One sample was enough for the ancestor. */
static void test_spikes(void **state)
{
	int second;

	(void)state;
	begin_with(names[2]);
	add_container("web");
	add_container("idle-1");
	add_container("idle-2");
	add_container("idle-3");
	for (second = 0; second < 300; second++) {
		bool is_low = second % 30 == 29;

		world.containers[0].row.cpu_percent = is_low ? 5 : 100;
		world.containers[0].row.memory_working_set_bytes =
			is_low ? 5 : 999;
		tick_after(1000);
		assert_int_equal(world.result.nr_decisions, 0);
	}
	end_world();
}

/* How many of so many that all use too much are chosen, in each class */
static void test_minimum(void **state)
{
	static const struct {
		unsigned int nr_high, nr_low, chosen_high, chosen_low;
	} rows[] = {
		{ 0, 1, 0, 0 }, { 1, 0, 0, 0 }, { 2, 3, 0, 0 },
		{ 3, 3, 1, 0 }, { 2, 4, 0, 1 }, { 5, 5, 3, 2 },
		{ 0, 10, 0, 7 }, { 10, 0, 8, 0 }, { 1, 20, 0, 17 },
	};
	size_t i, j;

	(void)state;
	for (i = 0; i < COUNT(rows); i++) {
		unsigned int nr = rows[i].nr_high + rows[i].nr_low;
		unsigned int high = 0, low = 0;

		begin_with(names[2]);
		for (j = 0; j < nr; j++) {
			char name[16];

			snprintf(name, sizeof(name), "%s-%zu",
				 j < rows[i].nr_high ? "high" : "web", j);
			add_container(name)->cpu_percent = 30;
		}
		tick_after(1000);
		tick_after(30000);
		for (j = 0; j < world.result.nr_decisions; j++)
			if (strncmp(chosen(j), "high", 4) == 0)
				high++;
			else
				low++;
		assert_int_equal(high, rows[i].chosen_high);
		assert_int_equal(low, rows[i].chosen_low);
		/* They count as gone, so later ticks choose no others. */
		tick_after(1000);
		assert_int_equal(world.result.nr_decisions, 0);
		end_world();
	}
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
		TEST(test_types),
		TEST(test_the_newest_of_each_type),
		TEST(test_four_that_run),
		TEST(test_classes),
		TEST(test_thresholds),
		TEST(test_spikes),
		TEST(test_minimum),
		TEST(test_thresholds_with_a_minimum),
		TEST(test_memory_of_the_host),
		TEST(test_only_one_of_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
