// SPDX-License-Identifier: GPL-2.0-only
/*
 * The engine of a user that sends events without end, beside one of root.
 *
 * wrap: sd_event_source_set_time_relative
 */
#include "tests/unit/session.h"

#include "contmon-engine/allowance.h"
#include "contmon-engine/fetch.h"

#define USER 1000
#define FLOOD_NS (2 * NS_PER_SECOND)
/* A busy machine may run the test for longer than it asks for. */
#define MOST_QUESTIONS(ns) (ALLOWANCE_BURST + ALLOWANCE_PER_SECOND * \
			    ((ns) / NS_PER_SECOND + 1))
#define JUNK_BYTES 65536

static struct fake_engine roots;
static size_t nr_sent;

static int setup_both(void **state)
{
	if (getuid() != 0)
		skip();
	sockets = "*/docker.sock";
	memset(&roots, 0, sizeof(roots));
	nr_sent = 0;
	assert_int_equal(setup(state), 0);
	roots.version = VERSION;
	roots.list = "[]";
	roots.inspect[0].id = B;
	assert_int_equal(mkdir(in_directory("0"), 0700), 0);
	assert_int_equal(mkdir(in_directory("1000"), 0700), 0);
	fake_engine_start(&roots, event, in_directory("0/docker.sock"));
	fake_engine_start(&fake, event, in_directory("1000/docker.sock"));
	assert_int_equal(chown(in_directory("1000/docker.sock"), USER, USER),
			 0);
	assert_int_equal(chown(in_directory("1000"), USER, USER), 0);
	return 0;
}

static int teardown_both(void **state)
{
	fake_engine_stop(&roots);
	return teardown(state);
}

static bool both_answer(void)
{
	return fake.events >= 0 && roots.events >= 0 &&
	       fake.nr_inspections > 0 && entry(A);
}

/* Whether everything was taken that was sent before. */
static bool is_taken(void)
{
	return fake.events < 0 ||
	       fake.unsent[fake_index(&fake, fake.events)].length == 0;
}

static void flood(const char *text, size_t length, uint64_t ns)
{
	uint64_t end_ns = clock_monotonic_ns() + ns;

	while (clock_monotonic_ns() < end_ns) {
		if (is_taken() && fake.events >= 0) {
			fake_chunk(&fake, fake.events, text, length);
			nr_sent += length;
		}
		sd_event_run(event, 1000);
	}
}

static void rename_it(const char *name)
{
	fake.inspect[0].body = inspect(A, name, "running");
}

static bool has_b(void)
{
	json_auto_t *object = record(B);

	return object;
}

static bool is_last(void)
{
	json_auto_t *object = record(A);

	return object &&
	       strcmp(json_string_value(json_object_get(object, "name")),
		      "last") == 0;
}

/* Each event is about a container that has another name by then. */
static void test_questions_are_counted(void **state)
{
	uint64_t begin_ns;
	char name[32];
	int i;

	(void)state;
	run_until(event, both_answer);
	begin_ns = clock_monotonic_ns();
	for (i = 0; clock_monotonic_ns() < begin_ns + FLOOD_NS; i++) {
		sprintf(name, "web%d", i);
		rename_it(name);
		if (is_taken())
			send_text(EVENT("start", A));
		sd_event_run(event, 1000);
	}
	assert_true(fake.nr_inspections > ALLOWANCE_BURST / 2);
	if ((uint64_t)fake.nr_inspections >
	    MOST_QUESTIONS(clock_monotonic_ns() - begin_ns))
		fail_msg("%d questions", fake.nr_inspections);
	/* Nothing is lost: what it was in the end is seen, if later. */
	rename_it("last");
	send_text(EVENT("start", A));
	run_until(event, is_last);
	/* Root's engine has not waited. */
	roots.inspect[0].body = inspect(B, "db", "running");
	fake_chunk(&roots, roots.events, EVENT("start", B),
		   strlen(EVENT("start", B)));
	run_until(event, has_b);
}

static void use_up(uid_t user, uint64_t now_ns)
{
	unsigned int i;

	for (i = 0; i < ALLOWANCE_BURST; i++)
		assert_int_equal(allowance_take(user, now_ns), 0);
}

static void test_an_allowance(void **state)
{
	const uint64_t now_ns = 7 * NS_PER_SECOND;
	uint64_t next_ns;
	uid_t user;

	(void)state;
	use_up(USER + 1, now_ns);
	next_ns = allowance_take(USER + 1, now_ns);
	assert_int_equal(next_ns, now_ns + NS_PER_SECOND /
				  ALLOWANCE_PER_SECOND);
	assert_int_equal(allowance_take(USER + 1, next_ns - 1), next_ns);
	assert_int_equal(allowance_take(USER + 1, next_ns), 0);
	assert_true(allowance_take(USER + 1, next_ns) > next_ns);
	/* Another user has an own one, and root needs none. */
	use_up(USER + 2, now_ns);
	use_up(0, now_ns);
	use_up(0, now_ns);
	/* There is room for more users than there can be engines. */
	for (user = USER + 3; user < USER + 35; user++)
		assert_int_equal(allowance_take(user, now_ns), 0);
	assert_true(allowance_take(USER + 1, next_ns) > next_ns);
	/* After a while it is as at the begin. */
	use_up(USER + 1, now_ns + 60 * NS_PER_SECOND);
}

/* What means nothing costs as much to read. */
static void test_bytes_are_counted(void **state)
{
	char *junk = malloc(JUNK_BYTES);
	uint64_t begin_ns, seconds;

	(void)state;
	memset(junk, ' ', JUNK_BYTES);
	memcpy(junk, "{}\n", 3);
	run_until(event, both_answer);
	begin_ns = clock_monotonic_ns();
	flood(junk, JUNK_BYTES, 2 * FLOOD_NS);
	seconds = (clock_monotonic_ns() - begin_ns) / NS_PER_SECOND + 1;
	free(junk);
	/* Sockets and libcurl have room for some of it. */
	if (nr_sent > (seconds + 1) * FETCH_USER_BYTES_PER_SECOND + (1 << 20))
		fail_msg("%zu bytes", nr_sent);
	assert_true(nr_sent > FETCH_USER_BYTES_PER_SECOND);
	roots.inspect[0].body = inspect(B, "db", "running");
	fake_chunk(&roots, roots.events, EVENT("start", B),
		   strlen(EVENT("start", B)));
	run_until(event, has_b);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_an_allowance),
		cmocka_unit_test_setup_teardown(test_questions_are_counted,
						setup_both, teardown_both),
		cmocka_unit_test_setup_teardown(test_bytes_are_counted,
						setup_both, teardown_both),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
