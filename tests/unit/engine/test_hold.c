// SPDX-License-Identifier: GPL-2.0-only
/*
 * Pauses end in time, whatever happens to contmon-engine; and steps without an
 * engine
 *
 * wrap: sd_event_source_set_time_relative
 */
#include "tests/unit/acting_cgroup.h"

/* Pauses by an engine */

static void test_a_pause_ends(void **state)
{
	(void)state;
	must_finish(ON("d", PAUSE, SHORT), "done", NULL);
	run_until(event, is_undone);
	assert_string_equal(box.state, "running");
	assert_contains(told.text, "{\"op\":\"undone\",\"decision\":\"d\","
			"\"step\":\"pause\",\"result\":\"done\"}");
	must_finish(ON("d", PAUSE, SHORT), "done", NULL);
	assert_contains(said.text, "\"held\":false");
}

static void test_a_pause_ends_after_a_restart(void **state)
{
	(void)state;
	must_finish(ON("d", PAUSE, SHORT), "done", NULL);
	begin_acts_again();
	run_until(event, is_undone);
	assert_string_equal(box.state, "running");
}

static void test_a_pause_ends_on_request(void **state)
{
	(void)state;
	must_finish(ON("d", PAUSE, LONG), "done", NULL);
	assert_contains(said.text, "\"held\":true");
	assert_contains(said.text, "\"held_until_ms\":");
	must_finish(ON("e", PAUSE, LONG), "refused", "busy");
	must_finish(UNDO("d"), "done", NULL);
	assert_string_equal(box.state, "running");
	must_finish(UNDO("d"), "done", NULL);
	assert_contains(said.text, "nothing to undo");
	must_finish(UNDO("unknown"), "done", NULL);
}

static void test_a_pause_of_one_with_its_id_as_name(void **state)
{
	(void)state;
	must_finish(ON("d", PAUSE, LONG), "done", NULL);
	fake.inspect[0].body = inspect(OTHER, ID, "paused");
	must_finish(UNDO("d"), "done", NULL);
	assert_null(strstr(fake.requests, "/unpause"));
}

static int do_not_unpause(const char *method, const char *path)
{
	return strstr(path, "/unpause") ? 500 : obey(method, path);
}

static void test_a_pause_that_does_not_end(void **state)
{
	(void)state;
	fake.act = do_not_unpause;
	must_finish(ON("d", PAUSE, SHORT), "done", NULL);
	run_until(event, is_failure_told);
	assert_false(is_undone());
	must_finish(UNDO("d"), "failed", "error");
	assert_contains(said.text, "\"held\":true");
	assert_contains(said.text, "\"held_until_ms\":");
	fake.act = obey;
	run_until(event, is_undone);
	assert_string_equal(box.state, "running");
}

/* Nobody's pause but its own is ended. */
static void test_a_container_that_is_another_by_then(void **state)
{
	(void)state;
	must_finish(ON("d", PAUSE, LONG), "done", NULL);
	box.started = LATER;
	become("paused");
	must_finish(UNDO("d"), "done", NULL);
	assert_string_equal(box.state, "paused");
	assert_null(strstr(fake.requests, "/unpause"));
}

static void test_one_that_is_paused_already(void **state)
{
	(void)state;
	become("paused");
	must_finish(ON("d", PAUSE, SHORT), "refused", "unsupported");
	must_do_nothing(&fake);
}

static int pause_silently(const char *method, const char *path)
{
	obey(method, path);
	return 0;
}

/* contmon-engine ends between the request and its answer. */
static void test_a_pause_whose_outcome_is_lost(void **state)
{
	(void)state;
	fake.act = pause_silently;
	say(ON("d", PAUSE, SHORT));
	run_until(event, is_asked);
	fake.act = obey;
	begin_acts_again();
	run_until(event, is_undone);
	assert_string_equal(box.state, "running");
}

static int wait_with_pause(const char *method, const char *path)
{
	return strstr(path, "/unpause") ? obey(method, path) : 0;
}

static uint64_t end_ns;

static bool is_late(void)
{
	return clock_monotonic_ns() > end_ns;
}

/* The engine takes longer for it than it is to last. */
static void test_a_pause_that_comes_late(void **state)
{
	(void)state;
	fake.act = wait_with_pause;
	say(ON("d", PAUSE, ",\"hold_ms\":1000"));
	run_until(event, is_asked);
	end_ns = clock_monotonic_ns() + NS_PER_SECOND / 2;
	run_until(event, is_late);
	become("paused");
	run_until(event, is_finished);
	assert_contains(said.text, "\"held\":true");
	run_until(event, is_undone);
	assert_string_equal(box.state, "running");
}

/* Cgroups */

static bool is_written(const char *file)
{
	return strcmp(get(file), "1") == 0;
}

static bool is_killed(void)
{
	return is_written("cgroup.kill");
}

static bool is_frozen(void)
{
	return is_written("cgroup.freeze");
}

static void test_kill_a_cgroup(void **state)
{
	(void)state;
	say(on_cgroup("d", KILL, ""));
	run_until(event, is_killed);
	run_some(event);
	assert_false(is_finished());
	put("cgroup.events", "populated 0\nfrozen 0\n");
	run_until(event, is_finished);
	assert_contains(said.text, "\"op\":\"finished\",\"decision\":\"d\","
			"\"result\":\"done\",\"populated\":false");
}

static void test_a_cgroup_that_does_not_end(void **state)
{
	(void)state;
	must_finish(on_cgroup("d", KILL, ""), "failed", "timeout");
	assert_contains(said.text, "\"populated\":true");
}

static void test_pause_a_cgroup(void **state)
{
	(void)state;
	say(on_cgroup("d", PAUSE, SHORT));
	run_until(event, is_frozen);
	put("cgroup.events", "populated 1\nfrozen 1\n");
	run_until(event, is_finished);
	begin_acts_again();
	run_until(event, is_undone);
	assert_string_equal(get("cgroup.freeze"), "0");
}

static void test_a_cgroup_that_does_not_freeze(void **state)
{
	(void)state;
	must_finish(on_cgroup("d", PAUSE, SHORT), "failed", "timeout");
	assert_string_equal(get("cgroup.freeze"), "0");
}

/* Who freezes it later does so for another reason. */
static void test_a_failed_pause_holds_nothing(void **state)
{
	(void)state;
	must_finish(on_cgroup("d", PAUSE, LONG), "failed", "timeout");
	put("cgroup.freeze", "1");
	must_finish(UNDO("d"), "done", NULL);
	assert_contains(said.text, "nothing to undo");
	assert_string_equal(get("cgroup.freeze"), "1");
}

static void test_what_a_cgroup_cannot(void **state)
{
	(void)state;
	must_finish(on_cgroup("d", STOP, ""), "refused", "unsupported");
	must_finish(on_cgroup("d", KILL "," REMOVE, ""), "refused",
		    "unsupported");
	must_finish(on_cgroup("d", "\"restart\"", ""), "refused",
		    "unsupported");
	assert_string_equal(get("cgroup.kill"), "");
}

static void test_another_cgroup_and_none(void **state)
{
	(void)state;
	cgroup_id++;
	must_finish(on_cgroup("d", KILL, ""), "replaced", NULL);
	assert_string_equal(get("cgroup.kill"), "");
	remove_tree(in_directory("cgroups/box"));
	must_finish(on_cgroup("d", KILL, ""), "gone", NULL);
}

/* A link in its place, and on the way to it */
static void test_links(void **state)
{
	struct stat st;
	char line[256];

	(void)state;
	assert_int_equal(symlink("box", in_directory("cgroups/link")), 0);
	assert_int_equal(stat(in_directory("cgroups/link"), &st), 0);
	snprintf(line, sizeof(line), "{\"op\":\"act\",\"decision\":\"d\","
		 "\"cgroup\":\"/link\",\"cgroup_id\":%llu,"
		 "\"steps\":[\"kill\"]}", (unsigned long long)st.st_ino);
	must_finish(line, "failed", "error");
	assert_int_equal(unlink(in_cgroup("cgroup.kill")), 0);
	write_file("outside", "");
	assert_int_equal(symlink("../../outside", in_cgroup("cgroup.kill")),
			 0);
	must_finish(on_cgroup("e", KILL, ""), "failed", "error");
	assert_int_equal(stat(in_directory("outside"), &st), 0);
	assert_int_equal(st.st_size, 0);
}

static void test_cgroups_that_are_protected(void **state)
{
	static const char *const names[] = {
		"system.slice", "user@1000.service", "ssh.service",
		"session-1.scope", "init.scope", "a-grafana-b", "contmon.x",
	};
	char line[256], name[64];
	struct stat st;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(names); i++) {
		snprintf(name, sizeof(name), "cgroups/%s", names[i]);
		assert_int_equal(mkdir(in_directory(name), 0700), 0);
		assert_int_equal(stat(in_directory(name), &st), 0);
		snprintf(line, sizeof(line), "{\"op\":\"act\","
			 "\"decision\":\"d\",\"cgroup\":\"/%s\","
			 "\"cgroup_id\":%llu,\"steps\":[\"kill\"]}", names[i],
			 (unsigned long long)st.st_ino);
		must_finish(line, "refused", "protected");
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup_hold, \
						   teardown_acts)
		TEST(test_a_pause_ends),
		TEST(test_a_pause_ends_after_a_restart),
		TEST(test_a_pause_ends_on_request),
		TEST(test_a_pause_of_one_with_its_id_as_name),
		TEST(test_a_pause_that_does_not_end),
		TEST(test_a_container_that_is_another_by_then),
		TEST(test_one_that_is_paused_already),
		TEST(test_a_pause_whose_outcome_is_lost),
		TEST(test_a_pause_that_comes_late),
		TEST(test_kill_a_cgroup),
		TEST(test_a_cgroup_that_does_not_end),
		TEST(test_pause_a_cgroup),
		TEST(test_a_cgroup_that_does_not_freeze),
		TEST(test_a_failed_pause_holds_nothing),
		TEST(test_what_a_cgroup_cannot),
		TEST(test_another_cgroup_and_none),
		TEST(test_links),
		TEST(test_cgroups_that_are_protected),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
