// SPDX-License-Identifier: GPL-2.0-only
/*
 * Streams of events: opening one, its batches, its gaps, its end.
 *
 * wrap: open close ioctl mmap munmap sysinfo read
 */
#include "tests/unit/fake_device.h"

#include <unistd.h>

ssize_t __wrap_read(int fd, void *to, size_t size);
ssize_t __real_read(int fd, void *to, size_t size);

static struct contmon *c;
static struct contmon_watch asked;
static struct {
	int error;
	int nr_eintr;
	uint64_t nr_left;	/* events not read yet */
	uint64_t sequence;
	size_t excess;		/* bytes more than whole records */
	int nr_reads;
} stream;

static int answer_watch(unsigned long request, void *arg)
{
	if (request != CONTMON_WATCH)
		return fake_error(ENOTTY);
	asked = *(struct contmon_watch *)arg;
	if (asked.events & ~CONTMON_EVENT_ALL)
		return fake_error(EOPNOTSUPP);
	return 0;
}

ssize_t __wrap_read(int fd, void *to, size_t size)
{
	struct contmon_event *events = to;
	size_t nr = 0;

	if (fd != FAKE_FD)
		return __real_read(fd, to, size);
	stream.nr_reads++;
	if (stream.nr_eintr && stream.nr_eintr--)
		return fake_error(EINTR);
	if (stream.error)
		return fake_error(stream.error);
	assert_true(fake.opened_flags & O_NONBLOCK);
	while (stream.nr_left && (nr + 1) * sizeof(*events) <= size) {
		memset(&events[nr], 'x', sizeof(*events));
		events[nr].sequence = stream.sequence++;
		events[nr].dropped = events[nr].sequence % 10 == 0 ? 3 : 0;
		events[nr].type = CONTMON_EVENT_CGROUP_REMOVED;
		stream.nr_left--;
		nr++;
	}
	if (nr == 0)
		return fake_error(EAGAIN);
	return (ssize_t)(nr * sizeof(*events) + stream.excess);
}

static int setup(void **state)
{
	fake_setup(state);
	memset(&stream, 0, sizeof(stream));
	fake.info.features = CONTMON_FEATURE_EVENTS;
	fake_ioctl = answer_watch;
	return contmon_open("/fake", &c);
}

static struct contmon_events *open_events(void)
{
	const struct contmon_watch watch = {
		.events = CONTMON_EVENT_ALL,
		.flags = CONTMON_WATCH_PID,
		.pid = 7,
		.stalled_ns = 8,
	};
	struct contmon_events *events;

	assert_int_equal(contmon_events_open(c, &watch, &events), 0);
	return events;
}

static void test_a_stream_outlives_the_handle(void **state)
{
	struct contmon_events *events = open_events();
	struct contmon_event event;

	(void)state;
	assert_int_equal(asked.size, sizeof(asked));
	assert_int_equal(asked.pid, 7);
	assert_int_equal(asked.stalled_ns, 8);
	assert_int_equal(contmon_events_fd(events), FAKE_FD);
	assert_int_equal(fake.nr_opened, 2);
	assert_true(fake.opened_flags & O_CLOEXEC);
	contmon_close(c);
	stream.nr_left = 1;
	assert_int_equal(contmon_events_next(events, &event), 1);
	contmon_events_close(events);
	assert_int_equal(fake.nr_closed, 2);
}

static void test_every_event_comes_once(void **state)
{
	struct contmon_events *events = open_events();
	struct contmon_event event;
	uint64_t i;

	(void)state;
	stream.nr_left = 1000;
	for (i = 0; i < 1000; i++) {
		assert_int_equal(contmon_events_next(events, &event), 1);
		assert_int_equal(event.sequence, i);
	}
	assert_int_equal(contmon_events_next(events, &event), 0);
	assert_int_equal(contmon_events_dropped(events), 300);
	assert_true(stream.nr_reads < 100);

	stream.nr_left = 1;
	assert_int_equal(contmon_events_next(events, &event), 1);
	assert_int_equal(event.sequence, 1000);
	assert_int_equal(contmon_events_dropped(events), 303);
	contmon_events_close(events);
	contmon_close(c);
}

static void test_strings_end(void **state)
{
	struct contmon_events *events = open_events();
	struct contmon_event event;

	(void)state;
	stream.nr_left = 1;
	assert_int_equal(contmon_events_next(events, &event), 1);
	assert_int_equal(strlen((char *)event.comm), sizeof(event.comm) - 1);
	assert_int_equal(strlen((char *)event.path), sizeof(event.path) - 1);
	contmon_events_close(events);
	contmon_close(c);
}

static void test_signals_are_tolerated(void **state)
{
	struct contmon_events *events = open_events();
	struct contmon_event event;

	(void)state;
	stream.nr_left = 1;
	stream.nr_eintr = 3;
	assert_int_equal(contmon_events_next(events, &event), 1);
	assert_int_equal(stream.nr_reads, 4);
	contmon_events_close(events);
	contmon_close(c);
}

static void test_errors_touch_nothing(void **state)
{
	struct contmon_events *events = open_events();
	struct contmon_event event = { .sequence = 99 };

	(void)state;
	stream.error = ENODEV;
	assert_int_equal(contmon_events_next(events, &event), -ENODEV);
	stream.error = 0;
	stream.nr_left = 1;
	stream.excess = 1;
	assert_int_equal(contmon_events_next(events, &event), -EPROTO);
	assert_int_equal(event.sequence, 99);
	contmon_events_close(events);
	contmon_close(c);
}

static void test_opening_can_fail(void **state)
{
	struct contmon_watch watch = { .events = ~0U };
	struct contmon_events *events = (void *)&watch;

	(void)state;
	assert_int_equal(contmon_events_open(c, &watch, &events), -EOPNOTSUPP);
	fake.open_errno = EMFILE;
	assert_int_equal(contmon_events_open(c, &watch, &events), -EMFILE);
	assert_ptr_equal(events, &watch);
	contmon_close(c);
	assert_int_equal(fake.nr_opened, fake.nr_closed);
	contmon_events_close(NULL);
}

static void test_an_old_driver_has_no_events(void **state)
{
	const struct contmon_watch watch = { .events = CONTMON_EVENT_ALL };
	struct contmon_events *events;

	(void)state;
	contmon_close(c);
	fake.info.features = 0;
	assert_int_equal(contmon_open("/fake", &c), 0);
	assert_int_equal(contmon_events_open(c, &watch, &events), -EOPNOTSUPP);
	contmon_close(c);
	assert_int_equal(fake.nr_opened, fake.nr_closed);
}

#define TEST(name) cmocka_unit_test_setup(test_##name, setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_stream_outlives_the_handle),
		TEST(every_event_comes_once),
		TEST(strings_end),
		TEST(signals_are_tolerated),
		TEST(errors_touch_nothing),
		TEST(opening_can_fail),
		TEST(an_old_driver_has_no_events),
	};

	return cmocka_run_group_tests_name("events", tests, NULL, NULL);
}
