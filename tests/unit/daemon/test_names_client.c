// SPDX-License-Identifier: GPL-2.0-only
/* contmond's client, with contmon-engine's server and with invalid messages */
#include "tests/unit/engine_names.h"

#include <sys/socket.h>
#include <sys/un.h>

#include "base/clock.h"
#include "base/names.h"
#include "contmond/collect/names_client.h"

static struct names *names;
static struct names_client *client;
static bool connected;
static int nr_reports;

static void on_names(bool now, void *userdata)
{
	const struct name_engine *engines;
	size_t nr;

	(void)userdata;
	engines = names_engines(names, &nr);
	connected = now && nr == 1 &&
		    engines->state == NAME_ENGINE_CONNECTED;
	nr_reports++;
}

static int nr_ends_heard;

static int on_heard(const struct container_info *name, void *userdata)
{
	assert_ptr_equal(userdata, &nr_ends_heard);
	nr_ends_heard += name->finished_ms > 0;
	return 0;
}

static int setup(void **state)
{
	const struct names_listener listener = {
		.heard = on_heard,
		.changed = on_names,
		.userdata = &nr_ends_heard,
	};

	make_table(state);
	names = names_new();
	connected = false;
	nr_reports = nr_ends_heard = 0;
	return names_client_new(event, in_directory("engine.sock"), names,
				&listener, &client);
}

static int teardown(void **state)
{
	names_client_free(client);
	names_free(names);
	return remove_table(state);
}

static void serve(void)
{
	assert_int_equal(open_server(), 0);
}

static void set(const char *id, const char *name)
{
	const struct container_info one = {
		.id = id, .name = name, .image = "i",
		.engine = "/run/docker.sock", .created_ms = 5, .started_ms = 6,
	};

	assert_int_equal(engine_table_set(source, &one, true), 0);
}

static void list_both(void)
{
	engine_table_begin(source);
	set("a", "web");
	set("b", "db");
	engine_table_end(source);
}

static bool is_connected(void)
{
	return connected;
}

static bool is_lost(void)
{
	return !connected;
}

static bool has_reported(void)
{
	return nr_reports > 0;
}

static bool knows_web(void)
{
	return names_find(names, "a", NULL);
}

static void test_names_arrive(void **state)
{
	const struct container_info *name;

	(void)state;
	list_both();
	serve();
	answer(true);
	run_until(event, is_connected);
	name = names_find(names, "a", NULL);
	assert_non_null(name);
	assert_string_equal(name->name, "web");
	assert_string_equal(name->image, "i");
	assert_null(name->command);
	assert_int_equal(name->created_ms, 5);
	assert_int_equal(name->started_ms, 6);
	assert_string_equal(names_find(names, "b", NULL)->name, "db");
	assert_null(names_find(names, "c", NULL));
	assert_null(names_find(names, NULL, NULL));
}

static void test_changes_arrive(void **state)
{
	(void)state;
	list_both();
	serve();
	answer(true);
	run_until(event, is_connected);
	nr_reports = 0;
	set("a", "renamed");
	run_until(event, has_reported);
	assert_string_equal(names_find(names, "a", NULL)->name, "renamed");
	nr_reports = 0;
	engine_table_remove(source, "b");
	run_until(event, has_reported);
	assert_null(names_find(names, "b", NULL));
	/* Unchanged names are not reported again. */
	nr_reports = 0;
	set("a", "renamed");
	engine_table_remove(source, "other");
	run_some(event);
	assert_int_equal(nr_reports, 0);
	answer(false);
	run_until(event, is_lost);
	assert_non_null(names_find(names, "a", NULL));
}

/* Each report costs a look at every container. */
static void test_many_changes_are_reported_together(void **state)
{
	uint64_t begin_ns;
	char name[32];
	int i;

	(void)state;
	list_both();
	serve();
	answer(true);
	run_until(event, is_connected);
	nr_reports = 0;
	begin_ns = clock_monotonic_ns();
	for (i = 0; clock_monotonic_ns() < begin_ns + NS_PER_SECOND; i++) {
		sprintf(name, "web%d", i);
		set("a", name);
		sd_event_run(event, 1000);
	}
	assert_true(i > 20);
	assert_in_range(nr_reports, 2, 2 + (clock_monotonic_ns() - begin_ns) /
			(NAMES_CLIENT_PAUSE_MS * NS_PER_MS));
	/* The last one is not forgotten. */
	nr_reports = 0;
	set("a", "last");
	run_until(event, has_reported);
	assert_string_equal(names_find(names, "a", NULL)->name, "last");
	nr_reports = 0;
	engine_server_free(server);
	server = NULL;
	run_until(event, is_lost);
}

/* As with docker run --rm: nothing is left of it when changes are reported. */
static void test_an_end_before_it_is_removed(void **state)
{
	const struct container_info ended = {
		.id = "c", .engine = "/run/docker.sock", .finished_ms = 7,
	};

	(void)state;
	list_both();
	serve();
	answer(true);
	run_until(event, is_connected);
	nr_reports = 0;
	assert_int_equal(engine_table_set(source, &ended, false), 0);
	engine_table_remove(source, "c");
	run_until(event, has_reported);
	assert_null(names_find(names, "c", NULL));
	assert_int_equal(nr_ends_heard, 1);
}

static void test_a_new_list_replaces(void **state)
{
	(void)state;
	list_both();
	serve();
	answer(true);
	run_until(event, is_connected);
	nr_reports = 0;
	engine_table_begin(source);
	set("b", "other");
	set("c", "third");
	engine_table_end(source);
	run_until(event, has_reported);
	assert_null(names_find(names, "a", NULL));
	assert_string_equal(names_find(names, "b", NULL)->name, "other");
	assert_string_equal(names_find(names, "c", NULL)->name, "third");
}

static void test_names_survive_the_server(void **state)
{
	(void)state;
	list_both();
	serve();
	answer(true);
	run_until(event, is_connected);
	engine_server_free(server);
	server = NULL;
	run_until(event, is_lost);
	assert_non_null(names_find(names, "a", NULL));
	/* A server that has no list yet removes nothing. */
	table_source_free(source);
	source = engine_table_source(table, "/run/docker.sock");
	serve();
	answer(true);
	run_until(event, is_connected);
	assert_non_null(names_find(names, "a", NULL));
	nr_reports = 0;
	engine_table_begin(source);
	engine_table_end(source);
	run_until(event, has_reported);
	assert_null(names_find(names, "a", NULL));
}

/* A server with invalid messages */

static int listener = -1;

static int accept_one(void)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int i, fd = -1;

	if (listener < 0) {
		strcpy(address.sun_path, in_directory("engine.sock"));
		listener = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
		assert_int_equal(bind(listener, (struct sockaddr *)&address,
				      sizeof(address)), 0);
		assert_int_equal(listen(listener, 1), 0);
	}
	for (i = 0; i < 500 && fd < 0; i++) {
		assert_true(sd_event_run(event, 10000) >= 0);
		fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK);
	}
	assert_true(fd >= 0);
	return fd;
}

static bool knows_more(void)
{
	return names_find(names, "b", NULL);
}

static void hang_up(int fd)
{
	close(fd);
	close(listener);
	listener = -1;
}

/* An invalid message does not affect others, and the connection stays. */
static void test_invalid_input(void **state)
{
	static const char *const lines[] = {
		"nonsense", "", "{}", "[]", "{\"op\":5}", "{\"op\":\"set\"}",
		"{\"op\":\"set\",\"id\":\"\",\"name\":\"x\"}",
		"{\"op\":\"set\",\"id\":5,\"name\":\"x\"}",
		"{\"op\":\"remove\"}", "{\"op\":\"engine\"}",
		"{\"op\":\"hello\"}",
		/* from a newer server */
		"{\"op\":\"new\"}",
	};
	size_t i;
	int fd = accept_one();

	(void)state;
	for (i = 0; i < COUNT(lines); i++)
		assert_true(dprintf(fd, "%s\n", lines[i]) > 0);
	assert_true(dprintf(fd, "{\"op\":\"set\",\"id\":\"a\","
			    "\"name\":\"x\",\"more\":[1]}\n") > 0);
	run_until(event, knows_web);
	assert_string_equal(names_find(names, "a", NULL)->name, "x");
	hang_up(fd);
}

static void test_an_endless_line(void **state)
{
	char text[4096];
	int i, fd = accept_one();

	(void)state;
	memset(text, 'x', sizeof(text));
	for (i = 0; i < 100; i++) {
		while (send(fd, text, sizeof(text), MSG_NOSIGNAL) < 0) {
			assert_int_equal(errno, EAGAIN);
			assert_true(sd_event_run(event, 10000) >= 0);
		}
	}
	run_some(event);
	assert_true(dprintf(fd, "\n{\"op\":\"set\",\"id\":\"a\"}\n") > 0);
	run_until(event, knows_web);
	hang_up(fd);
}

/*
 * The client disconnects and tries later: the server may be another one by
 * then.
 */
static void test_a_version_that_is_not_known(void **state)
{
	int fd = accept_one();

	(void)state;
	assert_true(dprintf(fd, "{\"op\":\"hello\",\"version\":2}\n"
			    "{\"op\":\"set\",\"id\":\"a\"}\n") > 0);
	run_some(event);
	close(fd);
	fd = accept_one();
	assert_true(dprintf(fd, "{\"op\":\"hello\",\"version\":1}\n"
			    "{\"op\":\"set\",\"id\":\"b\"}\n") > 0);
	run_until(event, knows_more);
	assert_false(knows_web());
	hang_up(fd);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
		TEST(test_names_arrive),
		TEST(test_changes_arrive),
		TEST(test_many_changes_are_reported_together),
		TEST(test_an_end_before_it_is_removed),
		TEST(test_a_new_list_replaces),
		TEST(test_names_survive_the_server),
		TEST(test_invalid_input),
		TEST(test_an_endless_line),
		TEST(test_a_version_that_is_not_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
