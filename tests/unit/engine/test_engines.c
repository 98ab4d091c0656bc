// SPDX-License-Identifier: GPL-2.0-only
/*
 * Several engines at once: one that fails costs only itself.
 *
 * wrap: sd_event_source_set_time_relative faccessat
 */
#include "tests/unit/session.h"

#include <limits.h>
#include <unistd.h>

#define PODMAN "{\"Version\":\"5.4.2\",\"ApiVersion\":\"1.41\"," \
	"\"Components\":[{\"Name\":\"Podman Engine\"}]}"

static struct fake_engine second;
static const char *denied;	/* the end of the path of a directory */

int __real_faccessat(int directory, const char *path, int mode, int flags);
int __wrap_faccessat(int directory, const char *path, int mode, int flags);

int __wrap_faccessat(int directory, const char *path, int mode, int flags)
{
	char name[32], found[PATH_MAX] = "";
	const char *at = NULL;

	snprintf(name, sizeof(name), "/proc/self/fd/%d", directory);
	if (denied && readlink(name, found, sizeof(found) - 1) > 0)
		at = strstr(found, denied);
	if (!at || strlen(at) != strlen(denied))
		return __real_faccessat(directory, path, mode, flags);
	errno = EACCES;
	return -1;
}

static int setup_more(void **state)
{
	memset(&second, 0, sizeof(second));
	second.version = PODMAN;
	second.list = "[{\"Id\":\"" A "\",\"Names\":[\"/other\"],"
		      "\"State\":\"running\",\"Created\":5}]";
	second.inspect[0].id = A;
	second.inspect[0].body = inspect(A, "other", "running");
	denied = NULL;
	sockets = "*.sock";
	return setup(state);
}

static int setup_directories(void **state)
{
	int r = setup_more(state);
	static struct engines_socket_path place;
	const struct engines_config config = { &place, 1, false };
	static char path[512];

	engines_free(engines);
	strcpy(path, in_directory("*/docker.sock"));
	place = (struct engines_socket_path){ path, true };
	assert_int_equal(mkdir(in_directory("1000"), 0700), 0);
	assert_int_equal(mkdir(in_directory("1001"), 0700), 0);
	return r < 0 ? r : engines_new(event, &config, table, on_engines, NULL,
				       &engines);
}

static int teardown_more(void **state)
{
	fake_engine_stop(&second);
	return teardown(state);
}

static void start_second(void)
{
	fake_engine_start(&second, event, in_directory("podman.sock"));
}

/* The engine whose socket has this name; NULL if there is none */
static const struct name_engine *engine(const char *name)
{
	static struct name_engine all[NAME_ENGINES_MAX];
	size_t i, nr = engines_describe(engines, all);

	for (i = 0; i < nr; i++) {
		if (strcmp(all[i].socket, in_directory(name)) == 0)
			return &all[i];
	}
	return NULL;
}

static size_t nr_engines(void)
{
	struct name_engine all[NAME_ENGINES_MAX];

	return engines_describe(engines, all);
}

static bool answers(const char *name)
{
	const struct name_engine *is = engine(name);

	return is && is->state == NAME_ENGINE_CONNECTED;
}

static bool both_answer(void)
{
	return answers("docker.sock") && answers("podman.sock") &&
	       fake.nr_inspections > 0 && second.nr_inspections > 0;
}

static bool second_answers(void)
{
	return answers("podman.sock") && second.nr_inspections > 0;
}

static void begin_both(void)
{
	start();
	start_second();
	run_until(event, both_answer);
	run_some(event);
}

/* The record that an engine has of A; a new reference, NULL if it has none */
static json_t *record_of(const char *name)
{
	const struct table_entry *found;
	struct table_place place = { 0 };

	while ((found = engine_table_next(table, &place, true))) {
		if (strcmp(table_source_socket(found->source),
			   in_directory(name)) == 0)
			return json_loads(found->line, 0, NULL);
		table_place_of(found, &place);
	}
	return NULL;
}

static void must_say(const char *socket, const char *key, const char *value)
{
	json_auto_t *object = record_of(socket);

	assert_non_null(object);
	assert_string_equal(json_string_value(json_object_get(object, key)),
			    value);
}

static void test_two_engines_with_the_same_id(void **state)
{
	(void)state;
	begin_both();
	assert_int_equal(engine_table_nr(table), 3);
	must_say("docker.sock", "name", "web");
	must_say("docker.sock", "runtime", "docker");
	must_say("docker.sock", "engine", in_directory("docker.sock"));
	must_say("docker.sock", "engine_version", "28.2.2");
	must_say("podman.sock", "name", "other");
	must_say("podman.sock", "runtime", "podman");
	must_say("podman.sock", "engine", in_directory("podman.sock"));
	must_say("podman.sock", "engine_version", "5.4.2");
	assert_string_equal(engine("podman.sock")->api_version, "1.41");
	assert_string_equal(engine("podman.sock")->version, "5.4.2");
	assert_string_equal(engine("podman.sock")->runtime, "podman");
	assert_string_equal(engine("docker.sock")->api_version, "1.50");
	assert_true(engine("docker.sock")->listed);
	assert_int_equal(engine("docker.sock")->user_id, getuid());
	assert_contains(second.requests, "/v1.41/containers/json");
	/* One is gone, the other one stays. */
	second.inspect[0].id = NULL;
	fake_chunk(&second, second.events, EVENT("remove", A),
		   strlen(EVENT("remove", A)));
	run_until(event, is_removed);
	assert_null(record_of("podman.sock"));
	must_say("docker.sock", "name", "web");
}

static bool second_is_lost(void)
{
	return !answers("podman.sock");
}

static void test_a_frozen_engine(void **state)
{
	(void)state;
	begin_both();
	second.mute = "/";
	is_silent = true;
	run_until(event, second_is_lost);
	assert_string_equal(engine("podman.sock")->reason,
			    "Connection timed out");
	assert_true(answers("docker.sock"));
	fake.inspect[0].body = inspect(A, "renamed", "running");
	nr_changes = 0;
	send_text(EVENT("rename", A));
	run_until(event, is_inspected);
	must_say("docker.sock", "name", "renamed");
	must_say("podman.sock", "name", "other");
	second.mute = NULL;
	run_until(event, both_answer);
	assert_string_equal(engine("podman.sock")->reason, "");
}

/* One that never answered does not hold up the others. */
static void test_an_engine_that_is_frozen_from_the_start(void **state)
{
	(void)state;
	second.mute = "/";
	is_silent = true;
	start_second();
	start();
	run_until(event, is_inspected);
	must_say("docker.sock", "name", "web");
	assert_false(engine("podman.sock")->listed);
	assert_false(answers("podman.sock"));
}

static bool second_is_known(void)
{
	return both_answer();
}

static bool second_is_forgotten(void)
{
	return !engine("podman.sock");
}

static void test_sockets_come_and_go(void **state)
{
	(void)state;
	assert_int_equal(nr_engines(), 0);
	start();
	run_until(event, is_inspected);
	assert_int_equal(nr_engines(), 1);
	start_second();
	run_until(event, second_is_known);
	fake_engine_stop(&second);
	run_until(event, second_is_lost);
	/* It may come back soon. */
	must_say("podman.sock", "name", "other");
	unlink(in_directory("podman.sock"));
	nr_lists = 0;
	run_until(event, second_is_forgotten);
	assert_null(record_of("podman.sock"));
	must_say("docker.sock", "name", "web");
	assert_true(answers("docker.sock"));
	start_second();
	run_until(event, second_is_known);
	must_say("podman.sock", "name", "other");
}

static void test_a_link_is_no_second_engine(void **state)
{
	(void)state;
	start();
	assert_int_equal(symlink("docker.sock", in_directory("link.sock")), 0);
	run_until(event, is_inspected);
	assert_int_equal(nr_engines(), 1);
	assert_int_equal(engine_table_nr(table), 2);
}

/* It may have any container that no other engine has. */
static void test_an_engine_of_root_that_was_never_reached(void **state)
{
	struct engines *other;
	struct engines_socket_path places[2];
	const struct engines_config config = { places, 2, false };
	char first[512], last[512];

	(void)state;
	strcpy(first, in_directory("docker.sock"));
	strcpy(last, in_directory("podman.sock"));
	places[0] = (struct engines_socket_path){ first, true };
	places[1] = (struct engines_socket_path){ last, true };
	begin_both();
	assert_string_equal(engines_owner(engines, B B, NULL, "podman"), last);
	engines_free(engines);
	engines = NULL;
	fake_engine_stop(&fake);
	unlink(first);
	assert_int_equal(engines_new(event, &config, table, on_engines, NULL,
				     &other), 0);
	engines = other;
	second.nr_inspections = 0;
	run_until(event, second_answers);
	assert_null(engines_owner(engines, B B, NULL, "podman"));
}

static bool is_refused(void)
{
	const struct name_engine *is = engine("1000/docker.sock");

	return is && is->state == NAME_ENGINE_DENIED;
}

/* A user leads the way to root's socket. */
static void test_a_user_redirects(void **state)
{
	(void)state;
	if (getuid() != 0)
		skip();
	start();
	assert_int_equal(symlink("../docker.sock",
				 in_directory("1000/docker.sock")), 0);
	assert_int_equal(chown(in_directory("1000"), 1000, 1000), 0);
	run_until(event, is_refused);
	assert_string_equal(engine("1000/docker.sock")->reason,
			    "Operation not permitted");
	assert_false(engine("1000/docker.sock")->is_directory);
	assert_string_equal(fake.requests, "");
	/* It is nobody's, so nothing is left to it. */
	assert_int_equal(engine("1000/docker.sock")->user_id, -1);
	assert_null(engines_owner(engines, A, NULL, "docker"));
	assert_null(engines_owner(engines, A, "/system.slice/" A, NULL));
}

static bool users_engine_answers(void)
{
	return answers("1000/docker.sock") && fake.nr_inspections > 0;
}

static void start_of_user(void)
{
	fake_engine_start(&fake, event, in_directory("1000/docker.sock"));
	assert_int_equal(chown(in_directory("1000/docker.sock"), 1000, 1000),
			 0);
	assert_int_equal(chown(in_directory("1000"), 1000, 1000), 0);
	run_until(event, users_engine_answers);
}

static bool roots_engine_answers(void)
{
	return answers("1001/docker.sock") && second.nr_inspections > 0;
}

static void start_second_of_root(void)
{
	fake_engine_start(&second, event, in_directory("1001/docker.sock"));
	run_until(event, roots_engine_answers);
}

/* A user's link to the socket of somebody else is no engine's first path. */
static void test_a_user_hides_an_engine(void **state)
{
	(void)state;
	if (getuid() != 0)
		skip();
	assert_int_equal(symlink("../1001/docker.sock",
				 in_directory("1000/docker.sock")), 0);
	assert_int_equal(chown(in_directory("1000"), 1000, 1000), 0);
	start_second_of_root();
	run_until(event, is_refused);
	assert_true(answers("1001/docker.sock"));
	assert_int_equal(nr_engines(), 2);
}

static void test_the_engine_of_a_user(void **state)
{
	(void)state;
	if (getuid() != 0)
		skip();
	start_of_user();
	assert_int_equal(engine("1000/docker.sock")->user_id, 1000);
	must_be_number(A, "user_id", 1000);
	assert_null(engines_owner(engines, B A, NULL, "docker"));
}

#define IN_2100 "4102444800"
#define AT_2100 "2100-01-01T00:00:00Z"

static void test_a_user_tells_of_the_future(void **state)
{
	(void)state;
	if (getuid() != 0)
		skip();
	fake.list = "[{\"Id\":\"" B "\",\"State\":\"exited\",\"Created\":"
		    IN_2100 "},{\"Id\":\"" A "\",\"State\":\"running\"}]";
	fake.inspect[0].body = "{\"Id\":\"" A "\",\"Created\":"
		"\"2023-11-14T22:13:20Z\",\"State\":{\"Status\":\"exited\","
		"\"StartedAt\":\"" AT_2100 "\",\"FinishedAt\":\"" AT_2100
		"\"}}";
	start_of_user();
	must_be_unknown(B, "created_ms");
	run_some(event);
	must_be_number(A, "created_ms", 1700000000000);
	must_be_unknown(A, "started_ms");
	must_be_unknown(A, "finished_ms");
}

#define SLICE(user) "/user.slice/user-" user ".slice/libpod-" A ".scope"

/* What runs is told by its cgroup; what has ended, by who else has it. */
static void test_what_a_user_may_own(void **state)
{
	const char *socket;

	(void)state;
	if (getuid() != 0)
		skip();
	start_of_user();
	socket = in_directory("1000/docker.sock");
	assert_null(engines_owner(engines, A, NULL, "docker"));
	assert_null(engines_owner(engines, A, "/" A, "docker"));
	assert_null(engines_owner(engines, A, SLICE("1001"), "docker"));
	assert_string_equal(engines_owner(engines, A, SLICE("1000"), "docker"),
			    socket);
	assert_string_equal(engines_owner(engines, B, NULL, "docker"), socket);
	assert_false(engines_own(engines, "/system.slice/docker-" A ".scope"));
	assert_false(engines_own(engines, "/" A));
	/* Root's engine has the same ids. */
	start_second_of_root();
	assert_string_equal(engines_owner(engines, A, NULL, NULL),
			    in_directory("1001/docker.sock"));
	assert_string_equal(engines_owner(engines, A, "/" A, "docker"),
			    in_directory("1001/docker.sock"));
	/* But what is in the slice of a user is not root's. */
	assert_string_equal(engines_owner(engines, A, SLICE("1000"), "docker"),
			    in_directory("1000/docker.sock"));
	assert_null(engines_owner(engines, A, SLICE("1002"), "docker"));
	assert_null(engines_owner(engines, B B, SLICE("1002"), "docker"));
	assert_true(engines_own(engines, "/system.slice/docker-" A ".scope"));
}

static void test_the_cgroups_of_an_engine(void **state)
{
	(void)state;
	start();
	run_until(event, is_inspected);
	assert_true(engines_own(engines, "/" A));
	assert_true(engines_own(engines, "/docker/" A "/init"));
	assert_true(engines_own(engines, "/x/docker-" A ".scope/a"));
	assert_true(engines_own(engines, "/libpod_parent/libpod-" A));
	assert_false(engines_own(engines, "/" A "b"));
	assert_false(engines_own(engines, "/b" A));
	assert_false(engines_own(engines, "/" A ".service"));
	assert_false(engines_own(engines, "/" B));	/* it has ended */
}

static bool is_denied(void)
{
	return nr_engines() == 1 &&
	       engine("1000")->state == NAME_ENGINE_DENIED;
}

static bool is_allowed(void)
{
	return nr_engines() == 0;
}

static void test_a_directory_that_cannot_be_searched(void **state)
{
	(void)state;
	denied = "/1000";
	run_until(event, is_denied);
	assert_contains(engine("1000")->reason, "ROOTLESS ENGINES");
	assert_true(engine("1000")->is_directory);
	denied = NULL;
	run_until(event, is_allowed);
}

static void test_the_owner(void **state)
{
	(void)state;
	begin_both();
	assert_null(engines_owner(engines, A, NULL, NULL));
	assert_string_equal(engines_owner(engines, B, NULL, NULL),
			    in_directory("docker.sock"));
	assert_string_equal(engines_owner(engines, B B, NULL, "podman"),
			    in_directory("podman.sock"));
	assert_null(engines_owner(engines, B B, NULL, NULL));
	assert_non_null(engines_at(engines, in_directory("podman.sock")));
	assert_null(engines_at(engines, in_directory("none.sock")));
}

int main(void)
{
#define MORE(name) cmocka_unit_test_setup_teardown(name, setup_more, \
						   teardown_more)
#define DIRECTORIES(name) \
	cmocka_unit_test_setup_teardown(name, setup_directories, teardown_more)
	static const struct CMUnitTest tests[] = {
		MORE(test_two_engines_with_the_same_id),
		MORE(test_a_frozen_engine),
		MORE(test_an_engine_that_is_frozen_from_the_start),
		MORE(test_sockets_come_and_go),
		MORE(test_a_link_is_no_second_engine),
		MORE(test_an_engine_of_root_that_was_never_reached),
		DIRECTORIES(test_a_user_redirects),
		DIRECTORIES(test_a_user_hides_an_engine),
		DIRECTORIES(test_the_engine_of_a_user),
		DIRECTORIES(test_a_user_tells_of_the_future),
		DIRECTORIES(test_what_a_user_may_own),
		MORE(test_the_cgroups_of_an_engine),
		DIRECTORIES(test_a_directory_that_cannot_be_searched),
		MORE(test_the_owner),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
