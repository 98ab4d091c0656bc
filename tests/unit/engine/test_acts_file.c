// SPDX-License-Identifier: GPL-2.0-only
/*
 * The file that outlives contmon-engine: damaged, not writable, and full
 *
 * wrap: sd_event_source_set_time_relative clock_boottime_ns
 */
#include "tests/unit/acting.h"

#include "base/clock.h"

#define PAUSE "\"pause\""

/* 20 times faster: a second */
#define SHORT ",\"hold_ms\":20000"

uint64_t __real_clock_boottime_ns(void);
uint64_t __wrap_clock_boottime_ns(void);

/* The host has run for hours. */
uint64_t __wrap_clock_boottime_ns(void)
{
	return __real_clock_boottime_ns() + 10000 * NS_PER_SECOND;
}

static void test_a_damaged_file(void **state)
{
	static const char *const texts[] = {
		"", "nonsense", "[]", "{}", "{\"version\":2}",
		"{\"version\":1}",
		"{\"version\":1,\"acted_ms\":\"x\",\"deeds\":{}}",
		"{\"version\":1,\"acted_ms\":[],\"deeds\":{}}",
		"{\"version\":1,\"acted_ms\":{},\"deeds\":[]}",
		"{\"version\":1,\"acted_ms\":[[],{},\"1\",1.5,null],"
			"\"deeds\":[]}",
		"{\"version\":1,\"acted_ms\":[-1,0,9007199254740993,"
			"9223372036854775807,true],\"deeds\":[]}",
	};
	size_t i;

	(void)state;
	config.per_hour = 5;
	for (i = 0; i < COUNT(texts); i++) {
		write_file("acts.json", texts[i]);
		begin_acts_again();
		must_finish(ON("d", KILL, ""), "refused", "budget");
	}
	assert_int_equal(unlink(in_directory("acts.json")), 0);
	begin_acts_again();
	must_finish(ON("d", KILL, ""), "done", NULL);
}

/* One that is invalid costs only itself. */
static void test_damaged_entries(void **state)
{
	json_auto_t *json = NULL;
	json_t *operations;

	(void)state;
	must_finish(ON("d", PAUSE, SHORT), "done", NULL);
	json = json_load_file(config.file, 0, NULL);
	operations = json_object_get(json, "deeds");
	json_array_insert_new(operations, 0, json_string("x"));
	json_array_insert_new(operations, 0, json_object());
	json_array_insert_new(operations, 0,
			      json_pack("{s:{s:s,s:s}}", "request",
					"op", "undo", "decision",
					"u"));
	json_array_append_new(operations, json_pack("{s:O,s:i}", "request",
		json_object_get(json_array_get(operations, 3), "request"), "at",
		5));
	assert_int_equal(json_dump_file(json, config.file, 0), 0);
	begin_acts_again();
	run_until(event, is_undone);
	assert_string_equal(box.state, "running");
}

static bool are_both_undone(void)
{
	return strstr(text_of(&told), "\"d\"") &&
	       strstr(text_of(&told), "\"e\"");
}

/* None is in force for longer than was asked for. */
static void test_ends_that_are_damaged(void **state)
{
	json_auto_t *json = NULL;
	json_t *operations, *other;

	(void)state;
	must_finish(ON("d", PAUSE, SHORT), "done", NULL);
	json = json_load_file(config.file, 0, NULL);
	operations = json_object_get(json, "deeds");
	other = json_deep_copy(json_array_get(operations, 0));
	json_object_set_new(json_array_get(operations, 0), "until_ms",
			    json_integer(INT64_MAX));
	json_object_set_new(json_object_get(other, "request"), "decision",
			    json_string("e"));
	json_array_append_new(operations, other);
	assert_int_equal(json_dump_file(json, config.file, 0), 0);
	begin_acts_again();
	run_until(event, are_both_undone);
}

/* What cannot be written down is not done. */
static void test_a_file_that_cannot_be_written(void **state)
{
	(void)state;
	config.file = "/nowhere/acts.json";
	begin_acts_again();
	must_finish(ON("d", KILL, ""), "refused", "error");
	must_do_nothing(&fake);
}

/* Many that have finished are in the file: the newest are kept. */
static void test_the_file_stays_small(void **state)
{
	json_auto_t *json = NULL;
	json_t *operations, *one;
	struct stat st;
	char id[16];
	int i;

	(void)state;
	must_finish(ON("d", KILL, ""), "done", NULL);
	json = json_load_file(config.file, 0, NULL);
	operations = json_object_get(json, "deeds");
	for (i = 0; i < ACT_DECISIONS_MAX + 20; i++) {
		one = json_deep_copy(json_array_get(operations, 0));
		snprintf(id, sizeof(id), "d%d", i);
		json_object_set_new(json_object_get(one, "request"),
				    "decision", json_string(id));
		json_array_append_new(operations, one);
	}
	assert_int_equal(json_dump_file(json, config.file, 0), 0);
	begin_acts_again();
	become("running");
	must_finish(ON("newest", KILL, ""), "done", NULL);
	run_some(event);
	must_finish(ON("d275", KILL, ""), "done", NULL);
	assert_contains(said.text, "\"repeated\":true");
	become("running");
	must_finish(ON("d0", KILL, ""), "done", NULL);
	assert_null(strstr(said.text, "\"repeated\":true"));
	assert_int_equal(stat(config.file, &st), 0);
	assert_true(st.st_size < 512 * 1024);
}

/* After more acts than are remembered, the newest ones are. */
static void test_the_budget_after_many(void **state)
{
	json_auto_t *json = json_pack("{s:i,s:[],s:[]}", "version", 1,
				      "acted_ms", "deeds");
	json_t *acted = json_object_get(json, "acted_ms");
	int i;

	(void)state;
	for (i = 1; i <= ACT_BUDGET_MAX; i++)
		json_array_append_new(acted, json_integer(i));
	assert_int_equal(json_dump_file(json, config.file, 0), 0);
	config.per_minute = config.per_hour = 3;
	begin_acts_again();
	must_finish(ON("a", KILL, ""), "done", NULL);
	become("running");
	must_finish(ON("b", KILL, ""), "done", NULL);
	begin_acts_again();
	become("running");
	must_finish(ON("c", KILL, ""), "done", NULL);
	become("running");
	must_finish(ON("d", KILL, ""), "refused", "budget");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup_acts, \
						   teardown_acts)
		TEST(test_a_damaged_file),
		TEST(test_damaged_entries),
		TEST(test_ends_that_are_damaged),
		TEST(test_a_file_that_cannot_be_written),
		TEST(test_the_file_stays_small),
		TEST(test_the_budget_after_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
