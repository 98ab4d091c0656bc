// SPDX-License-Identifier: GPL-2.0-only
/*
 * What an engine tells of ends of containers in cgroup v1
 *
 * wrap: contmon_reuse contmon_limits_update contmon_get_task
 * wrap: contmon_open contmon_source contmon_close contmon_get_info
 * wrap: contmon_snapshot_tasks
 * wrap: contmon_snapshot_cgroups contmon_get_system contmon_paths_new
 * wrap: contmon_paths_free contmon_paths_root contmon_paths_find
 * wrap: contmon_paths_keep contmon_limits_new contmon_limits_get
 * wrap: contmon_limits_free contmon_events_open contmon_events_close
 * wrap: contmon_events_fd contmon_events_next
 * wrap: names_client_new names_client_free udev_watch_new udev_watch_free
 * wrap: contmon_has_cgroup1 contmon_identify_process
 * wrap: contmon_cgroup1_new contmon_cgroup1_find contmon_cgroup1_free
 */
#include "tests/unit/telling.h"
#include "tests/unit/wrap_cgroup1.h"

int __wrap_contmon_cgroup1_new(struct contmon_cgroup1 **ret)
{
	*ret = (struct contmon_cgroup1 *)&host;
	return 0;
}

/* In each hierarchy, each container is in a directory of root's. */
int __wrap_contmon_cgroup1_find(const struct contmon_cgroup1 *cgroup1,
				int32_t pid, const char *controller,
				const char *id, char **ret_directory,
				size_t *ret_root_length)
{
	(void)cgroup1;
	(void)pid;
	(void)controller;
	assert_true(asprintf(ret_directory, "%s/%s", test_directory, id) > 0);
	*ret_root_length = strlen(test_directory);
	return 0;
}

void __wrap_contmon_cgroup1_free(struct contmon_cgroup1 *cgroup1)
{
	(void)cgroup1;
}

/* Process 30 is that of a container of v1. */
static void begin_with_v1(void)
{
	host.has_v1 = true;
	host.in_v1[4] = "/docker/" NEW_ID;
	host.tasks[4].start_boottime_ns = 5;
	begin_again();
	begin();
	assert_int_equal(model->nr_containers, 3);
}

/* Between two samples, with the same id */
static void test_one_of_v1_runs_again(void **state)
{
	int64_t end_ms;

	(void)state;
	begin_with_v1();
	end_ms = now_ms();
	while (!is_later(end_ms + 20))
		;
	host.tasks[4].pid = host.tasks[4].tgid = 31;
	host.tasks[4].start_boottime_ns = clock_boottime_ns();
	take_sample();
	assert_int_equal(model->nr_containers, 2);
	take_sample();
	assert_int_equal(model->nr_containers, 3);
	assert_string_equal(events_noted(), STARTED ENDED);
	/* Its record goes on: there is one for each container of v1. */
	assert_int_equal(nr_records(), 0);
	tell(NEW_ID, end_ms - 40, end_ms);
	take_sample();
	assert_int_equal(nr_records(), 0);
	/* The next end is told at once. */
	while (!is_later(end_ms))
		;
	end_ms = now_ms();
	tell(NEW_ID, end_ms, end_ms);
	host.nr_tasks--;
	take_sample();
	assert_int_equal(nr_with_exit_code(), 1);
	assert_string_equal(events_noted(), "container_ended short,"
			    "container_started short,container_ended short,");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(test_one_of_v1_runs_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
