// SPDX-License-Identifier: GPL-2.0-only
/*
 * contmon log --follow while contmond has nothing to tell, and when it does not
 * answer any more. Time passes only when the server says so.
 *
 * wrap: clock_monotonic_ns
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <arpa/inet.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "contmon/cli/error.h"
#include "contmon/commands.h"
#include "tests/unit/capture.h"

#define BEGIN "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n" \
	      "retry: 1\nid: 5\n\n"
#define BEAT ":\n\n"
#define EVENT "id: 6\ndata: {\"seq\":6}\n\n"

/* How often contmond sends something, and when it is silent */
#define BEAT_S 15
#define SILENCE_S 45

static atomic_uint_fast64_t now_ns, nr_asked;
static atomic_bool is_over;
static int listener;

/** struct meeting - @request: of the newest client */
static struct meeting {
	int client;
	size_t nr;
	char request[1024];
} meeting;

uint64_t __wrap_clock_monotonic_ns(void);

uint64_t __wrap_clock_monotonic_ns(void)
{
	nr_asked++;
	return now_ns;
}

/* The server: without assertions, which are for the test's own thread */

static void pass_seconds(unsigned int seconds)
{
	now_ns += seconds * NS_PER_SECOND;
}

static void say(const char *text)
{
	send(meeting.client, text, strlen(text), MSG_NOSIGNAL);
}

static void meet(void)
{
	ssize_t length;

	meeting.client = accept(listener, NULL, NULL);
	length = recv(meeting.client, meeting.request,
		      sizeof(meeting.request) - 1, 0);
	meeting.request[length < 0 ? 0 : length] = '\0';
	meeting.nr++;
}

/* Until the client has hung up */
static void part(void)
{
	char byte;

	while (recv(meeting.client, &byte, 1, 0) > 0)
		;
	close(meeting.client);
}

/*
 * Until the client has taken what was said: it does before it looks at the
 * time, but may have been about to look.
 */
static void wait_until_heard(void)
{
	uint64_t before = nr_asked;

	while (nr_asked < before + 2 && !is_over)
		usleep(1000);
}

static void *beat(void *userdata)
{
	unsigned int i;

	(void)userdata;
	meet();
	say(BEGIN);
	for (i = 0; i < 4 * SILENCE_S / BEAT_S; i++) {
		pass_seconds(BEAT_S);
		say(BEAT);
		wait_until_heard();
	}
	say(EVENT);
	part();
	return NULL;
}

static void *fall_silent(void *userdata)
{
	(void)userdata;
	meet();
	say(BEGIN);
	wait_until_heard();
	pass_seconds(SILENCE_S);
	part();
	meet();
	say(BEGIN EVENT);
	part();
	return NULL;
}

static void *say_nothing(void *userdata)
{
	(void)userdata;
	meet();
	pass_seconds(SILENCE_S);
	part();
	return NULL;
}

static void *be_a_proxy(void *userdata)
{
	(void)userdata;
	meet();
	say(BEGIN);
	close(meeting.client);
	meet();
	say("HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n"
	    "Connection: close\r\n\r\n");
	close(meeting.client);
	meet();
	say("HTTP/1.1 504 Gateway Timeout\r\nContent-Length: 0\r\n"
	    "Connection: close\r\n\r\n");
	close(meeting.client);
	meet();
	say(BEGIN EVENT);
	part();
	return NULL;
}

static void *be_a_proxy_of_nobody(void *userdata)
{
	(void)userdata;
	meet();
	say("HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n"
	    "Connection: close\r\n\r\n");
	part();
	return NULL;
}

#define PAGE "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n" \
	     "Content-Length: 3\r\nConnection: close\r\n\r\n<p>"
#define BUSY "HTTP/1.1 503 Service Unavailable\r\n" \
	     "Content-Length: 0\r\nConnection: close\r\n\r\n"

static void *be_busy(void *userdata)
{
	(void)userdata;
	meet();
	say(BEGIN);
	close(meeting.client);
	meet();
	say(BUSY);
	close(meeting.client);
	meet();
	say(BEGIN EVENT);
	part();
	return NULL;
}

static void *be_replaced(void *userdata)
{
	(void)userdata;
	meet();
	say(BEGIN);
	close(meeting.client);
	meet();
	say("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n"
	    "Content-Type: text/event-stream\r\nConnection: close\r\n\r\n");
	close(meeting.client);
	meet();
	say(PAGE);
	part();
	meet();
	say(BEGIN EVENT);
	part();
	return NULL;
}

/* A container whose name contmond does not know yet */

#define ID16 "0123456789abcdef"
#define ID ID16 ID16 ID16 ID16
#define OF(seq, container, id) "{\"seq\":" seq ",\"container\":\"" \
	container "\",\"container_id\":\"" id "\"}"
#define SAY(seq, container) \
	"id: " seq "\ndata: " OF(seq, container, ID) "\n\n"
#define JSON "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n" \
	     "Connection: close\r\n\r\n"

/*
 * Answers a question of the client whose stream goes on. Returns false if it
 * does not ask, although it often looks at the time.
 */
static bool answer(const char *text)
{
	struct pollfd asks = { .fd = listener, .events = POLLIN };
	uint64_t before = nr_asked;
	int stream = meeting.client;

	while (poll(&asks, 1, 1) == 0) {
		if (nr_asked >= before + 6 || is_over)
			return false;
	}
	meet();
	say(text);
	close(meeting.client);
	meeting.client = stream;
	return true;
}

static void *name_it_by_an_event(void *userdata)
{
	(void)userdata;
	meet();
	say(BEGIN SAY("6", "0123456789ab") SAY("7", "web"));
	answer(JSON "{\"rows\":[" OF("7", "web", ID) "," OF("6", "web", ID)
	       "," OF("2", "web", ID) "]}");
	say(SAY("8", "web") SAY("9", "web"));
	part();
	return NULL;
}

static void *name_it_later(void *userdata)
{
	(void)userdata;
	meet();
	say(BEGIN SAY("5", "other") SAY("6", "0123456789ab"));
	wait_until_heard();
	pass_seconds(1);
	answer(JSON "{\"rows\":[" OF("6", "0123456789ab", ID) "]}");
	wait_until_heard();
	pass_seconds(1);
	answer(BUSY);
	wait_until_heard();
	pass_seconds(1);
	answer(JSON "{\"rows\":[" OF("6", "web", ID) "]}");
	say(SAY("9", "web") SAY("10", "web"));
	part();
	return NULL;
}

static void *name_one_of_a_user(void *userdata)
{
	(void)userdata;
	meet();
	say(BEGIN SAY("6", "0123456789ab@1000"));
	wait_until_heard();
	pass_seconds(1);
	answer(JSON "{\"rows\":[" OF("6", "web@1000", ID) "]}");
	say(SAY("9", "web@1000"));
	part();
	return NULL;
}

/* It is another one, and the next one never gets a name. */
static void *name_another(void *userdata)
{
	unsigned int i;

	(void)userdata;
	meet();
	say(BEGIN SAY("6", "0123456789ab"));
	wait_until_heard();
	pass_seconds(1);
	answer(JSON "{\"rows\":[" OF("6", "other", ID) "]}");
	wait_until_heard();
	pass_seconds(1);
	say(SAY("7", "0123456789ab"));
	wait_until_heard();
	for (i = 0; i < 60; i++) {
		pass_seconds(1);
		say(BEAT);
		if (!answer(JSON "{\"rows\":[" OF("7", "0123456789ab", ID)
			    "]}"))
			break;
		wait_until_heard();
	}
	pass_seconds(1);
	wait_until_heard();
	say(SAY("9", "web"));
	part();
	return NULL;
}

/* The tests */

static int begin(void **state)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};

	(void)state;
	meeting = (struct meeting){ 0 };
	is_over = false;
	listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	return bind(listener, (struct sockaddr *)&address, sizeof(address)) ?:
	       listen(listener, 1);
}

static int end(void **state)
{
	(void)state;
	return close(listener);
}

static int follow_with(const char *options, void *(*serve)(void *userdata))
{
	struct sockaddr_in address;
	socklen_t length = sizeof(address);
	pthread_t server;
	char line[160];
	int status;

	assert_int_equal(getsockname(listener, (struct sockaddr *)&address,
				     &length), 0);
	snprintf(line, sizeof(line), "log --follow --csv -o seq %s "
		 "--contmond http://127.0.0.1:%u", options,
		 ntohs(address.sin_port));
	assert_int_equal(pthread_create(&server, NULL, serve, NULL), 0);
	status = capture(cli_log, line);
	/* Whatever the server still waits for does not come. */
	is_over = true;
	shutdown(listener, SHUT_RDWR);
	assert_int_equal(pthread_join(server, NULL), 0);
	return status;
}

static int follow(void *(*serve)(void *userdata))
{
	return follow_with("--count 1", serve);
}

static void test_a_quiet_host(void **state)
{
	(void)state;
	assert_int_equal(follow(beat), CLI_OK);
	assert_string_equal(captured.err, "");
	assert_string_equal(captured.out, "seq\n6\n");
	assert_int_equal(meeting.nr, 1);
}

/* It asks again, as a connection may have been lost without a word. */
static void test_silence(void **state)
{
	(void)state;
	assert_int_equal(follow(fall_silent), CLI_OK);
	assert_string_equal(captured.err, "");
	assert_string_equal(captured.out, "seq\n6\n");
	assert_int_equal(meeting.nr, 2);
	assert_non_null(strstr(meeting.request, "\r\nLast-Event-ID: 5\r\n"));
}

static void test_silence_from_the_beginning(void **state)
{
	(void)state;
	assert_int_equal(follow(say_nothing), CLI_FAILURE);
	assert_non_null(strstr(captured.err, ": it says nothing\n"));
}

/* contmond is stopped behind it, and started again. */
static void test_a_proxy(void **state)
{
	(void)state;
	assert_int_equal(follow(be_a_proxy), CLI_OK);
	assert_non_null(strstr(captured.err, ": HTTP status 502 of a proxy; "
			       "waiting for it\ncontmon: contmond answers "
			       "again\n"));
	assert_string_equal(captured.out, "seq\n6\n");
	assert_int_equal(meeting.nr, 4);
	assert_int_equal(close(listener), 0);
	begin(state);
	assert_int_equal(follow(be_a_proxy_of_nobody), CLI_FAILURE);
	assert_non_null(strstr(captured.err, ": HTTP status 502 of a "
			       "proxy\n"));
}

/* It does not wait without a word. */
static void test_too_many_streams(void **state)
{
	(void)state;
	assert_int_equal(follow(be_busy), CLI_OK);
	assert_non_null(strstr(captured.err, ": HTTP status 503; waiting for "
			       "it\ncontmon: contmond answers again\n"));
	assert_string_equal(captured.out, "seq\n6\n");
}

/* Something else answers in its place. */
static void test_another_server(void **state)
{
	(void)state;
	assert_int_equal(follow(be_replaced), CLI_FAILURE);
	assert_non_null(strstr(captured.err, ": HTTP status 200: not an "
			       "answer of contmond\n"));
	assert_int_equal(meeting.nr, 4);	/* the last is none */
}

static void test_a_name_that_an_event_tells(void **state)
{
	(void)state;
	assert_int_equal(follow_with("--container web --count 3",
				     name_it_by_an_event), CLI_OK);
	assert_string_equal(captured.out, "seq\n6\n7\n8\n");
	assert_int_equal(meeting.nr, 2);
	assert_non_null(strstr(meeting.request, "GET /api/v1/events?"));
	assert_non_null(strstr(meeting.request, "container=" ID));
}

static void test_a_name_that_is_late(void **state)
{
	(void)state;
	assert_int_equal(follow_with("--container web --count 2",
				     name_it_later), CLI_OK);
	assert_string_equal(captured.err, "");
	assert_string_equal(captured.out, "seq\n6\n9\n");
	assert_int_equal(meeting.nr, 4);
}

static void test_a_late_name_of_a_user(void **state)
{
	(void)state;
	assert_int_equal(follow_with("--container web@1000 --count 1",
				     name_one_of_a_user), CLI_OK);
	assert_string_equal(captured.out, "seq\n6\n");
}

/* It asks no longer than a minute. */
static void test_a_name_that_is_not_wanted(void **state)
{
	(void)state;
	assert_int_equal(follow_with("--container web --count 1",
				     name_another), CLI_OK);
	assert_string_equal(captured.out, "seq\n9\n");
	assert_in_range(meeting.nr, 60, 62);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
		TEST(test_a_quiet_host),
		TEST(test_silence),
		TEST(test_silence_from_the_beginning),
		TEST(test_a_proxy),
		TEST(test_too_many_streams),
		TEST(test_another_server),
		TEST(test_a_name_that_an_event_tells),
		TEST(test_a_name_that_is_late),
		TEST(test_a_late_name_of_a_user),
		TEST(test_a_name_that_is_not_wanted),
	};

	return cmocka_run_group_tests_name("follow", tests, NULL, NULL);
}
