// SPDX-License-Identifier: GPL-2.0-only
/*
 * An act whose engine, or contmon-engine itself, ends in the middle, and acts
 * with two engines
 *
 * wrap: sd_event_source_set_time_relative container_cgroup
 */
#include "tests/unit/acting.h"

char *__wrap_container_cgroup(int64_t pid, const char *id);

/* The processes of each engine's container */
#define PID_OF_FIRST 1001
#define PID_OF_SECOND 1002

char *__wrap_container_cgroup(int64_t pid, const char *id)
{
	(void)id;
	return pid == PID_OF_FIRST ? strdup("/first") :
	       pid == PID_OF_SECOND ? strdup("/second") : NULL;
}

#define LIMIT_FIRST "{\"op\":\"act\",\"decision\":\"%s\"," \
	"\"container\":\"" ID "\",\"started_ms\":" STARTED_MS "," \
	"\"cgroup\":\"%s\",\"cgroup_id\":%llu," \
	"\"steps\":[\"limit\"],\"cpu_cores\":0.5}"

/* It was started again between two looks, and its cgroup has the same path. */
static void test_a_cgroup_of_another_run(void **state)
{
	static const struct {
		const char *cgroup;
		unsigned int off;
		const char *result;
	} cases[] = {
		{ "/first", 1, "replaced" }, { "/first", 0, "done" },
		/* Elsewhere it has another path, and the id says nothing. */
		{ "/elsewhere", 1, "done" },
	};
	char line[512], text[64];
	struct stat st;
	size_t i;

	(void)state;
	box.pid = PID_OF_FIRST;
	show();
	assert_int_equal(mkdir(in_directory("cgroups/first"), 0700), 0);
	assert_int_equal(stat(in_directory("cgroups/first"), &st), 0);
	for (i = 0; i < COUNT(cases); i++) {
		snprintf(text, sizeof(text), "d%zu", i);
		write_file("cgroups/first/cpu.max", "max 100000\n");
		snprintf(line, sizeof(line), LIMIT_FIRST, text,
			 cases[i].cgroup, (unsigned long long)st.st_ino +
			 cases[i].off);
		must_finish(line, cases[i].result, NULL);
		snprintf(line, sizeof(line), UNDO("%s"), text);
		must_finish(line, "done", NULL);
	}
}

static int hang_up(const char *method, const char *path)
{
	obey(method, path);
	return -1;
}

static void test_an_answer_that_is_lost(void **state)
{
	(void)state;
	fake.act = hang_up;
	must_finish(ON("d", STOP "," KILL, ""), "done", NULL);
	assert_contains(said.text,
			"did not answer, but the step has taken effect");
	assert_int_equal(nr_of(fake.requests, "POST"), 1);
}

static int only_hang_up(const char *method, const char *path)
{
	(void)method;
	(void)path;
	return -1;
}

static void test_an_act_that_is_lost(void **state)
{
	(void)state;
	fake.act = only_hang_up;
	must_finish(ON("d", KILL, ""), "failed", "error");
	assert_contains(said.text, "the container is running");
}

static bool is_asked_for_it(void)
{
	return strstr(fake.requests, ID "/json");
}

/* A byte now and then, which does not end */
static void test_an_answer_that_takes_long(void **state)
{
	const char *head = "HTTP/1.1 200 OK\r\nContent-Length: 999999\r\n\r\n";
	int nr_left = 999999;

	(void)state;
	fake.mute = ID "/json";
	say(ON("d", KILL, ""));
	run_until(event, is_asked_for_it);
	fake_send(&fake, fake.muted, head, strlen(head));
	for (; !is_finished() && nr_left > 0; nr_left--) {
		fake_send(&fake, fake.muted, " ", 1);
		assert_true(sd_event_run(event, 1000) >= 0);
	}
	run_until(event, is_finished);
	assert_contains(said.text, "no engine: Connection timed out");
	must_do_nothing(&fake);
}

/* An engine looks for what has it as its name when nothing has it as its id. */
static void test_a_name_like_an_id(void **state)
{
	(void)state;
	fake.inspect[0].body = inspect(OTHER, ID, "running");
	must_finish(ON("d", KILL, ""), "gone", NULL);
	must_do_nothing(&fake);
	fake.inspect[0].body = inspect(OTHER, ID, "exited");
	must_finish(ON_ENDED("e", REMOVE), "gone", NULL);
	must_do_nothing(&fake);
}

/* Its user has logged out, and the engine with it. */
static void test_a_pause_whose_cgroup_is_gone(void **state)
{
	(void)state;
	assert_int_equal(mkdir(in_directory("cgroups/first"), 0700), 0);
	write_file("cgroups/first/cgroup.events", "populated 1\nfrozen 1\n");
	box.pid = PID_OF_FIRST;
	become("running");
	must_finish(ON("d", "\"pause\"", ",\"hold_ms\":86400000"), "done",
		    NULL);
	fake_engine_stop(&fake);
	run_until(event, is_lost);
	must_finish(UNDO("d"), "failed", "error");
	assert_int_equal(unlink(in_directory("cgroups/first/cgroup.events")),
			 0);
	assert_int_equal(rmdir(in_directory("cgroups/first")), 0);
	must_finish(UNDO("d"), "done", NULL);
	assert_contains(told.text, "nothing of it runs any more");
}

static void test_no_engine(void **state)
{
	(void)state;
	fake_engine_stop(&fake);
	run_until(event, is_lost);
	must_finish(ON("d", KILL, ""), "refused", "no_engine");
	/* Nothing was done, so it may be asked again. */
	start();
	run_until(event, is_connected);
	must_finish(ON("d", KILL, ""), "done", NULL);
	assert_null(strstr(said.text, "\"repeated\":true"));
}

static bool stops;

static int end_itself(const char *method, const char *path)
{
	stops = true;
	return hang_up(method, path);
}

static bool has_ended(void)
{
	return stops;
}

static void test_an_engine_that_ends_in_the_middle(void **state)
{
	(void)state;
	stops = false;
	fake.act = end_itself;
	say(ON("d", STOP "," KILL, ""));
	run_until(event, has_ended);
	fake_engine_stop(&fake);
	run_until(event, is_lost);
	assert_false(is_finished());
	start();
	run_until(event, is_finished);
	assert_contains(said.text, "\"op\":\"finished\",\"decision\":\"d\","
			"\"result\":\"done\"");
}

static void test_an_engine_that_does_not_come_back(void **state)
{
	(void)state;
	stops = false;
	fake.act = end_itself;
	say(ON("d", KILL, ""));
	run_until(event, has_ended);
	fake_engine_stop(&fake);
	run_until(event, is_finished);
	assert_contains(said.text, "\"code\":\"unknown_outcome\"");
}

/* contmon-engine ends in the middle: it finishes what it began. */
static void test_a_restart_in_the_middle(void **state)
{
	(void)state;
	fake.act = stay_silent;
	say(ON("d", KILL, ""));
	run_until(event, is_asked);
	fake.act = obey;
	begin_acts_again();
	must_finish(ON("d", KILL, ""), "done", NULL);
	assert_int_equal(nr_of(fake.requests, "POST"), 2);
	/* And what has had its effect meanwhile is not done again. */
	become("running");
	fake.act = stay_silent;
	fake.requests[0] = '\0';
	say(ON("e", KILL, ""));
	run_until(event, is_asked);
	become("exited");
	begin_acts_again();
	must_finish(ON("e", KILL, ""), "done", NULL);
	assert_int_equal(nr_of(fake.requests, "POST"), 1);
}

#define RESTART "\"restart\""

static void restart_and_end(const char *line)
{
	fake.act = stay_silent;
	fake.requests[0] = '\0';
	say(line);
	run_until(event, is_asked);
	fake.act = obey;
	begin_acts_again();
	run_some(event);
}

/* The engine goes on meanwhile: it is started again once. */
static void test_a_restart_in_a_restart(void **state)
{
	(void)state;
	restart_and_end(ON("d", RESTART, ""));
	become("exited");
	run_some(event);
	box.started = LATER;
	become("running");
	must_finish(ON("d", RESTART, ""), "done", NULL);
	assert_int_equal(nr_of(fake.requests, "POST"), 1);
	box.started = STARTED;
	become("running");
	restart_and_end(ON("e", RESTART, ""));
	become("exited");
	must_finish(ON("e", RESTART, ""), "failed", "unknown_outcome");
	assert_int_equal(nr_of(fake.requests, "POST"), 1);
	/* The engine has not begun it. */
	become("running");
	restart_and_end(ON("f", RESTART, ""));
	must_finish(ON("f", RESTART, ""), "done", NULL);
	assert_int_equal(nr_of(fake.requests, "POST"), 2);
}

/* Two engines */

#define LISTED "[{\"Id\":\"" ID "\",\"Names\":[\"/web\"]," \
	"\"State\":\"running\",\"Created\":5}]"
#define IN(cgroup) ",\"cgroup\":\"" cgroup "\""

static struct fake_engine second;
static char second_body[2048];

static bool both_are_known(void)
{
	struct name_engine all[NAME_ENGINES_MAX];

	return engines_describe(engines, all) == 2 && all[0].listed &&
	       all[1].listed && fake.nr_inspections > 0 &&
	       second.nr_inspections > 0;
}

/* "kill" of the second one */
static int obey_too(const char *method, const char *path)
{
	(void)method;
	assert_contains(path, "/kill");
	memcpy(strstr(second_body, "running"), "stopped", 7);
	return 204;
}

static int setup_two(void **state)
{
	int r;

	sockets = "*.sock";
	r = setup_acts(state);
	box.pid = PID_OF_FIRST;
	show();
	memset(&second, 0, sizeof(second));
	strcpy(second_body, box.body);
	memcpy(strstr(second_body, "1001"), "1002", 4);
	second.version = VERSION;
	second.list = LISTED;
	second.inspect[0].id = ID;
	second.inspect[0].body = second_body;
	fake_engine_start(&second, event, in_directory("other.sock"));
	fake.list = LISTED;
	fake_close(&fake, fake.events);	/* it lists them again */
	run_until(event, both_are_known);
	run_some(event);
	fake.requests[0] = second.requests[0] = '\0';
	return r;
}

static int teardown_two(void **state)
{
	fake_engine_stop(&second);
	sockets = "docker.sock";
	return teardown_acts(state);
}

static void test_the_engine_that_has_the_cgroup(void **state)
{
	(void)state;
	second.act = obey_too;
	must_finish(ON("d", KILL, IN("/second")), "done", NULL);
	must_do_nothing(&fake);
	assert_contains(second.requests, "POST");
	second.requests[0] = '\0';
	must_finish(ON("e", KILL, IN("/first")), "done", NULL);
	assert_contains(fake.requests, "POST");
	must_do_nothing(&second);
}

static void test_an_id_that_two_engines_have(void **state)
{
	(void)state;
	must_finish(ON("d", KILL, ""), "refused", "no_engine");
	must_do_nothing(&fake);
	must_do_nothing(&second);
}

static bool second_is_asked(void)
{
	return strstr(second.requests, "POST");
}

/* What one engine has under way keeps nothing from the other's. */
static void test_acts_on_both(void **state)
{
	(void)state;
	second.act = stay_silent;
	say(ON("d", KILL, IN("/second")));
	run_until(event, second_is_asked);
	must_finish(ON("e", KILL, IN("/second")), "refused", "busy");
	must_do_nothing(&fake);
	must_finish(ON("f", KILL, IN("/first")), "done", NULL);
	assert_contains(fake.requests, "POST");
}

/* Its engine is that of before, although only the other one has the id now. */
static void test_the_engine_is_remembered(void **state)
{
	(void)state;
	second.act = stay_silent;
	say(ON("d", KILL, IN("/second")));
	run_until(event, second_is_asked);
	second.inspect[0].id = NULL;
	fake_chunk(&second, second.events, EVENT("remove", ID),
		   strlen(EVENT("remove", ID)));
	run_until(event, is_removed);
	begin_acts_again();
	must_finish(ON("d", KILL, IN("/second")), "done", NULL);
	must_do_nothing(&fake);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup_acts, \
						   teardown_acts)
		TEST(test_a_cgroup_of_another_run),
		TEST(test_an_answer_that_is_lost),
		TEST(test_an_act_that_is_lost),
		TEST(test_an_answer_that_takes_long),
		TEST(test_a_name_like_an_id),
		TEST(test_a_pause_whose_cgroup_is_gone),
		TEST(test_no_engine),
		TEST(test_an_engine_that_ends_in_the_middle),
		TEST(test_an_engine_that_does_not_come_back),
		TEST(test_a_restart_in_the_middle),
		TEST(test_a_restart_in_a_restart),
#define TWO(name) cmocka_unit_test_setup_teardown(name, setup_two, \
						  teardown_two)
		TWO(test_the_engine_that_has_the_cgroup),
		TWO(test_an_id_that_two_engines_have),
		TWO(test_acts_on_both),
		TWO(test_the_engine_is_remembered),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
