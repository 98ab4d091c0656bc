// SPDX-License-Identifier: GPL-2.0-only
/*
 * Containers that start and end between samples, without the driver: from
 * inotify to the answers of endpoints
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

#include "contmond/collect/parents.h"

static bool has_come(void)
{
	return model->nr_listed == 3;
}

static bool has_come_elsewhere(void)
{
	return model->nr_listed == 4;
}

static bool has_ended(void)
{
	return strstr(events_noted(), "container_ended dddddddddddd,");
}

static bool has_gone(void)
{
	return model->nr_listed == 2;
}

/* inotify reports files, but not processes. */
static void test_default_directories(void **state)
{
	const char *const events_file = &NEW "/cgroup.events"[1];
	const struct store_final *final;

	(void)state;
	host.source = CONTMON_SOURCE_PROCFS;
	stop_samples();
	make_path("/system.slice/no-container.service");
	make_path(NEW);
	write_file(events_file, "populated 1\n");
	set_cpu(NEW, 41000);
	run_until(event, has_come);
	assert_string_equal(row(2)->cgroup, NEW);
	assert_string_equal(events_noted(), STARTED);
	write_file(events_file, "populated 0\n");
	run_some(event);
	set_cpu(NEW, 0);	/* not read again */
	assert_int_equal(remove_tree(in_directory(&NEW[1])), 0);
	run_until(event, has_gone);
	final = final_of_newest();
	assert_int_equal(nr_ended, 1);
	assert_near(final->cpu_seconds, 0.041, 1e-9);
	assert_true(final->started_ms > 0);
	assert_true(final->ended_ms >= final->started_ms);
	assert_true(isnan(final->exit_code));
	assert_true(isnan(final->oom_kills));
	assert_true(isnan(final->memory_peak_bytes));
	assert_string_equal(events_noted(), ENDED STARTED);
	assert_int_equal(status->samples_total, nr_samples);
}

/* The directories of containers become known from samples. */
static void test_other_directories(void **state)
{
	(void)state;
	host.source = CONTMON_SOURCE_PROCFS;
	make_path("/elsewhere/docker-" ID64("d") ".scope");
	add_cgroup(8, "/elsewhere/docker-" ID64("d") ".scope");
	stop_samples();
	make_path("/elsewhere/docker-" NEW_ID ".scope");
	run_until(event, has_come_elsewhere);
	assert_string_equal(events_noted(), STARTED);
	/* A container in a sample ends. */
	assert_int_equal(remove_tree(in_directory("elsewhere/docker-" ID64("d")
						  ".scope")), 0);
	run_until(event, has_ended);
	final_of_newest();
	assert_string_equal(title, "dddddddddddd");
}

/* Only what is a container counts, and no start is noted for it. */
static void test_gone_before_it_is_looked_at(void **state)
{
	(void)state;
	host.source = CONTMON_SOURCE_PROCFS;
	stop_samples();
	make_path("/system.slice/short.service");
	make_path(NEW);
	assert_int_equal(rmdir(in_directory("system.slice/short.service")),
			 0);
	assert_int_equal(rmdir(in_directory(&NEW[1])), 0);
	run_some(event);
	take_sample();
	assert_int_equal(status->runs_missed_total, 1);
	assert_string_equal(events_noted(), "");
}

static long max_queued_events(void)
{
	FILE *file = fopen("/proc/sys/fs/inotify/max_queued_events", "re");
	long max = 0;

	if (file && fscanf(file, "%ld", &max) != 1)
		max = 0;
	if (file)
		fclose(file);
	return max;
}

/* The kernel does not report how many events it has dropped. */
static void test_too_many_for_inotify(void **state)
{
	long max = max_queued_events(), i;
	const char *path;

	(void)state;
	if (max <= 0 || max > 100000)
		skip();
	host.source = CONTMON_SOURCE_PROCFS;
	stop_samples();
	path = in_directory("system.slice/many");
	for (i = 0; i <= max / 2; i++) {
		assert_int_equal(mkdir(path, 0700), 0);
		assert_int_equal(rmdir(path), 0);
	}
	while (sd_event_run(event, 0) > 0)
		;
	take_sample();
	assert_int_equal(status->runs_missed_total, 1);
}

/* Limits: a parents of the test's own gets samples of many containers. */

static struct cgroups *own_cgroups;
static struct parents *parents;
static struct sample_container sampled[4200];
static struct scope scopes[4200];
static struct sample sample;
static uint64_t nr_missed, newest_removed;

static void note(const struct contmon_event *happened, void *userdata)
{
	(void)userdata;
	nr_missed += happened->dropped;
	if (happened->type == CONTMON_EVENT_CGROUP_REMOVED)
		newest_removed = happened->cgroup_id;
}

static void begin_parents(void)
{
	memset(scopes, 0, sizeof(scopes));
	memset(&sample, 0, sizeof(sample));
	nr_missed = newest_removed = 0;
	stop_samples();
	assert_int_equal(cgroups_new(client.names, &own_cgroups), 0);
	assert_int_equal(parents_new(event, own_cgroups, note, NULL, &parents),
			 0);
}

static void end_parents(void)
{
	while (sample.nr_containers > 0)
		free(scopes[--sample.nr_containers].cgroup);
	parents_free(parents);
	cgroups_free(own_cgroups);
}

/* A container named after its number, @i; its path is valid until the end */
static const char *add_sampled(const char *directory, unsigned int i)
{
	struct scope *scope = &scopes[sample.nr_containers];

	scope->cgroup_id = 1000 + i;
	assert_true(asprintf(&scope->cgroup, "%s/docker-%064x.scope", directory,
			     i) > 0);
	sampled[sample.nr_containers++].scope = scope;
	sample.containers = sampled;
	return scope->cgroup;
}

static void remove_path(const char *path)
{
	assert_int_equal(rmdir(in_directory(&path[1])), 0);
	while (sd_event_run(event, 0) > 0)
		;
}

/* The end of a container is known if it is one of the first 4096. */
static void test_too_many_containers(void **state)
{
	char beyond[200], gone[200];
	const char *known;
	unsigned int i;

	(void)state;
	host.source = CONTMON_SOURCE_PROCFS;
	begin_parents();
	known = add_sampled("/system.slice", 0);
	for (i = 1; i < 4096; i++)
		add_sampled("/system.slice", i);
	parents_sampled(parents, &sample);
	snprintf(beyond, sizeof(beyond), "/system.slice/docker-%064x.scope",
		 5000);
	snprintf(gone, sizeof(gone), "/system.slice/docker-%064x.scope", 5001);
	make_path(known);
	make_path(beyond);
	while (sd_event_run(event, 0) > 0)
		;
	assert_int_equal(nr_missed, 0);
	remove_path(beyond);
	assert_int_equal(nr_missed, 1);
	make_path(gone);
	remove_path(gone);
	assert_int_equal(nr_missed, 2);
	make_path("/system.slice/other.service");
	remove_path("/system.slice/other.service");
	remove_path(known);
	assert_int_equal(nr_missed, 2);
	assert_int_equal(newest_removed, 1000);
	end_parents();
}

/* Only samples find containers in the directories after the first 64. */
static void test_too_many_directories(void **state)
{
	char directory[32];
	unsigned int i;

	(void)state;
	host.source = CONTMON_SOURCE_PROCFS;
	begin_parents();
	for (i = 0; i < 70; i++) {
		snprintf(directory, sizeof(directory), "/directory-%u", i);
		make_path(directory);
		add_sampled(directory, i);
	}
	/* These were there before. */
	parents_sampled(parents, &sample);
	assert_int_equal(nr_missed, 0);
	add_sampled("/directory-0", 100);
	parents_sampled(parents, &sample);
	assert_int_equal(nr_missed, 0);
	add_sampled("/directory-69", 101);
	parents_sampled(parents, &sample);
	assert_int_equal(nr_missed, 1);
	parents_sampled(parents, &sample);
	assert_int_equal(nr_missed, 1);
	end_parents();
}

#define SLICE "/user.slice/user-1000.slice"

static const char service[] = "/system.slice/bobs.service";

/* It is of another user than the one that asks. */
static void own(const char *path)
{
	assert_int_equal(chown(in_directory(&path[1]), 998, 998), 0);
}

/* However many a user makes there, those of root's containers are watched. */
static void make_directories_of_a_user(const char *users)
{
	char directory[64];
	unsigned int i;

	begin_parents();
	for (i = 0; i < 70; i++) {
		snprintf(directory, sizeof(directory), "%s/u-%u", users, i);
		make_path(directory);
		if (users == service)
			own(directory);
		add_sampled(directory, i);
	}
	make_path("/directory");
	add_sampled("/directory", 100);
	parents_sampled(parents, &sample);
	add_sampled("/directory", 101);
	snprintf(directory, sizeof(directory), "%s/u-0", users);
	add_sampled(directory, 102);
	parents_sampled(parents, &sample);
	assert_int_equal(nr_missed, 0);
	snprintf(directory, sizeof(directory), "%s/u-69", users);
	add_sampled(directory, 103);
	parents_sampled(parents, &sample);
	assert_int_equal(nr_missed, 1);
	end_parents();
}

static void test_directories_of_a_user(void **state)
{
	(void)state;
	host.source = CONTMON_SOURCE_PROCFS;
	make_directories_of_a_user(SLICE);
}

/* A service with User= and Delegate= has a directory of its user. */
static void test_directories_of_a_service(void **state)
{
	(void)state;
	if (getuid() != 0)
		skip();
	host.source = CONTMON_SOURCE_PROCFS;
	make_path(service);
	make_directories_of_a_user(service);
}

/* Nor do they hide whose end it was. */
static void make_containers_of_a_user(const char *users)
{
	const char *known;
	unsigned int i;

	begin_parents();
	for (i = 0; i < 4096; i++)
		add_sampled(users, i);
	known = add_sampled("/system.slice", 4096);
	parents_sampled(parents, &sample);
	make_path(known);
	while (sd_event_run(event, 0) > 0)
		;
	remove_path(known);
	assert_int_equal(nr_missed, 0);
	assert_int_equal(newest_removed, 1000 + 4096);
	end_parents();
}

static void test_containers_of_a_user(void **state)
{
	(void)state;
	host.source = CONTMON_SOURCE_PROCFS;
	make_containers_of_a_user(SLICE);
}

static void test_containers_of_a_service(void **state)
{
	(void)state;
	if (getuid() != 0)
		skip();
	host.source = CONTMON_SOURCE_PROCFS;
	make_path(service);
	own(service);
	make_containers_of_a_user(service);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(test_default_directories),
		TEST(test_other_directories),
		TEST(test_gone_before_it_is_looked_at),
		TEST(test_too_many_for_inotify),
		TEST(test_too_many_containers),
		TEST(test_too_many_directories),
		TEST(test_directories_of_a_user),
		TEST(test_directories_of_a_service),
		TEST(test_containers_of_a_user),
		TEST(test_containers_of_a_service),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
