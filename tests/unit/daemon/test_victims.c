// SPDX-License-Identifier: GPL-2.0-only
/*
 * OOM kills, from the driver's events to the endpoints
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

#include <sys/stat.h>

/* The kills of a container that has ended and is not among the running ones. */
static double kills_of_ended(const char *cgroup)
{
	size_t i;

	for (i = 0; i < model->ended.nr; i++) {
		const struct container_row *gone = &model->ended.all[i].row;

		if (strcmp(gone->cgroup, cgroup) == 0)
			return gone->oom_kills_total;
	}
	return NAN;
}

static void test_an_oom_kill_that_ends_its_container(void **state)
{
	(void)state;
	host.cgroups[4].events_oom_kill = 2;
	run_until(event, one_sample);
	kill_process(20, 5);
	host.nr_cgroups = 4;	/* its cgroup is removed at once */
	run_until(event, two_samples);
	assert_int_equal(model->nr_containers, 1);
	assert_near(kills_of_ended(DB), 3, 0);
	/* It runs again: the total does not begin at 0. */
	host.cgroups[4].events_oom_kill = 0;
	add_cgroup(6, DB);
	run_until(event, three_samples);
	assert_int_equal(model->ended.nr, 0);
	assert_near(row(1)->oom_kills_total, 3, 0);
}

static int note_kill(const void *row, void *userdata)
{
	const struct store_event *kill = row;
	char *noted = userdata;
	size_t length = strlen(noted);

	if (strcmp(kill->kind, "oom_killed") == 0)
		snprintf(noted + length, 100 - length, "%.0f %s,", kill->pid,
			 kill->container ?: "host");
	return 0;
}

/* Each kill has its event before the next sample. */
static void test_an_oom_kill_is_remembered(void **state)
{
	const struct past_query query = { .to_ms = INT64_MAX, .max_rows = 9 };
	char noted[100] = "";

	(void)state;
	run_until(event, one_sample);
	kill_process(20, 5);
	kill_process(50, 1);
	run_until(event, all_events_are_read);
	store_sync(store);
	assert_int_equal(store_events(store, &query, note_kill, noted), 0);
	assert_string_equal(noted, "50 host,20 bbbbbbbbbbbb,");
}

/* memory.events of a live container includes the kill. */
static void test_an_oom_kill_that_is_survived(void **state)
{
	(void)state;
	run_until(event, one_sample);
	kill_process(11, 4);
	run_until(event, all_events_are_read);
	host.cgroups[2].events_oom_kill = 1;
	run_until(event, two_samples);
	assert_near(row(0)->oom_kills_total, 1, 0);
	host.nr_cgroups = 2;
	run_until(event, three_samples);
	assert_near(kills_of_ended(WEB), 1, 0);
	assert_near(kills_of_ended(DB), 0, 0);
}

/* Its threads are chosen one by one; a cgroup inside it is new to contmond. */
static void test_an_oom_kill_counts_once(void **state)
{
	(void)state;
	run_until(event, one_sample);
	add_cgroup(6, WEB "/new");
	add_cgroup(7, "/system.slice/other");
	kill_process(50, 6);
	kill_process(50, 6);
	kill_process(51, 6);
	kill_process(52, 7);
	kill_process(53, 77);
	run_until(event, all_events_are_read);
	host.nr_cgroups = 2;
	run_until(event, two_samples);
	assert_near(kills_of_ended(WEB), 2, 0);
	assert_near(kills_of_ended(DB), 0, 0);
}

static char newest_detail[200];

static int note_detail(const void *row, void *userdata)
{
	const struct store_event *kill = row;

	(void)userdata;
	if (strcmp(kill->kind, "oom_killed") == 0)
		snprintf(newest_detail, sizeof(newest_detail), "%s",
			 kill->detail ?: "");
	return 0;
}

/* Of the kill of a process in a cgroup, which is read at once */
static const char *detail_of_kill(int32_t pid, uint64_t cgroup_id)
{
	const struct past_query query = {
		.to_ms = INT64_MAX, .max_rows = 9, .oldest_first = true,
	};

	kill_process(pid, cgroup_id);
	run_until(event, all_events_are_read);
	store_sync(store);
	newest_detail[0] = '\0';
	assert_int_equal(store_events(store, &query, note_detail, NULL), 0);
	return newest_detail;
}

/* Makes the directory of a cgroup, whose id is the inode number. */
static uint64_t make_memory(const char *path, const char *current,
			    const char *peak)
{
	struct stat directory;
	char name[256];

	make_path(path);
	snprintf(name, sizeof(name), "%s/memory.current", path + 1);
	write_file(name, current);
	snprintf(name, sizeof(name), "%s/memory.peak", path + 1);
	write_file(name, peak);
	assert_int_equal(stat(in_directory(path + 1), &directory), 0);
	return directory.st_ino;
}

#define VICTIM "{\"victim_rss_bytes\":2500,"

static void test_memory_is_read_when_a_process_is_killed(void **state)
{
	uint64_t id = make_memory(NEW, "5000\n", "7000\n");

	(void)state;
	add_cgroup(id, NEW);
	host.cgroups[5].memory_current_bytes = 3000;
	host.cgroups[5].memory_peak_bytes = 4000;
	host.limits = (struct contmon_cgroup_limits){
		.valid = CONTMON_LIMIT_MEMORY,
		.memory_bytes = { 8192, 8192, 0 },
	};
	run_until(event, one_sample);
	assert_string_equal(detail_of_kill(50, id),
			    VICTIM "\"memory_current_bytes\":5000,"
			    "\"memory_peak_bytes\":7000,"
			    "\"memory_limit_bytes\":8192}");
	/* Its cgroup is gone: as of the last sample */
	assert_int_equal(rename(in_directory(NEW + 1),
				in_directory("gone")), 0);
	assert_string_equal(detail_of_kill(51, id),
			    VICTIM "\"memory_current_bytes\":3000,"
			    "\"memory_peak_bytes\":4000,"
			    "\"memory_limit_bytes\":8192}");
	/* It was started again: another cgroup has its path. */
	assert_true(make_memory(NEW, "1\n", "1\n") != id);
	assert_string_equal(detail_of_kill(52, id),
			    VICTIM "\"memory_current_bytes\":3000,"
			    "\"memory_peak_bytes\":4000,"
			    "\"memory_limit_bytes\":8192}");
}

static void test_memory_of_one_that_no_sample_has(void **state)
{
	uint64_t id = make_memory(NEW, "5000\n", "");

	(void)state;
	stop_samples();
	make(id, NEW);
	assert_string_equal(detail_of_kill(50, id),
			    VICTIM "\"memory_current_bytes\":5000}");
	assert_int_equal(rename(in_directory(NEW + 1),
				in_directory("gone")), 0);
	assert_string_equal(detail_of_kill(51, id),
			    "{\"victim_rss_bytes\":2500}");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(test_an_oom_kill_that_ends_its_container),
		TEST(test_an_oom_kill_is_remembered),
		TEST(test_an_oom_kill_that_is_survived),
		TEST(test_an_oom_kill_counts_once),
		TEST(test_memory_is_read_when_a_process_is_killed),
		TEST(test_memory_of_one_that_no_sample_has),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
