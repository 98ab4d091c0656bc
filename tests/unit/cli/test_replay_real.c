// SPDX-License-Identifier: GPL-2.0-only
/*
 * `contmon policy replay` of a past in which decisions were carried out: a dry
 * run of it decides the same.
 */
#include "tests/unit/replay_world.h"

/* The end of what was done is another than that of a dry run. */
static const char *dry(const char *state)
{
	return strcmp(state, "verified") == 0 ? "acted" : state;
}

static void must_be_known(const json_t *row)
{
	const json_t *known = json_object_get(decided, json_string_value(
		json_object_get(row, "decision")));
	char key[256];

	snprintf(key, sizeof(key), "%lld %s %s %s",
		 json_integer_value(json_object_get(row, "t")),
		 json_string_value(json_object_get(row, "rule")),
		 json_string_value(json_object_get(row, "container")),
		 json_string_value(json_object_get(row, "action")));
	if (!known)
		fail_msg("only replayed: %s", key);
	assert_string_equal(json_string_value(json_object_get(known, "key")),
			    key);
	assert_string_equal(dry(json_string_value(json_object_get(known,
								  "state"))),
			    json_string_value(json_object_get(row, "state")));
}

static void test_a_dry_run_of_a_real_past(void **state)
{
	json_t *json, *row, *known;
	size_t i, nr_done = 0;
	const char *id;

	(void)state;
	json_object_foreach(decided, id, known)
		nr_done += strcmp(json_string_value(json_object_get(
			known, "state")), "verified") == 0;
	/* Enough was done to change what was decided later. */
	assert_true(nr_done > 100);
	assert_int_equal(nr_gave_up, 1);
	assert_int_equal(policy("replay %s --json --from 1769853600 "
				"--to 1769860800", rules), CLI_OK);
	json = json_loads(captured.out, 0, NULL);
	assert_non_null(json);
	json_array_foreach(json_object_get(json, "rows"), i, row)
		must_be_known(row);
	assert_int_equal(i, json_object_size(decided));
	json_decref(json);
}

static int make_real_past(void **state)
{
	is_real = true;
	return make_past(state);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_dry_run_of_a_real_past),
	};

	return cmocka_run_group_tests_name("policy_replay_real", tests,
					   make_real_past, remove_past);
}
