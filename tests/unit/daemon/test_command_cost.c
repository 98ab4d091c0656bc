// SPDX-License-Identifier: GPL-2.0-only
/*
 * What an answer about commands over time costs
 *
 * wrap: calloc command_uses_add
 */
#include "tests/unit/commands_world.h"

#include "contmond/store/command_uses.h"
#include "contmond/store/command_history.h"

static size_t most, nr_uses;

void *__real_calloc(size_t nr, size_t size);
void *__wrap_calloc(size_t nr, size_t size);

void *__wrap_calloc(size_t nr, size_t size)
{
	if (nr * size > most)
		most = nr * size;
	return __real_calloc(nr, size);
}

int __real_command_uses_add(struct command_uses *uses,
			    const struct step_use *use);
int __wrap_command_uses_add(struct command_uses *uses,
			    const struct step_use *use);

int __wrap_command_uses_add(struct command_uses *uses,
			    const struct step_use *use)
{
	nr_uses++;
	return __real_command_uses_add(uses, use);
}

/* In a long range there were very many containers, most of them briefly. */
static void test_many_containers(void **state)
{
	const struct command_query query = {
		.from_ms = T0, .to_ms = T0 + 99000, .step_ms = 10000,
		.nr_commands = COMMAND_HISTORY_MAX, .max_rows = 50000,
	};
	struct command_history found;

	(void)state;
	web_cores = 1.5;
	feed(0, 100, -1);
	run_sql("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL "
		"SELECT i + 1 FROM n WHERE i < 20000) "
		"INSERT INTO container (c, boot_id, cgroup_id, title, "
		"first_ms, last_ms) "
		"SELECT 1000 + i, f.boot_id, 1000 + i, 'job-' || i, "
		"f.first_ms, f.last_ms "
		"FROM n, (SELECT * FROM container LIMIT 1) AS f");
	most = 0;
	assert_int_equal(store_command_history(store, &query, &found), 0);
	assert_int_equal(found.nr_titles, 20000 + 2);
	assert_int_equal(found.nr, 10 * 5);
	assert_string_equal(found.rows[0].container, "web");
	assert_string_equal(found.rows[0].comm, "script");
	assert_string_equal(found.rows[4].container, "host");
	assert_true(most < 1 << 20);
	command_history_done(&found);
}

/* Of steps that do not fit it does not matter what commands used. */
static void test_too_many_rows(void **state)
{
	const struct command_query query = {
		.from_ms = T0, .to_ms = T0 + 1299000, .step_ms = 1000,
		.nr_commands = 5, .max_rows = 10 * 2 * 6,
	};
	struct command_history found;

	(void)state;
	web_cores = 1.5;
	feed(0, 1300, -1);
	nr_uses = 0;
	assert_int_equal(store_command_history(store, &query, &found), 0);
	assert_true(found.is_truncated);
	assert_int_equal(found.nr, 10 * 5);
	/* Until the host is added, twice as many steps fit. */
	assert_true(nr_uses <= 2 * 10 * 4);
	command_history_done(&found);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end_test)
		TEST(test_many_containers),
		TEST(test_too_many_rows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
