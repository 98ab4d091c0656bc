// SPDX-License-Identifier: GPL-2.0-only
/* CPU by command */
#include "tests/unit/api.h"

#include "contmond/model/commands.h"

#define PATH "/api/v1/commands"

static const char *const keys[] = {
	"t", "container", "container_id", "comm", "commands", "cpu_cores",
	"cpu_percent", "cpu_living_cores", "cpu_exited_cores", "processes",
	"processes_exited",
};

/* The world's processes use 0 (host), 0.5 (web) and 1 core (db). */
static struct exit *add_exit(int32_t owner, const char *comm, double cores)
{
	struct exit_list *list = &world.now.exits;
	struct exit *exit;

	if (!list->all)
		list->all = calloc(100, sizeof(*list->all));
	exit = &list->all[list->nr++];
	*exit = (struct exit){
		.owner = owner,
		.gained_ns = (uint64_t)(cores * 1e9),
	};
	memcpy(exit->comm, comm, strnlen(comm, sizeof(exit->comm)));
	return exit;
}

static int setup_exits(void **state)
{
	setup(state);
	world.now.exits.is_known = true;
	world.now.exits.is_host_known = true;
	return 0;
}

static int teardown_exits(void **state)
{
	exit_list_done(&world.now.exits);
	return teardown(state);
}

static bool is_null(const json_t *row, const char *key)
{
	return json_is_null(json_object_get(row, key));
}

static json_t *row_of(const char *parameters, const char *comm)
{
	json_t *rows = rows_of(PATH, parameters), *row, *found = NULL;
	size_t i;

	json_array_foreach(rows, i, row) {
		if (strcmp(text_at(row, "comm"), comm) != 0)
			continue;
		assert_null(found);
		found = row;
	}
	assert_non_null(found);
	return found;
}

static void test_keys(void **state)
{
	(void)state;
	must_have_keys(rows_of(PATH, ""), keys, COUNT(keys));
}

/* Living and ended processes of the same name are one command. */
static void test_a_command(void **state)
{
	json_t *row;

	(void)state;
	add_exit(0, "task", 0.25);
	add_exit(0, "task", 0.125);
	add_exit(0, "true", 2);
	add_exit(1, "true", 4);
	row = row_of("container=web", "task");
	assert_string_equal(text_at(row, "container_id"), ID64("a"));
	assert_near(number_at(row, "commands"), 1, 0);
	assert_near(number_at(row, "cpu_cores"), 0.875, 0);
	assert_near(number_at(row, "cpu_percent"), 21.875, 0);
	assert_near(number_at(row, "cpu_living_cores"), 0.5, 0);
	assert_near(number_at(row, "cpu_exited_cores"), 0.375, 0);
	assert_near(number_at(row, "processes"), 1, 0);
	assert_near(number_at(row, "processes_exited"), 2, 0);
	row = row_of("container=db", "true");
	assert_near(number_at(row, "cpu_cores"), 4, 0);
	assert_near(number_at(row, "processes"), 0, 0);
	assert_near(number_at(row, "cpu_living_cores"), 0, 0);
}

static void test_order_and_filters(void **state)
{
	json_t *rows;

	(void)state;
	add_exit(SAMPLE_HOST, "make", 3);
	rows = rows_of(PATH, "");
	assert_int_equal(json_array_size(rows), 5);
	assert_string_equal(text_at(json_array_get(rows, 0), "comm"), "make");
	assert_string_equal(text_at(json_array_get(rows, 0), "container"),
			    "host");
	assert_true(is_null(json_array_get(rows, 0), "container_id"));
	assert_string_equal(text_at(json_array_get(rows, 1), "container"),
			    "db");
	/* The world's process of an unknown container */
	assert_true(is_null(json_array_get(rows, 4), "container"));
	assert_true(is_null(json_array_get(rows, 4), "cpu_cores"));
	assert_int_equal(json_array_size(rows_of(PATH, "container=host")), 2);
	assert_int_equal(json_array_size(
		rows_of(PATH, "container=aaaaaaaaaaaa,db")), 2);
	assert_int_equal(json_array_size(rows_of(PATH, "limit=2")), 2);
	assert_true(json_is_true(json_object_get(
		json_object_get(answer, "meta"), "truncated")));
	assert_int_equal(get(PATH, "limit=0"), 400);
	assert_int_equal(get(PATH, "sort=comm"), 400);
}

/* The sum over the rows of a container does not change. */
static void test_the_rest(void **state)
{
	char comm[16];
	int i;

	(void)state;
	for (i = 0; i < COMMANDS_MAX; i++) {
		snprintf(comm, sizeof(comm), "c%d", i);
		add_exit(1, comm, 0.1 + 0.01 * i);
	}
	assert_int_equal(json_array_size(rows_of(PATH, "container=db")),
			 COMMANDS_MAX + 1);
	add_exit(1, "least", 0.05);
	add_exit(1, "(other)", 2);
	assert_int_equal(json_array_size(rows_of(PATH, "container=db")),
			 COMMANDS_MAX + 1);
	assert_near(number_at(json_array_get(
		json_object_get(answer, "rows"), 0), "commands"), 1, 0);
	for (i = 1; i <= COMMANDS_MAX; i++) {
		json_t *row = json_array_get(json_object_get(answer, "rows"),
					     (size_t)i);

		if (number_at(row, "commands") == 1)
			continue;
		assert_string_equal(text_at(row, "comm"), COMMANDS_OTHER);
		assert_true(strlen(COMMANDS_OTHER) >= sizeof(comm));
		assert_near(number_at(row, "commands"), 3, 0);
		assert_near(number_at(row, "cpu_cores"), 0.1 + 0.11 + 0.05,
			    1e-6);
		assert_near(number_at(row, "processes_exited"), 3, 0);
		return;
	}
	fail_msg("no rest");
}

/* Without the driver, or when some ends were not reported */
static void test_unknown_ends(void **state)
{
	json_t *row;

	(void)state;
	add_exit(0, "true", 2);
	add_exit(SAMPLE_HOST, "true", 2);
	world.now.exits.is_host_known = false;
	assert_int_equal(json_array_size(rows_of(PATH, "container=host")), 1);
	assert_int_equal(json_array_size(rows_of(PATH, "container=web")), 2);
	world.now.exits.is_known = false;
	assert_int_equal(json_array_size(rows_of(PATH, "container=web")), 1);
	row = row_of("container=web", "task");
	assert_true(is_null(row, "cpu_cores"));
	assert_true(is_null(row, "cpu_percent"));
	assert_true(is_null(row, "cpu_exited_cores"));
	assert_true(is_null(row, "processes_exited"));
	assert_near(number_at(row, "cpu_living_cores"), 0.5, 0);
	assert_near(number_at(row, "processes"), 1, 0);
}

/* More of one container ended than could be kept. */
static void test_a_storm(void **state)
{
	(void)state;
	add_exit(0, "true", 2);
	add_exit(1, "true", 2);
	world.now.containers[0].lacks_exits = true;
	assert_int_equal(json_array_size(rows_of(PATH, "container=web")), 1);
	assert_true(is_null(row_of("container=web", "task"), "cpu_cores"));
	assert_near(number_at(row_of("container=db", "true"), "cpu_cores"), 2,
		    0);
}

/* A container of cgroup v1 alone: its processes end in cgroups of the host. */
static void test_cgroup_v1(void **state)
{
	char *cgroup = world.web->cgroup;

	(void)state;
	world.web->cgroup = NULL;
	assert_true(is_null(row_of("container=web", "task"), "cpu_cores"));
	assert_false(is_null(row_of("container=db", "task"), "cpu_cores"));
	world.web->cgroup = cgroup;
}

static void test_hidden_processes(void **state)
{
	json_t *row;

	(void)state;
	world.now.hides_tasks = true;
	row = row_of("container=web", "task");
	assert_true(is_null(row, "processes"));
	assert_true(is_null(row, "cpu_living_cores"));
}

static void test_the_first_sample(void **state)
{
	json_t *row;

	(void)state;
	assert_int_equal(model_update(&world.model, NULL, &world.now,
				      world.names), 0);
	row = row_of("container=web", "task");
	assert_true(is_null(row, "cpu_living_cores"));
	assert_true(is_null(row, "cpu_exited_cores"));
	assert_near(number_at(row, "processes"), 1, 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
#undef TEST
#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, setup_exits, teardown_exits)
		TEST(test_keys),
		TEST(test_a_command),
		TEST(test_order_and_filters),
		TEST(test_the_rest),
		TEST(test_unknown_ends),
		TEST(test_a_storm),
		TEST(test_cgroup_v1),
		TEST(test_hidden_processes),
		TEST(test_the_first_sample),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
