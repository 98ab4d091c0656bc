// SPDX-License-Identifier: GPL-2.0-only
/*
 * How much containers have written: asked rarely, and by nobody waited for
 *
 * wrap: sd_event_source_set_time_relative
 */
#include "tests/unit/session.h"

#define SIZE "size=1"
#define SIZE_OF(id) "/containers/" id "/json?" SIZE
#define TWO "[{\"Id\":\"" A "\",\"State\":\"running\",\"Created\":5}," \
	"{\"Id\":\"" B "\",\"State\":\"%s\",\"Created\":5}]"

static char list[512];
static char body[1024];

/* What its engine says of @id, with this member */
static const char *sized(const char *id, const char *member)
{
	snprintf(body, sizeof(body), "{%s,%s", member,
		 inspect(id, "web", "running") + 1);
	return body;
}

static int setup_layers(void **state)
{
	int r;

	wants_layers = true;
	r = setup(state);
	wants_layers = false;
	snprintf(list, sizeof(list), TWO, "exited");
	fake.list = list;
	return r;
}

static int nr_asked(const char *path)
{
	const char *at = fake.requests;
	int nr = 0;

	while ((at = strstr(at, path))) {
		at += strlen(path);
		nr++;
	}
	return nr;
}

static bool is_asked_twice(void)
{
	return nr_asked(SIZE_OF(A)) >= 2;
}

static bool is_asked(void)
{
	return nr_asked(SIZE) > 0;
}

static bool is_measured(void)
{
	json_auto_t *object = record(A);

	return json_object_get(object, "layer_bytes");
}

static void test_a_layer(void **state)
{
	int64_t before_ms = (int64_t)(clock_realtime_ns() / NS_PER_MS), at_ms;
	json_auto_t *object = NULL;

	(void)state;
	fake.inspect[0].body = sized(A, "\"SizeRw\":12345");
	start();
	run_until(event, is_measured);
	must_be_number(A, "layer_bytes", 12345);
	object = record(A);
	at_ms = json_integer_value(json_object_get(object, "layer_ms"));
	assert_true(at_ms >= before_ms);
	assert_true(at_ms <= (int64_t)(clock_realtime_ns() / NS_PER_MS));
	must_be(A, "name", "web");
	must_be(A, "state", "running");
}

/* Nothing written is known, too. */
static void test_an_empty_layer(void **state)
{
	(void)state;
	fake.inspect[0].body = sized(A, "\"SizeRw\":0");
	start();
	run_until(event, is_measured);
	must_be_number(A, "layer_bytes", 0);
}

/* It is asked again, and the others are not harmed. */
static void test_a_layer_that_is_not_known(void **state)
{
	static const char *const members[] = {
		"\"x\":1", "\"SizeRw\":null", "\"SizeRw\":-1",
		"\"SizeRw\":\"5\"", "\"SizeRw\":1e300",
	};
	size_t i;

	(void)state;
	start();
	for (i = 0; i < COUNT(members); i++) {
		fake.inspect[0].body = sized(A, members[i]);
		fake.requests[0] = '\0';
		run_until(event, is_asked_twice);
		must_be_unknown(A, "layer_bytes");
		must_be_unknown(A, "layer_ms");
	}
	fake.inspect[0].body = sized(A, "\"SizeRw\":7");
	run_until(event, is_measured);
}

/* What other answers do not have is not lost. */
static void test_a_change_of_the_container(void **state)
{
	int nr;

	(void)state;
	fake.inspect[0].body = sized(A, "\"SizeRw\":12345");
	start();
	run_until(event, is_measured);
	fake.mute = SIZE;
	fake.inspect[0].body = inspect(A, "new", "running");
	nr = nr_changes;
	send_text(EVENT("rename", A));
	while (nr_changes == nr)
		sd_event_run(event, UINT64_MAX);
	must_be(A, "name", "new");
	must_be_number(A, "layer_bytes", 12345);
}

/* One at a time, and everything else goes on. */
static void test_an_answer_that_takes_long(void **state)
{
	int nr;

	(void)state;
	snprintf(list, sizeof(list), TWO, "running");
	fake.inspect[1].id = B;
	fake.inspect[1].body = inspect(B, "db", "running");
	fake.mute = SIZE;
	start();
	run_until(event, is_asked);
	for (nr = 0; nr < 5; nr++) {
		fake.inspect[1].body = inspect(B, nr % 2 ? "odd" : "even",
					       "running");
		nr_changes = 0;
		send_text(EVENT("rename", B));
		run_until(event, is_inspected);
		must_be(B, "name", nr % 2 ? "odd" : "even");
	}
	assert_int_equal(nr_asked(SIZE), 1);
	assert_true(is_connected());
}

static bool are_both_asked(void)
{
	return nr_asked(SIZE_OF(A)) >= 2 && nr_asked(SIZE_OF(B)) >= 2;
}

/* In turn, and only those that run */
static void test_rounds(void **state)
{
	(void)state;
	snprintf(list, sizeof(list), TWO, "running");
	fake.inspect[1].id = B;
	fake.inspect[1].body = inspect(B, "db", "running");
	start();
	run_until(event, are_both_asked);
	assert_in_range(nr_asked(SIZE_OF(A)) - nr_asked(SIZE_OF(B)), 0, 1);
}

static void test_one_that_has_ended(void **state)
{
	(void)state;
	start();
	run_until(event, is_asked_twice);
	assert_int_equal(nr_asked(SIZE_OF(B)), 0);
}


/* The session that was asked is gone, and the answer with it. */
static void test_an_engine_that_ends(void **state)
{
	(void)state;
	fake.mute = SIZE;
	start();
	run_until(event, is_asked);
	fake_engine_stop(&fake);
	run_until(event, is_lost);
	fake.requests[0] = '\0';
	start();
	run_until(event, is_asked);
}

static bool is_pinged(void)
{
	return is_inspected() && nr_asked("/_ping") >= 3;
}

static void test_nothing_unless_wanted(void **state)
{
	(void)state;
	start();
	run_until(event, is_pinged);
	assert_int_equal(nr_asked(SIZE), 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup_layers, \
						   teardown)
		TEST(test_a_layer),
		TEST(test_an_empty_layer),
		TEST(test_a_layer_that_is_not_known),
		TEST(test_a_change_of_the_container),
		TEST(test_an_answer_that_takes_long),
		TEST(test_rounds),
		TEST(test_one_that_has_ended),
		TEST(test_an_engine_that_ends),
		cmocka_unit_test_setup_teardown(test_nothing_unless_wanted,
						setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
