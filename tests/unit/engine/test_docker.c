// SPDX-License-Identifier: GPL-2.0-only
/* contmon-engine against an engine that does all that engines may do. */
#include "tests/unit/fake_engine.h"

#include <jansson.h>

#include "contmon-engine/docker.h"
#include "contmon-engine/table.h"

#define VERSION "{\"Version\":\"28.2.2\",\"ApiVersion\":\"1.50\"," \
	"\"MinAPIVersion\":\"1.24\"}"
#define A "aaaaaaaaaaaaaaaa"
#define B "bbbbbbbbbbbbbbbb"
#define LIST "[{\"Id\":\"" A "\",\"Names\":[\"/other/link\",\"/web\"]," \
	"\"Image\":\"nginx\",\"Command\":\"nginx -g\",\"Created\":1700000000," \
	"\"State\":\"running\",\"Labels\":{\"k\":\"v\"}}," \
	"{\"Id\":\"" B "\",\"Names\":[\"/db\"],\"Image\":\"pg\"," \
	"\"Command\":\"postgres\",\"Created\":1700000001," \
	"\"State\":\"exited\",\"Labels\":{}}]"

static const char *inspect(const char *id, const char *name, const char *state)
{
	static char texts[8][1024];
	static unsigned int next;
	char *text = texts[next++ % 8];

	snprintf(text, sizeof(texts[0]), "{\"Id\":\"%s\",\"Name\":\"/%s\","
		 "\"Created\":\"2023-11-14T22:13:20.123456789Z\","
		 "\"Path\":\"/bin/run\",\"Args\":[\"-x\",\"y\"],"
		 "\"State\":{\"Status\":\"%s\",\"Running\":true,"
		 "\"StartedAt\":\"2023-11-14T22:13:21Z\"},"
		 "\"Config\":{\"Image\":\"img:1\",\"Labels\":{\"k\":\"v\"}}}",
		 id, name, state);
	return text;
}

static sd_event *event;
static struct fake_engine fake;
static struct engine_table *table;
static struct engine_docker *docker;
static bool connected;
static int nr_changes, nr_lists;

static void on_connected(bool now, void *userdata)
{
	(void)userdata;
	connected = now;
}

static void on_changed(const char *line, void *userdata)
{
	json_auto_t *object = json_loads(line, 0, NULL);

	(void)userdata;
	assert_non_null(object);
	assert_int_equal(line[strlen(line) - 1], '\n');
	nr_changes++;
}

static void on_replaced(void *userdata)
{
	(void)userdata;
	nr_lists++;
}

static int setup(void **state)
{
	const struct table_listener listener = { on_changed, on_replaced,
						 NULL };

	assert_int_equal(make_directory(state), 0);
	memset(&fake, 0, sizeof(fake));
	fake.version = VERSION;
	fake.list = LIST;
	fake.inspect[0].id = A;
	fake.inspect[0].body = inspect(A, "web", "running");
	connected = false;
	nr_changes = nr_lists = 0;
	assert_true(sd_event_new(&event) >= 0);
	table = engine_table_new();
	engine_table_listen(table, &listener);
	return engine_docker_new(event, in_directory("docker.sock"), table,
				 on_connected, NULL, &docker);
}

static int teardown(void **state)
{
	engine_docker_free(docker);
	fake_engine_stop(&fake);
	engine_table_free(table);
	sd_event_unref(event);
	return remove_directory(state);
}

static void start(void)
{
	fake_engine_start(&fake, event, in_directory("docker.sock"));
}

static bool is_connected(void)
{
	return connected && fake.events >= 0;
}

static bool is_inspected(void)
{
	return is_connected() && fake.nr_inspections > 0 && nr_changes > 0;
}

static bool is_lost(void)
{
	return !connected;
}

static json_t *record(const char *id)
{
	size_t i;

	for (i = 0; i < engine_table_nr(table); i++) {
		json_t *object = json_loads(engine_table_record(table, i), 0,
					    NULL);

		assert_non_null(object);
		if (strcmp(json_string_value(json_object_get(object, "id")),
			   id) == 0)
			return object;
		json_decref(object);
	}
	return NULL;
}

static void must_be(const char *id, const char *key, const char *value)
{
	json_auto_t *object = record(id);

	assert_non_null(object);
	assert_string_equal(json_string_value(json_object_get(object, key)),
			    value);
}

static void must_be_number(const char *id, const char *key, int64_t value)
{
	json_auto_t *object = record(id);

	assert_non_null(object);
	assert_int_equal(json_integer_value(json_object_get(object, key)),
			 value);
}

static void must_be_unknown(const char *id, const char *key)
{
	json_auto_t *object = record(id);

	assert_non_null(object);
	assert_null(json_object_get(object, key));
}

static void tell(const char *text)
{
	fake_chunk(&fake, fake.events, text, strlen(text));
}

#define EVENT(action, id) "{\"status\":\"" action "\",\"id\":\"" id "\"," \
	"\"Type\":\"container\",\"Action\":\"" action "\"," \
	"\"Actor\":{\"ID\":\"" id "\",\"Attributes\":{}}}\n"

/* Tests */

static void test_session(void **state)
{
	(void)state;
	start();
	run_until(event, is_inspected);
	assert_int_equal(engine_table_nr(table), 2);
	must_be(A, "name", "web");
	must_be(A, "image", "img:1");
	must_be(A, "command", "/bin/run -x y");
	must_be(A, "state", "running");
	must_be_number(A, "created_ms", 1700000000123);
	must_be_number(A, "started_ms", 1700000001000);
	must_be(B, "name", "db");
	must_be(B, "command", "postgres");
	must_be_number(B, "created_ms", 1700000001000);
	must_be_unknown(B, "started_ms");
	assert_int_equal(fake.nr_inspections, 1);	/* B is not alive */
	assert_contains(fake.requests, "/version\n"
			"/v1.50/containers/json?all=1\n"
			"/v1.50/events?since=");
	assert_contains(fake.requests,
			"&filters=%7B%22type%22%3A%5B%22container%22%5D%7D\n");
	assert_null(strstr(fake.requests, "stats"));
}

static void test_everything_in_single_bytes(void **state)
{
	(void)state;
	fake.piece = 1;
	start();
	run_until(event, is_inspected);
	must_be(A, "image", "img:1");
}

static void test_events(void **state)
{
	(void)state;
	start();
	run_until(event, is_inspected);
	fake.inspect[1].id = B;
	fake.inspect[1].body = inspect(B, "db", "running");
	nr_changes = 0;
	tell(EVENT("start", B));
	run_until(event, is_inspected);
	must_be(B, "state", "running");
	must_be_number(B, "started_ms", 1700000001000);
	fake.inspect[1].body = inspect(B, "database", "running");
	nr_changes = 0;
	tell(EVENT("rename", B));
	run_until(event, is_inspected);
	must_be(B, "name", "database");
	fake.inspect[1].id = NULL;
	nr_changes = 0;
	tell(EVENT("destroy", B));
	run_until(event, is_inspected);
	assert_null(record(B));
	assert_int_equal(engine_table_nr(table), 1);
	assert_int_equal(nr_lists, 1);
}

static void test_events_of_no_concern(void **state)
{
	int nr;

	(void)state;
	start();
	run_until(event, is_inspected);
	nr = fake.nr_inspections;
	tell(EVENT("exec_start: sh", A));
	tell(EVENT("health_status: healthy", A));
	tell(EVENT("top", A));
	tell("{\"Type\":\"network\",\"Action\":\"create\","
	     "\"Actor\":{\"ID\":\"n\"}}\n{}\n");
	tell("{\"Type\":\"container\",\"Action\":\"start\",\"Actor\":{\"ID\":\""
	     "../../images/x\"}}\n");
	tell("{\"Type\":\"container\",\"Action\":\"start\",\"Actor\":{}}\n");
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
		tell(EVENT("start", A));
	run_some(event);
	assert_true(fake.nr_inspections > nr);
	assert_true(fake.nr_inspections < nr + 50);
	assert_true(is_connected());
}

static void test_the_engine_comes_later_and_goes(void **state)
{
	(void)state;
	run_some(event);
	assert_false(connected);
	start();
	run_until(event, is_inspected);
	fake_close(&fake, fake.events);
	run_until(event, is_lost);
	/* What is known stays known. */
	must_be(A, "name", "web");
	fake.list = "[{\"Id\":\"" B "\",\"Names\":[\"/db\"],"
		    "\"State\":\"exited\",\"Created\":5}]";
	run_until(event, is_connected);
	assert_null(record(A));
	must_be(B, "name", "db");
	assert_int_equal(nr_lists, 2);
}

static void test_truncated_answers(void **state)
{
	(void)state;
	fake.cut = 20;
	start();
	run_some(event);
	assert_false(connected);
	assert_int_equal(engine_table_nr(table), 0);
	fake.cut = 0;
	run_until(event, is_inspected);
	must_be(A, "name", "web");
}

static void test_a_list_that_makes_no_sense(void **state)
{
	(void)state;
	fake.list = "[{\"Id\":\"../x\"}]";
	start();
	run_some(event);
	assert_false(connected);
	assert_null(strstr(fake.requests, "events"));
	fake.list = LIST;
	run_until(event, is_inspected);
}

static void test_errors_of_the_engine(void **state)
{
	(void)state;
	fake.status = 500;
	start();
	run_some(event);
	assert_false(connected);
	fake.status = 0;
	fake.inspect[0].body = "{\"nonsense\":";
	run_until(event, is_connected);
	run_some(event);
	/* What the list said stays. */
	must_be(A, "image", "nginx");
	assert_true(is_connected());
}

static void test_nonsense_among_the_events(void **state)
{
	(void)state;
	start();
	run_until(event, is_inspected);
	tell("this is no JSON\n");
	run_until(event, is_lost);
	run_until(event, is_connected);
	assert_int_equal(nr_lists, 2);
}

/* It costs only itself. */
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
	tell("\n" EVENT("start", A));
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

static void test_many_containers(void **state)
{
	size_t size = 4 << 20, length = 1;
	char *list = malloc(size);
	int i;

	(void)state;
	strcpy(list, "[");
	for (i = 0; i < 5000; i++)
		length += (size_t)snprintf(list + length, size - length,
			"%s{\"Id\":\"%06d\",\"Names\":[\"/n%d\"],"
			"\"State\":\"exited\"}", i ? "," : "", i, i);
	strcpy(list + length, "]");
	fake.list = list;
	fake.piece = 65536;
	start();
	run_until(event, is_connected);
	assert_int_equal(engine_table_nr(table), 4096);
	free(list);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
		TEST(test_session),
		TEST(test_everything_in_single_bytes),
		TEST(test_events),
		TEST(test_events_of_no_concern),
		TEST(test_an_event_split_anywhere),
		TEST(test_many_events_of_one_container),
		TEST(test_the_engine_comes_later_and_goes),
		TEST(test_truncated_answers),
		TEST(test_a_list_that_makes_no_sense),
		TEST(test_errors_of_the_engine),
		TEST(test_nonsense_among_the_events),
		TEST(test_an_endless_event),
		TEST(test_hostile_texts),
		TEST(test_many_containers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
