// SPDX-License-Identifier: GPL-2.0-only
/*
 * The socket of acts: contmond's client, users that may not ask, and clients
 * that do everything wrong
 *
 * wrap: sd_event_source_set_time_relative getsockopt getpwnam
 */
#include "tests/unit/acting.h"
#include "tests/unit/peer.h"

#include <pwd.h>

#include "base/act_client.h"
#include "base/log.h"
#include "base/unix_socket.h"
#include "contmon-engine/act_server.h"

#define NOBODY 65534
#define CONTMOND 4711

static struct act_server *server;
static struct act_client *client;
static int nr_finished, nr_lookups;
static struct act_answer last;

struct passwd *__wrap_getpwnam(const char *name);

struct passwd *__wrap_getpwnam(const char *name)
{
	static struct passwd user = { .pw_uid = CONTMOND };

	assert_string_equal(name, "contmon");
	nr_lookups++;
	return &user;
}

static void on_hello(const struct act_answer *hello, void *userdata)
{
	(void)userdata;
	if (hello)
		assert_int_equal(hello->per_hour, 1000);
}

static void on_answered(const struct act_answer *answer, void *userdata)
{
	(void)userdata;
	last = *answer;
	nr_finished += answer->kind == ACT_FINISHED;
}

static int setup_server(void **state)
{
	const struct act_client_fns fns = { on_hello, on_answered, NULL };

	assert_int_equal(setup_acts(state), 0);
	next_uid = 0;
	nr_finished = nr_lookups = 0;
	assert_int_equal(act_server_new(event, in_directory("act.sock"), acts,
					&server), 0);
	return act_client_new(event, in_directory("act.sock"), &fns, &client);
}

static int teardown_server(void **state)
{
	act_client_free(client);
	act_server_free(server);
	return teardown_acts(state);
}

static bool is_ready(void)
{
	return act_client_ready(client);
}

static bool is_answered(void)
{
	return nr_finished > 0;
}

static void ask_to_kill(const char *decision)
{
	const struct act_request request = {
		.op = ACT_ACT, .decision = decision, .container = ID,
		.started_ms = 1700000001000, .steps = { ACT_KILL },
		.nr_steps = 1, .grace_ms = ACT_GRACE_MS,
		.hold_ms = ACT_HOLD_MS,
	};

	nr_finished = 0;
	run_until(event, is_ready);
	assert_int_equal(act_client_send(client, &request), 0);
	run_until(event, is_answered);
}

static void test_contmonds_client(void **state)
{
	(void)state;
	ask_to_kill("d");
	assert_int_equal(last.result, ACT_DONE);
	assert_string_equal(box.state, "exited");
}

/* As the kernel has it, whatever a client says */
static void test_who_asks_is_logged(void **state)
{
	char text[4096] = "", who[64];
	FILE *file;

	(void)state;
	log_use(log_open_file(in_directory("log")));
	next_uid = CONTMOND;
	ask_to_kill("d");
	log_use(-1);
	file = fopen(in_directory("log"), "r");
	assert_non_null(file);
	assert_true(fread(text, 1, sizeof(text) - 1, file) > 0);
	fclose(file);
	snprintf(who, sizeof(who), "asked by pid %d user %d)\n",
		 (int)getpid(), CONTMOND);
	assert_int_equal(nr_of(text, "decision d on " ID), 2);
	assert_int_equal(nr_of(text, who), 2);
}

static void test_the_mode_of_the_socket(void **state)
{
	struct stat st;

	(void)state;
	assert_int_equal(stat(in_directory("act.sock"), &st), 0);
	assert_int_equal(st.st_mode & 0777, 0660);
	act_server_free(server);
	server = NULL;
	assert_int_equal(stat(in_directory("act.sock"), &st), -1);
}

/* Raw clients */

static char received[4096];

static int connect_raw(void)
{
	int fd;

	while ((fd = unix_connect(in_directory("act.sock"))) == -EAGAIN)
		assert_true(sd_event_run(event, 10000) >= 0);
	assert_true(fd >= 0);
	received[0] = '\0';
	return fd;
}

/* Waits until a text has come. */
static void await(int fd, const char *text)
{
	size_t length = strlen(received);
	time_t end = time(NULL) + 300;

	while (!strstr(received, text) && time(NULL) < end) {
		ssize_t r = recv(fd, received + length,
				 sizeof(received) - 1 - length, MSG_DONTWAIT);

		if (r > 0)
			length += (size_t)r;
		received[length] = '\0';
		assert_true(sd_event_run(event, 10000) >= 0);
	}
	assert_contains(received, text);
}

static void await_end(int fd)
{
	char bytes[4096];
	ssize_t r = -1;
	time_t end = time(NULL) + 300;

	while (r != 0 && time(NULL) < end) {
		assert_true(sd_event_run(event, 10000) >= 0);
		r = recv(fd, bytes, sizeof(bytes), MSG_DONTWAIT);
		if (r < 0 && errno == ECONNRESET)
			r = 0;
	}
	assert_int_equal(r, 0);
}

/* As soon as there is room for all of it */
static void send_raw(int fd, const char *text)
{
	ssize_t r;

	while ((r = send(fd, text, strlen(text), MSG_NOSIGNAL)) < 0) {
		assert_int_equal(errno, EAGAIN);
		assert_true(sd_event_run(event, 10000) >= 0);
	}
	assert_int_equal(r, strlen(text));
}

static void test_a_user_that_may_not_ask(void **state)
{
	int fd;

	(void)state;
	next_uid = NOBODY;
	fd = connect_raw();
	send_raw(fd, ON("d", KILL, "") "\n");
	await(fd, "\"code\":\"user\"");
	assert_null(strstr(received, "hello"));
	await_end(fd);
	close(fd);
	must_do_nothing(&fake);
	assert_string_equal(box.state, "running");
}

/* It is not looked up while engines and clients wait. */
static void test_the_user_that_may_ask(void **state)
{
	int fd;

	(void)state;
	assert_int_equal(nr_lookups, 1);
	next_uid = NOBODY;
	fd = connect_raw();
	await(fd, "\"code\":\"user\"");
	close(fd);
	next_uid = CONTMOND;
	fd = connect_raw();
	await(fd, "hello");
	close(fd);
	assert_int_equal(nr_lookups, 1);
}

static void test_half_lines(void **state)
{
	const char *line = ON("d", KILL, "") "\n";
	int fd = connect_raw();

	(void)state;
	await(fd, "hello");
	for (; *line; line++) {
		assert_int_equal(send(fd, line, 1, MSG_NOSIGNAL), 1);
		assert_true(sd_event_run(event, 0) >= 0);
	}
	await(fd, "\"op\":\"finished\"");
	assert_string_equal(box.state, "exited");
	close(fd);
	/* And one that never ends */
	fd = connect_raw();
	send_raw(fd, "{\"op\":\"act\"");
	run_some(event);
	close(fd);
	ask_to_kill("e");
}

static void test_a_line_that_is_too_long(void **state)
{
	char text[4096];
	int i, fd = connect_raw();

	(void)state;
	await(fd, "hello");
	memset(text, 'x', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	for (i = 0; i < 100; i++)
		send_raw(fd, text);
	send_raw(fd, "\n" ON("d", KILL, "") "\n");
	await(fd, "\"op\":\"finished\",\"decision\":\"d\"");
	assert_int_equal(nr_of(received, "invalid"), 1);
	close(fd);
}

static void test_unknown_and_invalid(void **state)
{
	int fd = connect_raw();

	(void)state;
	await(fd, "hello");
	send_raw(fd, "\n\xff\xfe\n{\"op\":\"rm\",\"decision\":\"d\"}\n[]\n");
	await(fd, "op: not act");
	send_raw(fd, UNDO("u") "\n");
	await(fd, "nothing to undo");
	assert_int_equal(nr_of(received, "\"code\":\"invalid\""), 4);
	close(fd);
}

static void test_a_client_that_does_not_read(void **state)
{
	int i, fd = connect_raw();
	ssize_t r = 1;

	(void)state;
	for (i = 0; i < 200000 && r > 0; i++) {
		r = send(fd, UNDO("u") "\n", strlen(UNDO("u")) + 1,
			 MSG_NOSIGNAL);
		if (r < 0 && errno == EAGAIN)
			r = 1;
		if (i % 50 == 0)
			assert_true(sd_event_run(event, 1000) >= 0);
	}
	assert_true(r < 0);
	close(fd);
	ask_to_kill("d");
}

static void test_a_thousand_connections(void **state)
{
	int fds[1000], nr_open = 0;
	size_t i;

	(void)state;
	run_until(event, is_ready);
	for (i = 0; i < COUNT(fds); i++) {
		fds[i] = connect_raw();
		assert_true(sd_event_run(event, 0) >= 0);
	}
	run_some(event);
	for (i = 0; i < COUNT(fds); i++) {
		char byte;
		ssize_t r;

		while ((r = recv(fds[i], &byte, 1, MSG_DONTWAIT)) > 0)
			;
		nr_open += r < 0 && errno == EAGAIN;
		close(fds[i]);
	}
	/* contmond's was the oldest, and may be connected again by now. */
	assert_true(nr_open == 7 || nr_open == 8);
	ask_to_kill("d");
	assert_int_equal(last.result, ACT_DONE);
}

static int silent_at_first(const char *method, const char *path)
{
	(void)method;
	(void)path;
	become("exited");
	return 0;
}

/* What a client has asked for is done, although it goes. */
static void test_a_client_that_goes(void **state)
{
	int fd = connect_raw();

	(void)state;
	fake.act = silent_at_first;
	is_silent = true;
	send_raw(fd, ON("d", KILL, "") "\n");
	run_until(event, is_asked);
	close(fd);
	fd = connect_raw();
	await(fd, "hello");
	send_raw(fd, ON("d", KILL, "") "\n");
	await(fd, "\"op\":\"finished\",\"decision\":\"d\","
	      "\"result\":\"done\"");
	assert_int_equal(nr_of(fake.requests, "POST"), 1);
	close(fd);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup_server, \
						   teardown_server)
		TEST(test_contmonds_client),
		TEST(test_who_asks_is_logged),
		TEST(test_the_mode_of_the_socket),
		TEST(test_a_user_that_may_not_ask),
		TEST(test_the_user_that_may_ask),
		TEST(test_half_lines),
		TEST(test_a_line_that_is_too_long),
		TEST(test_unknown_and_invalid),
		TEST(test_a_client_that_does_not_read),
		TEST(test_a_thousand_connections),
		TEST(test_a_client_that_goes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
