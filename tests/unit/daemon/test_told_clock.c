// SPDX-License-Identifier: GPL-2.0-only
/*
 * What an engine tells of ends when the wall clock is set
 *
 * wrap: contmon_reuse contmon_limits_update
 * wrap: contmon_open contmon_source contmon_close contmon_get_info
 * wrap: contmon_snapshot_tasks
 * wrap: contmon_snapshot_cgroups contmon_get_system contmon_paths_new
 * wrap: contmon_paths_free contmon_paths_root contmon_paths_find
 * wrap: contmon_paths_keep contmon_limits_new contmon_limits_get
 * wrap: contmon_limits_free contmon_events_open contmon_events_close
 * wrap: contmon_events_fd contmon_events_next
 * wrap: names_client_new names_client_free udev_watch_new udev_watch_free
 * wrap: clock_realtime_ns clock_realtime_offset_ns clock_realtime_ms
 * wrap: clock_boottime_of_ms
 */
#include "tests/unit/telling.h"

#include "contmond/told.h"

/* By so much the wall clock is set back. */
static int64_t back_ms;

uint64_t __real_clock_realtime_ns(void);
uint64_t __wrap_clock_realtime_ns(void);
int64_t __real_clock_realtime_offset_ns(void);
int64_t __wrap_clock_realtime_offset_ns(void);
int64_t __real_clock_realtime_ms(uint64_t boottime_ns);
int64_t __wrap_clock_realtime_ms(uint64_t boottime_ns);
uint64_t __real_clock_boottime_of_ms(int64_t realtime_ms);
uint64_t __wrap_clock_boottime_of_ms(int64_t realtime_ms);

uint64_t __wrap_clock_realtime_ns(void)
{
	return __real_clock_realtime_ns() - (uint64_t)back_ms * NS_PER_MS;
}

int64_t __wrap_clock_realtime_offset_ns(void)
{
	return __real_clock_realtime_offset_ns() -
	       back_ms * (int64_t)NS_PER_MS;
}

int64_t __wrap_clock_realtime_ms(uint64_t boottime_ns)
{
	return __real_clock_realtime_ms(boottime_ns) - back_ms;
}

uint64_t __wrap_clock_boottime_of_ms(int64_t realtime_ms)
{
	return __real_clock_boottime_of_ms(realtime_ms + back_ms);
}

/* While it runs, so that it ends before it began, as the clock tells */
static void test_the_clock_is_set_back(void **state)
{
	int64_t end_ms;

	(void)state;
	back_ms = 3600000;
	begin_again();
	begin();
	back_ms = 0;
	make(300, NEW);
	run_until(event, all_events_are_read);
	back_ms = 600000;
	end_ms = now_ms();
	tell(NEW_ID, end_ms + 600000 - 40, end_ms);
	remove_it(300);
	take_sample();
	assert_int_equal(nr_records(), 1);
	assert_int_equal(nr_with_exit_code(), 1);
	/* It is told again. */
	tell(NEW_ID, end_ms + 600000 - 40, end_ms);
	back_ms = 1200000;
	tell(NEW_ID, end_ms + 600000 - 40, end_ms);
	take_sample();
	assert_int_equal(nr_records(), 1);
}

/* When many more have ended, its end must not seem to be the newest. */
static void test_the_clock_was_ahead(void **state)
{
	char id[65];
	size_t i;

	(void)state;
	begin();
	tell(NEW_ID, now_ms(), now_ms() + 3600000);
	take_sample();
	assert_int_equal(nr_records(), 1);
	for (i = 0; i <= ENDS_MAX; i++) {
		snprintf(id, sizeof(id), "%064zx", i);
		tell(id, now_ms(), now_ms());
		if (i % (TOLD_MAX / 2) == 0)
			take_sample();
	}
	tell(ID64("d"), now_ms(), now_ms());
	take_sample();
	assert_int_equal(nr_records(), ENDS_MAX + 3);
}

static int teardown_clock(void **state)
{
	back_ms = 0;
	return teardown(state);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_the_clock_is_set_back,
						setup, teardown_clock),
		cmocka_unit_test_setup_teardown(test_the_clock_was_ahead,
						setup, teardown_clock),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
