// SPDX-License-Identifier: GPL-2.0-only
/*
 * Acts on containers of a user whose engine does not answer, beside root's
 *
 * wrap: sd_event_source_set_time_relative clock_boottime_ns
 * wrap: cgroup_directory_is_users
 */
#include "tests/unit/acting.h"

#define USER 1000
#define SLICE "/user.slice/user-1000.slice/libpod-"
#define MORE 16
#define ROOTS OTHER

static struct fake_engine roots;
static uint64_t later_ns;	/* by so much it is later than by the clock */
static char list[8192];

uint64_t __real_clock_boottime_ns(void);
uint64_t __wrap_clock_boottime_ns(void);

uint64_t __wrap_clock_boottime_ns(void)
{
	return __real_clock_boottime_ns() + later_ns;
}

bool __wrap_cgroup_directory_is_users(const char *directory);

/* There is a service with a user. */
bool __wrap_cgroup_directory_is_users(const char *directory)
{
	return strcmp(directory, "/bobs.service") == 0;
}

static void list_many(void)
{
	size_t i;

	strcpy(list, "[");
	for (i = 0; i < MORE; i++)
		sprintf(list + strlen(list), "%s{\"Id\":\"%064zu\","
			"\"State\":\"running\"}", i ? "," : "", i);
	strcat(list, ",{\"Id\":\"" ROOTS "\",\"State\":\"running\"}]");
}

static bool both_are_connected(void)
{
	struct name_engine all[NAME_ENGINES_MAX];
	size_t i, nr = engines_describe(engines, all), nr_connected = 0;

	for (i = 0; i < nr; i++)
		nr_connected += all[i].state == NAME_ENGINE_CONNECTED;
	return nr_connected == 2 && engine_table_nr(table) == MORE + 2;
}

static void start_both(void)
{
	assert_int_equal(mkdir(in_directory("0"), 0700), 0);
	assert_int_equal(mkdir(in_directory("1000"), 0700), 0);
	fake_engine_start(&roots, event, in_directory("0/docker.sock"));
	fake_engine_start(&fake, event, in_directory("1000/docker.sock"));
	assert_int_equal(chown(in_directory("1000/docker.sock"), USER, USER),
			 0);
	assert_int_equal(chown(in_directory("1000"), USER, USER), 0);
	run_until(event, both_are_connected);
}

/* @roots_state: of root's only container */
static int setup_with(void **state, const char *roots_state)
{
	static char file[512];

	if (getuid() != 0)
		skip();
	sockets = "*/docker.sock";
	later_ns = 0;
	memset(&roots, 0, sizeof(roots));
	assert_int_equal(setup(state), 0);
	list_many();
	fake.list = list;
	fake.inspect[0].id = ROOTS;
	fake.inspect[0].body = inspect(ROOTS, "same", "running");
	fake.mute = "/containers/0";
	is_patient = true;
	roots.version = VERSION;
	roots.list = "[{\"Id\":\"" ROOTS "\",\"State\":\"running\"}]";
	roots.inspect[0].id = ROOTS;
	roots.inspect[0].body = inspect(ROOTS, "web", roots_state);
	start_both();
	strcpy(file, in_directory("acts.json"));
	config = (struct acts_config){ file, NULL, 100, 1000, 0 };
	begin_acts();
	return 0;
}

static int setup_both(void **state)
{
	return setup_with(state, "running");
}

static int setup_ended(void **state)
{
	return setup_with(state, "exited");
}

static int teardown_both(void **state)
{
	fake_engine_stop(&roots);
	return teardown_acts(state);
}

static void say_of_user(size_t i)
{
	char line[512];

	snprintf(line, sizeof(line), "{\"op\":\"inspect\","
		 "\"decision\":\"u%zu\",\"container\":\"%064zu\","
		 "\"cgroup\":\"" SLICE "%064zu.scope\"}", i, i, i);
	say(line);
}

static void test_a_silent_engine_leaves_room(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < MORE; i++)
		say_of_user(i);
	assert_contains(said.text, "too many decisions are under way");
	must_finish("{\"op\":\"inspect\",\"decision\":\"r\",\"container\":\""
		    ROOTS "\"}", "done", NULL);
}

#define PAUSE(id, more) "{\"op\":\"act\",\"decision\":\"" id "\"," \
	"\"container\":\"" ROOTS "\",\"started_ms\":" STARTED_MS "," \
	"\"steps\":[\"pause\"]" more "}"
#define IN_SLICE ",\"cgroup\":\"" SLICE ROOTS ".scope\""

static int pause_roots(const char *method, const char *path)
{
	(void)method;
	(void)path;
	roots.inspect[0].body = inspect(ROOTS, "web", "paused");
	return 204;
}

static int pause_users(const char *method, const char *path)
{
	(void)method;
	(void)path;
	fake.inspect[0].body = inspect(ROOTS, "same", "paused");
	return 204;
}

/* A user has a container with the id of one of root's. */
static void test_the_same_id_is_acted_on(void **state)
{
	(void)state;
	fake.act = stay_silent;
	roots.act = pause_roots;
	fake.requests[0] = '\0';
	say(PAUSE("u", IN_SLICE));
	run_until(event, is_asked);
	must_finish(PAUSE("r", ""), "done", NULL);
	must_finish(PAUSE("v", IN_SLICE), "refused", "busy");
}

static void test_the_same_id_is_held(void **state)
{
	(void)state;
	fake.act = pause_users;
	roots.act = pause_roots;
	must_finish(PAUSE("u", IN_SLICE), "done", NULL);
	must_finish(PAUSE("r", ""), "done", NULL);
	must_finish(PAUSE("v", IN_SLICE), "refused", "busy");
}

/* What is meant for a user's container is not done to root's, nor back. */
static void test_whose_it_is(void **state)
{
	(void)state;
	fake.act = pause_users;
	roots.act = pause_roots;
	roots.requests[0] = fake.requests[0] = '\0';
	must_finish(PAUSE("a", ",\"user_id\":1000"), "refused", "no_engine");
	must_finish(PAUSE("b", IN_SLICE ",\"user_id\":0"), "refused",
		    "no_engine");
	must_finish(PAUSE("c", IN_SLICE ",\"user_id\":1001"), "refused",
		    "no_engine");
	must_do_nothing(&roots);
	must_do_nothing(&fake);
	must_finish(PAUSE("d", ",\"user_id\":0"), "done", NULL);
	must_finish(PAUSE("e", IN_SLICE ",\"user_id\":1000"), "done", NULL);
}

static int kill_roots(const char *method, const char *path)
{
	(void)method;
	(void)path;
	roots.inspect[0].body = inspect(ROOTS, "web", "exited");
	return 204;
}

static int kill_users(const char *method, const char *path)
{
	(void)method;
	(void)path;
	fake.inspect[0].body = inspect(ROOTS, "same", "exited");
	return 204;
}

#define KILL_IT(id, more) "{\"op\":\"act\",\"decision\":\"" id "\"," \
	"\"container\":\"" ROOTS "\",\"started_ms\":" STARTED_MS "," \
	"\"steps\":[\"kill\"],\"anonymous_volumes_ok\":true" more "}"

/* They run again each time. */
static void must_kill_users(const char *line, const char *result,
			    const char *code)
{
	fake.inspect[0].body = inspect(ROOTS, "same", "running");
	must_finish(line, result, code);
}

static void must_kill_roots(const char *line, const char *result,
			    const char *code)
{
	roots.inspect[0].body = inspect(ROOTS, "web", "running");
	must_finish(line, result, code);
}

static void begin_budget(void)
{
	fake.act = kill_users;
	roots.act = kill_roots;
	config.per_hour = 5;
	begin_acts_again();
	must_kill_users(KILL_IT("u", IN_SLICE), "done", NULL);
	must_kill_users(KILL_IT("v", IN_SLICE), "done", NULL);
	must_kill_users(KILL_IT("w", IN_SLICE), "done", NULL);
}

/* Whatever users do, a half is left for root's. */
static void test_the_budget_of_users(void **state)
{
	(void)state;
	begin_budget();
	must_kill_users(KILL_IT("x", IN_SLICE), "refused", "budget");
	assert_contains(said.text, "containers of users have spent their half "
			"of the budget of 5 acts in an hour");
	begin_acts_again();
	must_kill_users(KILL_IT("x", IN_SLICE), "refused", "budget");
	must_kill_roots(KILL_IT("r", ""), "done", NULL);
	must_kill_roots(KILL_IT("s", ""), "done", NULL);
	must_kill_roots(KILL_IT("t", ""), "refused", "budget");
	assert_contains(said.text, "the budget of 5 acts in an hour is spent");
}

/* With none of root's there, it is all for them. */
static void test_the_budget_without_roots(void **state)
{
	(void)state;
	begin_budget();
	must_kill_users(KILL_IT("x", IN_SLICE), "done", NULL);
	must_kill_users(KILL_IT("y", IN_SLICE), "done", NULL);
	must_kill_users(KILL_IT("z", IN_SLICE), "refused", "budget");
	assert_contains(said.text, "the budget of 5 acts in an hour is spent");
}

/* In the directory of the test; returns its number */
static unsigned long long make_cgroup(const char *path)
{
	char name[256];
	struct stat st;

	snprintf(name, sizeof(name), "cgroups%s", path);
	assert_int_equal(mkdir(in_directory(name), 0700), 0);
	assert_int_equal(stat(in_directory(name), &st), 0);
	join_cgroup(name);
	snprintf(name, sizeof(name), "cgroups%s/cpu.max", path);
	write_file(name, "max 100000\n");
	return st.st_ino;
}

/* A container without an engine is held for a day. */
static void say_limit(const char *path)
{
	char line[512];

	snprintf(line, sizeof(line), "{\"op\":\"act\",\"decision\":\"%s\","
		 "\"cgroup\":\"%s\",\"cgroup_id\":%llu,\"steps\":[\"limit\"],"
		 "\"cpu_cores\":0.5,\"hold_ms\":86400000}",
		 strrchr(path, '/') + 1, path, make_cgroup(path));
	say(line);
	run_until(event, is_finished);
}

static void fill_with_limits(const char *directory)
{
	static char cgroups[512];
	char path[128];
	size_t i;

	strcpy(cgroups, in_directory("cgroups"));
	config.cgroups = cgroups;
	begin_acts_again();
	for (i = 0; i < ACT_HELD_MAX / 2; i++) {
		snprintf(path, sizeof(path), "%s/u%zu", directory, i);
		say_limit(path);
		assert_contains(said.text, "\"done\"");
	}
	snprintf(path, sizeof(path), "%s/more", directory);
	say_limit(path);
	assert_contains(said.text, "too many pauses and limits are in force");
	say_limit("/box");
	assert_contains(said.text, "\"done\"");
}

static void test_cgroups_of_a_user_leave_room(void **state)
{
	(void)state;
	assert_int_equal(mkdir(in_directory("cgroups"), 0700), 0);
	assert_int_equal(mkdir(in_directory("cgroups/user.slice"), 0700), 0);
	assert_int_equal(mkdir(in_directory("cgroups/user.slice/"
					    "user-1000.slice"), 0700), 0);
	fill_with_limits("/user.slice/user-1000.slice");
}

static void test_cgroups_of_a_service_leave_room(void **state)
{
	(void)state;
	assert_int_equal(mkdir(in_directory("cgroups"), 0700), 0);
	assert_int_equal(mkdir(in_directory("cgroups/bobs.service"), 0700), 0);
	fill_with_limits("/bobs.service");
}

/* Both engines say that their pauses go on, long after these were to end. */
static void begin_endless_pauses(void)
{
	fake.act = pause_users;
	roots.act = pause_roots;
	must_finish(PAUSE("u", IN_SLICE ",\"hold_ms\":20000"), "done", NULL);
	must_finish(PAUSE("r", ",\"hold_ms\":20000"), "done", NULL);
	must_finish(UNDO("u"), "failed", "error");
	assert_contains(said.text, "\"held\":true");
	later_ns = (ACT_LET_GO_MS + 20000) * NS_PER_MS;
}

/* A user's takes no place for ever. */
static void test_a_pause_that_a_user_does_not_end(void **state)
{
	(void)state;
	begin_endless_pauses();
	must_finish(UNDO("u"), "failed", "error");
	assert_contains(said.text, "\"held\":false");
	must_finish(UNDO("u"), "done", NULL);
	assert_contains(said.text, "nothing to undo");
	must_finish(UNDO("r"), "failed", "error");
	assert_contains(said.text, "\"held\":true");
}

/* In the file of acts the engine of the user has another socket. */
static void move_engine(void)
{
	char text[16384], *at;
	FILE *file = fopen(config.file, "r+");

	assert_non_null(file);
	text[fread(text, 1, sizeof(text) - 1, file)] = '\0';
	at = strstr(text, "1000/docker.sock\"");
	if (!at)
		at = strstr(text, "1000\\/docker.sock\"");
	assert_non_null(at);
	*at = '2';
	rewind(file);
	fputs(text, file);
	fclose(file);
}

/* Nor when the engine is gone. */
static void test_a_pause_of_an_engine_that_is_gone(void **state)
{
	(void)state;
	begin_endless_pauses();
	move_engine();
	begin_acts_again();
	must_finish(UNDO("u"), "failed", "error");
	assert_contains(said.text, "\"held\":false");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			test_a_silent_engine_leaves_room, setup_both,
			teardown_both),
		cmocka_unit_test_setup_teardown(test_the_same_id_is_acted_on,
						setup_both, teardown_both),
		cmocka_unit_test_setup_teardown(test_the_same_id_is_held,
						setup_both, teardown_both),
		cmocka_unit_test_setup_teardown(test_whose_it_is, setup_both,
						teardown_both),
		cmocka_unit_test_setup_teardown(test_the_budget_of_users,
						setup_both, teardown_both),
		cmocka_unit_test_setup_teardown(test_the_budget_without_roots,
						setup_ended, teardown_both),
		cmocka_unit_test_setup_teardown(
			test_cgroups_of_a_user_leave_room, setup_both,
			teardown_both),
		cmocka_unit_test_setup_teardown(
			test_cgroups_of_a_service_leave_room, setup_both,
			teardown_both),
		cmocka_unit_test_setup_teardown(
			test_a_pause_that_a_user_does_not_end, setup_both,
			teardown_both),
		cmocka_unit_test_setup_teardown(
			test_a_pause_of_an_engine_that_is_gone, setup_both,
			teardown_both),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
