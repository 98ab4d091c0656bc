// SPDX-License-Identifier: GPL-2.0-only
/*
 * Containers whose end only an engine tells, and those whose end it tells, too
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
#include "tests/unit/telling.h"

#include "contmond/told.h"

static void must_be(const char *is, const char *expected)
{
	assert_non_null(is);
	assert_string_equal(is, expected);
}

static int check_texts(const void *container_row, void *userdata)
{
	const struct past_container *row = container_row;

	(void)userdata;
	must_be(row->id, NEW_ID);
	must_be(row->title, "short");
	must_be(row->image, "busybox");
	must_be(row->command, "true");
	must_be(row->runtime, "docker");
	must_be(row->labels, "{\"k\":\"v\"}");
	assert_null(row->cgroup);
	return 0;
}

static void test_nobody_has_seen_it(void **state)
{
	const struct past_query query = {
		.to_ms = INT64_MAX, .ended_only = true, .max_rows = 1
	};
	const struct store_final *final;
	int64_t end_ms;

	(void)state;
	begin();
	end_ms = now_ms();
	tell(NEW_ID, end_ms - 40, end_ms);
	/* What has seen it may not have been heard yet. */
	assert_int_equal(nr_records(), 0);
	take_sample();
	assert_int_equal(nr_records(), 1);
	final = final_of_newest();
	assert_near(final->started_ms, (double)end_ms - 40, 0);
	assert_near(final->ended_ms, (double)end_ms, 0);
	assert_near(final->exit_code, 3, 0);
	assert_near(final->oom_killed, 1, 0);
	assert_true(isnan(final->restarts));
	assert_true(isnan(final->cpu_seconds));
	assert_true(isnan(final->memory_peak_bytes));
	assert_true(isnan(final->oom_kills));
	assert_true(isnan(final->read_bytes));
	assert_int_equal(store_containers(store, &query, check_texts, NULL),
			 0);
	assert_string_equal(events_noted(),
			    "container_ended short,container_started short,");
}

static void test_it_is_told_again(void **state)
{
	int64_t end_ms;

	(void)state;
	begin();
	end_ms = now_ms();
	tell(NEW_ID, end_ms - 40, end_ms);
	tell(NEW_ID, end_ms - 40, end_ms);
	take_sample();
	tell(NEW_ID, end_ms - 40, end_ms);
	take_sample();
	assert_int_equal(nr_records(), 1);
	assert_string_equal(events_noted(),
			    "container_ended short,container_started short,");
	/* Another run of it, and another container */
	while (!is_later(end_ms))
		;
	end_ms = now_ms();
	tell(NEW_ID, end_ms, end_ms);
	tell(ID64("d"), end_ms - 5, end_ms);
	take_sample();
	assert_int_equal(nr_records(), 3);
}

/* The engine tells before the sample without it, and after it. */
static void test_a_sample_has_seen_it(void **state)
{
	int64_t end_ms;

	(void)state;
	begin();
	end_ms = now_ms();
	tell(ID64("a"), end_ms - 40, end_ms);
	take_sample();
	assert_int_equal(nr_records(), 0);
	host.nr_cgroups = 2;
	take_sample();
	assert_int_equal(nr_records(), 2);	/* the other one, too */
	assert_int_equal(nr_with_exit_code(), 1);
	tell(ID64("a"), end_ms - 40, end_ms);
	take_sample();
	assert_int_equal(nr_records(), 2);
}

/* What it says is taken although it has removed the container since. */
static void test_a_sample_was_faster(void **state)
{
	int64_t end_ms;

	(void)state;
	begin();
	end_ms = now_ms();
	host.nr_cgroups = 2;
	take_sample();
	assert_int_equal(nr_records(), 2);
	assert_int_equal(nr_with_exit_code(), 0);
	tell(ID64("a"), end_ms - 40, end_ms);
	tell(ID64("b"), end_ms - 40, end_ms + 5000);
	take_sample();
	assert_int_equal(nr_records(), 2);
	assert_int_equal(nr_with_exit_code(), 2);
	/* These are known now; another run is not. */
	tell(ID64("a"), end_ms - 40, end_ms);
	tell(ID64("b"), end_ms - 40, end_ms + 5000);
	tell(ID64("b"), end_ms + 5500, end_ms + 6000);
	take_sample();
	assert_int_equal(nr_records(), 3);
}

/* The engine is faster than the events of its cgroup. */
static void test_events_have_seen_it(void **state)
{
	int64_t end_ms;

	(void)state;
	begin();
	make(300, NEW);
	end_ms = now_ms();
	tell(NEW_ID, end_ms, end_ms);
	remove_it(300);
	take_sample();
	assert_int_equal(nr_records(), 1);
	tell(NEW_ID, end_ms, end_ms);
	take_sample();
	assert_int_equal(nr_records(), 1);
}

/* The one that runs now began after that end. */
static void test_the_next_run_is_there(void **state)
{
	int64_t end_ms;

	(void)state;
	begin();
	end_ms = now_ms();
	while (!is_later(end_ms))
		;
	add_cgroup(300, NEW);
	make(300, NEW);
	run_until(event, all_events_are_read);
	tell(NEW_ID, end_ms - 5, end_ms);
	take_sample();
	assert_int_equal(nr_records(), 1);
	assert_near(ended[0].final.ended_ms, (double)end_ms, 0);
}

static void test_it_ended_before_contmond_began(void **state)
{
	int64_t long_ago_ms = now_ms() - 3600000;

	(void)state;
	tell(NEW_ID, long_ago_ms - 5, long_ago_ms);
	begin();
	tell(NEW_ID, long_ago_ms - 5, long_ago_ms);
	take_sample();
	assert_int_equal(nr_records(), 0);
}

/* The contmond before has recorded it, or was not there. */
static void test_contmond_is_started_again(void **state)
{
	int64_t end_ms;

	(void)state;
	begin_again();
	begin();
	end_ms = now_ms();
	tell(NEW_ID, end_ms - 40, end_ms);
	take_sample();
	assert_int_equal(nr_records(), 1);
	begin_again();
	tell(NEW_ID, end_ms - 40, end_ms);
	begin();
	tell(NEW_ID, end_ms - 40, end_ms);
	take_sample();
	assert_int_equal(nr_records(), 1);
}

/* Any user can run an engine that says what it likes. */
static void test_the_engine_of_a_user(void **state)
{
	struct container_info name = {
		.id = NEW_ID, .exit_code = -1, .oom_killed = -1,
		.restarts = -1, .user_id = 1000,
	};

	(void)state;
	begin();
	name.finished_ms = now_ms();
	client.heard(&name, client.userdata);
	take_sample();
	assert_int_equal(nr_records(), 0);
}

/* It is running, or it says that it began after its end. */
static void test_unlikely_times(void **state)
{
	int64_t end_ms;

	(void)state;
	begin();
	end_ms = now_ms();
	tell(NEW_ID, end_ms, 0);
	take_sample();
	assert_int_equal(nr_records(), 0);
	tell(NEW_ID, end_ms + 5, end_ms);
	take_sample();
	assert_int_equal(nr_records(), 1);
	assert_true(isnan(ended[0].final.started_ms));
}

/* Events outside of containers are those of "host". */
static void test_it_is_called_host(void **state)
{
	struct container_info name = {
		.id = NEW_ID, .name = "host", .exit_code = -1,
		.oom_killed = -1, .restarts = -1,
	};

	(void)state;
	begin();
	name.finished_ms = now_ms();
	assert_int_equal(client.heard(&name, client.userdata), 0);
	take_sample();
	assert_string_equal(events_noted(), ENDED);
}

static void test_too_many_between_two_samples(void **state)
{
	char id[65];
	int64_t end_ms;
	int i;

	(void)state;
	begin();
	end_ms = now_ms();
	for (i = 0; i < TOLD_MAX + 10; i++) {
		snprintf(id, sizeof(id), "%064d", i);
		tell(id, end_ms - 5, end_ms);
	}
	take_sample();
	assert_int_equal(nr_records(), TOLD_MAX);
}

#define USERS "/user.slice/user-1000.slice/docker-" NEW_ID ".scope"

/* A user's cgroup with the id of one of root's is no reason to drop its end. */
static void test_a_user_has_one_with_this_id(void **state)
{
	int64_t end_ms;

	(void)state;
	begin();
	add_cgroup(299, USERS);
	take_sample();
	end_ms = now_ms();
	tell(NEW_ID, end_ms - 40, end_ms);
	take_sample();
	assert_int_equal(nr_with_exit_code(), 1);
	assert_int_equal(nr_records(), 1);
	/* That has ended, too, and the one of root that was seen. */
	add_cgroup(300, NEW);
	take_sample();
	host.nr_cgroups -= 2;
	take_sample();
	assert_int_equal(nr_records(), 3);
	while (!is_later(end_ms))
		;
	end_ms = now_ms();
	tell(NEW_ID, end_ms, end_ms);
	take_sample();
	assert_int_equal(nr_records(), 3);
	assert_int_equal(nr_with_exit_code(), 2);
}

/* It is in a user's cgroup, as root's engine tells after it has begun. */
static void test_one_of_root_in_a_cgroup_of_a_user(void **state)
{
	const struct container_info running = {
		.id = NEW_ID, .name = "short", .runtime = "docker",
		.engine = "/run/docker.sock", .state = "running",
		.cgroup = USERS, .exit_code = -1, .oom_killed = -1,
		.restarts = -1, .anonymous_volumes = -1,
	};
	int64_t end_ms;

	(void)state;
	begin();
	add_cgroup(299, USERS);
	take_sample();
	assert_int_equal(names_set(client.names, &running), 0);
	client.fn(true, client.userdata);
	end_ms = now_ms();
	names_remove(client.names, NEW_ID, running.engine);
	tell(NEW_ID, end_ms - 40, end_ms);
	host.nr_cgroups--;
	take_sample();
	assert_int_equal(nr_records(), 1);
	assert_int_equal(nr_with_exit_code(), 1);
}

/* Of two runs between samples, the engine has told only the second end. */
static void test_the_end_of_the_second_run(void **state)
{
	int64_t second_ms, end_ms;
	size_t i;

	(void)state;
	begin();
	make(300, NEW);
	remove_it(300);
	while (!is_later(now_ms()))
		;
	second_ms = now_ms();
	while (!is_later(second_ms + 1))
		;
	make(301, NEW);
	run_until(event, all_events_are_read);
	end_ms = now_ms();
	remove_it(301);
	tell(NEW_ID, end_ms, end_ms);
	take_sample();
	assert_int_equal(nr_records(), 2);
	assert_int_equal(nr_with_exit_code(), 1);
	for (i = 0; i < 2; i++)
		assert_int_equal(ended[i].final.exit_code == 3,
				 ended[i].first_ms > (double)second_ms);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(test_nobody_has_seen_it),
		TEST(test_it_is_told_again),
		TEST(test_a_sample_has_seen_it),
		TEST(test_a_sample_was_faster),
		TEST(test_events_have_seen_it),
		TEST(test_the_next_run_is_there),
		TEST(test_it_ended_before_contmond_began),
		TEST(test_contmond_is_started_again),
		TEST(test_the_engine_of_a_user),
		TEST(test_unlikely_times),
		TEST(test_it_is_called_host),
		TEST(test_too_many_between_two_samples),
		TEST(test_a_user_has_one_with_this_id),
		TEST(test_one_of_root_in_a_cgroup_of_a_user),
		TEST(test_the_end_of_the_second_run),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
