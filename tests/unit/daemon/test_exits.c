// SPDX-License-Identifier: GPL-2.0-only
/*
 * Processes that ended between two samples
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

#define NEW "/system.slice/docker-" ID64("c") ".scope"

/* Their whole lives are between two samples. */
static void test_short_lives(void **state)
{
	(void)state;
	end(40, 5, 3, 1);
	next_sample();
	assert_false(exits()->is_known);
	assert_false(exits()->is_host_known);
	end(41, 5, 3, 100);
	end(42, 5, 4, 200);
	end(43, 5, 5, 300);
	end(44, 5, 2, 400);
	end(45, 5, 77, 500);	/* in a cgroup that is gone */
	next_sample();
	assert_true(exits()->is_known);
	assert_true(exits()->is_host_known);
	assert_int_equal(exits()->nr, 5);
	must_gain(41, 0, 100);
	must_gain(42, 0, 200);
	must_gain(43, 1, 300);
	must_gain(44, SAMPLE_HOST, 400);
	must_gain(45, SAMPLE_HOST, 500);
	assert_string_equal(exit_of(45)->comm, "true");
	next_sample();
	assert_int_equal(exits()->nr, 0);
	assert_true(exits()->is_known);
}

/* Earlier samples have counted a part of what it used. */
static void test_a_process_of_earlier_samples(void **state)
{
	(void)state;
	host.tasks[3].start_boottime_ns = 7;
	host.tasks[3].runtime_ns = 1000;
	next_sample();
	end(20, 7, 5, 1600);
	end(20, 8, 5, 10);	/* a later process with the same id */
	host.tasks[3] = host.tasks[4];
	host.nr_tasks--;
	next_sample();
	assert_int_equal(exits()->nr, 2);
	assert_int_equal(exits()->all[0].gained_ns, 600);
	assert_int_equal(exits()->all[1].gained_ns, 10);
}

/* It has not been reaped: its row has what it used. */
static void test_a_zombie(void **state)
{
	(void)state;
	host.tasks[3].start_boottime_ns = 7;
	next_sample();
	end(20, 7, 5, 1600);
	next_sample();
	must_gain(20, 1, 0);
}

static int nr_to_end;

static void end_while_read(void)
{
	if (nr_to_end-- != 1)
		return;
	host.nr_tasks--;
	end(30, 7, 5, 1600);
}

/*
 * The event comes with the next sample, but already this sample lacks the
 * process.
 */
static void test_an_end_while_a_sample_is_read(void **state)
{
	(void)state;
	host.tasks[4].start_boottime_ns = 7;
	host.tasks[4].runtime_ns = 1000;
	nr_to_end = 2;
	host.reading = end_while_read;
	next_sample();
	assert_int_equal(host.nr_tasks, 5);
	next_sample();
	assert_int_equal(host.nr_tasks, 4);
	assert_int_equal(exits()->nr, 0);
	next_sample();
	must_gain(30, 1, 600);
}

static void test_lost_ends(void **state)
{
	int i;

	(void)state;
	next_sample();
	/* Without accounts, nobody knows whose they were. */
	end(41, 5, 3, 100)->dropped = 1;
	next_sample();
	assert_true(exits()->is_known);
	assert_true(model->sample->containers[0].lacks_exits);
	assert_true(model->sample->containers[1].lacks_exits);
	assert_false(exits()->is_host_known);
	next_sample();
	assert_true(exits()->is_host_known);
	assert_false(model->sample->containers[0].lacks_exits);
	for (i = 0; i < 1000; i++)
		end(1000 + i, 5, 3, 1);
	next_sample();
	assert_true(exits()->is_known);
	assert_int_equal(exits()->nr, 1000);
	host.events_error = -EPROTO;
	next_sample();
	assert_false(exits()->is_known);
	next_sample();
	assert_false(exits()->is_known);
	host.events_error = 0;
}

/* It may have been in any cgroup. */
static void test_an_invisible_cgroup(void **state)
{
	(void)state;
	next_sample();
	end(41, 5, 0, 100);
	next_sample();
	assert_true(exits()->is_known);
	assert_false(exits()->is_host_known);
}

/* No sample has its container, but the host must not get its CPU. */
static void test_a_short_lived_container(void **state)
{
	struct contmon_event *made;

	(void)state;
	next_sample();
	made = happen(CONTMON_EVENT_CGROUP_CREATED, 6);
	memcpy(made->path, NEW, sizeof(NEW));
	end(41, 5, 6, 100);
	happen(CONTMON_EVENT_CGROUP_REMOVED, 6);
	next_sample();
	must_gain(41, SAMPLE_UNKNOWN, 100);
	assert_true(exits()->is_host_known);
}

static void storm(uint64_t cgroup_id)
{
	host.storm = 2 * EXITS_MAX;
	end(STORM, 5, cgroup_id, 1);
}

/* More processes of a container end than can be kept: others keep theirs. */
static void test_a_storm(void **state)
{
	(void)state;
	begin_accounts();
	end(41, 5, 5, 100);
	end(42, 5, 2, 200);
	storm(3);
	end(43, 5, 4, 50);	/* inside the same container */
	end(44, 5, 5, 50);
	next_sample();
	must_lack(true, false, false);
	must_gain(41, 1, 100);
	must_gain(42, SAMPLE_HOST, 200);
	must_gain(44, 1, 50);
	assert_int_equal(exits()->nr, 3);
	end(45, 5, 3, 10);
	next_sample();
	must_lack(false, false, false);
	must_gain(45, 0, 10);
}

/* It may hide those of a container that no sample had before. */
static void test_a_storm_of_the_host(void **state)
{
	(void)state;
	begin_accounts();
	end(41, 5, 5, 100);
	add_cgroup(6, NEW);
	storm(2);
	next_sample();
	must_lack(false, false, true);
	must_gain(41, 1, 100);
	assert_int_equal(model->sample->nr_containers, 3);
	assert_true(model->sample->containers[2].lacks_exits);
	next_sample();
	must_lack(false, false, false);
	assert_false(model->sample->containers[2].lacks_exits);
}

static void make_after_a_gap(void)
{
	host.looking = NULL;
	happen(CONTMON_EVENT_CGROUP_CREATED, 66)->dropped = 1;
}

/*
 * A container of which no event was seen may have begun and ended before the
 * sample, or after it.
 */
static void test_starts_that_were_dropped_around_a_sample(void **state)
{
	(void)state;
	next_sample();
	end(41, 5, 77, 100);
	host.looking = make_after_a_gap;
	next_sample();
	must_gain(41, SAMPLE_HOST, 100);
	assert_false(exits()->is_host_known);
	end(42, 5, 78, 100);
	next_sample();
	must_gain(42, SAMPLE_HOST, 100);
	assert_false(exits()->is_host_known);
	assert_int_equal(status->runs_missed_total, 1);
	end(43, 5, 79, 100);
	next_sample();
	assert_true(exits()->is_host_known);
}

static bool storm_is_over(void)
{
	return host.storm == 0;
}

/* Both end more than half of what can be kept: one of them is kept. */
static void test_two_storms(void **state)
{
	(void)state;
	begin_accounts();
	host.storm = EXITS_MAX / 2 + 1000;
	end(STORM, 5, 5, 1);
	happen(CONTMON_EVENT_CGROUP_CREATED, 77);
	run_until(event, storm_is_over);
	host.storm = EXITS_MAX / 2;
	end(STORM, 5, 3, 1);
	next_sample();
	must_lack(false, true, false);
	assert_int_equal(exits()->nr, EXITS_MAX / 2 + 1);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(test_short_lives),
		TEST(test_a_process_of_earlier_samples),
		TEST(test_a_zombie),
		TEST(test_an_end_while_a_sample_is_read),
		TEST(test_lost_ends),
		TEST(test_an_invisible_cgroup),
		TEST(test_a_short_lived_container),
		TEST(test_a_storm),
		TEST(test_a_storm_of_the_host),
		TEST(test_starts_that_were_dropped_around_a_sample),
		TEST(test_two_storms),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
