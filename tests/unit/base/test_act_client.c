// SPDX-License-Identifier: GPL-2.0-only
/*
 * The client of contmon-engine's acting side, with a server that the test plays
 *
 * wrap: sd_event_source_set_time_relative
 */
#include "tests/unit/daemon.h"

#include <sys/socket.h>

#include "base/act_client.h"
#include "base/unix_socket.h"

#define HELLO "{\"op\":\"hello\",\"version\":1,\"per_minute\":1," \
	"\"per_hour\":5}\n"

static sd_event *event;
static struct act_client *client;
static int listener = -1, peer = -1;
static int nr_hellos, nr_losses, nr_answers;
static struct act_answer last;
static char last_decision[ACT_DECISION_MAX + 1];

int __real_sd_event_source_set_time_relative(sd_event_source *source,
					     uint64_t usec);
int __wrap_sd_event_source_set_time_relative(sd_event_source *source,
					     uint64_t usec);

int __wrap_sd_event_source_set_time_relative(sd_event_source *source,
					     uint64_t usec)
{
	return __real_sd_event_source_set_time_relative(source, usec / 20);
}

static void on_connected(const struct act_answer *hello, void *userdata)
{
	(void)userdata;
	if (hello) {
		nr_hellos++;
		assert_int_equal(hello->per_minute, 1);
		assert_int_equal(hello->per_hour, 5);
	} else {
		nr_losses++;
	}
}

static void on_answered(const struct act_answer *answer, void *userdata)
{
	(void)userdata;
	nr_answers++;
	last = *answer;
	snprintf(last_decision, sizeof(last_decision), "%s", answer->decision);
}

static int setup(void **state)
{
	static const struct act_client_fns fns = {
		.connected = on_connected, .answered = on_answered,
	};

	assert_int_equal(make_directory(state), 0);
	assert_true(sd_event_new(&event) >= 0);
	nr_hellos = nr_losses = nr_answers = 0;
	return act_client_new(event, in_directory("act.sock"), &fns, &client);
}

static void hang_up(void)
{
	if (peer >= 0)
		close(peer);
	peer = -1;
}

static int teardown(void **state)
{
	act_client_free(client);
	hang_up();
	if (listener >= 0)
		close(listener);
	listener = -1;
	sd_event_unref(event);
	return remove_directory(state);
}

static bool has_peer(void)
{
	if (listener < 0)
		listener = unix_listen(in_directory("act.sock"));
	assert_true(listener >= 0);
	if (peer < 0)
		peer = accept4(listener, NULL, NULL, SOCK_NONBLOCK);
	return peer >= 0;
}

static bool is_ready(void)
{
	return act_client_ready(client);
}

static bool is_lost(void)
{
	return nr_losses > 0;
}

static bool is_answered(void)
{
	return nr_answers > 0;
}

static void say(const char *text)
{
	assert_int_equal(send(peer, text, strlen(text), MSG_NOSIGNAL),
			 strlen(text));
}

static const struct act_request undo = { .op = ACT_UNDO, .decision = "d" };

static char received[256];

static bool has_received(void)
{
	ssize_t r = read(peer, received, sizeof(received) - 1);

	if (r > 0)
		received[r] = '\0';
	return received[0];
}

static void test_ask_and_hear(void **state)
{
	(void)state;
	assert_int_equal(act_client_send(client, &undo), -ENOTCONN);
	run_until(event, has_peer);
	assert_int_equal(act_client_send(client, &undo), -ENOTCONN);
	say(HELLO);
	run_until(event, is_ready);
	assert_int_equal(act_client_send(client, &undo), 0);
	run_until(event, has_received);
	assert_string_equal(received, "{\"op\":\"undo\",\"decision\":\"d\","
			    "\"container\":null}\n");
	say("{\"op\":\"fini");
	run_some(event);
	assert_int_equal(nr_answers, 0);
	say("shed\",\"decision\":\"d\",\"result\":\"gone\"}\n");
	run_until(event, is_answered);
	assert_int_equal(last.kind, ACT_FINISHED);
	assert_int_equal(last.result, ACT_GONE);
	assert_string_equal(last_decision, "d");
}

/* What was said before the end is heard, and it connects again. */
static void test_a_server_that_ends(void **state)
{
	(void)state;
	run_until(event, has_peer);
	say(HELLO);
	run_until(event, is_ready);
	say("{\"op\":\"finished\",\"decision\":\"d\",\"result\":\"done\"}\n");
	hang_up();
	run_until(event, is_lost);
	assert_int_equal(nr_answers, 1);
	assert_int_equal(act_client_send(client, &undo), -ENOTCONN);
	run_until(event, has_peer);
	say(HELLO);
	run_until(event, is_ready);
	assert_int_equal(nr_hellos, 2);
}

static void test_messages_that_are_invalid_or_new(void **state)
{
	(void)state;
	run_until(event, has_peer);
	say(HELLO "nonsense\n{}\n{\"op\":\"new\"}\n"
	    "{\"op\":\"undone\",\"decision\":\"d\",\"step\":\"pause\","
	    "\"result\":\"done\"}\n");
	run_until(event, is_answered);
	assert_int_equal(nr_answers, 1);
	assert_int_equal(last.kind, ACT_UNDONE);
	assert_int_equal(last.step, ACT_PAUSE);
	assert_true(is_ready());
}

static bool is_dropped(void)
{
	char byte;

	return recv(peer, &byte, 1, 0) == 0;
}

static void test_a_version_that_is_not_known(void **state)
{
	(void)state;
	run_until(event, has_peer);
	say("{\"op\":\"hello\",\"version\":2}\n");
	run_until(event, is_dropped);
	assert_false(is_ready());
	assert_int_equal(nr_losses, 0);
	hang_up();
	run_until(event, has_peer);
	say(HELLO);
	run_until(event, is_ready);
}

static void test_a_server_that_does_not_read(void **state)
{
	int i, r = 0;

	(void)state;
	run_until(event, has_peer);
	say(HELLO);
	run_until(event, is_ready);
	for (i = 0; i < 100000 && r == 0; i++) {
		r = act_client_send(client, &undo);
		if (i % 1000 == 0)
			run_some(event);
	}
	assert_int_equal(r, -ENOBUFS);
	assert_true(is_ready());
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
		TEST(test_ask_and_hear),
		TEST(test_a_server_that_ends),
		TEST(test_messages_that_are_invalid_or_new),
		TEST(test_a_version_that_is_not_known),
		TEST(test_a_server_that_does_not_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
