// SPDX-License-Identifier: GPL-2.0-only
/*
 * Settings of cgroups, from a directory used as the cgroup v2 mount:
 * /job.slice/box is a container.
 *
 * wrap: open
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
static int open_errno;
static int nr_opened;

int __real_open(const char *path, int flags, ...);
int __wrap_open(const char *path, int flags, ...);

int __wrap_open(const char *path, int flags, ...)
{
	nr_opened++;
	if (!open_errno)
		return __real_open(path, flags);
	errno = open_errno;
	return -1;
}

static int setup(void **state)
{
	container = (struct sample_container){ 0 };
	settings_init(&container.settings);
	open_errno = nr_opened = 0;
	if (make_directory(state) < 0)
		return -1;
	mkdir(in_directory("job.slice"), 0700);
	mkdir(in_directory("job.slice/box"), 0700);
	return 0;
}

static int teardown(void **state)
{
	settings_done(&container.settings);
	return remove_directory(state);
}

static int read_at(uint64_t now_ns)
{
	int r = settings_read(&container.settings, CGROUP_ID,
			      in_directory("job.slice/box"), BOX, now_ns);

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
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
