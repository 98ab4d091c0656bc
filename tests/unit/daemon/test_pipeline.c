// SPDX-License-Identifier: GPL-2.0-only
/*
 * From the device to the endpoints. The engine and udev are faked by the test.
 *
 * wrap: contmon_reuse contmon_limits_update
 * wrap: contmon_open contmon_source contmon_close contmon_get_info
 * wrap: contmon_snapshot_tasks
 * wrap: contmon_snapshot_cgroups contmon_get_system contmon_paths_new
 * wrap: contmon_paths_free contmon_paths_root contmon_paths_find
 * wrap: contmon_paths_keep contmon_limits_new contmon_limits_get
 * wrap: contmon_limits_free contmon_events_open contmon_events_close
 * wrap: contmon_events_fd contmon_events_next contmon_has_cgroup1
 * wrap: contmon_identify_process
 * wrap: clock_boottime_ns
 * wrap: names_client_new names_client_free udev_watch_new udev_watch_free
 */
#include "tests/unit/fake_pipeline.h"

#include "contmond/serve/http_kept.h"
#include "contmond/serve/routes.h"
#include "contmond/store/history.h"

static uint64_t slept_ns;

uint64_t __real_clock_boottime_ns(void);
uint64_t __wrap_clock_boottime_ns(void);
uint64_t __wrap_clock_boottime_ns(void)
{
	return __real_clock_boottime_ns() + slept_ns;
}

static unsigned int status_of(const char *path)
{
	const struct request request = { .path = path, .authorized = true };
	struct reply answer = { 0 };
	unsigned int answered;

	http_kept_renew(facts->kept);
	routes_handle(facts, &request, &answer);
	answered = answer.status;
	reply_done(&answer);
	return answered;
}

/* Rows of a series of containers over all time */
static size_t nr_remembered(const char *containers)
{
	const struct column *column = table_find(&container_table,
						 "processes");
	const struct history_query query = {
		.columns = &column,
		.nr_columns = 1,
		.containers = containers,
		.to_ms = INT64_MAX / 2,
		.step_ms = 100,
		.max_rows = 1000,
	};
	struct history history;
	size_t nr;

	assert_int_equal(store_history(store, &query, &history), 0);
	nr = history.nr;
	history_done(&history);
	return nr;
}

static bool has_changed(void)
{
	return nr_changes > 0;
}

static void test_a_sample(void **state)
{
	const struct container_row *web;
	struct model_process process;

	(void)state;
	run_until(event, one_sample);
	assert_int_equal(model->nr_containers, 2);
	web = row(0);
	assert_string_equal(web->container, "aaaaaaaaaaaa");
	assert_string_equal(web->cgroup, WEB);
	/* Its own processes and those in the cgroup inside it. */
	assert_near(web->processes, 2, 0);
	assert_near(web->cpu_seconds_total, 0.001, 1e-9);
	assert_near(row(1)->processes, 1, 0);
	assert_near(model->system.processes, 5, 0);
	model_process(model, 0, &process);
	assert_string_equal(process.row.container, "host");
	model_process(model, 2, &process);
	assert_string_equal(process.row.container, "aaaaaaaaaaaa");
	model_process(model, 4, &process);
	assert_null(process.row.container);
	assert_string_equal(status->source, "driver");
	assert_string_equal(status->driver_release, "9.9");
	assert_int_equal(status->samples_total, 1);
	assert_int_equal(nr_remembered(NULL), 2);
}

static void test_rates_and_paths(void **state)
{
	int asked;

	(void)state;
	run_until(event, one_sample);
	asked = host.nr_paths_asked;
	set_cpu(WEB, 51000);
	run_until(event, two_samples);
	assert_true(row(0)->cpu_cores > 0.1);
	assert_near(row(1)->cpu_cores, 0, 0);
	/* Known paths are not looked up again. */
	assert_int_equal(host.nr_paths_asked, asked);
	assert_true(host.nr_paths_asked > 0);
}

static void test_limits_of_cgroups_above(void **state)
{
	(void)state;
	host.limits = (struct contmon_cgroup_limits){
		.valid = CONTMON_LIMIT_MEMORY,
		.memory_bytes = { CONTMON_UNLIMITED, 1 << 20,
				  host.cgroups[0].cgroup_id },
	};
	run_until(event, one_sample);
	assert_true(isnan(row(0)->memory_max_bytes));
	assert_near(row(0)->memory_limit_bytes, 1 << 20, 0);
	assert_string_equal(row(0)->memory_limit_owner, host.paths[0]);

	/*
	 * Without descriptors a container has no limits, but everything else.
	 */
	host.limits_error = -EMFILE;
	run_until(event, two_samples);
	assert_true(isnan(row(0)->memory_limit_bytes));
	assert_null(row(0)->memory_limit_owner);
	assert_near(row(0)->processes, 2, 0);
}

static void test_containers_come_and_go(void **state)
{
	(void)state;
	run_until(event, one_sample);
	host.nr_cgroups = 4;	/* db ends */
	run_until(event, two_samples);
	assert_int_equal(model->nr_containers, 1);
	add_cgroup(6, DB);	/* and is running again */
	run_until(event, three_samples);
	assert_int_equal(model->nr_containers, 2);
	assert_true(isnan(row(1)->cpu_cores));
}

static void test_a_run_begins_with_its_oldest_process(void **state)
{
	double started;

	(void)state;
	host.tasks[1].start_boottime_ns = 2 * NS_PER_SECOND;
	host.tasks[2].start_boottime_ns = 1 * NS_PER_SECOND;
	run_until(event, one_sample);
	started = row(0)->started_ms;
	assert_near(row(0)->uptime_seconds,
		    (double)model->sample->boottime_ns / 1e9 - 1, 1e-6);
	assert_near(started, row(0)->t - row(0)->uptime_seconds * 1000, 1);
	/*
	 * The process may end, and the clock may be set: the start does not
	 * change.
	 */
	host.tasks[2].start_boottime_ns = 3 * NS_PER_SECOND;
	run_until(event, two_samples);
	assert_near(row(0)->started_ms, started, 0);
	/* Started again, it has a new cgroup. */
	host.cgroups[2].cgroup_id = 7;
	host.tasks[1].cgroup_id = 7;
	host.tasks[1].start_boottime_ns = 5 * NS_PER_SECOND;
	host.nr_tasks = 2;
	run_until(event, three_samples);
	assert_near(row(0)->started_ms, started + 4000, 2);
}

static void test_a_cgroup_that_vanishes_before_it_is_named(void **state)
{
	(void)state;
	host.paths[4] = NULL;
	run_until(event, one_sample);
	assert_int_equal(model->nr_containers, 1);
	host.paths[4] = DB;
	run_until(event, two_samples);
	assert_int_equal(model->nr_containers, 2);
}

static void test_no_device(void **state)
{
	(void)state;
	host.open_error = -ENOENT;
	run_until(event, has_changed);
	assert_contains(status->reason, "No such file or directory");
	assert_contains(status->reason, "modprobe contmon");
	assert_null(status->source);
	assert_null(model->sample);
	host.open_error = 0;
	udev.fn(true, udev.userdata);
	run_until(event, one_sample);
	assert_string_equal(status->reason, "");
	assert_non_null(model->sample);
}

static void test_no_right_to_the_device(void **state)
{
	(void)state;
	host.open_error = -EACCES;
	run_until(event, one_sample);
	assert_string_equal(status->source, "procfs");
	assert_string_equal(status->reason, "");
	assert_string_equal(status_source_reason(status), "/dev/contmon: "
			    "Permission denied; contmond's user must be in "
			    "the device's group");
	assert_non_null(status->source_lacks);
	host.open_error = 0;
	udev.fn(true, udev.userdata);
	run_until(event, two_samples);
	assert_string_equal(status->source, "driver");
	assert_null(status_source_reason(status));
}

/* The driver pauses some of its events while a cgroup is too deep. */
static void test_no_events_of_empty_cgroups(void **state)
{
	(void)state;
	host.features = CONTMON_FEATURE_EVENTS;
	run_until(event, one_sample);
	assert_string_equal(status->source, "driver");
	assert_non_null(strstr(status->source_lacks, "64 levels"));
	host.features |= CONTMON_FEATURE_POPULATED;
	run_until(event, two_samples);
	assert_null(status->source_lacks);
}

static void test_the_device_goes(void **state)
{
	(void)state;
	run_until(event, one_sample);
	host.open_error = -ENOENT;
	udev.fn(false, udev.userdata);
	nr_changes = 0;
	run_until(event, has_changed);
	assert_int_equal(host.nr_open, 0);
	assert_null(status->source);
	assert_non_null(model->sample);
	assert_true(nr_remembered(NULL) > 0);
}

/* No sample and no rate is lost, and containers stay the same. */
static void test_procfs_takes_over_and_gives_back(void **state)
{
	double started_ms;

	(void)state;
	run_until(event, one_sample);
	started_ms = row(0)->started_ms;
	set_cpu(WEB, 51000);
	host.source = CONTMON_SOURCE_PROCFS;
	udev.fn(false, udev.userdata);
	run_until(event, two_samples);
	assert_string_equal(status->source, "procfs");
	assert_non_null(status->source_lacks);
	assert_string_equal(status->driver_release, "");
	assert_string_equal(status->reason, "");
	assert_int_equal(host.nr_open, 1);
	assert_int_equal(host.nr_streams, 0);
	assert_int_equal(model->nr_containers, 2);
	assert_true(row(0)->cpu_cores > 0.1);
	assert_near(row(0)->started_ms, started_ms, 1);
	host.source = CONTMON_SOURCE_DRIVER;
	udev.fn(true, udev.userdata);
	run_until(event, three_samples);
	assert_string_equal(status->source, "driver");
	assert_null(status->source_lacks);
	assert_int_equal(host.nr_open, 1);
	assert_int_equal(host.nr_streams, 3);
	assert_true(row(0)->cpu_cores >= 0);
}

/* udev events do not matter while the source is not the device. */
static void test_other_device_events_are_ignored(void **state)
{
	(void)state;
	host.source = CONTMON_SOURCE_PROCFS;
	run_until(event, one_sample);
	udev.fn(false, udev.userdata);
	run_until(event, two_samples);
	assert_string_equal(status->source, "procfs");
	assert_int_equal(host.nr_open, 1);
}

static void test_reading_fails(void **state)
{
	(void)state;
	run_until(event, one_sample);
	host.snapshot_error = -EIO;
	nr_changes = 0;
	run_until(event, has_changed);
	assert_contains(status->reason, "reading the device: Input/output");
	/* Its status shows that; what was read before is still served. */
	assert_int_equal(status_of("/api/v1/health"), 503);
	assert_int_equal(status_of("/api/v1/ready"), 200);
	assert_int_equal(status_of("/api/v1/containers"), 200);
	assert_int_equal(model->nr_containers, 2);
	set_cpu(WEB, 51000);
	host.snapshot_error = 0;
	run_until(event, two_samples);
	assert_string_equal(status->reason, "");
	assert_true(row(0)->cpu_cores > 0);
	assert_int_equal(status_of("/api/v1/health"), 200);
}

/* A minute later nothing of it is true of now. */
static void test_reading_fails_for_long(void **state)
{
	(void)state;
	run_until(event, one_sample);
	host.snapshot_error = -EIO;
	slept_ns = 60 * NS_PER_SECOND;
	nr_changes = 0;
	run_until(event, has_changed);
	assert_null(model->sample);
	assert_int_equal(status_of("/api/v1/containers"), 503);
	assert_int_equal(status_of("/api/v1/ready"), 503);
	host.snapshot_error = 0;
	run_until(event, two_samples);
	assert_true(isnan(row(0)->cpu_cores));
	slept_ns = 0;
}

/*
 * Root has mapped a container to a user, whose engine claims it when root's has
 * removed it. That root's told of it is known from the store.
 */
static void test_a_claim_after_reading_has_failed(void **state)
{
	const struct container_info roots = {
		.id = ID64("a"), .name = "web", .image = "i", .cgroup = WEB,
	}, claim = {
		.id = ID64("a"), .name = "evil", .cgroup = WEB, .engine = "u",
		.user_id = 1000,
	};

	(void)state;
	assert_int_equal(names_set(client.names, &roots), 0);
	run_until(event, one_sample);
	assert_string_equal(row(0)->container, "bbbbbbbbbbbb");
	assert_string_equal(row(1)->container, "web");
	names_remove(client.names, ID64("a"), NULL);
	assert_int_equal(names_set(client.names, &claim), 0);
	host.snapshot_error = -EIO;
	slept_ns = 60 * NS_PER_SECOND;
	nr_changes = 0;
	run_until(event, has_changed);
	assert_null(model->sample);
	host.snapshot_error = 0;
	run_until(event, two_samples);
	assert_string_equal(row(0)->container, "aaaaaaaaaaaa");
	slept_ns = 0;
}

static void test_names_arrive_between_samples(void **state)
{
	static const struct name_engine engines[] = {
		{ .socket = "/run/docker.sock" },
		{ .socket = "/run/podman/podman.sock" },
	};
	const struct container_info name = {
		.id = ID64("b"), .name = "a-name",
	};

	(void)state;
	run_until(event, one_sample);
	assert_int_equal(names_set(client.names, &name), 0);
	names_set_engines(client.names, engines, COUNT(engines));
	client.fn(true, client.userdata);
	assert_int_equal(status->nr_engines, 2);
	assert_string_equal(status->engines[1].socket,
			    "/run/podman/podman.sock");
	assert_string_equal(row(0)->container, "a-name");
	assert_int_equal(nr_remembered("a-name"), 1);
	client.fn(false, client.userdata);
	assert_int_equal(status->nr_engines, 0);
	assert_string_equal(row(0)->container, "a-name");
}

static void test_names_arrive_before_the_first_sample(void **state)
{
	const struct container_info name = {
		.id = ID64("b"), .name = "a-name",
	};

	(void)state;
	assert_int_equal(names_set(client.names, &name), 0);
	client.fn(true, client.userdata);
	run_until(event, one_sample);
	assert_string_equal(row(0)->container, "a-name");
}

/* The same as for the request before? */
static bool is_kept(const char *path, struct reply *reply)
{
	const struct request request = { .path = path, .authorized = true };
	const struct http_kept_answer *before = reply->kept;
	struct reply next = { 0 };

	routes_handle(facts, &request, &next);
	assert_int_equal(next.status, 200);
	assert_non_null(next.kept);
	reply_done(reply);
	*reply = next;
	return next.kept == before;
}

static void test_answers_are_kept_until_something_changes(void **state)
{
	static const char path[] = "/api/v1/containers";
	const struct pipeline_options options = { .interval_ms = 3600000 };
	const struct container_info name = {
		.id = ID64("b"), .name = "a-name",
	};
	struct reply reply = { 0 };

	(void)state;
	run_until(event, one_sample);
	is_kept(path, &reply);
	assert_true(is_kept(path, &reply));
	run_until(event, two_samples);
	assert_false(is_kept(path, &reply));
	assert_true(is_kept(path, &reply));
	assert_int_equal(names_set(client.names, &name), 0);
	client.fn(true, client.userdata);
	assert_false(is_kept(path, &reply));
	assert_true(is_kept(path, &reply));
	assert_int_equal(pipeline_set_options(pipeline, &options), 0);
	assert_false(is_kept(path, &reply));
	reply_done(&reply);
}

static void test_new_options(void **state)
{
	const struct pipeline_options options = { .interval_ms = 3600000 };

	(void)state;
	run_until(event, one_sample);
	assert_int_equal(pipeline_set_options(pipeline, &options), 0);
	assert_int_equal(status->interval_ms, 3600000);
	run_until(event, two_samples);	/* at once, then after an hour */
	run_some(event);
	assert_int_equal(status->samples_total, 2);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(test_a_sample),
		TEST(test_rates_and_paths),
		TEST(test_limits_of_cgroups_above),
		TEST(test_containers_come_and_go),
		TEST(test_a_run_begins_with_its_oldest_process),
		TEST(test_a_cgroup_that_vanishes_before_it_is_named),
		TEST(test_no_device),
		TEST(test_no_right_to_the_device),
		TEST(test_no_events_of_empty_cgroups),
		TEST(test_the_device_goes),
		TEST(test_procfs_takes_over_and_gives_back),
		TEST(test_other_device_events_are_ignored),
		TEST(test_reading_fails),
		TEST(test_reading_fails_for_long),
		TEST(test_a_claim_after_reading_has_failed),
		TEST(test_names_arrive_between_samples),
		TEST(test_names_arrive_before_the_first_sample),
		TEST(test_answers_are_kept_until_something_changes),
		TEST(test_new_options),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
