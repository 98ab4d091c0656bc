// SPDX-License-Identifier: GPL-2.0-only
/*
 * The driver's accounts of processes that ended between two samples
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
 */
#include "tests/unit/fake_exits.h"

/* What they used after they were reported is divided among them. */
static void test_what_is_late(void **state)
{
	(void)state;
	set_account(2, 10, 1000);
	set_account(3, 1, 100);
	set_account(4, 5, 500);
	next_sample();
	end(41, 5, 3, 100);
	end(42, 5, 4, 50);
	end(43, 5, 5, 50);
	set_account(2, 11, 1110);
	set_account(3, 2, 160);
	next_sample();
	must_gain(41, 0, 110);
	must_gain(42, 0, 60);
	must_gain(43, 1, 50);
	/* Only now the second container's process is in its account. */
	set_account(4, 6, 570);
	next_sample();
	end(44, 5, 5, 30);
	set_account(4, 7, 600);
	next_sample();
	must_gain(44, 1, 50);
}

/* Its long life is missing from the account: nothing is given to others. */
static void test_an_account_that_is_behind(void **state)
{
	(void)state;
	set_account(4, 5, 500);
	next_sample();
	end(41, 5, 5, 10000);
	end(42, 5, 5, 50);
	set_account(4, 6, 560);
	next_sample();
	must_gain(41, 1, 10000);
	must_gain(42, 1, 50);
	end(43, 5, 5, 50);
	set_account(4, 8, 10630);
	next_sample();
	must_gain(43, 1, 80);
}

/* A container inside it was removed, so its account grew by older processes. */
static void test_an_account_of_more_than_was_reported(void **state)
{
	(void)state;
	set_account(4, 5, 500);
	next_sample();
	end(41, 5, 5, 50);
	set_account(4, 105, 100560);
	next_sample();
	must_gain(41, 1, 50);
	end(42, 5, 5, 50);
	set_account(4, 106, 100620);
	next_sample();
	must_gain(42, 1, 60);
}

/* The driver could not keep all. What it counts tells who lacks some. */
static void test_ends_that_were_dropped(void **state)
{
	(void)state;
	begin_accounts();
	end(41, 5, 2, 100)->dropped = 5;
	set_account(2, 1, 100);
	next_sample();
	must_lack(true, false, true);
	next_sample();
	must_lack(false, false, false);
	/* This one was kept. */
	end(42, 5, 5, 50)->dropped = 5;
	set_account(4, 1, 50);
	next_sample();
	must_lack(false, false, true);
	must_gain(42, 1, 50);
}

static void end_after_a_gap(void)
{
	host.looking = NULL;
	end(41, 5, 5, 100)->dropped = 5;
}

/*
 * The next record says so. It may be later than the sample: those that were
 * dropped may be older, or not.
 */
static void test_ends_that_were_dropped_around_a_sample(void **state)
{
	(void)state;
	begin_accounts();
	set_account(2, 1, 100);
	host.looking = end_after_a_gap;
	next_sample();
	assert_int_equal(exits()->nr, 0);
	must_lack(true, false, true);
	set_account(3, 1, 100);
	set_account(4, 1, 100);
	next_sample();
	must_gain(41, 1, 100);
	must_lack(true, false, true);
	next_sample();
	must_lack(false, false, false);
}

/* They are not in the account yet. */
static void test_zombies_when_some_were_dropped(void **state)
{
	(void)state;
	host.tasks[3].start_boottime_ns = 7;
	begin_accounts();
	host.tasks[3].flags |= CONTMON_TASK_EXITING;
	end(41, 5, 2, 100)->dropped = 5;
	next_sample();
	must_lack(false, true, true);
	/* Now it has been reported. */
	end(20, 7, 5, 1600)->dropped = 5;
	next_sample();
	must_lack(false, false, true);
}

static void reap_while_read(void)
{
	host.reading = NULL;
	set_account(4, host.cgroups[4].exited_tasks + 1, 0);
}

static void test_reaped_while_a_sample_is_read(void **state)
{
	(void)state;
	begin_accounts();
	host.reading = reap_while_read;
	end(41, 5, 5, 100)->dropped = 5;
	next_sample();
	must_lack(false, false, true);
	next_sample();
	host.reading = reap_while_read;
	end(42, 5, 2, 100)->dropped = 5;
	next_sample();
	must_lack(false, true, true);
}

/*
 * Its last threads ended together, and each was reported. If the second report
 * counted, it would hide one that was dropped.
 */
static void test_an_end_that_is_reported_twice(void **state)
{
	(void)state;
	begin_accounts();
	end(41, 5, 5, 100);
	end(42, 5, 3, 10);
	end(41, 5, 5, 100);
	end(41, 6, 5, 70);	/* a later process with the same id */
	set_account(2, 1, 10);
	set_account(4, 2, 170);
	next_sample();
	assert_int_equal(exits()->nr, 3);
	must_gain(41, 1, 100);
	/* Two end in db: one is dropped, the other is not reaped yet. */
	host.tasks[3].flags |= CONTMON_TASK_EXITING;
	end(20, 7, 5, 50)->dropped = 1;
	set_account(4, 3, 220);
	next_sample();
	must_lack(false, true, true);
}

/* What was dropped is said in the next record, whichever it is. */
static void test_ends_that_were_dropped_before_a_repeat(void **state)
{
	(void)state;
	begin_accounts();
	end(41, 5, 2, 100);
	next_sample();
	end(41, 5, 2, 100)->dropped = 5;
	set_account(2, 1, 100);
	next_sample();
	assert_int_equal(exits()->nr, 0);
	must_lack(true, false, true);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(test_what_is_late),
		TEST(test_an_account_that_is_behind),
		TEST(test_an_account_of_more_than_was_reported),
		TEST(test_ends_that_were_dropped),
		TEST(test_ends_that_were_dropped_around_a_sample),
		TEST(test_zombies_when_some_were_dropped),
		TEST(test_reaped_while_a_sample_is_read),
		TEST(test_an_end_that_is_reported_twice),
		TEST(test_ends_that_were_dropped_before_a_repeat),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
