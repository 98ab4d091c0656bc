// SPDX-License-Identifier: GPL-2.0-only
/*
 * Settings of cgroups, from a directory used as the cgroup v2 mount, and from
 * such for controllers of cgroup v1: /job.slice/box is a container.
 *
 * wrap: openat
 */
#include "tests/unit/daemon.h"

#include "contmond/collect/settings.h"
#include "contmond/model/settings.h"

#define BOX "/job.slice/box"
#define SECOND UINT64_C(1000000000)
/* The second reading is due 4 seconds after the first. */
#define CGROUP_ID 13

static struct sample_container container;
static struct container_row row;
static struct directories v1;
static int open_errno;
static int nr_opened;
static int nr_found;	/* by an absolute path */

int __real_openat(int directory, const char *path, int flags, ...);
int __wrap_openat(int directory, const char *path, int flags, ...);

int __wrap_openat(int directory, const char *path, int flags, ...)
{
	nr_opened++;
	nr_found += *path == '/';
	if (!open_errno)
		return __real_openat(directory, path, flags);
	errno = open_errno;
	return -1;
}

static int setup(void **state)
{
	container = (struct sample_container){ 0 };
	settings_init(&container.settings);
	open_errno = nr_opened = nr_found = 0;
	if (make_directory(state) < 0)
		return -1;
	mkdir(in_directory("job.slice"), 0700);
	mkdir(in_directory("job.slice/box"), 0700);
	return 0;
}

static int teardown(void **state)
{
	settings_done(&container.settings);
	directories_done(&v1);
	return remove_directory(state);
}

static int read_at(uint64_t now_ns)
{
	struct directories directories = {
		.paths[DIRECTORY_V2] = (char *)in_directory("job.slice/box"),
		.root_lengths[DIRECTORY_V2] = strlen(test_directory),
	};
	int r = settings_read(&container.settings, CGROUP_ID, &directories,
			      now_ns);

	settings_fill(&container, &row);
	return r;
}

static void make_hierarchy(enum directory which, const char *name)
{
	char text[128];

	mkdir(in_directory(name), 0700);
	snprintf(text, sizeof(text), "%s/job.slice", name);
	mkdir(in_directory(text), 0700);
	strcat(text, "/box");
	mkdir(in_directory(text), 0700);
	v1.paths[which] = strdup(in_directory(text));
	v1.root_lengths[which] = strlen(in_directory(name));
}

static void make_v1(void)
{
	make_hierarchy(DIRECTORY_CPU, "cpu,cpuacct");
	make_hierarchy(DIRECTORY_MEMORY, "memory");
	make_hierarchy(DIRECTORY_PIDS, "pids");
	make_hierarchy(DIRECTORY_CPUSET, "cpuset");
	make_hierarchy(DIRECTORY_BLKIO, "blkio");
}

static int read_v1_at(uint64_t now_ns)
{
	int r = settings_read(&container.settings, CGROUP_ID, &v1, now_ns);

	settings_fill(&container, &row);
	return r;
}

static void test_numbers(void **state)
{
	(void)state;
	write_file("job.slice/box/cpu.weight", "200\n");
	write_file("job.slice/box/io.weight", "default 50\n8:0 70\n");
	write_file("job.slice/box/cpu.max", "50000 100000\n");
	write_file("job.slice/box/cpuset.cpus.effective", "0-3,5,7-8\n");
	write_file("job.slice/box/memory.swap.peak", "4096\n");
	write_file("job.slice/box/memory.swap.events",
		   "high 1\nmax 2\nfail 3\n");
	write_file("job.slice/box/pids.peak", "9\n");
	write_file("job.slice/box/pids.events", "max 4\n");
	assert_int_equal(read_at(SECOND), 0);
	assert_near(row.cpu_weight, 200, 0);
	assert_near(row.io_weight, 50, 0);
	assert_int_equal(container.settings.cpu_quota_usec, 50000);
	assert_int_equal(container.settings.cpu_period_usec, 100000);
	assert_near(row.cpuset_cpus, 7, 0);
	assert_near(row.swap_peak_bytes, 4096, 0);
	assert_near(row.swap_max_events_total, 2, 0);
	assert_near(row.swap_fail_events_total, 3, 0);
	assert_near(row.pids_peak, 9, 0);
	assert_near(row.pids_max_events_total, 4, 0);
}

static void must_be_unknown(void)
{
	assert_true(isnan(row.cpu_weight));
	assert_true(isnan(row.io_weight));
	assert_int_equal(container.settings.cpu_quota_usec, CONTMON_UNLIMITED);
	assert_true(isnan(row.cpuset_cpus));
	assert_true(isnan(row.swap_peak_bytes));
	assert_true(isnan(row.swap_fail_events_total));
	assert_true(isnan(row.memory_high_bytes));
	assert_true(isnan(row.memory_high_limit_bytes));
	assert_true(isnan(row.pids_max));
	assert_true(isnan(row.pids_limit));
	assert_true(isnan(row.pids_max_events_total));
	assert_null(row.pids_limit_owner);
	assert_null(row.memory_high_limit_owner);
}

static void test_unknown_is_not_zero(void **state)
{
	(void)state;
	settings_fill(&container, &row);
	must_be_unknown();
	assert_true(isnan(row.pids_current));
	/* Without controllers there are no files. */
	assert_int_equal(read_at(SECOND), 0);
	must_be_unknown();
	/* Invalid contents of a file do not affect others. */
	write_file("job.slice/box/cpu.weight", "many\n");
	write_file("job.slice/box/cpu.max", "max 100000\n");
	write_file("job.slice/box/cpuset.cpus.effective", "3-1\n");
	write_file("job.slice/box/pids.events", "local 4\n");
	write_file("job.slice/box/pids.max", "\n");
	assert_int_equal(read_at(20 * SECOND), 0);
	must_be_unknown();
	write_file("job.slice/box/cpu.weight", "1\n");
	assert_int_equal(read_at(40 * SECOND), 0);
	assert_near(row.cpu_weight, 1, 0);
	/* A container only in cgroup v1 has no settings. */
	container.settings.due_boottime_ns = 0;
	settings_fill(&container, &row);
	must_be_unknown();
}

static void test_lowest_limit_applies(void **state)
{
	(void)state;
	write_file("job.slice/box/pids.max", "max\n");
	write_file("job.slice/pids.max", "100\n");
	write_file("pids.max", "200\n");
	write_file("job.slice/box/memory.high", "8192\n");
	write_file("job.slice/memory.high", "max\n");
	assert_int_equal(read_at(SECOND), 0);
	assert_true(isnan(row.pids_max));
	assert_near(row.pids_limit, 100, 0);
	assert_string_equal(row.pids_limit_owner, "/job.slice");
	assert_near(row.memory_high_bytes, 8192, 0);
	assert_near(row.memory_high_limit_bytes, 8192, 0);
	assert_string_equal(row.memory_high_limit_owner, BOX);
	/* Of two equal limits, the nearer one is reported. */
	write_file("job.slice/box/pids.max", "100\n");
	assert_int_equal(read_at(20 * SECOND), 0);
	assert_near(row.pids_max, 100, 0);
	assert_string_equal(row.pids_limit_owner, BOX);
	write_file("pids.max", "1\n");
	assert_int_equal(read_at(40 * SECOND), 0);
	assert_near(row.pids_limit, 1, 0);
	assert_string_equal(row.pids_limit_owner, "/");
}

static void test_limits_of_devices(void **state)
{
	const struct settings *settings = &container.settings;

	(void)state;
	write_file("job.slice/box/io.max",
		   "8:0 rbps=max wbps=1000 riops=max wiops=50\n");
	write_file("job.slice/io.max",
		   "8:16 rbps=7 wbps=max riops=max wiops=max\n"
		   "8:0 rbps=300 wbps=2000 riops=max wiops=40\n");
	assert_int_equal(read_at(SECOND), 0);
	assert_int_equal(settings->nr_devices, 2);
	assert_int_equal(settings->devices[0].own.read_bytes,
			 CONTMON_UNLIMITED);
	assert_int_equal(settings->devices[0].effective.read_bytes, 300);
	assert_int_equal(settings->devices[0].effective.write_bytes, 1000);
	assert_int_equal(settings->devices[0].own.write_ops, 50);
	assert_int_equal(settings->devices[0].effective.write_ops, 40);
	assert_int_equal(settings->devices[0].effective.read_ops,
			 CONTMON_UNLIMITED);
	assert_int_equal(settings->devices[1].minor, 16);
	assert_int_equal(settings->devices[1].own.read_bytes,
			 CONTMON_UNLIMITED);
	assert_int_equal(settings->devices[1].effective.read_bytes, 7);
	/* Any limit above may be lower. */
	assert_int_equal(unlink(in_directory("job.slice/io.max")), 0);
	mkdir(in_directory("job.slice/io.max"), 0700);
	assert_int_equal(read_at(20 * SECOND), 0);
	assert_int_equal(settings->nr_devices, 0);
}

/*
 * A controller may be enabled above but not here: then the limit above counts.
 */
static void test_missing_controllers(void **state)
{
	(void)state;
	write_file("job.slice/pids.max", "100\n");
	assert_int_equal(read_at(SECOND), 0);
	assert_true(isnan(row.pids_max));
	assert_near(row.pids_limit, 100, 0);
}

static void test_unreadable_limit_above_is_unknown(void **state)
{
	(void)state;
	write_file("job.slice/box/pids.max", "50\n");
	mkdir(in_directory("job.slice/pids.max"), 0700);
	assert_int_equal(read_at(SECOND), 0);
	assert_near(row.pids_max, 50, 0);
	assert_true(isnan(row.pids_limit));
	assert_null(row.pids_limit_owner);
}

static void test_settings_are_read_at_intervals(void **state)
{
	int nr;

	(void)state;
	write_file("job.slice/box/cpu.weight", "1\n");
	assert_int_equal(read_at(SECOND), 0);
	/* For the settings, and for the limits with those above */
	assert_int_equal(nr_found, 2);
	write_file("job.slice/box/cpu.weight", "2\n");
	nr = nr_opened;
	assert_int_equal(read_at(5 * SECOND - 1), 0);
	assert_int_equal(nr_opened, nr);
	assert_near(row.cpu_weight, 1, 0);
	assert_int_equal(read_at(5 * SECOND), 0);
	assert_near(row.cpu_weight, 2, 0);
	write_file("job.slice/box/cpu.weight", "3\n");
	assert_int_equal(read_at((5 + SETTINGS_AGE) * SECOND - 1), 0);
	assert_near(row.cpu_weight, 2, 0);
	assert_int_equal(read_at((5 + SETTINGS_AGE) * SECOND), 0);
	assert_near(row.cpu_weight, 3, 0);
}

static void test_no_descriptors_keeps_old_settings(void **state)
{
	(void)state;
	write_file("job.slice/box/pids.max", "5\n");
	assert_int_equal(read_at(SECOND), 0);
	open_errno = EMFILE;
	assert_int_equal(read_at(20 * SECOND), -EMFILE);
	assert_near(row.pids_limit, 5, 0);
	assert_string_equal(row.pids_limit_owner, BOX);
	open_errno = 0;
	assert_int_equal(read_at(21 * SECOND), 0);
}

static void test_copy_has_its_own_texts(void **state)
{
	struct settings copy;

	(void)state;
	write_file("job.slice/box/pids.max", "5\n");
	write_file("job.slice/box/io.max", "8:0 rbps=1\n");
	assert_int_equal(read_at(SECOND), 0);
	assert_int_equal(settings_copy(&container.settings, &copy), 0);
	settings_done(&container.settings);
	assert_string_equal(copy.pids.owner, BOX);
	assert_int_equal(copy.pids.effective, 5);
	assert_int_equal(copy.nr_devices, 1);
	assert_int_equal(copy.devices[0].own.read_bytes, 1);
	settings_done(&copy);
}

#define CPU "cpu,cpuacct/job.slice/box/"

static void test_numbers_of_v1(void **state)
{
	(void)state;
	make_v1();
	assert_int_equal(read_v1_at(SECOND), 0);
	/* Three directories have settings, four have limits. */
	assert_int_equal(nr_found, 7);
	must_be_unknown();
	write_file(CPU "cpu.shares", "2048\n");
	write_file(CPU "cpu.cfs_quota_us", "50000\n");
	write_file(CPU "cpu.cfs_period_us", "100000\n");
	write_file("cpuset/job.slice/box/cpuset.effective_cpus", "0-1\n");
	write_file("pids/job.slice/box/pids.peak", "9\n");
	write_file("pids/job.slice/box/pids.events", "max 4\n");
	write_file("pids/job.slice/box/pids.max", "50\n");
	write_file("pids/job.slice/pids.max", "40\n");
	assert_int_equal(read_v1_at(20 * SECOND), 0);
	assert_near(row.cpu_weight, 200, 0);
	assert_int_equal(container.settings.cpu_shares, 2048);
	assert_int_equal(container.settings.cpu_quota_usec, 50000);
	assert_int_equal(container.settings.cpu_period_usec, 100000);
	assert_near(row.cpuset_cpus, 2, 0);
	assert_near(row.pids_peak, 9, 0);
	assert_near(row.pids_max_events_total, 4, 0);
	assert_near(row.pids_max, 50, 0);
	assert_near(row.pids_limit, 40, 0);
	assert_string_equal(row.pids_limit_owner, "/job.slice");
	write_file(CPU "cpu.shares", "1024\n");
	assert_int_equal(read_v1_at(40 * SECOND), 0);
	assert_near(row.cpu_weight, 100, 0);
	write_file(CPU "cpu.shares", "2\n");
	assert_int_equal(read_v1_at(60 * SECOND), 0);
	assert_near(row.cpu_weight, 1, 0);
}

static void test_quota_of_v1(void **state)
{
	const struct bound *cpu = &container.settings.cpu_ns;

	(void)state;
	make_v1();
	write_file(CPU "cpu.cfs_quota_us", "-1\n");
	write_file(CPU "cpu.cfs_period_us", "100000\n");
	assert_int_equal(read_v1_at(SECOND), 0);
	assert_true(cpu->own == CONTMON_UNLIMITED);
	assert_true(cpu->effective == CONTMON_UNLIMITED);
	assert_null(cpu->owner);
	assert_true(container.settings.cpu_quota_usec == CONTMON_UNLIMITED);
	write_file("cpu,cpuacct/job.slice/cpu.cfs_quota_us", "25000\n");
	write_file("cpu,cpuacct/job.slice/cpu.cfs_period_us", "50000\n");
	assert_int_equal(read_v1_at(20 * SECOND), 0);
	assert_true(cpu->own == CONTMON_UNLIMITED);
	assert_int_equal(cpu->effective, SECOND / 2);
	assert_string_equal(cpu->owner, "/job.slice");
	write_file(CPU "cpu.cfs_quota_us", "10000\n");
	assert_int_equal(read_v1_at(40 * SECOND), 0);
	assert_int_equal(cpu->own, SECOND / 10);
	assert_string_equal(cpu->owner, BOX);
	/* The largest quota that the kernel accepts */
	write_file(CPU "cpu.cfs_quota_us", "17592186044415\n");
	assert_int_equal(read_v1_at(60 * SECOND), 0);
	assert_true(cpu->own > UINT64_C(175921860) * SECOND);
	assert_int_equal(cpu->effective, SECOND / 2);
	/* Any quota above may be lower. */
	unlink(in_directory("cpu,cpuacct/job.slice/cpu.cfs_period_us"));
	assert_int_equal(read_v1_at(80 * SECOND), 0);
	assert_true(cpu->effective == CONTMON_UNLIMITED);
	assert_null(cpu->owner);
	assert_true(cpu->own > UINT64_C(175921860) * SECOND);
}

static void test_memory_limit_of_v1(void **state)
{
	const struct bound *memory = &container.settings.memory_max;

	(void)state;
	make_v1();
	write_file("memory/job.slice/box/memory.limit_in_bytes",
		   "9223372036854771712\n");
	write_file("memory/job.slice/memory.limit_in_bytes",
		   "9223372036854771712\n");
	write_file("memory/memory.limit_in_bytes", "9223372036854771712\n");
	assert_int_equal(read_v1_at(SECOND), 0);
	assert_true(memory->own == CONTMON_UNLIMITED);
	assert_true(memory->effective == CONTMON_UNLIMITED);
	assert_null(memory->owner);
	write_file("memory/job.slice/box/memory.limit_in_bytes", "8192\n");
	assert_int_equal(read_v1_at(20 * SECOND), 0);
	assert_int_equal(memory->own, 8192);
	assert_string_equal(memory->owner, BOX);
	write_file("memory/job.slice/memory.limit_in_bytes", "4096\n");
	assert_int_equal(read_v1_at(40 * SECOND), 0);
	assert_int_equal(memory->own, 8192);
	assert_int_equal(memory->effective, 4096);
	assert_string_equal(memory->owner, "/job.slice");
}

/* No kernel has such a quota, but the file may be anything. */
static void test_a_quota_that_is_too_large(void **state)
{
	const struct bound *cpu = &container.settings.cpu_ns;

	(void)state;
	make_v1();
	write_file(CPU "cpu.cfs_quota_us", "18446744073709551614\n");
	write_file(CPU "cpu.cfs_period_us", "1\n");
	assert_int_equal(read_v1_at(SECOND), 0);
	assert_true(cpu->own == CONTMON_UNLIMITED);
	assert_true(cpu->effective == CONTMON_UNLIMITED);
	assert_null(cpu->owner);
}

/* Where it is off, what is charged below is not charged here. */
static void test_memory_without_hierarchy(void **state)
{
	const struct bound *memory = &container.settings.memory_max;

	(void)state;
	make_v1();
	write_file("memory/job.slice/box/memory.limit_in_bytes", "8192\n");
	write_file("memory/job.slice/box/memory.use_hierarchy", "0\n");
	write_file("memory/job.slice/memory.limit_in_bytes", "4096\n");
	write_file("memory/job.slice/memory.use_hierarchy", "0\n");
	write_file("memory/memory.limit_in_bytes", "2048\n");
	write_file("memory/memory.use_hierarchy", "1\n");
	write_file("pids/job.slice/pids.max", "40\n");
	assert_int_equal(read_v1_at(SECOND), 0);
	assert_int_equal(memory->own, 8192);
	assert_int_equal(memory->effective, 8192);
	assert_string_equal(memory->owner, BOX);
	/* Other controllers always have it. */
	assert_near(row.pids_limit, 40, 0);
	write_file("memory/job.slice/memory.use_hierarchy", "1\n");
	write_file("memory/memory.use_hierarchy", "0\n");
	assert_int_equal(read_v1_at(20 * SECOND), 0);
	assert_int_equal(memory->effective, 4096);
	assert_string_equal(memory->owner, "/job.slice");
	/* It cannot be read: the limits from here on may apply. */
	unlink(in_directory("memory/memory.use_hierarchy"));
	mkdir(in_directory("memory/memory.use_hierarchy"), 0700);
	assert_int_equal(read_v1_at(40 * SECOND), 0);
	assert_int_equal(memory->own, 8192);
	assert_true(memory->effective == CONTMON_UNLIMITED);
	assert_null(memory->owner);
}

/* A file for each kind; those of cgroups above do not apply. */
static void test_limits_of_devices_in_v1(void **state)
{
	const struct settings *settings = &container.settings;

	(void)state;
	make_v1();
	write_file("blkio/job.slice/blkio.throttle.read_bps_device",
		   "8:0 1\n");
#define THROTTLE "blkio/job.slice/box/blkio.throttle."
	write_file(THROTTLE "read_bps_device", "8:0 1048576\n8:16 7\n");
	write_file(THROTTLE "write_iops_device", "8:16 50\n8:32\nx 1\n");
	assert_int_equal(read_v1_at(SECOND), 0);
	assert_int_equal(settings->nr_devices, 2);
	assert_int_equal(settings->devices[0].minor, 0);
	assert_int_equal(settings->devices[0].own.read_bytes, 1048576);
	assert_int_equal(settings->devices[0].effective.read_bytes, 1048576);
	assert_true(settings->devices[0].own.write_ops == CONTMON_UNLIMITED);
	assert_int_equal(settings->devices[1].minor, 16);
	assert_int_equal(settings->devices[1].own.read_bytes, 7);
	assert_int_equal(settings->devices[1].own.write_ops, 50);
	assert_int_equal(settings->devices[1].effective.write_ops, 50);
	assert_true(settings->devices[1].own.write_bytes == CONTMON_UNLIMITED);
	open_errno = EMFILE;
	assert_int_equal(read_v1_at(20 * SECOND), -EMFILE);
	assert_int_equal(settings->nr_devices, 2);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
		TEST(test_numbers),
		TEST(test_unknown_is_not_zero),
		TEST(test_lowest_limit_applies),
		TEST(test_limits_of_devices),
		TEST(test_missing_controllers),
		TEST(test_unreadable_limit_above_is_unknown),
		TEST(test_settings_are_read_at_intervals),
		TEST(test_no_descriptors_keeps_old_settings),
		TEST(test_copy_has_its_own_texts),
		TEST(test_numbers_of_v1),
		TEST(test_quota_of_v1),
		TEST(test_memory_limit_of_v1),
		TEST(test_a_quota_that_is_too_large),
		TEST(test_memory_without_hierarchy),
		TEST(test_limits_of_devices_in_v1),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
