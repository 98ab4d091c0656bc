// SPDX-License-Identifier: GPL-2.0-only
/*
 * Processing the lists, events and answers of an engine, including malformed
 * ones.
 *
 * wrap: sd_event_source_set_time_relative
 */
#include "tests/unit/session.h"

#include "tests/unit/capture.h"

static void test_events_that_do_not_matter(void **state)
{
	int nr;

	(void)state;
	start();
	run_until(event, is_inspected);
	nr = fake.nr_inspections;
	send_text(EVENT("exec_start: sh", A));
	send_text(EVENT("top", A));
	send_text("{\"Type\":\"network\",\"Action\":\"create\","
		  "\"Actor\":{\"ID\":\"n\"}}\n{}\n");
	send_text("{\"Type\":\"container\",\"Action\":\"start\","
		  "\"Actor\":{\"ID\":\"../../images/x\"}}\n");
	send_text("{\"Type\":\"container\",\"Action\":\"start\","
		  "\"Actor\":{}}\n");
	run_some(event);
	assert_int_equal(fake.nr_inspections, nr);
	assert_true(is_connected());
}

static void test_an_event_split_anywhere(void **state)
{
	static const char text[] = EVENT("die", A);
	size_t cut;

	(void)state;
	start();
	run_until(event, is_inspected);
	for (cut = 1; cut < sizeof(text) - 1; cut += 7) {
		fake.inspect[0].body = inspect(A, cut % 2 ? "odd" : "even",
					       "exited");
		nr_changes = 0;
		fake_chunk(&fake, fake.events, text, cut);
		run_some(event);
		assert_int_equal(nr_changes, 0);
		fake_chunk(&fake, fake.events, text + cut,
			   sizeof(text) - 1 - cut);
		run_until(event, is_inspected);
		must_be(A, "name", cut % 2 ? "odd" : "even");
	}
}

static void test_many_events_of_one_container(void **state)
{
	int i, nr;

	(void)state;
	start();
	run_until(event, is_inspected);
	run_some(event);
	nr = fake.nr_inspections;
	for (i = 0; i < 50; i++)
		send_text(EVENT("start", A));
	run_some(event);
	assert_true(fake.nr_inspections > nr);
	assert_true(fake.nr_inspections < nr + 50);
	assert_true(is_connected());
}

/* An invalid entry does not affect others. */
static void test_bad_entries_of_a_list(void **state)
{
	static const char *const entries[] = {
		"null", "5", "\"x\"", "[]", "{}", "{\"Id\":null}",
		"{\"Id\":5,\"Names\":[\"/x\"]}", "{\"Id\":\"\"}",
		"{\"Id\":\"../x\"}", "{\"Id\":\"x\",\"Names\":]}",
	};
	char list[4096] = "[";
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(entries); i++)
		sprintf(list + strlen(list), "%s,", entries[i]);
	strcat(list, LIST + 1);
	fake.list = list;
	start();
	run_until(event, is_inspected);
	assert_int_equal(engine_table_nr(table), 2);
	must_be(B, "name", "db");
}

/* A NUL, which C strings cannot contain, does not lose the name. */
static void test_nul_in_texts(void **state)
{
	(void)state;
	fake.list = "[{\"Id\":\"" A "\",\"Names\":[\"/a\"],"
		    "\"State\":\"running\",\"Labels\":{\"k\":\"a\\u0000b\","
		    "\"a\\u0000\":\"x\",\"half\":\"\\ud83d\"}},"
		    "{\"Id\":\"" B "\",\"Names\":[\"/b\"],\"Command\":"
		    "\"x\\u0000\",\"State\":\"exited\"}]";
	fake.inspect[0].body = "{\"Id\":\"" A "\",\"Name\":\"/web\","
		"\"Path\":\"a\\u0000\",\"State\":{\"Status\":\"running\"}}";
	start();
	run_until(event, is_inspected);
	must_be(A, "name", "web");
	must_be(A, "command", "a\xef\xbf\xbd");
	must_be(B, "name", "b");
	must_be(B, "command", "x\xef\xbf\xbd");
}

/* After any failure the question is repeated. */
static void test_requests_that_fail(void **state)
{
	(void)state;
	fake.nr_refused = 1;
	start();
	run_until(event, is_inspected);
	must_be(A, "image", "img:1");
	fake.inspect[0].body = "{\"nonsense\":";
	nr_changes = 0;
	send_text(EVENT("rename", A));
	while (fake.nr_inspections < 3)
		assert_true(sd_event_run(event, 10000) >= 0);
	fake.inspect[0].body = inspect(B, "other", "running");
	while (fake.nr_inspections < 4)
		assert_true(sd_event_run(event, 10000) >= 0);
	fake.inspect[0].body = inspect(A, "renamed", "running");
	run_until(event, is_inspected);
	must_be(A, "name", "renamed");
	assert_int_equal(fake.nr_inspections, 5);
}

static void test_a_request_without_an_answer(void **state)
{
	(void)state;
	fake.mute = A;
	start();
	run_until(event, is_connected);
	while (!strstr(fake.requests, A))
		assert_true(sd_event_run(event, 10000) >= 0);
	fake.mute = NULL;
	run_until(event, is_inspected);
	must_be(A, "image", "img:1");
}

static void test_invalid_events(void **state)
{
	(void)state;
	start();
	run_until(event, is_inspected);
	fake.inspect[0].body = inspect(A, "renamed", "running");
	nr_changes = 0;
	send_text("this is no JSON\n[\n\"\n{\"Type\":\"container\"\n"
	     EVENT("rename", A));
	run_until(event, is_inspected);
	must_be(A, "name", "renamed");
	assert_int_equal(nr_lists, 1);
}

/* An event has all labels of its container. */
static void test_a_large_event(void **state)
{
	static char text[400000];

	(void)state;
	start();
	run_until(event, is_inspected);
	fake.inspect[1].id = B;
	fake.inspect[1].body = inspect(B, "db", "running");
	nr_changes = 0;
	strcpy(text, "{\"Type\":\"container\",\"Action\":\"start\","
	       "\"Actor\":{\"Attributes\":{\"nul\":\"\\u0000\",\"big\":\"");
	memset(text + strlen(text), 'x', 300000);
	strcat(text, "\"},\"ID\":\"" B "\"}}\n");
	send_text(text);
	run_until(event, is_inspected);
	must_be(B, "state", "running");
	assert_int_equal(nr_lists, 1);
}

/* It does not affect others. */
static void test_an_endless_event(void **state)
{
	char text[4096];
	int i, nr;

	(void)state;
	start();
	run_until(event, is_inspected);
	memset(text, 'x', sizeof(text));
	for (i = 0; i < 100; i++)
		fake_chunk(&fake, fake.events, text, sizeof(text));
	run_some(event);
	nr = fake.nr_inspections;
	send_text("\n" EVENT("start", A));
	run_some(event);
	assert_int_equal(fake.nr_inspections, nr + 1);
	assert_true(is_connected());
}

static void test_hostile_texts(void **state)
{
	char list[16384] = "[{\"Id\":\"" A "\",\"State\":\"exited\",\"Names\":"
		"[\"/";
	json_t *object, *labels;
	int i;

	(void)state;
	for (i = 0; i < 1000; i++)
		strcat(list, "\\u00e4");
	strcat(list, "\"],\"Labels\":{");
	for (i = 0; i < 100; i++)
		sprintf(list + strlen(list), "%s\"label%d\":\"\\u0001\\\"\"",
			i ? "," : "", i);
	strcat(list, ",\"number\":5}}]");
	fake.list = list;
	start();
	run_until(event, is_connected);
	object = record(A);
	assert_non_null(object);
	assert_int_equal(json_string_length(json_object_get(object, "name")),
			 512);
	labels = json_object_get(object, "labels");
	assert_int_equal(json_object_size(labels), 32);
	assert_null(json_object_get(object, "image"));
	json_decref(object);
}

/* The newest ended ones first, in the order of engines; then a live one. */
static void test_many_containers(void **state)
{
	size_t size = 4 << 20, length = 1;
	char *list;
	int i;

	(void)state;
	list = malloc(size);
	assert_non_null(list);
	strcpy(list, "[");
	for (i = 0; i < 5000; i++)
		length += (size_t)snprintf(list + length, size - length,
			"{\"Id\":\"%06d\",\"Names\":[\"/n%d\"],"
			"\"State\":\"exited\",\"Created\":%d},", i, i,
			1000000 - i);
	strcpy(list + length, LIST + 1);
	fake.list = list;
	fake.piece = 65536;
	start();
	run_until(event, is_inspected);
	assert_int_equal(engine_table_nr(table), 4096);
	must_be(A, "name", "web");
	assert_non_null(entry("000000"));
	assert_non_null(entry("004094"));
	assert_null(entry("004095"));
	free(list);
}

/* For invalid parts of an answer, the facts from the list are kept. */
static void test_bad_answers_lose_nothing(void **state)
{
	static const char *const bad[] = {
		"{\"Id\":\"" A "\",\"Name\":5,\"Path\":[],\"Created\":{},"
		"\"RestartCount\":2,\"State\":{\"Status\":\"paused\"},"
		"\"Config\":{\"Image\":7,\"Labels\":\"x\"}}",
		"{\"Id\":\"" A "\",\"State\":5,\"Config\":null}",
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(bad); i++) {
		fake.inspect[0].body = bad[i];
		if (i == 0)
			start();
		else
			send_text(EVENT("update", A));
		nr_changes = 0;
		while (fake.nr_inspections <= (int)i)
			assert_true(sd_event_run(event, 10000) >= 0);
		run_some(event);
		must_be(A, "name", "web");
		must_be(A, "image", "nginx");
		must_be(A, "command", "nginx -g");
		must_be(A, "state", "paused");
		must_be_number(A, "created_ms", 1700000000000);
		must_be_number(A, "restarts", 2);
		assert_string_equal(entry(A)->alive ? "alive" : "", "alive");
		assert_non_null(strstr(entry(A)->line, "{\"k\":\"v\"}"));
	}
}

static size_t nr_lines(const char *text, const char *with)
{
	size_t nr = 0;

	while ((text = strstr(text, with))) {
		text += strlen(with);
		nr++;
	}
	return nr;
}

static bool are_asked(void)
{
	return is_connected() && strstr(fake.requests, "/000003/json");
}

/* Not one log line for each of them */
static void test_the_engine_ends_with_questions_queued(void **state)
{
	static char list[1 << 16], log[1 << 16];
	size_t length = 1;
	FILE *file;
	int i, saved;

	(void)state;
	strcpy(list, "[");
	for (i = 0; i < 1000; i++)
		length += (size_t)sprintf(list + length, "%s{\"Id\":\"%06d\","
			"\"State\":\"running\"}", i ? "," : "", i);
	strcpy(list + length, "]");
	fake.list = list;
	fake.mute = "/0000";
	start();
	run_until(event, are_asked);
	saved = capture_begin(stderr, &file);
	fake_engine_stop(&fake);
	run_until(event, is_lost);
	for (i = 0; i < 30; i++)
		run_some(event);
	capture_end(stderr, saved, file, log, sizeof(log));
	assert_int_equal(nr_lines(log, "asking again"), 0);
	assert_int_equal(nr_lines(log, "events: "), 1);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
		TEST(test_events_that_do_not_matter),
		TEST(test_an_event_split_anywhere),
		TEST(test_many_events_of_one_container),
		TEST(test_bad_entries_of_a_list),
		TEST(test_nul_in_texts),
		TEST(test_requests_that_fail),
		TEST(test_a_request_without_an_answer),
		TEST(test_invalid_events),
		TEST(test_a_large_event),
		TEST(test_an_endless_event),
		TEST(test_hostile_texts),
		TEST(test_many_containers),
		TEST(test_bad_answers_lose_nothing),
		TEST(test_the_engine_ends_with_questions_queued),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
