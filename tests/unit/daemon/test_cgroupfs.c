// SPDX-License-Identifier: GPL-2.0-only
/*
 * The files of a cgroup: their contents, and how they are kept open.
 *
 * wrap: pread
 */
#include "tests/unit/cgroup_files.h"

#include <sys/resource.h>

#include "contmond/collect/cgroupfs_parse.h"

#define CPU (CGROUP_STATS_CPU | CGROUP_STATS_CPU_MODES)

static int pread_errno;

ssize_t __real_pread(int fd, void *text, size_t size, off_t offset);
ssize_t __wrap_pread(int fd, void *text, size_t size, off_t offset);

ssize_t __wrap_pread(int fd, void *text, size_t size, off_t offset)
{
	if (!pread_errno)
		return __real_pread(fd, text, size, offset);
	errno = pread_errno;
	return -1;
}

static int setup(void **state)
{
	pread_errno = 0;
	cgroupfs_init(&files);
	directories = (struct directories){
		.paths[DIRECTORY_V2] = test_directory,
	};
	row = (struct contmon_cgroup){
		.cgroup_id = 7,
		.valid = CONTMON_CGROUP_MEMCG,
		.memory_current_bytes = 4096,
	};
	return make_directory(state);
}

static int teardown(void **state)
{
	close_all();
	return remove_directory(state);
}

static void write_all(void)
{
	write_file("cpu.stat", "usage_usec 300\nuser_usec 200\n"
		   "system_usec 100\ncore_sched.force_idle_usec 0\n"
		   "nr_periods 3\nnr_throttled 1\nthrottled_usec 77\n");
	write_file("memory.stat", "anon 1\nfile 2\nkernel 3\nkernel_stack 9\n"
		   "shmem 4\nfile_mapped 9\ninactive_anon 9\n"
		   "inactive_file 5\nworkingset_refault_file 6\n"
		   "pgmajfault 7\n");
	write_file("pids.current", "8\n");
	write_file("io.stat", "8:0 rbytes=10 wbytes=20 rios=1 wios=2 dbytes=5 "
		   "dios=1\n253:0 rbytes=100 wbytes=200 rios=10 wios=20 "
		   "dbytes=0 dios=0\n7:0\n");
	write_file("cgroup.events", "populated 1\nfrozen 1\n");
}

static void test_everything(void **state)
{
	(void)state;
	write_all();
	assert_int_equal(read_all(), 0);
	assert_int_equal(stats.valid, CPU | CGROUP_STATS_THROTTLED |
			 CGROUP_STATS_MEMORY | CGROUP_STATS_KERNEL |
			 CGROUP_STATS_ALL_IO | CGROUP_STATS_FROZEN |
			 CGROUP_STATS_PIDS);
	assert_int_equal(stats.cpu_usec, 300);
	assert_int_equal(stats.cpu_user_usec, 200);
	assert_int_equal(stats.cpu_system_usec, 100);
	assert_int_equal(stats.cpu_throttled_usec, 77);
	assert_int_equal(stats.cpu_periods, 3);
	assert_int_equal(stats.cpu_throttled_periods, 1);
	assert_int_equal(stats.memory_anon_bytes, 1);
	assert_int_equal(stats.memory_file_bytes, 2);
	assert_int_equal(stats.memory_kernel_bytes, 3);
	assert_int_equal(stats.memory_shmem_bytes, 4);
	assert_int_equal(stats.memory.inactive_file_bytes, 5);
	assert_int_equal(stats.memory.refaults_file, 6);
	assert_int_equal(stats.memory.major_faults, 7);
	/* This kernel has no zswap. */
	assert_int_equal(stats.memory.zswap_bytes, MEMORY_UNKNOWN);
	assert_int_equal(stats.read_bytes, 110);
	assert_int_equal(stats.write_bytes, 220);
	assert_int_equal(stats.read_ops, 11);
	assert_int_equal(stats.write_ops, 22);
	assert_int_equal(stats.discard_bytes, 5);
	assert_int_equal(stats.discard_ops, 1);
	assert_int_equal(stats.nr_devices, 3);
	assert_int_equal(stats.devices[1].major, 253);
	assert_int_equal(stats.devices[1].write_bytes, 200);
	assert_int_equal(stats.pids_current, 8);
	assert_int_equal(stats.frozen, 1);
	assert_true(stats.read_boottime_ns > 0);
}

static void test_absent_files_leave_their_group_unknown(void **state)
{
	(void)state;
	write_file("cpu.stat", "usage_usec 300\nuser_usec 200\n"
		   "system_usec 100\n");
	assert_int_equal(read_all(), 0);
	assert_int_equal(stats.valid, CPU);
	/* A controller that is switched on later is read later. */
	write_file("io.stat", "");
	assert_int_equal(read_all(), 0);
	assert_int_equal(stats.valid, CPU | CGROUP_STATS_ALL_IO);
	assert_int_equal(stats.read_bytes, 0);
}

static void test_files_are_kept_open(void **state)
{
	int fds[CGROUPFS_NR_FILES];

	(void)state;
	write_all();
	assert_int_equal(read_all(), 0);
	memcpy(fds, files.fds, sizeof(fds));
	write_file("cpu.stat", "usage_usec 400\n");
	assert_int_equal(read_all(), 0);
	assert_memory_equal(fds, files.fds, sizeof(fds));
	assert_int_equal(stats.cpu_usec, 400);
	cgroupfs_close(&files);
	assert_int_equal(fcntl(fds[0], F_GETFD), -1);
	assert_int_equal(errno, EBADF);
}

static uint64_t written;

/* Is what the file has now in the numbers? */
static bool sees_memory(void)
{
	char text[64];

	snprintf(text, sizeof(text), "anon %lu\ninactive_file 2\n",
		 (unsigned long)++written);
	write_file("memory.stat", text);
	assert_int_equal(read_all(), 0);
	assert_true(stats.valid & CGROUP_STATS_MEMORY);
	assert_int_equal(stats.memory.inactive_file_bytes, 2);
	assert_int_equal(stats.memory.zswap_bytes, MEMORY_UNKNOWN);
	return stats.memory_anon_bytes == written;
}

static void test_memory_is_read_when_it_can_have_changed(void **state)
{
	__u64 *const signs[] = {
		&row.memory_current_bytes, &row.swap_current_bytes,
		&row.events_low, &row.events_high, &row.events_max,
		&row.events_oom, &row.events_oom_kill,
	};
	size_t i;

	(void)state;
	write_all();
	assert_true(sees_memory());
	assert_false(sees_memory());
	write_file("cpu.stat", "usage_usec 301\nuser_usec 201\n");
	assert_true(sees_memory());
	assert_false(sees_memory());
	for (i = 0; i < COUNT(signs); i++) {
		(*signs[i])++;
		assert_true(sees_memory());
		assert_false(sees_memory());
	}
}

static void test_memory_is_never_old(void **state)
{
	const uint64_t second = 1000000000;
	uint64_t due;

	(void)state;
	write_all();
	assert_true(sees_memory());
	/* Those first seen together are not due together. */
	due = files.memory_due_boottime_ns;
	assert_int_equal(due - stats.read_boottime_ns, 8 * second);
	files.memory_due_boottime_ns = stats.read_boottime_ns;
	assert_true(sees_memory());
	due = files.memory_due_boottime_ns;
	assert_int_equal(due - stats.read_boottime_ns,
			 CGROUPFS_MEMORY_AGE * second);
	assert_false(sees_memory());
	/* Another cgroup at the same path */
	cgroupfs_close(&files);
	assert_true(sees_memory());
}

static void test_memory_is_read_if_a_sign_is_unknown(void **state)
{
	(void)state;
	write_all();
	assert_true(sees_memory());
	row.valid = CONTMON_CGROUP_BASE;
	assert_true(sees_memory());
	row.valid = CONTMON_CGROUP_PART_MEMORY_CURRENT;
	assert_false(sees_memory());
	write_file("cpu.stat", "");
	assert_true(sees_memory());
	assert_true(sees_memory());
}

/* Unknown is not kept. */
static void test_memory_without_a_file(void **state)
{
	(void)state;
	write_all();
	assert_int_equal(unlink(in_directory("memory.stat")), 0);
	assert_int_equal(read_all(), 0);
	assert_false(stats.valid & CGROUP_STATS_MEMORY);
	assert_true(sees_memory());
}

static void test_a_cgroup_that_is_gone(void **state)
{
	(void)state;
	write_all();
	assert_int_equal(read_all(), 0);
	pread_errno = ENODEV;
	stats.cpu_usec = 5;
	assert_int_equal(read_all(), -ENODEV);
	assert_int_equal(stats.cpu_usec, 5);
}

static void test_what_an_empty_cgroup_has_used(void **state)
{
	(void)state;
	write_all();
	write_file("memory.peak", "4096\n");
	cgroupfs_read_last(&directories, &buffer, &stats);
	assert_int_equal(stats.valid, CPU | CGROUP_STATS_THROTTLED |
			 CGROUP_STATS_PEAK | CGROUP_STATS_ALL_IO);
	assert_int_equal(stats.cpu_usec, 300);
	assert_int_equal(stats.memory_peak_bytes, 4096);
	assert_int_equal(stats.write_bytes, 220);
	pread_errno = ENODEV;
	cgroupfs_read_last(&directories, &buffer, &stats);
	assert_int_equal(stats.valid, 0);
	directories.paths[DIRECTORY_V2] = (char[]){ "/nowhere" };
	cgroupfs_read_last(&directories, &buffer, &stats);
	assert_int_equal(stats.valid, 0);
}

static void test_how_much_memory_it_has(void **state)
{
	char path[] = "/nowhere";
	const struct directories nowhere = {
		.paths = { [DIRECTORY_V2] = path },
	};

	(void)state;
	write_all();
	write_file("memory.current", "8192\n");
	write_file("memory.peak", "12288\n");
	cgroupfs_read_memory(&directories, &buffer, &stats);
	assert_int_equal(stats.valid, CGROUP_STATS_CURRENT | CGROUP_STATS_PEAK);
	assert_int_equal(stats.memory_current_bytes, 8192);
	assert_int_equal(stats.memory_peak_bytes, 12288);
	/* Linux before 5.19 */
	assert_int_equal(unlink(in_directory("memory.peak")), 0);
	cgroupfs_read_memory(&directories, &buffer, &stats);
	assert_int_equal(stats.valid, CGROUP_STATS_CURRENT);
	cgroupfs_read_memory(&nowhere, &buffer, &stats);
	assert_int_equal(stats.valid, 0);
}

static void test_a_file_without_a_number(void **state)
{
	(void)state;
	write_all();
	write_file("memory.current", "");
	write_file("memory.peak", "max\n");
	write_file("pids.current", "\n");
	cgroupfs_read_memory(&directories, &buffer, &stats);
	assert_int_equal(stats.valid, 0);
	assert_int_equal(read_all(), 0);
	assert_false(stats.valid & CGROUP_STATS_PIDS);
}

static void test_an_error_is_unknown_not_zero(void **state)
{
	(void)state;
	write_all();
	pread_errno = EIO;
	assert_int_equal(read_all(), 0);
	assert_int_equal(stats.valid, 0);
}

static void test_no_descriptors_left(void **state)
{
	struct rlimit old, none;

	(void)state;
	write_all();
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &old), 0);
	none = old;
	none.rlim_cur = 0;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
	assert_int_equal(read_all(), -EMFILE);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &old), 0);
	assert_int_equal(stats.valid, 0);
	assert_int_equal(read_all(), 0);
	assert_int_equal(stats.cpu_usec, 300);
}

static void test_long_files(void **state)
{
	FILE *file = fopen(in_directory("io.stat"), "w");
	int i;

	(void)state;
	assert_non_null(file);
	for (i = 0; i < 2000; i++)
		fprintf(file, "8:%d rbytes=1 wbytes=2 rios=3 wios=4 dbytes=0 "
			"dios=0\n", i);
	fclose(file);
	assert_int_equal(read_all(), 0);
	assert_int_equal(stats.read_bytes, 2000);
	assert_int_equal(stats.write_ops, 8000);
}

/* In any order, between lines that look like them, and at the end of a file */
static void test_keys_that_look_alike(void **state)
{
	(void)state;
	cgroup_stats_done(&stats);
	stats = (struct cgroup_stats){ 0 };
	cgroupfs_parse_memory((char[]){
		"a_key_that_is_longer_than_thirty_two_letters 9\n"
		"inactive_file 5\nznon 9\nanom 9\n anon 9\nfilet 9\nfil 9\n"
		"\x41non 9\nanon 18446744073709551615\nslab 7\n\nfile 2" },
		&stats);
	assert_int_equal(stats.valid, CGROUP_STATS_MEMORY);
	assert_true(stats.memory_anon_bytes == UINT64_MAX);
	assert_int_equal(stats.memory_slab_bytes, 7);
	assert_int_equal(stats.memory_file_bytes, 2);
	assert_int_equal(stats.memory.inactive_file_bytes, 5);
}

static void test_invalid_input(void **state)
{
	(void)state;
	write_file("cpu.stat", "usage_usec\n\nusage_usec x\n  \n= 5\n");
	write_file("memory.stat", "");
	write_file("io.stat", "rbytes=\nrbytes=x wbytes==\n");
	assert_int_equal(read_all(), 0);
	assert_int_equal(stats.cpu_usec, 0);
	assert_false(stats.valid & CGROUP_STATS_MEMORY);
	assert_int_equal(stats.read_bytes, 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
		TEST(test_everything),
		TEST(test_absent_files_leave_their_group_unknown),
		TEST(test_files_are_kept_open),
		TEST(test_memory_is_read_when_it_can_have_changed),
		TEST(test_memory_is_never_old),
		TEST(test_memory_is_read_if_a_sign_is_unknown),
		TEST(test_memory_without_a_file),
		TEST(test_a_cgroup_that_is_gone),
		TEST(test_what_an_empty_cgroup_has_used),
		TEST(test_how_much_memory_it_has),
		TEST(test_a_file_without_a_number),
		TEST(test_an_error_is_unknown_not_zero),
		TEST(test_no_descriptors_left),
		TEST(test_long_files),
		TEST(test_keys_that_look_alike),
		TEST(test_invalid_input),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
