// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the log has of each step and of the end of a decision
 *
 * wrap: sd_event_source_set_time_relative log_with
 */
#include "tests/unit/acting.h"

#include "base/log.h"

#define MAX_RECORDS 16

__attribute__((format(printf, 3, 4)))
void __wrap_log_with(int priority, const struct log_field *fields,
		     const char *format, ...);

/* "" for a field that an entry has not */
static struct record {
	int priority;
	char text[1024];
	char decision[64];
	char container[80];
	char rule[64];
	char result[32];
	char asked_by[64];
} records[MAX_RECORDS];
static size_t nr_records;

static void keep_field(struct record *record, const struct log_field *field)
{
	static const struct {
		const char *name;
		size_t offset;
	} all[] = {
#define FIELD(name, member) { name, offsetof(struct record, member) }
		FIELD("CONTMON_DECISION", decision),
		FIELD("CONTMON_CONTAINER_ID", container),
		FIELD("CONTMON_RULE", rule), FIELD("CONTMON_RESULT", result),
		FIELD("CONTMON_ASKED_BY", asked_by),
	};
	size_t i;

	for (i = 0; i < COUNT(all); i++) {
		if (strcmp(all[i].name, field->name) == 0)
			strcpy((char *)record + all[i].offset, field->value);
	}
}

void __wrap_log_with(int priority, const struct log_field *fields,
		     const char *format, ...)
{
	struct record *record = &records[nr_records++];
	va_list arguments;

	assert_true(nr_records <= MAX_RECORDS);
	*record = (struct record){ .priority = priority };
	for (; fields->name; fields++)
		keep_field(record, fields);
	va_start(arguments, format);
	vsnprintf(record->text, sizeof(record->text), format, arguments);
	va_end(arguments);
}

static int setup_records(void **state)
{
	nr_records = 0;
	return setup_acts(state);
}

static bool end_is_logged(void)
{
	return nr_records > 0 &&
	       strstr(records[nr_records - 1].text, ": finished: ");
}

static const char *me(void)
{
	static char text[64];

	snprintf(text, sizeof(text), "pid %d user 1000", (int)getpid());
	return text;
}

static void must_be_asked_by(const char *who)
{
	size_t i;

	assert_true(nr_records > 0);
	for (i = 0; i < nr_records; i++) {
		assert_string_equal(records[i].asked_by, who);
		assert_contains(records[i].text, "asked by ");
		assert_contains(records[i].text, *who ? who :
				"asked by nobody who is known");
	}
}

static void test_an_act(void **state)
{
	static const char *const results[] = { "done", "skipped", "done" };
	size_t i;

	(void)state;
	must_finish(ON("d", STOP "," KILL, ",\"rule\":\"cpu-hog\","
		       "\"reason\":\"too much\""), "done", NULL);
	assert_int_equal(nr_records, COUNT(results));
	for (i = 0; i < COUNT(results); i++) {
		assert_int_equal(records[i].priority, LOG_INFO);
		assert_string_equal(records[i].decision, "d");
		assert_string_equal(records[i].container, ID);
		assert_string_equal(records[i].rule, "cpu-hog");
		assert_string_equal(records[i].result, results[i]);
		assert_contains(records[i].text, "too much");
	}
	must_be_asked_by(me());
}

static void test_one_that_is_refused(void **state)
{
	(void)state;
	box.name = "grafana";
	show();
	must_finish(ON("d", STOP, ""), "refused", "protected");
	assert_int_equal(nr_records, 1);
	assert_int_equal(records[0].priority, LOG_WARNING);
	assert_string_equal(records[0].result, "refused");
	assert_string_equal(records[0].rule, "");
	must_be_asked_by(me());
}

static void test_inspecting(void **state)
{
	(void)state;
	must_finish("{\"op\":\"inspect\",\"decision\":\"q\",\"container\":\""
		    ID "\"}", "done", NULL);
	assert_int_equal(nr_records, 0);
}

/* In another pid namespace */
static void test_a_process_that_is_not_known(void **state)
{
	const struct asker asker = { 1, 0, 1000 };

	(void)state;
	acts_ask(acts, &asker, ON("d", KILL, ""), strlen(ON("d", KILL, "")));
	run_until(event, end_is_logged);
	must_be_asked_by("user 1000");
}

static void begin_act(void)
{
	fake.act = stay_silent;
	say(ON("d", KILL, ""));
	run_until(event, is_asked);
	fake.act = obey;
}

/* contmond is started again, and asks again. */
static void test_who_asks_again(void **state)
{
	const struct asker other = { 1, 42, 0 };

	(void)state;
	begin_act();
	acts_ask(acts, &other, ON("d", KILL, ""), strlen(ON("d", KILL, "")));
	become("exited");
	fake_engine_stop(&fake);
	run_until(event, is_lost);
	start();
	run_until(event, end_is_logged);
	must_be_asked_by("pid 42 user 0");
}

/* contmon-engine is. */
static void test_a_restart_in_the_middle(void **state)
{
	(void)state;
	begin_act();
	begin_acts_again();
	run_until(event, end_is_logged);
	must_be_asked_by(me());
}

/* From an older version, or damaged: it is not root. */
static void test_a_file_that_does_not_tell(void **state)
{
	static const char *const users[] = {
		"null", "-1", "true", "4294967295", "4294968296",
	};
	json_auto_t *file = NULL;
	json_t *operation;
	size_t i;

	(void)state;
	begin_act();
	file = json_load_file(config.file, 0, NULL);
	operation = json_array_get(json_object_get(file, "deeds"), 0);
	assert_int_equal(json_integer_value(json_object_get(
		operation, "asker_uid")), 1000);
	for (i = 0; i < COUNT(users); i++) {
		json_object_set_new(operation, "asker_uid", json_loads(
			users[i], JSON_DECODE_ANY, NULL));
		acts_free(acts);
		assert_int_equal(json_dump_file(file, config.file, 0), 0);
		nr_records = 0;
		become("running");
		begin_acts();
		run_until(event, end_is_logged);
		must_be_asked_by("");
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup_records, \
						   teardown_acts)
		TEST(test_an_act),
		TEST(test_one_that_is_refused),
		TEST(test_inspecting),
		TEST(test_who_asks_again),
		TEST(test_a_process_that_is_not_known),
		TEST(test_a_restart_in_the_middle),
		TEST(test_a_file_that_does_not_tell),
	};

	return cmocka_run_group_tests_name("operation", tests, NULL, NULL);
}
