// SPDX-License-Identifier: GPL-2.0-only
/*
 * Names of containers, from a socket that plays contmon-engine and sends
 * anything, or nothing.
 *
 * wrap: clock_monotonic_ns poll
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/clock.h"
#include "contmon/names/names.h"

#define RETRY_NS (5 * NS_PER_SECOND)

static char directory[] = "/tmp/contmon-names-XXXXXX";
static char path[64];
static int listener, engine;
static struct cli_names *names;
static bool mute;

/* The clock only advances by what poll() waits and what the tests add. */
static uint64_t now_ns;

uint64_t __wrap_clock_monotonic_ns(void);
int __real_poll(struct pollfd *fds, nfds_t nr, int timeout_ms);
int __wrap_poll(struct pollfd *fds, nfds_t nr, int timeout_ms);

uint64_t __wrap_clock_monotonic_ns(void)
{
	return now_ns;
}

int __wrap_poll(struct pollfd *fds, nfds_t nr, int timeout_ms)
{
	if (!mute)
		return __real_poll(fds, nr, -1);
	now_ns += (uint64_t)timeout_ms * NS_PER_MS;
	return 0;
}

static int setup(void **state)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	(void)state;
	snprintf(path, sizeof(path), "%s/engine.sock", directory);
	strcpy(address.sun_path, path);
	unlink(path);
	listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(listener, (struct sockaddr *)&address,
			      sizeof(address)), 0);
	assert_int_equal(listen(listener, 4), 0);
	engine = -1;
	names = NULL;
	mute = false;
	now_ns = 1000 * NS_PER_SECOND;
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	cli_names_free(names);
	if (engine >= 0)
		close(engine);
	if (listener >= 0)
		close(listener);
	return 0;
}

static void send_text(const char *text)
{
	size_t length = strlen(text);

	assert_int_equal(send(engine, text, length, MSG_NOSIGNAL), length);
}

static void take_client(void)
{
	if (engine >= 0)
		close(engine);
	engine = accept(listener, NULL, NULL);
	assert_true(engine >= 0);
}

/* Connects to an engine that has already sent @text. */
static void begin(const char *text)
{
	pid_t child = fork();

	assert_true(child >= 0);
	if (child == 0) {
		engine = accept(listener, NULL, NULL);
		send_text(text);
		/* Until the client disconnects */
		while (read(engine, &child, 1) > 0)
			;
		_exit(0);
	}
	names = cli_names_new(path);
	assert_non_null(names);
}

static void assert_name(const char *id, const char *name)
{
	const struct container_info *known = names_find(cli_names_known(names),
							id, NULL);
	const char *found = known ? known->name : NULL;

	if (name) {
		assert_non_null(found);
		assert_string_equal(found, name);
	} else {
		assert_null(found);
	}
}

#define SET(id, name) \
	"{\"op\":\"set\",\"id\":\"" id "\",\"name\":\"" name "\"}\n"
#define HELLO "{\"op\":\"hello\",\"version\":1}\n"
#define RESET "{\"op\":\"reset\"}\n"
#define SYNC "{\"op\":\"sync\"}\n{\"op\":\"engine\",\"connected\":true}\n"

static void test_all_names_are_available_at_once(void **state)
{
	(void)state;
	begin(HELLO RESET SET("aa", "web") SET("bb", "db") SYNC);
	assert_name("aa", "web");
	assert_name("bb", "db");
	assert_name("cc", NULL);
	assert_name("", NULL);
	assert_true(names_has(cli_names_known(names), "db"));
	assert_false(names_has(cli_names_known(names), "d"));
}

static void test_no_engine_is_no_error(void **state)
{
	(void)state;
	close(listener);
	listener = -1;
	names = cli_names_new(path);
	assert_non_null(names);
	assert_name("aa", NULL);
	assert_false(cli_names_follow(names));
	assert_false(cli_names_follow(NULL));
}

/* The list is not awaited: with this clock that would never end. */
static void test_engine_without_a_list(void **state)
{
	(void)state;
	begin(HELLO "{\"op\":\"engine\",\"connected\":false}\n");
	assert_name("aa", NULL);
}

static void test_a_silent_engine_is_not_awaited_for_long(void **state)
{
	uint64_t begin_ns = now_ns;

	(void)state;
	mute = true;
	names = cli_names_new(path);
	assert_in_range(now_ns - begin_ns, 90 * NS_PER_MS, 110 * NS_PER_MS);
	assert_name("aa", NULL);
}

static void test_changes_are_followed(void **state)
{
	(void)state;
	mute = true;
	names = cli_names_new(path);
	take_client();
	assert_false(cli_names_follow(names));
	send_text(RESET SET("aa", "web") SYNC);
	assert_true(cli_names_follow(names));
	assert_name("aa", "web");
	assert_false(cli_names_follow(names));

	/* Also in pieces */
	send_text(SET("aa", "renamed") "{\"op\":\"set\",\"id\":\"bb\",");
	assert_true(cli_names_follow(names));
	assert_name("aa", "renamed");
	assert_name("bb", NULL);
	send_text("\"name\":\"db\"}\n");
	assert_true(cli_names_follow(names));
	assert_name("bb", "db");

	send_text("{\"op\":\"remove\",\"id\":\"aa\"}\n");
	assert_true(cli_names_follow(names));
	assert_name("aa", NULL);
	send_text(RESET SYNC);
	assert_true(cli_names_follow(names));
	assert_name("bb", NULL);
}

static void test_connection_is_made_again(void **state)
{
	(void)state;
	mute = true;
	names = cli_names_new(path);
	take_client();
	send_text(RESET SET("aa", "web") SYNC);
	cli_names_follow(names);
	close(engine);
	engine = -1;
	assert_false(cli_names_follow(names));
	assert_name("aa", "web");	/* it is still called so */
	now_ns += RETRY_NS;
	cli_names_follow(names);
	take_client();
	send_text(RESET SET("bb", "db") SYNC);
	assert_true(cli_names_follow(names));
	assert_name("aa", NULL);
	assert_name("bb", "db");
}

static void test_nonsense_does_no_harm(void **state)
{
	(void)state;
	begin("\n{\n[]\n{\"op\":7}\n{\"op\":\"new\"}\n{\"op\":\"set\"}\n"
	      "{\"op\":\"remove\"}\n{\"op\":\"set\",\"id\":{},\"name\":[]}\n"
	      SET("", "x") SET("cc", "") SET("aa", "\\u001b[2J\\n") SYNC);
	assert_name("aa", "\033[2J\n");
	assert_name("cc", NULL);
	assert_name("", NULL);
}

static void test_version_that_is_not_known(void **state)
{
	(void)state;
	mute = true;
	names = cli_names_new(path);
	take_client();
	send_text("{\"op\":\"hello\",\"version\":2}\n" SET("aa", "web"));
	cli_names_follow(names);
	assert_name("aa", NULL);
	assert_int_equal(read(engine, path, 1), 0);	/* it has left */
}

/* A line that is too long does not affect others. */
static void test_endless_line(void **state)
{
	char piece[4096];
	size_t i;

	(void)state;
	mute = true;
	names = cli_names_new(path);
	take_client();
	memset(piece, 'x', sizeof(piece) - 1);
	piece[sizeof(piece) - 1] = 0;
	for (i = 0; i < 128; i++) {
		send_text(piece);
		cli_names_follow(names);
	}
	send_text("\n" SET("aa", "web"));
	assert_true(cli_names_follow(names));
	assert_name("aa", "web");
}

#define TEST(name) cmocka_unit_test_setup_teardown(test_##name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(all_names_are_available_at_once),
		TEST(no_engine_is_no_error),
		TEST(engine_without_a_list),
		TEST(a_silent_engine_is_not_awaited_for_long),
		TEST(changes_are_followed),
		TEST(connection_is_made_again),
		TEST(nonsense_does_no_harm),
		TEST(version_that_is_not_known),
		TEST(endless_line),
	};
	int failed;

	if (!mkdtemp(directory))
		return 1;
	failed = cmocka_run_group_tests_name("cli_names", tests, NULL, NULL);
	unlink(path);
	rmdir(directory);
	return failed;
}
