// SPDX-License-Identifier: GPL-2.0-only
/*
 * Containers that begin and end while no sample is due, from the driver's
 * events to what endpoints see
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
#include "tests/unit/fake_runs.h"

#include "contmond/collect/runs.h"

static void test_start_event_is_immediate(void **state)
{
	const struct container_row *new;

	(void)state;
	stop_samples();
	make(6, "/system.slice/no-container.service");
	make(7, NEW);
	run_until(event, all_events_are_read);
	assert_int_equal(status->samples_total, nr_samples);
	assert_int_equal(model->nr_containers, 2);
	assert_int_equal(model->nr_listed, 3);
	new = row(2);
	assert_string_equal(new->container, NEW_TITLE);
	assert_string_equal(new->id, NEW_ID);
	assert_string_equal(new->cgroup, NEW);
	assert_string_equal(new->runtime, "docker");
	assert_null(new->state);
	assert_true(isnan(new->t) && isnan(new->processes));
	assert_string_equal(events_noted(), STARTED);
	/* The sample adds its numbers, but no second event. */
	add_cgroup(7, NEW);
	take_sample();
	assert_int_equal(model->nr_containers, 3);
	assert_int_equal(model->nr_listed, 3);
	assert_true(row(2)->t > 0);
	assert_string_equal(events_noted(), STARTED);
}

static void test_sample_before_start_event(void **state)
{
	(void)state;
	stop_samples();
	add_cgroup(7, NEW);
	take_sample();
	make(7, NEW);
	run_until(event, all_events_are_read);
	assert_int_equal(model->nr_listed, 3);
	assert_string_equal(events_noted(), STARTED);
}

/* Its files exist until it is removed. */
static void test_run_between_samples(void **state)
{
	const struct store_final *final;
	uint64_t start_ns = clock_boottime_ns();

	(void)state;
	stop_samples();
	make_path(NEW);
	set_cpu(NEW, 41000);
	write_file(&NEW "/memory.peak"[1], "3000000\n");
	make(7, NEW);
	end_process(7, start_ns, 3 << 8);
	remove_it(7);
	final = final_of_newest();
	assert_int_equal(nr_ended, 1);
	assert_string_equal(title, NEW_TITLE);
	assert_near(final->cpu_seconds, 0.041, 1e-9);
	assert_near(final->memory_peak_bytes, 3000000, 0);
	assert_near(final->exit_code, 3, 0);
	assert_near(final->oom_kills, 0, 0);
	assert_near(final->started_ms, (double)clock_realtime_ms(start_ns), 2);
	assert_true(final->ended_ms >= final->started_ms);
	assert_true(final->ended_ms <= (double)clock_realtime_ns() / 1e6);
	assert_true(isnan(final->read_bytes));
	assert_int_equal(model->nr_listed, 2);
	assert_string_equal(events_noted(), ENDED STARTED);
	/* The next sample, which does not have it, adds nothing. */
	take_sample();
	final_of_newest();
	assert_int_equal(nr_ended, 1);
	assert_string_equal(events_noted(), ENDED STARTED);
}

/* Removed before its files could be read: sums over its ended processes */
static void test_run_without_files(void **state)
{
	const struct store_final *final;

	(void)state;
	stop_samples();
	make(7, NEW);
	make(8, NEW "/inner");
	strcpy((char *)end_process(7, 1000, 0)->comm, "runc:[0:PARENT]");
	end_process(8, 4000, 1 << 8)->rss_peak_bytes = 5 << 20;
	end_process(7, 3000, 9);
	end_process(5, 2000, 2 << 8);	/* in another container */
	happen(CONTMON_EVENT_CGROUP_REMOVED, 8);
	remove_it(7);
	final = final_of_newest();
	assert_near(final->cpu_seconds, 0.090, 1e-9);
	assert_near(final->cpu_user_seconds, 0.060, 1e-9);
	assert_near(final->memory_peak_bytes, 5 << 20, 0);
	assert_near(final->exit_code, 128 + 9, 0);
}

/* The driver does not report every time that it is empty, but a sample can. */
static void test_run_that_a_sample_finds_empty(void **state)
{
	const struct store_final *final;
	struct contmon_event *exit;
	uint64_t ended_ns;

	(void)state;
	stop_samples();
	make_path(NEW);
	set_cpu(NEW, 41000);
	make(7, NEW);
	host.cgroups[host.nr_cgroups] = host.cgroups[host.nr_cgroups - 1];
	host.cgroups[host.nr_cgroups].cgroup_id = 7;
	host.cgroups[host.nr_cgroups].populated = 0;
	host.paths[host.nr_cgroups++] = NEW;
	/* Not populated yet */
	take_sample();
	set_cpu(NEW, 42000);
	exit = end_process(7, 1000, 0);
	ended_ns = exit->boottime_ns -= 5 * NS_PER_SECOND;
	take_sample();
	host.nr_cgroups--;
	happen(CONTMON_EVENT_CGROUP_REMOVED, 7);
	run_until(event, all_events_are_read);
	final = final_of_newest();
	assert_int_equal(nr_ended, 1);
	assert_near(final->cpu_seconds, 0.042, 1e-9);
	assert_near(final->ended_ms, (double)clock_realtime_ms(ended_ns), 2);
	assert_string_equal(events_noted(), ENDED STARTED);
}

/* Nor does a sample, if it is removed too soon. */
static void test_run_that_is_never_seen_empty(void **state)
{
	const struct store_final *final;

	(void)state;
	stop_samples();
	make(7, NEW);
	end_process(7, 1000, 3 << 8);
	happen(CONTMON_EVENT_CGROUP_REMOVED, 7);
	run_until(event, all_events_are_read);
	final = final_of_newest();
	assert_int_equal(nr_ended, 1);
	assert_near(final->cpu_seconds, 0.030, 1e-9);
	assert_near(final->exit_code, 3, 0);
	assert_true(final->ended_ms > 0);
	assert_string_equal(events_noted(), ENDED STARTED);
}

/* A process started after it was empty; its files are not read again. */
static void test_run_that_was_empty_before(void **state)
{
	(void)state;
	stop_samples();
	make_path(NEW);
	set_cpu(NEW, 41000);
	make(7, NEW);
	end_process(7, 1000, 0);
	happen(CONTMON_EVENT_CGROUP_EMPTIED, 7);
	run_until(event, all_events_are_read);
	end_process(7, 2000, 0);
	happen(CONTMON_EVENT_CGROUP_REMOVED, 7);
	run_until(event, all_events_are_read);
	assert_near(final_of_newest()->cpu_seconds, 0.060, 1e-9);
}

/* As if all threads of the only process had ended together */
static void test_run_whose_end_is_reported_twice(void **state)
{
	(void)state;
	stop_samples();
	make(7, NEW);
	end_process(7, 1000, 3 << 8);
	end_process(7, 1000, 3 << 8);
	remove_it(7);
	assert_near(final_of_newest()->cpu_seconds, 0.030, 1e-9);
	assert_near(final_of_newest()->exit_code, 3, 0);
}

/* After lost events, the affected values are unknown. */
static void test_lost_exits(void **state)
{
	const struct store_final *final;

	(void)state;
	stop_samples();
	make(7, NEW);
	end_process(7, 3000, 9);
	end_process(5, 2000, 0)->dropped = 1;
	remove_it(7);
	final = final_of_newest();
	assert_true(isnan(final->cpu_seconds));
	assert_true(isnan(final->memory_peak_bytes));
	assert_true(isnan(final->exit_code));
	/* Known from the creation of its cgroup */
	assert_true(final->started_ms > 0);
	assert_true(final->ended_ms >= final->started_ms);
}

/*
 * The record that says so is newer than the removal; those that were dropped
 * are not.
 */
static void test_exits_that_were_lost_before_the_end(void **state)
{
	(void)state;
	stop_samples();
	make(7, NEW);
	end_process(7, 3000, 9);
	happen(CONTMON_EVENT_CGROUP_REMOVED, 7);
	end_process(5, 2000, 0)->dropped = 1;
	run_until(event, all_events_are_read);
	assert_true(isnan(final_of_newest()->cpu_seconds));
	assert_true(isnan(final_of_newest()->exit_code));
}

/* A container in a sample ends before the next sample. */
static void test_sampled_container_ends(void **state)
{
	const struct store_final *final;

	(void)state;
	host.tasks[3].start_boottime_ns = 5000;	/* db's only process */
	stop_samples();
	set_cpu(DB, 77000);
	end_process(5, 5000, 4 << 8);
	remove_it(5);
	final = final_of_newest();
	assert_near(final->cpu_seconds, 0.077, 1e-9);
	assert_near(final->exit_code, 4, 0);
	assert_string_equal(events_noted(), "container_ended bbbbbbbbbbbb,");
	host.nr_cgroups = 4;
	take_sample();
	final = final_of_newest();
	assert_int_equal(nr_ended, 1);
	assert_near(final->cpu_seconds, 0.077, 1e-9);
	assert_string_equal(events_noted(), "container_ended bbbbbbbbbbbb,");
}

/* A sample without it is taken before its event is read. */
static void test_sample_before_end_event(void **state)
{
	(void)state;
	host.tasks[3].start_boottime_ns = 5000;
	stop_samples();
	host.nr_cgroups = 4;
	take_sample();
	end_process(5, 5000, 4 << 8);
	remove_it(5);
	assert_near(final_of_newest()->exit_code, 4, 0);
	assert_int_equal(nr_ended, 1);
	assert_string_equal(events_noted(), "container_ended bbbbbbbbbbbb,");
}

static void test_oom_kill_in_new_container(void **state)
{
	(void)state;
	stop_samples();
	make(7, NEW);
	kill_process(70, 7);
	end_process(7, 1070, 9);
	remove_it(7);
	assert_near(final_of_newest()->oom_kills, 1, 0);
	assert_near(final_of_newest()->exit_code, 128 + 9, 0);
	assert_string_equal(events_noted(), ENDED "oom_killed " NEW_TITLE ","
			    STARTED);
}

/* Its removal event was lost, so samples detect its end. */
static void test_lost_end(void **state)
{
	(void)state;
	stop_samples();
	make(7, NEW);
	run_until(event, all_events_are_read);
	take_sample();
	assert_int_equal(model->nr_listed, 2);
	assert_string_equal(events_noted(), ENDED STARTED);
	take_sample();
	final_of_newest();
	assert_int_equal(nr_ended, 1);
}

/* The engine stopped an earlier run, then reports the end of this one. */
static void test_end_from_engine(void **state)
{
	struct container_info name = {
		.id = NEW_ID, .name = "web", .image = "image:1",
		.started_ms = 1000, .finished_ms = 2000, .exit_code = 7,
		.oom_killed = -1, .restarts = -1,
	};
	const struct store_final *final;

	(void)state;
	stop_samples();
	assert_int_equal(names_set(client.names, &name), 0);
	make(7, NEW);
	end_process(7, clock_boottime_ns(), 0);
	remove_it(7);
	final = final_of_newest();
	assert_string_equal(title, "web");
	assert_near(final->exit_code, 0, 0);
	assert_true(final->ended_ms > 2000);
	client.fn(true, client.userdata);	/* maybe about others */
	assert_near(final_of_newest()->exit_code, 0, 0);
	name.finished_ms = (int64_t)(clock_realtime_ns() / NS_PER_MS);
	name.started_ms = name.finished_ms - 1;
	name.exit_code = 5;
	assert_int_equal(names_set(client.names, &name), 0);
	client.fn(true, client.userdata);
	assert_near(final_of_newest()->exit_code, 5, 0);
	assert_int_equal(nr_ended, 1);
}

static void make_many_in(const char *slice, size_t first, size_t nr,
			 uint64_t boottime_ns)
{
	char path[128];
	size_t i;

	for (i = first; i < first + nr; i++) {
		snprintf(path, sizeof(path), "%s/docker-%064zx.scope", slice,
			 i);
		make(100 + i, path);
		host.events[host.nr_events - 1].boottime_ns = boottime_ns;
	}
}

static void make_many(size_t first, size_t nr, uint64_t boottime_ns)
{
	make_many_in("", first, nr, boottime_ns);
}

/* The work is limited, and further events are counted. */
static void test_too_many_starts(void **state)
{
	uint64_t now_ns;

	(void)state;
	stop_samples();
	now_ns = clock_boottime_ns() / NS_PER_SECOND * NS_PER_SECOND;
	make_many(0, RUNS_MAX_PER_SECOND + 100, now_ns);
	host.events[0].dropped = 30;
	/* The loop runs its other sources in between. */
	assert_true(sd_event_run(event, 10000) >= 0);
	assert_false(all_events_are_read());
	run_until(event, all_events_are_read);
	assert_int_equal(model->nr_listed, 2 + RUNS_MAX_PER_SECOND);
	take_sample();
	assert_int_equal(status->runs_missed_total, 130);
	assert_int_equal(model->nr_listed, 2);
}

/* However many containers a user starts, one of root's is seen at once. */
static void start_many_in(const char *directory)
{
	uint64_t second_ns;
	size_t i;

	stop_samples();
	second_ns = clock_boottime_ns() - 9 * NS_PER_SECOND;
	for (i = 0; i < 8 * 125; i += 125)
		make_many_in(directory, i, 125, second_ns += NS_PER_SECOND);
	make(7, NEW);
	host.events[host.nr_events - 1].boottime_ns = second_ns;
	run_until(event, all_events_are_read);
	assert_true(model->nr_listed > 3);
	assert_string_equal(row(model->nr_listed - 1)->container, NEW_TITLE);
}

static void test_many_starts_of_a_user(void **state)
{
	(void)state;
	start_many_in("/user.slice/user-1000.slice");
}

/* A service with User= and Delegate= has a directory of its user. */
static void test_many_starts_of_a_service(void **state)
{
	(void)state;
	if (getuid() != 0)
		skip();
	make_path("/bobs.service");
	assert_int_equal(chown(in_directory("bobs.service"), 998, 998), 0);
	start_many_in("/bobs.service");
}

/* The number of runs without a sample is limited; an end makes room. */
static void test_many_new_containers(void **state)
{
	uint64_t second_ns;
	size_t i;

	(void)state;
	stop_samples();
	second_ns = clock_boottime_ns() - 5 * NS_PER_SECOND;
	for (i = 0; i < RUNS_MAX_NEW + 4; i += 126)
		make_many(i, 126, second_ns += NS_PER_SECOND);
	run_until(event, all_events_are_read);
	assert_int_equal(model->nr_listed, 2 + RUNS_MAX_NEW);
	remove_it(100);
	make(7, NEW);
	run_until(event, all_events_are_read);
	assert_int_equal(model->nr_listed, 2 + RUNS_MAX_NEW);
	take_sample();
	assert_int_equal(status->runs_missed_total, 4);
	make(8, "/docker-" ID64("e") ".scope");
	run_until(event, all_events_are_read);
	assert_int_equal(model->nr_listed, 3);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(test_start_event_is_immediate),
		TEST(test_sample_before_start_event),
		TEST(test_run_between_samples),
		TEST(test_run_without_files),
		TEST(test_run_that_a_sample_finds_empty),
		TEST(test_run_that_is_never_seen_empty),
		TEST(test_run_that_was_empty_before),
		TEST(test_run_whose_end_is_reported_twice),
		TEST(test_lost_exits),
		TEST(test_exits_that_were_lost_before_the_end),
		TEST(test_sampled_container_ends),
		TEST(test_sample_before_end_event),
		TEST(test_oom_kill_in_new_container),
		TEST(test_lost_end),
		TEST(test_end_from_engine),
		TEST(test_too_many_starts),
		TEST(test_many_starts_of_a_user),
		TEST(test_many_starts_of_a_service),
		TEST(test_many_new_containers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
