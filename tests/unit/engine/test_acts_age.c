// SPDX-License-Identifier: GPL-2.0-only
/*
 * How old a container must be before contmon-engine acts on it, whoever asks,
 * and whatever has happened to the clock
 *
 * wrap: sd_event_source_set_time_relative clock_realtime_ns clock_boottime_ns
 * wrap: container_cgroup
 */
#include "tests/unit/acting_cgroup.h"

#include "base/clock.h"
#include "contmon-engine/cgroup.h"

#define START_MS 1700000001000
#define MINUTE_MS 60000

/* Longer than any host has been up */
#define CENTURY_MS (100LL * 366 * 24 * 3600 * 1000)

/* The same run as LATER */
#define ON_LATER(id, steps) "{\"op\":\"act\",\"decision\":\"" id "\","	\
	"\"container\":\"" ID "\",\"started_ms\":1700002800000,"	\
	"\"steps\":[" steps "]}"

#define STEPS_WITH_LIMIT ",\"cpu_cores\":0.5"

uint64_t __real_clock_boottime_ns(void);
uint64_t __wrap_clock_boottime_ns(void);
uint64_t __wrap_clock_realtime_ns(void);
char *__wrap_container_cgroup(int64_t pid, const char *id);

static int64_t now_ms;		/* the wall clock */
static int64_t passed_ms;	/* of the boot clock */
static int64_t process;		/* the first one of the container */

uint64_t __wrap_clock_realtime_ns(void)
{
	return (uint64_t)now_ms * NS_PER_MS;
}

uint64_t __wrap_clock_boottime_ns(void)
{
	return __real_clock_boottime_ns() + (uint64_t)passed_ms * NS_PER_MS;
}

char *__wrap_container_cgroup(int64_t pid, const char *id)
{
	(void)id;
	return process && pid == process ? strdup("/box") : NULL;
}

static int setup_age(void **state)
{
	int r;

	now_ms = START_MS + CENTURY_MS;
	passed_ms = process = 0;
	r = setup_hold(state);
	acts_free(acts);
	config.min_age_ms = MINUTE_MS;
	begin_acts();
	return r;
}

static void must_be_spared(const char *line, const char *why)
{
	must_finish(line, "refused", "protected");
	assert_contains(said.text, why);
	must_do_nothing(&fake);
}

#define YOUNG "it is too young"
#define UNKNOWN "its age is not known"

static void test_a_young_one(void **state)
{
	static const char *const steps[] = {
		STOP, KILL, STOP "," KILL "," REMOVE, "\"restart\"", PAUSE,
		LIMIT,
	};
	char line[512];
	size_t i;

	(void)state;
	now_ms = START_MS + MINUTE_MS - 1;
	for (i = 0; i < COUNT(steps); i++) {
		snprintf(line, sizeof(line), ON("d", "%s", "%s"), steps[i],
			 STEPS_WITH_LIMIT);
		must_be_spared(line, YOUNG);
	}
	now_ms++;
	must_finish(ON("d", KILL, ""), "done", NULL);
}

/* So that it starts in the future. Its first process tells. */
static void test_a_clock_that_was_set_back_before(void **state)
{
	(void)state;
	now_ms = START_MS - MINUTE_MS;
	config.min_age_ms = CENTURY_MS / 2;
	begin_acts_again();
	process = box.pid = 1;
	show();
	must_be_spared(ON("d", KILL, ""), YOUNG);
	passed_ms = CENTURY_MS / 2;
	must_finish(ON("d", KILL, ""), "done", NULL);
}

/* Only a known age can be enough, even if none is wanted. */
static void test_a_clock_that_was_set_back(void **state)
{
	(void)state;
	now_ms = START_MS - 1;
	must_be_spared(ON("d", KILL, ""), UNKNOWN);
	config.min_age_ms = 0;
	begin_acts_again();
	must_be_spared(ON("d", KILL, ""), UNKNOWN);
	now_ms++;
	must_finish(ON("d", KILL, ""), "done", NULL);
}

static void test_an_unknown_start(void **state)
{
	(void)state;
	box.started = "0001-01-01T00:00:00Z";
	show();
	must_be_spared(ON_ENDED("d", KILL), UNKNOWN);
}

/*
 * An engine of a user may hide the age of a container, which then counts from
 * when somebody first wanted to act on this run of it.
 */
static void test_an_age_that_is_kept_unknown(void **state)
{
	(void)state;
	now_ms = START_MS - 1;
	must_be_spared(ON("d", KILL, ""), UNKNOWN);
	passed_ms = MINUTE_MS - 1000;
	must_be_spared(ON("e", KILL, ""), UNKNOWN);
	passed_ms = MINUTE_MS;
	must_finish(ON("f", KILL, ""), "done", NULL);
}

static void test_an_inspection_that_asks_first(void **state)
{
	(void)state;
	now_ms = START_MS - 1;
	ask("{\"op\":\"inspect\",\"decision\":\"q\",\"container\":\"" ID "\"}");
	assert_contains(said.text, UNKNOWN);
	passed_ms = MINUTE_MS;
	must_finish(ON("d", KILL, ""), "done", NULL);
}

static void test_another_run_of_unknown_age(void **state)
{
	(void)state;
	now_ms = START_MS - 1;
	must_be_spared(ON("d", KILL, ""), UNKNOWN);
	passed_ms = MINUTE_MS;
	box.started = LATER;
	show();
	must_be_spared(ON_LATER("e", KILL), UNKNOWN);
}

/* By the wall clock it is old, but its first process is not. */
static void test_a_clock_that_was_set_forward(void **state)
{
	(void)state;
	config.min_age_ms = CENTURY_MS / 2;
	begin_acts_again();
	process = box.pid = 1;
	show();
	must_be_spared(ON("d", KILL, ""), YOUNG);
	passed_ms = CENTURY_MS / 2;
	must_finish(ON("d", KILL, ""), "done", NULL);
}

/* The pid of a process that is not the container's says nothing. */
static void test_another_process(void **state)
{
	(void)state;
	config.min_age_ms = CENTURY_MS / 2;
	begin_acts_again();
	box.pid = 1;
	show();
	must_finish(ON("d", KILL, ""), "done", NULL);
}

/* It may have been created only now, and be started next. */
static void test_one_that_does_not_run(void **state)
{
	static const char *const states[] = { "created", "exited", "dead" };
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(states); i++) {
		box.started = "0001-01-01T00:00:00Z";
		become(states[i]);
		now_ms = START_MS + MINUTE_MS - 1;
		must_be_spared(ON_ENDED("d", REMOVE), YOUNG);
		now_ms = START_MS - 1;
		must_be_spared(ON_ENDED("d", REMOVE), UNKNOWN);
	}
	now_ms = START_MS + MINUTE_MS;
	must_finish(ON_ENDED("d", REMOVE), "done", NULL);
}

/* What counts is when it was created, not when it ran last. */
static void test_one_that_has_just_ended(void **state)
{
	(void)state;
	box.started = LATER;
	become("exited");
	now_ms = START_MS + MINUTE_MS;
	must_finish(ON_ENDED("d", REMOVE), "done", NULL);
}

/* Who asks before it decides learns it. */
static void test_an_inspection(void **state)
{
	(void)state;
	now_ms = START_MS;
	ask("{\"op\":\"inspect\",\"decision\":\"q\",\"container\":\"" ID "\"}");
	assert_contains(said.text, "\"protected_by\":\"" YOUNG "\"");
	now_ms += MINUTE_MS;
	ask("{\"op\":\"inspect\",\"decision\":\"q\",\"container\":\"" ID "\"}");
	assert_null(strstr(said.text, "protected_by"));
}

/* Without an engine: the oldest process of the cgroup */

static void must_kill_cgroup(void)
{
	put("cgroup.events", "populated 0\nfrozen 0\n");
	must_finish(on_cgroup("d", KILL, ""), "done", NULL);
}

static void begin_in_cgroup(void)
{
	config.min_age_ms = CENTURY_MS;
	begin_acts_again();
}

static void test_a_young_cgroup(void **state)
{
	(void)state;
	begin_in_cgroup();
	must_be_spared(on_cgroup("d", KILL, ""), YOUNG);
	must_be_spared(on_cgroup("d", PAUSE, ""), YOUNG);
	must_be_spared(on_cgroup("d", LIMIT, STEPS_WITH_LIMIT), YOUNG);
	passed_ms = CENTURY_MS;
	must_kill_cgroup();
}

static void test_a_process_further_down(void **state)
{
	(void)state;
	begin_in_cgroup();
	put("cgroup.procs", "");
	assert_int_equal(mkdir(in_cgroup("payload"), 0700), 0);
	assert_int_equal(mkdir(in_cgroup("payload/init.scope"), 0700), 0);
	put("payload/cgroup.procs", "0\n");
	join_cgroup("cgroups/box/payload/init.scope");
	must_be_spared(on_cgroup("d", KILL, ""), YOUNG);
	passed_ms = CENTURY_MS;
	must_kill_cgroup();
}

/* Its owner chooses what it is called. */
static void test_a_process_in_a_hidden_cgroup(void **state)
{
	(void)state;
	put("cgroup.procs", "");
	assert_int_equal(mkdir(in_cgroup(".payload"), 0700), 0);
	join_cgroup("cgroups/box/.payload");
	passed_ms = CENTURY_MS;
	must_kill_cgroup();
}

/* Its owner may also replace all of its processes again and again. */
static void test_a_cgroup_of_unknown_age(void **state)
{
	(void)state;
	passed_ms = CENTURY_MS;
	put("cgroup.procs", "0\n2000000000\nx\n");
	must_be_spared(on_cgroup("d", KILL, ""), UNKNOWN);
	assert_int_equal(unlink(in_cgroup("cgroup.procs")), 0);
	must_be_spared(on_cgroup("d", KILL, ""), UNKNOWN);
	passed_ms += MINUTE_MS;
	must_kill_cgroup();
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup_age, \
						   teardown_acts)
		TEST(test_a_young_one),
		TEST(test_a_clock_that_was_set_back),
		TEST(test_a_clock_that_was_set_back_before),
		TEST(test_an_unknown_start),
		TEST(test_an_age_that_is_kept_unknown),
		TEST(test_an_inspection_that_asks_first),
		TEST(test_another_run_of_unknown_age),
		TEST(test_a_clock_that_was_set_forward),
		TEST(test_another_process),
		TEST(test_one_that_does_not_run),
		TEST(test_one_that_has_just_ended),
		TEST(test_an_inspection),
		TEST(test_a_young_cgroup),
		TEST(test_a_process_further_down),
		TEST(test_a_process_in_a_hidden_cgroup),
		TEST(test_a_cgroup_of_unknown_age),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
