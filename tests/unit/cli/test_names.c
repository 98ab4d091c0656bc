// SPDX-License-Identifier: GPL-2.0-only
/*
 * What containers are called, from a contmon-engine that is a socket of this
 * test: it says what it likes, or nothing.
 *
 * wrap: clock_monotonic_ns
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/clock.h"
#include "contmon/owner/names.h"

#define RETRY_NS 5000000000ULL

static char directory[] = "/tmp/contmon-names-XXXXXX";
static char path[64];
static int listener, engine;
static struct cli_names *names;
static uint64_t later_ns;	/* added to what the clock says */

uint64_t __real_clock_monotonic_ns(void);
uint64_t __wrap_clock_monotonic_ns(void);

uint64_t __wrap_clock_monotonic_ns(void)
{
	return __real_clock_monotonic_ns() + later_ns;
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
	later_ns = 0;
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

static void tell(const char *text)
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

/* Connect to an engine that has said @text by then. */
static void begin(const char *text)
{
	pid_t child = fork();

	assert_true(child >= 0);
	if (child == 0) {
		engine = accept(listener, NULL, NULL);
		tell(text);
		/* Until the client goes */
		while (read(engine, &child, 1) > 0)
			;
		_exit(0);
	}
	names = cli_names_new(path);
	assert_non_null(names);
}

static void assert_name(const char *id, const char *name)
{
	const char *found = cli_names_find(names, id);

	if (name) {
		assert_non_null(found);
		assert_string_equal(found, name);
	} else {
		assert_null(found);
	}
}

#define SET(id, name) \
	"{\"op\":\"set\",\"id\":\"" id "\",\"name\":\"" name "\"}\n"
#define RESET "{\"op\":\"reset\"}\n"
#define SYNC "{\"op\":\"sync\"}\n{\"op\":\"engine\",\"connected\":true}\n"

static void test_all_names_are_there_at_once(void **state)
{
	(void)state;
	begin(RESET SET("aa", "web") SET("bb", "db") SYNC);
	assert_name("aa", "web");
	assert_name("bb", "db");
	assert_name("cc", NULL);
	assert_name("", NULL);
	assert_true(cli_names_has(names, "db"));
	assert_false(cli_names_has(names, "d"));
}

/* Without an engine, and with one that has no list yet, at once */
static void test_nobody_is_no_error(void **state)
{
	uint64_t begin_ns = clock_monotonic_ns();

	(void)state;
	close(listener);
	listener = -1;
	names = cli_names_new(path);
	assert_non_null(names);
	assert_name("aa", NULL);
	assert_false(cli_names_follow(names));
	assert_true(clock_monotonic_ns() - begin_ns < 50000000);
	assert_null(cli_names_find(NULL, "aa"));
	assert_false(cli_names_has(NULL, "web"));
	assert_false(cli_names_follow(NULL));
}

static void test_engine_without_a_list(void **state)
{
	uint64_t begin_ns = clock_monotonic_ns();

	(void)state;
	begin("{\"op\":\"engine\",\"connected\":false}\n");
	assert_true(clock_monotonic_ns() - begin_ns < 90000000);
	assert_name("aa", NULL);
}

static void test_mute_engine_is_not_waited_for_long(void **state)
{
	uint64_t begin_ns = clock_monotonic_ns(), ns;

	(void)state;
	names = cli_names_new(path);	/* nobody accepts */
	ns = clock_monotonic_ns() - begin_ns;
	assert_in_range(ns, 90000000, 2000000000);
	assert_name("aa", NULL);
}

static void test_changes_are_followed(void **state)
{
	(void)state;
	names = cli_names_new(path);
	take_client();
	assert_false(cli_names_follow(names));
	tell(RESET SET("aa", "web") SYNC);
	assert_true(cli_names_follow(names));
	assert_name("aa", "web");
	assert_false(cli_names_follow(names));

	/* In pieces, too */
	tell(SET("aa", "renamed") "{\"op\":\"set\",\"id\":\"bb\",");
	assert_true(cli_names_follow(names));
	assert_name("aa", "renamed");
	assert_name("bb", NULL);
	tell("\"name\":\"db\"}\n");
	assert_true(cli_names_follow(names));
	assert_name("bb", "db");

	tell("{\"op\":\"remove\",\"id\":\"aa\"}\n");
	assert_true(cli_names_follow(names));
	assert_name("aa", NULL);
	tell(RESET SYNC);
	assert_true(cli_names_follow(names));
	assert_name("bb", NULL);
}

static void test_connection_is_made_again(void **state)
{
	(void)state;
	names = cli_names_new(path);
	take_client();
	tell(RESET SET("aa", "web") SYNC);
	cli_names_follow(names);
	close(engine);
	engine = -1;
	assert_false(cli_names_follow(names));
	assert_name("aa", "web");	/* it is still called so */
	later_ns = RETRY_NS;
	cli_names_follow(names);
	take_client();
	tell(RESET SET("bb", "db") SYNC);
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

/* Who never ends a line is not listened to any more. */
static void test_endless_line(void **state)
{
	char piece[4096];
	size_t i;

	(void)state;
	names = cli_names_new(path);
	take_client();
	memset(piece, 'x', sizeof(piece) - 1);
	piece[sizeof(piece) - 1] = 0;
	for (i = 0; i < 128; i++) {
		if (send(engine, piece, sizeof(piece), MSG_NOSIGNAL) < 0)
			return;
		cli_names_follow(names);
	}
	fail_msg("%zu bytes of one line were taken", i * sizeof(piece));
}

#define TEST(name) cmocka_unit_test_setup_teardown(test_##name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(all_names_are_there_at_once),
		TEST(nobody_is_no_error),
		TEST(engine_without_a_list),
		TEST(mute_engine_is_not_waited_for_long),
		TEST(changes_are_followed),
		TEST(connection_is_made_again),
		TEST(nonsense_does_no_harm),
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
