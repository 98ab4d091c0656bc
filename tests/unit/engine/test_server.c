// SPDX-License-Identifier: GPL-2.0-only
/*
 * What clients of contmon-engine receive, with any number of clients and users,
 * and any speed.
 *
 * wrap: getsockopt
 */
#include "tests/unit/engine_names.h"

#include <sys/un.h>

#include "base/names_reader.h"
#include "base/unix_socket.h"
#include "tests/unit/peer.h"

#define PLACES 64

static void list_some(void)
{
	const struct container_info a = {
		.id = "a", .name = "web", .engine = ENGINE,
	};
	const struct container_info b = {
		.id = "b", .name = "db", .engine = ENGINE,
	};

	engine_table_begin(source);
	assert_int_equal(engine_table_set(source, &a, false), 0);
	assert_int_equal(engine_table_set(source, &b, true), 0);
	engine_table_end(source);
}

static int setup(void **state)
{
	make_table(state);
	next_uid = 1000;
	return open_server();
}

static void set(const char *id, const char *label, bool alive)
{
	const struct container_info name = {
		.id = id, .name = label, .engine = ENGINE,
	};

	assert_int_equal(engine_table_set(source, &name, alive), 0);
}

/* Clients */

static int connect_client(void)
{
	int r, fd = unix_connect(in_directory("engine.sock"));

	assert_true(fd >= 0);
	while ((r = sd_event_run(event, 0)) > 0)
		;
	assert_int_equal(r, 0);
	return fd;
}

/* Reads all there is; returns whether the server keeps the connection. */
static bool read_all(int fd, struct names_reader *reader)
{
	static char text[64 * 1024];
	ssize_t nr;

	do {
		errno = 0;
		nr = read(fd, text, sizeof(text));
		if (nr > 0 && reader)
			assert_int_equal(names_reader_feed(reader, text,
							   (size_t)nr), 0);
	} while (nr > 0);
	return nr < 0 && errno == EAGAIN;
}

/* Alternately runs the server and reads, until nothing more comes */
static void follow(int fd, struct names_reader *reader)
{
	int i;

	for (i = 0; i < 200; i++) {
		assert_true(sd_event_run(event, 0) >= 0);
		assert_true(read_all(fd, reader));
	}
	assert_int_equal(reader->nr_bad, 0);
}

static const char *label(const struct names_reader *reader, const char *id)
{
	const struct container_info *name = names_find(reader->names, id, NULL);

	return name ? name->name : NULL;
}

#define REST "\"engine\":\"" ENGINE "\",\"exit_code\":0,\"oom_killed\":0," \
	"\"restarts\":0,\"anonymous_volumes\":0,\"user_id\":0," \
	"\"layer_bytes\":0}\n"

static void test_the_lines(void **state)
{
	char text[4096];
	ssize_t length;
	int fd;

	(void)state;
	list_some();
	fd = connect_client();
	length = read(fd, text, sizeof(text) - 1);
	assert_true(length > 0);
	text[length] = '\0';
	/* Live containers first */
	assert_string_equal(text, "{\"op\":\"hello\",\"version\":1}\n"
			    "{\"op\":\"reset\"}\n"
			    "{\"op\":\"set\",\"id\":\"b\",\"name\":\"db\","
			    REST
			    "{\"op\":\"set\",\"id\":\"a\",\"name\":\"web\","
			    REST
			    "{\"op\":\"engines\",\"engines\":[{"
			    "\"state\":\"disconnected\",\"listed\":true,"
			    "\"folder\":false,"
			    "\"socket\":\"/run/docker.sock\","
			    "\"runtime\":\"docker\",\"user_id\":0}]}\n"
			    "{\"op\":\"sync\"}\n"
			    "{\"op\":\"engine\",\"connected\":false}\n");
	close(fd);
	run_some(event);
	set("a", "x", true);	/* there is no client */
}

static void test_before_there_is_a_list(void **state)
{
	struct names_reader reader = { .names = names_new() };
	int fd = connect_client();

	(void)state;
	follow(fd, &reader);
	assert_true(reader.complete);
	assert_false(reader.connected);
	list_some();
	answer(true);
	follow(fd, &reader);
	assert_string_equal(label(&reader, "a"), "web");
	assert_true(reader.connected);
	close(fd);
	names_reader_reset(&reader);
	names_free(reader.names);
}

static void test_the_socket(void **state)
{
	struct engine_server *second = NULL;
	struct stat st;

	(void)state;
	assert_int_equal(stat(in_directory("engine.sock"), &st), 0);
	assert_true(S_ISSOCK(st.st_mode));
	assert_int_equal(st.st_mode & 0777, 0660);
	write_file("left.sock", "left behind");
	assert_int_equal(engine_server_new(event, in_directory("left.sock"),
					   table, describe, NULL, &second), 0);
	engine_server_free(second);
	second = NULL;
	assert_int_equal(engine_server_new(event,
					   in_directory("none/engine.sock"),
					   table, describe, NULL, &second),
			 -ENOENT);
	assert_null(second);
}

/* Slow clients */

#define MANY 4000

static void fill_table(void)
{
	char id[16];
	int i;

	list_some();
	for (i = 0; i < MANY; i++) {
		sprintf(id, "%06d", i);
		set(id, "first", i % 3 != 0);
	}
}

/*
 * More than its socket takes: no matter what changes while the list is being
 * sent, the client knows the final state.
 */
static void test_changes_within_a_long_list(void **state)
{
	struct names_reader reader = { .names = names_new() };
	char id[16];
	int fd, i;

	(void)state;
	fill_table();
	fd = connect_client();
	for (i = 0; i < MANY; i += 7) {
		sprintf(id, "%06d", i);
		set(id, "changed", i % 2 == 0);
		if (i % 5 == 0)
			engine_table_remove(source, id);
		if (i % 400 == 0) {
			assert_true(read_all(fd, &reader));
			run_some(event);
		}
	}
	follow(fd, &reader);
	assert_true(reader.complete);
	for (i = 0; i < MANY; i++) {
		sprintf(id, "%06d", i);
		if (i % 35 == 0)
			assert_null(label(&reader, id));
		else
			assert_string_equal(label(&reader, id), i % 7 ?
					    "first" : "changed");
	}
	close(fd);
	names_reader_reset(&reader);
	names_free(reader.names);
}

/*
 * It misses intermediate states, but not the current one, and is not dropped.
 */
static void test_a_client_that_sleeps(void **state)
{
	struct names_reader reader = { .names = names_new() };
	char text[NAME_TEXT_MAX + 1] = { 0 };
	int fd, i;

	(void)state;
	list_some();
	answer(true);
	fd = connect_client();
	for (i = 0; i < 4000; i++) {
		memset(text, 'a' + i % 26, NAME_TEXT_MAX);
		set("b", text, true);
	}
	engine_table_remove(source, "a");
	answer(false);
	follow(fd, &reader);
	assert_string_equal(label(&reader, "b"), text);
	assert_null(label(&reader, "a"));
	assert_false(reader.connected);
	close(fd);
	names_reader_reset(&reader);
	names_free(reader.names);
}

/* Many clients */

static bool is_open(int fd)
{
	return read_all(fd, NULL);
}

/* contmond connects first, and again later. */
static void test_one_user_takes_all_places(void **state)
{
	int contmond, again, fds[3 * PLACES];
	size_t i, nr_open = 0;

	(void)state;
	list_some();
	next_uid = 990;
	contmond = connect_client();
	next_uid = 1000;
	for (i = 0; i < COUNT(fds); i++)
		fds[i] = connect_client();
	next_uid = 990;
	again = connect_client();
	assert_true(is_open(contmond));
	assert_true(is_open(again));
	for (i = 0; i < COUNT(fds); i++)
		nr_open += is_open(fds[i]);
	assert_int_equal(nr_open, PLACES - 2);
	/* Its newest connections stay. */
	assert_true(is_open(fds[COUNT(fds) - 1]));
	assert_false(is_open(fds[0]));
	for (i = 0; i < COUNT(fds); i++)
		close(fds[i]);
	close(contmond);
	close(again);
}

/* The newest user gets in, no matter how many there are. */
static void test_many_users(void **state)
{
	int last, fds[PLACES];
	size_t i;

	(void)state;
	for (i = 0; i < PLACES; i++) {
		next_uid = 1000 + (uid_t)i;
		fds[i] = connect_client();
	}
	next_uid = 990;
	last = connect_client();
	assert_true(is_open(last));
	assert_false(is_open(fds[0]));
	assert_true(is_open(fds[1]));
	for (i = 0; i < PLACES; i++)
		close(fds[i]);
	close(last);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, remove_table)
		TEST(test_the_lines),
		TEST(test_before_there_is_a_list),
		TEST(test_the_socket),
		TEST(test_changes_within_a_long_list),
		TEST(test_a_client_that_sleeps),
		TEST(test_one_user_takes_all_places),
		TEST(test_many_users),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
