// SPDX-License-Identifier: GPL-2.0-only
/*
 * What it costs to take up many decisions
 *
 * wrap: strcmp
 */
#include "tests/unit/enforce_world.h"

#include "contmond/policy/pending.h"

#define RULES "[policy]\ndry_run = no\n"				\
	"[rule hog]\nselect = name *\nall = cpu_percent > 20\naction = stop\n"

static size_t nr_compared;

int __real_strcmp(const char *a, const char *b);
int __wrap_strcmp(const char *a, const char *b);

int __wrap_strcmp(const char *a, const char *b)
{
	nr_compared++;
	return __real_strcmp(a, b);
}

#define MANY 5000

/* Users can cause any number of decisions that come to nothing. */
static void test_many(void **state)
{
	static const char *const states_of_one[] = {
		"planned", "warned", "vetoed",
	};
	char id[32];
	struct store_decision decision = {
		.t_ms = WORLD_MS, .decision = id, .action = "stop",
		.container_id = id, .container = id, .rule = "hog",
		.rule_hash = "h", .reason = "because",
	};
	size_t i;

	(void)state;
	begin_police(RULES);
	nr_compared = 0;
	for (i = 0; i < MANY * COUNT(states_of_one); i++) {
		snprintf(id, sizeof(id), "d%zu", i % MANY);
		decision.state = states_of_one[i / MANY];
		assert_int_equal(enforce_resume(police.enforce, &decision),
				 0);
	}
	assert_int_equal(police.enforce->nr_past, MANY);
	assert_true(nr_compared < 300 * MANY);
	nr_compared = 0;
	assert_int_equal(enforce_resumed(police.enforce, WORLD_MS, 1, true),
			 0);
	assert_true(nr_compared < 300 * MANY);
	end_police();
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_many, make_directory,
						remove_directory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
