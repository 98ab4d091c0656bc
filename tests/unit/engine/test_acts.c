// SPDX-License-Identifier: GPL-2.0-only
/*
 * Acts on a container of an engine: every step, and everything that may happen
 * meanwhile
 *
 * wrap: sd_event_source_set_time_relative clock_monotonic_ns
 */
#include "tests/unit/acting.h"

#include "base/log.h"

uint64_t __real_clock_monotonic_ns(void);
uint64_t __wrap_clock_monotonic_ns(void);

static uint64_t passed_ns;

uint64_t __wrap_clock_monotonic_ns(void)
{
	return __real_clock_monotonic_ns() + passed_ns;
}

static void test_stop_kill_remove(void **state)
{
	(void)state;
	must_finish(ON("d", STOP "," KILL "," REMOVE, ",\"grace_ms\":2500"),
		    "done", NULL);
	assert_contains(fake.requests, "POST /v1.50/containers/" ID
			"/stop?t=3\n");
	assert_null(strstr(fake.requests, "/kill"));
	assert_contains(fake.requests, "DELETE /v1.50/containers/" ID "\n");
	assert_contains(said.text, "\"step\":\"stop\",\"result\":\"done\","
			"\"http_status\":204");
	assert_contains(said.text, "\"step\":\"kill\",\"result\":\"skipped\"");
	assert_contains(said.text, "\"step\":\"remove\",\"result\":\"done\"");
}

/* Without "kill" the engine's own stop is not used, because it kills. */
static void test_only_stop(void **state)
{
	(void)state;
	must_finish(ON("d", STOP, ""), "done", NULL);
	assert_contains(fake.requests, "/kill?signal=SIGTERM\n");
}

/* As systemd wants it in a container */
static void test_a_stop_signal_of_its_own(void **state)
{
	(void)state;
	box.signal = "SIGRTMIN+3";
	become("running");
	must_finish(ON("d", STOP, ""), "done", NULL);
	assert_contains(fake.requests, "/kill?signal=SIGRTMIN%2B3\n");
}

static int do_nothing(const char *method, const char *path)
{
	(void)method;
	(void)path;
	return 204;
}

static void test_only_stop_without_effect(void **state)
{
	(void)state;
	fake.act = do_nothing;
	must_finish(ON("d", STOP, ""), "failed", "timeout");
	assert_contains(said.text, "the container is still running");
	assert_int_equal(nr_of(fake.requests, "POST"), 1);
}

/* The engine kills at the end of the grace, and says so only by the status. */
static int stop_by_force(const char *method, const char *path)
{
	(void)method;
	passed_ns += NS_PER_SECOND;
	if (strstr(path, "/stop?"))
		box.exit_code = 137;
	become("exited");
	return 204;
}

static void test_a_stop_that_kills(void **state)
{
	(void)state;
	fake.act = stop_by_force;
	must_finish(ON("d", STOP "," KILL, ",\"grace_ms\":1000"), "done", NULL);
	assert_contains(said.text, "\"step\":\"stop\",\"result\":\"failed\","
			"\"code\":\"timeout\"");
	assert_contains(said.text, "\"step\":\"kill\",\"result\":\"skipped\"");
}

static int kill_only(const char *method, const char *path)
{
	return strstr(path, "/stop?") ? 500 : obey(method, path);
}

static void test_kill_after_a_stop_that_fails(void **state)
{
	(void)state;
	fake.act = kill_only;
	fake.message = "cannot stop";
	must_finish(ON("d", STOP "," KILL, ",\"grace_ms\":1000"), "done",
		    NULL);
	assert_contains(said.text, "its engine: cannot stop");
	assert_contains(said.text, "\"http_status\":500");
	assert_contains(fake.requests, "/kill\n");
}

static void test_nothing_is_removed_that_runs(void **state)
{
	(void)state;
	fake.act = do_nothing;
	must_finish(ON("d", STOP "," REMOVE, ""), "failed", "timeout");
	must_finish(ON("e", REMOVE, ""), "refused", "unsupported");
	assert_null(strstr(fake.requests, "DELETE"));
}

static void test_remove_what_has_ended(void **state)
{
	(void)state;
	become("exited");
	must_finish(ON_ENDED("d", REMOVE), "done", NULL);
	must_finish(ON_ENDED("e", REMOVE), "gone", NULL);
}

static void test_restart(void **state)
{
	(void)state;
	must_finish(ON("d", "\"restart\"", ",\"grace_ms\":1500"), "done", NULL);
	assert_contains(fake.requests, "/restart?t=2\n");
}

/* However many there are, they fill no log. */
static void test_invalid_requests(void **state)
{
	const struct asker asker = { 1, 42, 1000 };
	char text[4096] = "", *line;
	unsigned int i, nr = 0;
	FILE *file;

	(void)state;
	log_use(log_open_file(in_directory("log")));
	for (i = 0; i < 30; i++)
		acts_ask(acts, &asker, "{}", 2);
	log_use(-1);
	assert_int_equal(nr_of(said.text, "\"refused\""), 30);
	file = fopen(in_directory("log"), "r");
	assert_non_null(file);
	assert_true(fread(text, 1, sizeof(text) - 1, file) > 0);
	fclose(file);
	for (line = text; (line = strchr(line, '\n')); line++)
		nr++;
	assert_int_equal(nr, 1);
	assert_contains(text, "refused so far: 1\n");
}

/* Identity */

static void test_one_that_was_started_again(void **state)
{
	(void)state;
	box.started = LATER;
	show();
	must_finish(ON("d", STOP "," KILL, ""), "replaced", NULL);
	/* It was not running when the decision was made. */
	must_finish(ON_ENDED("e", REMOVE), "replaced", NULL);
	must_do_nothing(&fake);
}

static int restart_instead(const char *method, const char *path)
{
	(void)method;
	(void)path;
	box.started = LATER;
	become("running");
	return 204;
}

static void test_a_restart_policy(void **state)
{
	(void)state;
	fake.act = restart_instead;
	must_finish(ON("d", STOP "," KILL "," REMOVE, ""), "replaced", NULL);
	assert_int_equal(nr_of(fake.requests, "POST"), 1);
	assert_null(strstr(fake.requests, "DELETE"));
}

static void test_one_that_is_gone(void **state)
{
	(void)state;
	become("exited");
	must_finish(ON("d", STOP, ""), "gone", NULL);
	assert_contains(said.text, "it has ended already");
	vanish();
	must_finish(ON("e", STOP, ""), "gone", NULL);
	assert_contains(said.text, "there is no such container");
	must_do_nothing(&fake);
}

static int vanish_first(const char *method, const char *path)
{
	(void)method;
	(void)path;
	vanish();
	return 404;
}

static void test_one_that_goes_meanwhile(void **state)
{
	(void)state;
	fake.act = vanish_first;
	must_finish(ON("d", STOP "," KILL, ""), "gone", NULL);
}

static int end_and_vanish(const char *method, const char *path)
{
	(void)method;
	(void)path;
	vanish();
	return 204;
}

/* "docker run --rm" */
static void test_one_that_its_engine_removes(void **state)
{
	(void)state;
	box.auto_remove = true;
	show();
	fake.act = end_and_vanish;
	must_finish(ON("d", STOP "," KILL "," REMOVE, ""), "done", NULL);
	assert_null(strstr(fake.requests, "DELETE"));
}

/* Protection and budget */

static void test_protected_ones(void **state)
{
	static const char *const names[] = { "grafana", "my-grafana-1",
					     "contmon", "contmon-engine" };
	static const char *const labels[] = {
		"\"contmon.protect\":\"true\"", "\"contmon.protect\":\"\"",
		"\"contmon.policy\":\"off\"",
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(names); i++) {
		box.name = names[i];
		show();
		must_finish(ON("d", KILL, ""), "refused", "protected");
	}
	box.name = NULL;
	for (i = 0; i < COUNT(labels); i++) {
		box.labels = labels[i];
		show();
		must_finish(ON("d", "\"pause\"", ""), "refused", "protected");
	}
	must_do_nothing(&fake);
	box.labels = "\"contmon.protect\":\"no\"";
	show();
	must_finish(ON("d", KILL, ""), "done", NULL);
}

/* A label behind more of them than are published */
static void test_a_label_of_many(void **state)
{
	static char labels[1024];
	int i, length = 0;

	(void)state;
	for (i = 0; i < 40; i++)
		length += sprintf(labels + length, "\"a%02d\":\"\",", i);
	sprintf(labels + length, "\"contmon.protect\":\"yes\"");
	box.labels = labels;
	show();
	must_finish(ON("d", KILL, ""), "refused", "protected");
	must_do_nothing(&fake);
}

static void test_anonymous_volumes(void **state)
{
	(void)state;
	box.mounts = "{\"Type\":\"bind\"}," ANONYMOUS;
	show();
	must_finish(ON("d", STOP "," REMOVE, ""), "refused", "volumes");
	box.mounts = "{}";
	show();
	must_finish(ON("d", STOP "," REMOVE, ""), "refused", "volumes");
	box.mounts = "{\"Type\":\"volume\",\"Name\":\"data\"}";
	show();
	must_do_nothing(&fake);
	must_finish(ON("d", STOP "," REMOVE, ""), "done", NULL);
	assert_null(strstr(fake.requests, "v=1"));
}

/* With --rm the end alone removes them. */
static void test_anonymous_volumes_that_go_with_it(void **state)
{
	(void)state;
	box.mounts = ANONYMOUS;
	box.auto_remove = true;
	show();
	must_finish(ON("d", KILL, ""), "refused", "volumes");
	must_do_nothing(&fake);
	must_finish(ON("d", KILL, ",\"anonymous_volumes_ok\":true"), "done",
		    NULL);
}

static void test_the_budget(void **state)
{
	(void)state;
	config.per_minute = 1;
	begin_acts_again();
	must_finish(ON("a", "\"restart\"", ""), "done", NULL);
	box.started = NULL;
	show();
	must_finish(ON("b", KILL, ""), "refused", "budget");
	assert_contains(said.text, "the budget of 1 act in a minute is "
			"spent");
	/* What is refused otherwise costs nothing, and a restart is no help. */
	begin_acts_again();
	must_finish(ON("b", KILL, ""), "refused", "budget");
	config.per_minute = 100;
	config.per_hour = 1;
	begin_acts_again();
	must_finish(ON("b", KILL, ""), "refused", "budget");
	assert_contains(said.text, "in an hour");
	config.per_hour = 2;
	begin_acts_again();
	must_finish(ON("b", KILL, ""), "done", NULL);
}

static void test_a_budget_of_nothing(void **state)
{
	(void)state;
	config.per_minute = 0;
	begin_acts_again();
	must_finish(ON("a", KILL, ""), "refused", "budget");
	must_do_nothing(&fake);
}

/* Repeated requests */

static void test_once_for_each_decision(void **state)
{
	(void)state;
	must_finish(ON("d", "\"restart\"", ""), "done", NULL);
	assert_null(strstr(said.text, "\"repeated\":true"));
	must_finish(ON("d", "\"restart\"", ""), "done", NULL);
	assert_contains(said.text, "\"step\":\"restart\"");
	assert_contains(said.text, "\"repeated\":true");
	begin_acts_again();
	must_finish(ON("d", "\"restart\"", ""), "done", NULL);
	assert_contains(said.text, "\"step\":\"restart\"");
	assert_contains(said.text, "\"repeated\":true");
	assert_int_equal(nr_of(fake.requests, "POST"), 1);
}

/* Clocks that are set back may repeat an id. */
static void test_a_decision_about_another_one(void **state)
{
	(void)state;
	must_finish(ON("d", "\"restart\"", ""), "done", NULL);
	must_finish("{\"op\":\"act\",\"decision\":\"d\",\"container\":\""
		    OTHER "\",\"started_ms\":" STARTED_MS ",\"steps\":["
		    "\"restart\"]}", "refused", "invalid");
	must_finish("{\"op\":\"act\",\"decision\":\"d\",\"cgroup\":\"/a\","
		    "\"cgroup_id\":5,\"steps\":[\"pause\"]}", "refused",
		    "invalid");
	assert_int_equal(nr_of(fake.requests, "POST"), 1);
	must_finish(ON("d", "\"restart\"", ""), "done", NULL);
	assert_contains(said.text, "\"repeated\":true");
}

static void test_only_one_at_a_time(void **state)
{
	(void)state;
	fake.act = stay_silent;
	say(ON("d", KILL, ""));
	run_until(event, is_asked);
	must_finish(ON("e", KILL, ""), "refused", "busy");
	must_finish(UNDO("d"), "refused", "busy");
}

static void test_only_some_at_a_time(void **state)
{
	char line[256];
	int i;

	(void)state;
	fake.mute = "/json";
	for (i = 0; i < ACT_UNDER_WAY_MAX; i++) {
		snprintf(line, sizeof(line), "{\"op\":\"inspect\","
			 "\"decision\":\"q\",\"container\":\"" ID "\"}");
		say(line);
		assert_false(is_finished());
	}
	must_finish(line, "refused", "busy");
}

/* Inspecting */

static void test_inspect(void **state)
{
	const char *line = "{\"op\":\"inspect\",\"decision\":\"q\","
			   "\"container\":\"" ID "\"}";

	(void)state;
	box.mounts = ANONYMOUS;
	box.policy = "always";
	box.name = "grafana";
	show();
	must_finish(line, "done", NULL);
	assert_contains(said.text, "\"state\":\"running\"");
	assert_contains(said.text, "\"started_ms\":" STARTED_MS);
	assert_contains(said.text, "\"anonymous_volumes\":true");
	assert_contains(said.text, "\"auto_remove\":false");
	assert_contains(said.text, "\"restart_policy\":\"always\"");
	assert_contains(said.text, "\"protected_by\":\"the word grafana");
	vanish();
	must_finish(line, "gone", NULL);
	must_do_nothing(&fake);
}

static void test_what_is_no_request(void **state)
{
	(void)state;
	must_finish("nonsense", "refused", "invalid");
	must_finish("{\"op\":\"act\",\"decision\":\"d\"}", "refused",
		    "invalid");
	assert_contains(said.text, "\"decision\":\"d\"");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup_acts, \
						   teardown_acts)
		TEST(test_a_stop_signal_of_its_own),
		TEST(test_stop_kill_remove),
		TEST(test_only_stop),
		TEST(test_only_stop_without_effect),
		TEST(test_a_stop_that_kills),
		TEST(test_kill_after_a_stop_that_fails),
		TEST(test_nothing_is_removed_that_runs),
		TEST(test_remove_what_has_ended),
		TEST(test_restart),
		TEST(test_invalid_requests),
		TEST(test_one_that_was_started_again),
		TEST(test_a_restart_policy),
		TEST(test_one_that_is_gone),
		TEST(test_one_that_goes_meanwhile),
		TEST(test_one_that_its_engine_removes),
		TEST(test_protected_ones),
		TEST(test_a_label_of_many),
		TEST(test_anonymous_volumes),
		TEST(test_anonymous_volumes_that_go_with_it),
		TEST(test_the_budget),
		TEST(test_a_budget_of_nothing),
		TEST(test_once_for_each_decision),
		TEST(test_a_decision_about_another_one),
		TEST(test_only_one_at_a_time),
		TEST(test_only_some_at_a_time),
		TEST(test_inspect),
		TEST(test_what_is_no_request),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
