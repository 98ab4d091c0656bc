// SPDX-License-Identifier: GPL-2.0-only
/*
 * Requests to an engine that does not keep to HTTP, or to time
 *
 * wrap: sd_event_source_set_time_relative
 */
#include "tests/unit/fake_engine.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include "base/answer_headers.h"
#include "base/gzip.h"
#include "contmon-engine/fetch.h"
#include "contmon-engine/overhead.h"

#define USER 1000

static sd_event *event;
static struct fetcher *fetcher;
static struct fake_engine fake;
static int result;
static bool is_done;
static size_t nr_taken;

static int on_data(const char *bytes, size_t nr_bytes, void *userdata)
{
	(void)bytes;
	(void)userdata;
	nr_taken += nr_bytes;
	return 0;
}

static void on_done(int error, long status, void *userdata)
{
	(void)userdata;
	result = error < 0 ? error : (int)status;
	is_done = true;
}

static bool has_answer(void)
{
	return is_done;
}

static int get(struct fetcher *from)
{
	const struct fetch_request request = {
		.path = "/_ping", .data = on_data, .done = on_done,
	};

	is_done = false;
	assert_int_equal(fetch_begin(from, &request, NULL), 0);
	run_until(event, has_answer);
	return result;
}

/* Between two connections a socket may have become somebody else's. */
static void test_whose_socket_it_is(void **state)
{
	struct fetcher *other;

	(void)state;
	assert_true(sd_event_new(&event) >= 0);
	fake_engine_start(&fake, event, in_directory("docker.sock"));
	assert_int_equal(fetcher_new(event, in_directory("docker.sock"),
				     &fetcher), 0);
	assert_int_equal(fetcher_new(event, in_directory("docker.sock"),
				     &other), 0);
	fetcher_expect(fetcher, getuid());
	assert_int_equal(get(fetcher), 200);
	fetcher_expect(other, getuid() + 1);
	assert_int_equal(get(other), -ESTALE);
	fetcher_free(fetcher);
	fetcher_free(other);
	fake_engine_stop(&fake);
	memset(&fake, 0, sizeof(fake));
	sd_event_unref(event);
}

/* What was connected to before is another user's engine. */
static void test_a_socket_changes_hands(void **state)
{
	static struct fake_engine theirs;
	const char *path = in_directory("docker.sock");

	(void)state;
	if (getuid() != 0)
		skip();
	assert_true(sd_event_new(&event) >= 0);
	fake_engine_start(&theirs, event, path);
	assert_int_equal(chown(path, USER, USER), 0);
	assert_int_equal(fetcher_new(event, path, &fetcher), 0);
	fetcher_expect(fetcher, USER);
	assert_int_equal(get(fetcher), 200);
	assert_int_equal(get(fetcher), 200);
	fake_engine_start(&fake, event, path);
	assert_int_equal(chown(path, USER + 1, USER + 1), 0);
	fetcher_expect(fetcher, USER + 1);
	assert_int_equal(get(fetcher), 200);
	assert_string_equal(theirs.requests, "/_ping\n/_ping\n");
	assert_string_equal(fake.requests, "/_ping\n");
	fetcher_free(fetcher);
	fake_engine_stop(&theirs);
	fake_engine_stop(&fake);
	memset(&fake, 0, sizeof(fake));
	sd_event_unref(event);
}

/* Headers and trailers */

static void begin_events(uid_t user)
{
	const struct fetch_request request = {
		.path = "/events?x", .data = on_data, .done = on_done,
	};

	is_done = false;
	nr_taken = 0;
	assert_true(sd_event_new(&event) >= 0);
	fake_engine_start(&fake, event, in_directory("docker.sock"));
	assert_int_equal(chown(in_directory("docker.sock"), user, getgid()), 0);
	assert_int_equal(fetcher_new(event, in_directory("docker.sock"),
				     &fetcher), 0);
	fetcher_expect(fetcher, user);
	assert_int_equal(fetch_begin(fetcher, &request, NULL), 0);
}

static void end_events(void)
{
	fetcher_free(fetcher);
	fake_engine_stop(&fake);
	memset(&fake, 0, sizeof(fake));
	sd_event_unref(event);
}

static bool has_begun(void)
{
	return fake.events >= 0;
}

/* @nr of them, and no end of the answer */
static void send_headers(size_t nr)
{
	static const char line[] = "X: y\r\n";
	struct buffer lines = { 0 };

	while (nr-- > 0)
		buffer_puts(&lines, line);
	fake_send(&fake, fake.events, lines.text, lines.length);
	buffer_done(&lines);
	fake_end(&fake, fake.events);
}

static void test_trailers_without_end(void **state)
{
	const uid_t users[] = { getuid(), USER };
	size_t i;

	(void)state;
	for (i = 0; i < (getuid() == 0 ? COUNT(users) : 1); i++) {
		begin_events(users[i]);
		run_until(event, has_begun);
		fake_chunk(&fake, fake.events, "{}\n", 3);
		fake_send(&fake, fake.events, "0\r\n", 3);
		send_headers(ANSWER_HEADERS_MAX);
		run_until(event, has_answer);
		assert_int_equal(result, -EMSGSIZE);
		assert_int_equal(nr_taken, 3);
		end_events();
	}
}

static void test_headers_without_end(void **state)
{
	(void)state;
	fake.informs = ANSWER_HEADERS_MAX / 10;
	begin_events(getuid());
	run_until(event, has_answer);
	assert_int_equal(result, -EMSGSIZE);
	end_events();
}

static bool all_is_taken(void)
{
	return nr_taken == 16 * ANSWER_HEADERS_MAX || is_done;
}

/* Only headers and trailers count. */
static void send_events_for_long(uid_t user)
{
	static const char text[ANSWER_HEADERS_MAX];
	int i;

	begin_events(user);
	run_until(event, has_begun);
	for (i = 0; i < 16; i++)
		fake_chunk(&fake, fake.events, text, sizeof(text));
	run_until(event, all_is_taken);
	assert_false(is_done);
	fake_send(&fake, fake.events, "0\r\nX: y\r\n\r\n", 11);
	run_until(event, has_answer);
	assert_int_equal(result, 200);
	assert_int_equal(nr_taken, 16 * sizeof(text));
	end_events();
}

static void test_events_for_long(void **state)
{
	(void)state;
	send_events_for_long(getuid());
	if (getuid() == 0)
		send_events_for_long(USER);
}

static bool all_is_sent(void)
{
	return is_done || fake.events < 0 ||
	       fake.unsent[fake_index(&fake, fake.events)].length == 0;
}

/* No chunk follows what is written about it, but more than a pipe holds. */
static void test_bytes_between_chunks(void **state)
{
	static char text[OVERHEAD_MAX / 16];
	int i;

	(void)state;
	if (getuid() != 0)
		skip();
	memset(text, 'x', sizeof(text));
	begin_events(USER);
	run_until(event, has_begun);
	fake_chunk(&fake, fake.events, "{}\n", 3);
	fake_send(&fake, fake.events, "3;", 2);
	for (i = 0; i < 1024 && !is_done && fake.events >= 0; i++) {
		fake_send(&fake, fake.events, text, sizeof(text));
		run_until(event, all_is_sent);
	}
	if (fake.events >= 0)
		fake_end(&fake, fake.events);
	run_until(event, has_answer);
	assert_int_equal(result, -EPROTO);
	assert_int_equal(nr_taken, 3);
	assert_in_range(i, 16, 32);
	end_events();
}

/* Nobody has asked for it, and a few bytes could become very many. */
static void test_a_packed_answer(void **state)
{
	static const char zeros[1024 * 1024];
	size_t length;
	char *packed;

	(void)state;
	assert_int_equal(gzip_pack(zeros, sizeof(zeros), &packed, &length), 0);
	fake.encoding = "gzip, ";
	begin_events(getuid());
	run_until(event, has_begun);
	fake_chunk(&fake, fake.events, packed, length);
	fake_send(&fake, fake.events, "0\r\n\r\n", 5);
	run_until(event, has_answer);
	assert_true(nr_taken <= length);
	free(packed);
	end_events();
}

/* Silence */

#define LONG_MS 3600000

static sd_event_source *silence;

int __real_sd_event_source_set_time_relative(sd_event_source *source,
					     uint64_t usec);
int __wrap_sd_event_source_set_time_relative(sd_event_source *source,
					     uint64_t usec);

int __wrap_sd_event_source_set_time_relative(sd_event_source *source,
					     uint64_t usec)
{
	if (usec == LONG_MS * 1000ULL)
		silence = source;
	return __real_sd_event_source_set_time_relative(source, usec);
}

static void begin_ping(long silence_ms)
{
	const struct fetch_request request = {
		.path = "/_ping", .silence_ms = silence_ms, .data = on_data,
		.done = on_done,
	};

	is_done = false;
	assert_true(sd_event_new(&event) >= 0);
	fake_engine_start(&fake, event, in_directory("docker.sock"));
	assert_int_equal(fetcher_new(event, in_directory("docker.sock"),
				     &fetcher), 0);
	assert_int_equal(fetch_begin(fetcher, &request, NULL), 0);
}

static unsigned int nr_busy;

/* It can always be read: the loop never has time for idle sources. */
static int on_busy(sd_event_source *source, int fd, uint32_t events,
		   void *userdata)
{
	(void)source;
	(void)fd;
	(void)events;
	(void)userdata;
	nr_busy++;
	return 0;
}

static bool has_ended_or_never_will(void)
{
	return is_done || nr_busy > 1000000;
}

static void test_silence_beside_a_flood(void **state)
{
	int fd = eventfd(1, EFD_CLOEXEC);
	sd_event_source *busy;

	(void)state;
	nr_busy = 0;
	fake.mute = "/";
	begin_ping(1);
	assert_true(sd_event_add_io(event, &busy, fd, EPOLLIN, on_busy,
				    NULL) >= 0);
	run_until(event, has_ended_or_never_will);
	assert_true(is_done);
	assert_int_equal(result, -ETIMEDOUT);
	sd_event_source_disable_unref(busy);
	close(fd);
	end_events();
}

static bool is_asked(void)
{
	return fake.requests[0];
}

static int answer_it(sd_event_source *source, void *userdata)
{
	size_t i = 0;

	(void)source;
	(void)userdata;
	while (fake.fds[i] < 0)
		i++;
	fake_answer(&fake, fake.fds[i], 200, "OK");
	return 0;
}

/* When its time is looked at, the answer is there, but was not read. */
static void test_no_silence_in_a_slow_loop(void **state)
{
	sd_event_source *turn;

	(void)state;
	fake.mute = "/";
	begin_ping(LONG_MS);
	run_until(event, is_asked);
	assert_true(sd_event_add_defer(event, &turn, answer_it, NULL) >= 0);
	assert_true(sd_event_source_set_priority(turn,
			SD_EVENT_PRIORITY_IMPORTANT) >= 0);
	assert_true(__real_sd_event_source_set_time_relative(silence, 0) >= 0);
	run_until(event, has_answer);
	assert_int_equal(result, 200);
	sd_event_source_disable_unref(turn);
	end_events();
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, make_directory, \
						   remove_directory)
		TEST(test_whose_socket_it_is),
		TEST(test_a_socket_changes_hands),
		TEST(test_trailers_without_end),
		TEST(test_headers_without_end),
		TEST(test_events_for_long),
		TEST(test_bytes_between_chunks),
		TEST(test_a_packed_answer),
		TEST(test_silence_beside_a_flood),
		TEST(test_no_silence_in_a_slow_loop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
