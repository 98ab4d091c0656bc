// SPDX-License-Identifier: GPL-2.0-only
/*
 * From the device to the rows: a library of functions that the linker puts in
 * the place of libcontmon's, and cgroups that are plain directories.
 *
 * wrap: contmon_open contmon_close contmon_get_info contmon_snapshot_tasks
 * wrap: contmon_snapshot_cgroups contmon_get_system contmon_paths_new
 * wrap: contmon_paths_free contmon_paths_root contmon_paths_find
 * wrap: contmon_paths_keep
 */
#include "tests/unit/world.h"

#include "contmond/collect/sampler.h"

#define WEB "/system.slice/docker-" ID64("a") ".scope"
#define DB "/system.slice/docker-" ID64("b") ".scope"

/* The fake host. */
static struct {
	int open_error, snapshot_error;
	int nr_open, nr_samples;
	struct contmon_task tasks[8];
	size_t nr_tasks;
	struct contmon_cgroup cgroups[8];
	const char *paths[8];
	size_t nr_cgroups;
	int nr_paths_asked;
} host;

static struct contmon *const device = (struct contmon *)&host;
static struct contmon_paths *const cgroups = (struct contmon_paths *)&host;

int __wrap_contmon_open(const char *path, struct contmon **ret);
void __wrap_contmon_close(struct contmon *c);
int __wrap_contmon_get_info(struct contmon *c, struct contmon_get_info *ret);
int __wrap_contmon_snapshot_tasks(struct contmon *c, uint64_t fields,
				  uint32_t flags, struct contmon_tasks *tasks);
int __wrap_contmon_snapshot_cgroups(struct contmon *c, uint64_t fields,
				       uint32_t flags,
				       struct contmon_cgroups *ret);
int __wrap_contmon_get_system(struct contmon *c, uint64_t fields,
			      uint32_t flags, struct contmon_system *ret);
int __wrap_contmon_paths_new(const char *root, struct contmon_paths **ret);
void __wrap_contmon_paths_free(struct contmon_paths *c);
const char *__wrap_contmon_paths_root(const struct contmon_paths *c);
int __wrap_contmon_paths_find(struct contmon_paths *c, uint64_t id,
				const char **ret_path);
void __wrap_contmon_paths_keep(struct contmon_paths *c,
				 const struct contmon_cgroups *live);

int __wrap_contmon_open(const char *path, struct contmon **ret)
{
	assert_string_equal(path, CONTMON_DEVICE);
	if (host.open_error)
		return host.open_error;
	host.nr_open++;
	*ret = device;
	return 0;
}

void __wrap_contmon_close(struct contmon *c)
{
	if (c)
		host.nr_open--;
}

int __wrap_contmon_get_info(struct contmon *c, struct contmon_get_info *ret)
{
	assert_ptr_equal(c, device);
	*ret = (struct contmon_get_info){ .api_version = 1, .nr_cpus = 4 };
	memcpy(ret->release, "9.9", 4);
	return 0;
}

static uint64_t boottime_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_BOOTTIME, &now);
	return (uint64_t)now.tv_sec * SECOND_NS + (uint64_t)now.tv_nsec;
}

int __wrap_contmon_snapshot_tasks(struct contmon *c, uint64_t fields,
				  uint32_t flags, struct contmon_tasks *tasks)
{
	assert_ptr_equal(c, device);
	assert_int_equal(flags, 0);
	assert_true(fields & CONTMON_TASK_CGROUP);
	tasks->nr = 0;
	if (host.snapshot_error)
		return host.snapshot_error;
	host.nr_samples++;
	tasks->entries = realloc(tasks->entries, sizeof(host.tasks));
	memcpy(tasks->entries, host.tasks, sizeof(host.tasks));
	tasks->nr = host.nr_tasks;
	tasks->taken_boottime_ns = boottime_ns();
	return 0;
}

int __wrap_contmon_snapshot_cgroups(struct contmon *c, uint64_t fields,
				       uint32_t flags,
				       struct contmon_cgroups *ret)
{
	(void)fields;
	(void)flags;
	assert_ptr_equal(c, device);
	ret->entries = realloc(ret->entries, sizeof(host.cgroups));
	memcpy(ret->entries, host.cgroups, sizeof(host.cgroups));
	ret->nr = host.nr_cgroups;
	return 0;
}

int __wrap_contmon_get_system(struct contmon *c, uint64_t fields,
			      uint32_t flags, struct contmon_system *ret)
{
	(void)fields;
	(void)flags;
	assert_ptr_equal(c, device);
	*ret = (struct contmon_system){
		.kernel = { .fields = CONTMON_SYSTEM_ALL, .nr_cpus = 4 },
	};
	return 0;
}

int __wrap_contmon_paths_new(const char *root, struct contmon_paths **ret)
{
	assert_null(root);
	*ret = cgroups;
	return 0;
}

void __wrap_contmon_paths_free(struct contmon_paths *c)
{
	(void)c;
}

const char *__wrap_contmon_paths_root(const struct contmon_paths *c)
{
	(void)c;
	return test_directory;
}

int __wrap_contmon_paths_find(struct contmon_paths *c, uint64_t id,
				const char **ret_path)
{
	size_t i;

	(void)c;
	host.nr_paths_asked++;
	for (i = 0; i < host.nr_cgroups; i++) {
		if (host.cgroups[i].cgroup_id != id || !host.paths[i])
			continue;
		*ret_path = host.paths[i];
		return 0;
	}
	return -ENOENT;
}

void __wrap_contmon_paths_keep(struct contmon_paths *c,
				 const struct contmon_cgroups *live)
{
	(void)c;
	assert_int_equal(live->nr, host.nr_cgroups);
}

/* The world around */

static sd_event *event;
static struct sampler *sampler;
static struct model model;
static struct ring *ring;
static struct names *names;
static struct status status;
static int nr_ticked;

static void ticked(void *userdata)
{
	(void)userdata;
	nr_ticked++;
}

static void add_cgroup(uint64_t id, const char *path)
{
	struct contmon_cgroup *row = &host.cgroups[host.nr_cgroups];

	row->valid = CONTMON_CGROUP_BASE | CONTMON_CGROUP_MEMCG;
	row->cgroup_id = id;
	row->populated = 1;
	row->memory_max_bytes = CONTMON_UNLIMITED;
	host.paths[host.nr_cgroups++] = path;
}

static void add_task(int32_t pid, uint64_t cgroup_id)
{
	struct contmon_task *task = &host.tasks[host.nr_tasks++];

	task->valid = CONTMON_TASK_ALL;
	task->pid = pid;
	task->state = 'S';
	task->cgroup_id = cgroup_id;
}

static void make_path(const char *path)
{
	char text[512], *slash;

	snprintf(text, sizeof(text), "%s%s/", test_directory, path);
	for (slash = text + strlen(test_directory) + 1; *slash; slash++) {
		if (*slash != '/')
			continue;
		*slash = '\0';
		mkdir(text, 0700);
		*slash = '/';
	}
}

static void set_cpu(const char *path, int usec)
{
	char name[256], text[64];

	snprintf(name, sizeof(name), "%s/cpu.stat", path + 1);
	snprintf(text, sizeof(text), "usage_usec %d\n", usec);
	write_file(name, text);
}

static int setup(void **state)
{
	const struct sampler_outputs outputs = {
		&model, NULL, NULL, &status, ticked, NULL
	};
	struct sampler_outputs filled = outputs;

	assert_int_equal(make_directory(state), 0);
	memset(&host, 0, sizeof(host));
	status = (struct status){ 0 };
	nr_ticked = 0;
	add_cgroup(1, "/");
	add_cgroup(2, "/system.slice");
	add_cgroup(3, WEB);
	add_cgroup(4, WEB "/init");
	add_cgroup(5, DB);
	add_task(1, 1);
	add_task(10, 3);
	add_task(11, 4);
	add_task(20, 5);
	add_task(30, 99);
	make_path(WEB);
	make_path(DB);
	set_cpu(WEB, 1000);
	set_cpu(DB, 1000);
	filled.ring = ring = ring_new(60000, 1 << 20);
	filled.names = names = names_new();
	assert_true(sd_event_new(&event) >= 0);
	return sampler_new(event, NULL, 100, &filled, &sampler);
}

static int teardown(void **state)
{
	sampler_free(sampler);
	model_clear(&model);
	ring_free(ring);
	names_free(names);
	sd_event_unref(event);
	assert_int_equal(host.nr_open, 0);
	return remove_directory(state);
}

static bool one_sample(void)
{
	return host.nr_samples >= 1;
}

static bool two_samples(void)
{
	return host.nr_samples >= 2;
}

static bool three_samples(void)
{
	return host.nr_samples >= 3;
}

static bool has_ticked(void)
{
	return nr_ticked > 0;
}

static void test_a_sample(void **state)
{
	const struct container_row *row;
	struct model_process process;

	(void)state;
	run_until(event, one_sample);
	assert_int_equal(model.nr_containers, 2);
	row = &model_container(&model, 0)->row;
	assert_string_equal(row->container, "aaaaaaaaaaaa");
	assert_string_equal(row->cgroup, WEB);
	/* Its own and that in the cgroup inside. */
	assert_near(row->processes, 2, 0);
	assert_near(row->cpu_seconds_total, 0.001, 1e-9);
	row = &model_container(&model, 1)->row;
	assert_near(row->processes, 1, 0);
	assert_near(model.system.processes, 5, 0);
	model_process(&model, 0, &process);
	assert_string_equal(process.row.container, "host");
	model_process(&model, 2, &process);
	assert_string_equal(process.row.container, "aaaaaaaaaaaa");
	model_process(&model, 4, &process);
	assert_null(process.row.container);
	assert_true(status.device_open);
	assert_string_equal(status.driver_release, "9.9");
	assert_int_equal(status.samples_total, 1);
	assert_int_equal(ring_nr_frames(ring), 1);
}

static void test_rates_and_paths(void **state)
{
	int asked;

	(void)state;
	run_until(event, one_sample);
	asked = host.nr_paths_asked;
	set_cpu(WEB, 51000);
	run_until(event, two_samples);
	assert_true(model_container(&model, 0)->row.cpu_cores > 0.1);
	assert_near(model_container(&model, 1)->row.cpu_cores, 0, 0);
	/* What is known is not looked up again. */
	assert_int_equal(host.nr_paths_asked, asked);
	assert_true(host.nr_paths_asked > 0);
}

static void test_containers_come_and_go(void **state)
{
	(void)state;
	run_until(event, one_sample);
	host.nr_cgroups = 4;	/* db ends */
	run_until(event, two_samples);
	assert_int_equal(model.nr_containers, 1);
	add_cgroup(6, DB);	/* and is there again */
	run_until(event, three_samples);
	assert_int_equal(model.nr_containers, 2);
	assert_true(isnan(model_container(&model, 1)->row.cpu_cores));
}

static void test_a_cgroup_that_vanishes_before_it_is_named(void **state)
{
	(void)state;
	host.paths[4] = NULL;
	run_until(event, one_sample);
	assert_int_equal(model.nr_containers, 1);
	host.paths[4] = DB;
	run_until(event, two_samples);
	assert_int_equal(model.nr_containers, 2);
}

static void test_no_device(void **state)
{
	(void)state;
	host.open_error = -ENOENT;
	run_until(event, has_ticked);
	assert_contains(status.reason, "No such file or directory");
	assert_contains(status.reason, "modprobe contmon");
	assert_false(status.device_open);
	assert_null(model.sample);
	host.open_error = -EACCES;
	sampler_device(sampler, true);
	nr_ticked = 0;
	run_until(event, has_ticked);
	assert_contains(status.reason, "must be in the device's group");
	host.open_error = 0;
	sampler_device(sampler, true);
	run_until(event, one_sample);
	assert_string_equal(status.reason, "");
	assert_non_null(model.sample);
}

static void test_the_device_goes(void **state)
{
	(void)state;
	run_until(event, one_sample);
	host.open_error = -ENOENT;
	sampler_device(sampler, false);
	nr_ticked = 0;
	run_until(event, has_ticked);
	assert_int_equal(host.nr_open, 0);
	assert_false(status.device_open);
	assert_null(model.sample);
	assert_true(ring_nr_frames(ring) > 0);
}

static void test_reading_fails(void **state)
{
	(void)state;
	run_until(event, one_sample);
	host.snapshot_error = -EIO;
	nr_ticked = 0;
	run_until(event, has_ticked);
	assert_contains(status.reason, "reading the device: Input/output");
	assert_null(model.sample);
	host.snapshot_error = 0;
	run_until(event, two_samples);
	assert_string_equal(status.reason, "");
	/* The counters were not seen in between: no rate over the gap. */
	assert_true(isnan(model_container(&model, 0)->row.cpu_cores));
}

static void test_names_arrive_between_samples(void **state)
{
	const struct name name = { .id = ID64("b"), .name = "a-name" };

	(void)state;
	run_until(event, one_sample);
	assert_int_equal(names_set(names, &name), 0);
	sampler_renamed(sampler);
	assert_string_equal(model_container(&model, 0)->row.container,
			    "a-name");
	assert_string_equal(ring_slots(ring)->all[1].title, "a-name");
}

static void test_schedule(void **state)
{
	static const struct {
		uint64_t real, elapsed, interval, missed, delay;
	} cases[] = {
		/* on time, and a little late */
		{ 5000000, 1000000, 1000000, 0, 1000000 },
		{ 5000300, 1000300, 1000000, 0, 999700 },
		/* the first one, at any moment */
		{ 5400000, 0, 1000000, 0, 600000 },
		/* fired early: not again for the same tick */
		{ 4999900, 999900, 1000000, 0, 1000100 },
		/* very late: the next one is still on time */
		{ 5600000, 1600000, 1000000, 0, 400000 },
		{ 8300000, 3300000, 1000000, 2, 700000 },
		/* after a late one */
		{ 6000000, 400000, 1000000, 0, 1000000 },
		/* somebody set the wall clock: nothing was missed */
		{ 90000400000, 1000000, 1000000, 0, 600000 },
		{ 7200000000, 3600000000, 3600000000, 0, 3600000000 },
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		struct sampler_tick tick = sampler_schedule(
			cases[i].real, cases[i].elapsed, cases[i].interval);

		assert_int_equal(tick.missed, cases[i].missed);
		assert_int_equal(tick.delay_usec, cases[i].delay);
	}
}

static void test_a_new_interval(void **state)
{
	(void)state;
	run_until(event, one_sample);
	assert_int_equal(sampler_set_interval(sampler, 3600000), 0);
	run_until(event, two_samples);	/* at once, then not for an hour */
	run_some(event);
	assert_int_equal(host.nr_samples, 2);
	assert_int_equal(sampler_set_interval(sampler, 100), 0);
	run_until(event, three_samples);
	assert_int_equal(status.samples_missed_total, 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
		TEST(test_a_sample),
		TEST(test_rates_and_paths),
		TEST(test_containers_come_and_go),
		TEST(test_a_cgroup_that_vanishes_before_it_is_named),
		TEST(test_no_device),
		TEST(test_the_device_goes),
		TEST(test_reading_fails),
		TEST(test_names_arrive_between_samples),
		TEST(test_schedule),
		TEST(test_a_new_interval),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
