// SPDX-License-Identifier: GPL-2.0-only
/*
 * Limits by files of a cgroup, and their end
 *
 * wrap: sd_event_source_set_time_relative cgroup_set
 */
#include "tests/unit/acting_cgroup.h"

#include "contmon-engine/cgroup_files.h"

/* The kernel does not take a text that is in this one. */
static const char *refused;

int __real_cgroup_set(int directory, const char *file, const char *text);
int __wrap_cgroup_set(int directory, const char *file, const char *text);
int __wrap_cgroup_set(int directory, const char *file, const char *text)
{
	if (refused && strstr(refused, text))
		return -EBUSY;
	return __real_cgroup_set(directory, file, text);
}

static int setup_limit(void **state)
{
	refused = NULL;
	return setup_hold(state);
}

static void test_a_limit_ends(void **state)
{
	(void)state;
	must_finish(on_cgroup("d", LIMIT, SHORT ",\"cpu_cores\":0.5,"
			      "\"memory_bytes\":268435456"), "done", NULL);
	assert_contains(said.text, "cpu.max 50000 100000 "
			"memory.high 268435456");
	begin_acts_again();
	run_until(event, is_undone);
	assert_string_equal(get("cpu.max"), "max 100000");
	assert_string_equal(get("memory.high"), "max");
}

static void test_a_limit_that_somebody_changed(void **state)
{
	(void)state;
	must_finish(on_cgroup("d", LIMIT, LONG ",\"cpu_cores\":0.5"), "done",
		    NULL);
	assert_string_equal(get("cpu.max"), "50000 100000");
	assert_string_equal(get("memory.high"), "max\n");
	put("cpu.max", "70000 100000\n");
	must_finish(UNDO("d"), "done", NULL);
	assert_contains(told.text, "somebody else has changed it");
	assert_string_equal(get("cpu.max"), "70000 100000\n");
}

/* No file can be read or written there, whoever asks. */
static void spoil(const char *file)
{
	assert_int_equal(unlink(in_cgroup(file)), 0);
	assert_int_equal(mkdir(in_cgroup(file), 0700), 0);
}

static void mend(const char *file, const char *text)
{
	assert_int_equal(rmdir(in_cgroup(file)), 0);
	put(file, text);
}

#define BOTH ",\"cpu_cores\":0.5,\"memory_bytes\":268435456"

/* It is tried again, and the other limit does not wait for it. */
static void test_a_limit_that_cannot_be_restored(void **state)
{
	(void)state;
	must_finish(on_cgroup("d", LIMIT, SHORT BOTH), "done", NULL);
	spoil("cpu.max");
	run_until(event, is_failure_told);
	assert_string_equal(get("memory.high"), "max");
	assert_false(is_undone());
	/* By somebody else, although it is the same value */
	put("memory.high", "268435456\n");
	begin_acts_again();
	mend("cpu.max", "50000 100000\n");
	run_until(event, is_undone);
	assert_string_equal(get("cpu.max"), "max 100000");
	assert_string_equal(get("memory.high"), "268435456\n");
}

static void test_a_limit_whose_cgroup_is_gone(void **state)
{
	(void)state;
	must_finish(on_cgroup("d", LIMIT, SHORT BOTH), "done", NULL);
	remove_tree(in_directory("cgroups/box"));
	run_until(event, is_undone);
	assert_contains(told.text, "its cgroup is gone");
}

/* The second limit is refused: nothing remains of the first. */
static void test_half_a_limit(void **state)
{
	(void)state;
	refused = "268435456";
	must_finish(on_cgroup("d", LIMIT, LONG BOTH), "failed", "error");
	assert_string_equal(get("cpu.max"), "max 100000");
	assert_null(strstr(said.text, "\"held\":true"));
	must_finish(UNDO("d"), "done", NULL);
	assert_contains(said.text, "nothing to undo");
}

/* It is tried again, although the decision has failed. */
static void test_half_a_limit_that_remains(void **state)
{
	(void)state;
	refused = "268435456 and max 100000";
	must_finish(on_cgroup("d", LIMIT, LONG BOTH), "failed", "error");
	assert_string_equal(get("cpu.max"), "50000 100000");
	assert_contains(said.text, "\"held\":true");
	begin_acts_again();
	run_until(event, is_failure_told);
	refused = NULL;
	run_until(event, is_undone);
	assert_string_equal(get("cpu.max"), "max 100000");
}

/* As if it had been killed before it said that the operation is done */
static void forget_the_end(void)
{
	json_t *json = json_load_file(config.file, 0, NULL);
	json_t *operation = json_array_get(json_object_get(json, "deeds"), 0);

	assert_non_null(operation);
	json_object_set_new(operation, "last", json_null());
	json_object_set_new(operation, "said", json_array());
	assert_int_equal(json_dump_file(json, config.file, 0), 0);
	json_decref(json);
}

static void test_a_limit_that_somebody_changed_before_a_restart(void **state)
{
	(void)state;
	must_finish(on_cgroup("d", LIMIT, LONG BOTH), "done", NULL);
	forget_the_end();
	put("cpu.max", "70000 100000\n");
	begin_acts_again();
	assert_string_equal(get("cpu.max"), "70000 100000\n");
	must_finish(UNDO("d"), "done", NULL);
	assert_string_equal(get("cpu.max"), "70000 100000\n");
	assert_string_equal(get("memory.high"), "max");
}

static void test_a_limit_that_is_lower_already(void **state)
{
	(void)state;
	put("cpu.max", "20000 100000\n");
	put("memory.high", "1048576\n");
	must_finish(on_cgroup("d", LIMIT, ",\"cpu_cores\":0.5,"
			      "\"memory_bytes\":268435456"), "refused",
		    "unsupported");
	assert_string_equal(get("cpu.max"), "20000 100000\n");
}

static void test_a_limit_without_its_controller(void **state)
{
	(void)state;
	assert_int_equal(unlink(in_cgroup("memory.high")), 0);
	must_finish(on_cgroup("d", LIMIT, ",\"cpu_cores\":0.5,"
			      "\"memory_bytes\":268435456"), "failed",
		    "error");
	assert_string_equal(get("cpu.max"), "max 100000\n");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup_limit, \
						   teardown_acts)
		TEST(test_a_limit_ends),
		TEST(test_a_limit_that_somebody_changed),
		TEST(test_a_limit_that_somebody_changed_before_a_restart),
		TEST(test_a_limit_that_cannot_be_restored),
		TEST(test_a_limit_whose_cgroup_is_gone),
		TEST(test_half_a_limit),
		TEST(test_half_a_limit_that_remains),
		TEST(test_a_limit_that_is_lower_already),
		TEST(test_a_limit_without_its_controller),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
