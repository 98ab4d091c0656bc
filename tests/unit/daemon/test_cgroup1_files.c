// SPDX-License-Identifier: GPL-2.0-only
/*
 * The files of cgroup v1, as a kernel shows them, in a directory for each
 * controller.
 *
 * wrap: pread
 */
#include "tests/unit/cgroup_files.h"

#include <unistd.h>

#include "contmond/collect/cgroup1_files.h"
#include "contmond/collect/cgroup1_row.h"

#define ALL (CGROUP_STATS_CPU | CGROUP_STATS_CPU_MODES |		\
	     CGROUP_STATS_THROTTLED | CGROUP_STATS_MEMORY |		\
	     CGROUP_STATS_KERNEL | CGROUP_STATS_CURRENT |		\
	     CGROUP_STATS_PEAK | CGROUP_STATS_FAILURES |		\
	     CGROUP_STATS_OOM_KILLS | CGROUP_STATS_ALL_IO |		\
	     CGROUP_STATS_PIDS | CGROUP_STATS_FROZEN)

static const char *const names[NR_DIRECTORIES] = {
	[DIRECTORY_CPU] = "cpu",
	[DIRECTORY_CPUACCT] = "cpuacct",
	[DIRECTORY_MEMORY] = "memory",
	[DIRECTORY_BLKIO] = "blkio",
	[DIRECTORY_PIDS] = "pids",
	[DIRECTORY_FREEZER] = "freezer",
};

static int gone_fd;	/* its cgroup was removed; -1: none */

ssize_t __real_pread(int fd, void *text, size_t size, off_t offset);
ssize_t __wrap_pread(int fd, void *text, size_t size, off_t offset);

ssize_t __wrap_pread(int fd, void *text, size_t size, off_t offset)
{
	if (fd != gone_fd)
		return __real_pread(fd, text, size, offset);
	errno = ENODEV;
	return -1;
}

static int setup(void **state)
{
	size_t i;

	gone_fd = -1;
	cgroupfs_init(&files);
	row = (struct contmon_cgroup){ .cgroup_id = 7 };
	if (make_directory(state) < 0)
		return -1;
	for (i = 0; i < NR_DIRECTORIES; i++) {
		if (!names[i])
			continue;
		directories.paths[i] = strdup(in_directory(names[i]));
		mkdir(directories.paths[i], 0700);
	}
	return 0;
}

static int teardown(void **state)
{
	directories_done(&directories);
	close_all();
	return remove_directory(state);
}

static void write_memory(void)
{
	write_file("memory/memory.stat",
		   "cache 9\nrss 9\ninactive_file 9\nswap 9\n"
		   "hierarchical_memory_limit 9223372036854771712\n"
		   "total_cache 11071488\ntotal_rss 1691648\n"
		   "total_rss_huge 4\ntotal_shmem 5\n"
		   "total_mapped_file 12288\ntotal_dirty 8192\n"
		   "total_writeback 6\ntotal_workingset_refault_anon 7\n"
		   "total_workingset_refault_file 2211\ntotal_swap 4096\n"
		   "total_swapcached 8\ntotal_pgpgin 448222\n"
		   "total_pgfault 902476\ntotal_pgmajfault 30\n"
		   "total_inactive_anon 1683456\ntotal_active_anon 8193\n"
		   "total_inactive_file 1355776\ntotal_active_file 9715712\n"
		   "total_unevictable 10\n");
	write_file("memory/memory.usage_in_bytes", "13950976\n");
	write_file("memory/memory.max_usage_in_bytes", "25591808\n");
	write_file("memory/memory.failcnt", "11\n");
	write_file("memory/memory.oom_control",
		   "oom_kill_disable 0\nunder_oom 0\noom_kill 3\n");
	write_file("memory/memory.kmem.usage_in_bytes", "1183744\n");
}

#define IO_BYTES \
	"8:0 Read 4096\n8:0 Write 8192\n8:0 Sync 12288\n8:0 Async 0\n" \
	"8:0 Discard 512\n8:0 Total 12800\n" \
	"253:1 Read 1\n253:1 Write 2\n253:1 Discard 0\nTotal 12803\n"

static void write_all(void)
{
	write_file("cpuacct/cpuacct.usage", "3178511578854\n");
	write_file("cpuacct/cpuacct.stat", "user 266820\nsystem 51030\n");
	write_file("cpu/cpu.stat", "nr_periods 20\nnr_throttled 3\n"
		   "throttled_time 7000999\nnr_bursts 0\nburst_time 0\n");
	write_memory();
	write_file("blkio/blkio.throttle.io_service_bytes_recursive", IO_BYTES);
	write_file("blkio/blkio.throttle.io_service_bytes",
		   "8:0 Read 9\nTotal 9\n");
	write_file("blkio/blkio.throttle.io_serviced_recursive",
		   "8:0 Read 1\n8:0 Write 2\n8:0 Discard 3\n8:0 Total 6\n"
		   "253:1 Read 4\n253:1 Write 5\nTotal 15\n");
	write_file("pids/pids.current", "8\n");
	write_file("freezer/freezer.state", "FROZEN\n");
}

static void test_everything(void **state)
{
	const uint64_t tick = 1000000 / (uint64_t)sysconf(_SC_CLK_TCK);

	(void)state;
	write_all();
	assert_int_equal(read_all(), 0);
	assert_int_equal(stats.valid, ALL);
	assert_int_equal(stats.cpu_usec, 3178511578);
	assert_int_equal(stats.cpu_user_usec, 266820 * tick);
	assert_int_equal(stats.cpu_system_usec, 51030 * tick);
	assert_int_equal(stats.cpu_periods, 20);
	assert_int_equal(stats.cpu_throttled_periods, 3);
	assert_int_equal(stats.cpu_throttled_usec, 7000);
	assert_int_equal(stats.memory_current_bytes, 13950976);
	assert_int_equal(stats.memory_peak_bytes, 25591808);
	assert_int_equal(stats.memory_failures, 11);
	assert_int_equal(stats.oom_kills, 3);
	assert_int_equal(stats.memory_kernel_bytes, 1183744);
	assert_int_equal(stats.read_bytes, 4097);
	assert_int_equal(stats.write_bytes, 8194);
	assert_int_equal(stats.discard_bytes, 512);
	assert_int_equal(stats.read_ops, 5);
	assert_int_equal(stats.write_ops, 7);
	assert_int_equal(stats.discard_ops, 3);
	assert_int_equal(stats.nr_devices, 2);
	assert_int_equal(stats.devices[1].major, 253);
	assert_int_equal(stats.devices[1].minor, 1);
	assert_int_equal(stats.devices[1].write_bytes, 2);
	assert_int_equal(stats.devices[1].write_ops, 5);
	assert_int_equal(stats.pids_current, 8);
	assert_int_equal(stats.frozen, 1);
}

/* With the cgroups below; what v1 does not have is unknown. */
static void test_memory_stat(void **state)
{
	(void)state;
	write_all();
	assert_int_equal(read_all(), 0);
	assert_int_equal(stats.memory_file_bytes, 11071488);
	assert_int_equal(stats.memory_anon_bytes, 1691648);
	assert_int_equal(stats.memory_shmem_bytes, 5);
	assert_int_equal(stats.memory.anon_huge_bytes, 4);
	assert_int_equal(stats.memory.file_mapped_bytes, 12288);
	assert_int_equal(stats.memory.file_dirty_bytes, 8192);
	assert_int_equal(stats.memory.file_writeback_bytes, 6);
	assert_int_equal(stats.memory.refaults_anon, 7);
	assert_int_equal(stats.memory.refaults_file, 2211);
	assert_int_equal(stats.memory.swap_bytes, 4096);
	assert_int_equal(stats.memory.swap_cached_bytes, 8);
	assert_int_equal(stats.memory.faults, 902476);
	assert_int_equal(stats.memory.major_faults, 30);
	assert_int_equal(stats.memory.inactive_anon_bytes, 1683456);
	assert_int_equal(stats.memory.active_anon_bytes, 8193);
	assert_int_equal(stats.memory.inactive_file_bytes, 1355776);
	assert_int_equal(stats.memory.active_file_bytes, 9715712);
	assert_int_equal(stats.memory.unevictable_bytes, 10);
	assert_true(stats.memory_sock_bytes == MEMORY_UNKNOWN);
	assert_true(stats.memory_slab_bytes == MEMORY_UNKNOWN);
	assert_true(stats.memory_kernel_stack_bytes == MEMORY_UNKNOWN);
	assert_true(stats.memory.percpu_bytes == MEMORY_UNKNOWN);
	assert_true(stats.memory.scanned == MEMORY_UNKNOWN);
}

/* Each file, and each controller, costs only itself. */
static void test_what_is_missing_is_unknown(void **state)
{
	static const struct {
		const char *file;
		unsigned int groups;
	} missing[] = {
		{ "cpuacct/cpuacct.usage", CGROUP_STATS_CPU },
		{ "cpuacct/cpuacct.stat", CGROUP_STATS_CPU_MODES },
		{ "cpu/cpu.stat", CGROUP_STATS_THROTTLED },
		{ "memory/memory.usage_in_bytes", CGROUP_STATS_CURRENT },
		{ "memory/memory.max_usage_in_bytes", CGROUP_STATS_PEAK },
		{ "memory/memory.failcnt", CGROUP_STATS_FAILURES },
		{ "memory/memory.oom_control", CGROUP_STATS_OOM_KILLS },
		{ "memory/memory.stat", CGROUP_STATS_MEMORY },
		{ "memory/memory.kmem.usage_in_bytes", CGROUP_STATS_KERNEL },
		{ "blkio/blkio.throttle.io_serviced_recursive",
		  CGROUP_STATS_IO_OPS | CGROUP_STATS_DISCARD_OPS },
		{ "pids/pids.current", CGROUP_STATS_PIDS },
		{ "freezer/freezer.state", CGROUP_STATS_FROZEN },
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(missing); i++) {
		write_all();
		assert_int_equal(unlink(in_directory(missing[i].file)), 0);
		cgroupfs_close(&files);
		assert_int_equal(read_all(), 0);
		assert_int_equal(stats.valid, ALL & ~missing[i].groups);
	}
	write_all();
	free(directories.paths[DIRECTORY_MEMORY]);
	directories.paths[DIRECTORY_MEMORY] = NULL;
	cgroupfs_close(&files);
	assert_int_equal(read_all(), 0);
	assert_int_equal(stats.valid & (CGROUP_STATS_MEMORY |
					CGROUP_STATS_CURRENT), 0);
	assert_true(stats.valid & CGROUP_STATS_CPU);
}

static void test_io_without_the_cgroups_below(void **state)
{
	(void)state;
	write_all();
	unlink(in_directory("blkio/blkio.throttle.io_service_bytes_recursive"));
	assert_int_equal(read_all(), 0);
	assert_true(stats.valid & CGROUP_STATS_IO);
	assert_false(stats.valid & CGROUP_STATS_DISCARDS);
	assert_int_equal(stats.read_bytes, 9);
	assert_int_equal(stats.read_ops, 5);
}

/* As Linux 6.10 and later shows it, however much was read. */
static void test_io_of_no_device_is_unknown(void **state)
{
	(void)state;
	write_all();
	write_file("blkio/blkio.throttle.io_service_bytes_recursive",
		   "Total 0\n");
	write_file("blkio/blkio.throttle.io_service_bytes", "Total 0\n");
	write_file("blkio/blkio.throttle.io_serviced_recursive", "Total 0\n");
	assert_int_equal(read_all(), 0);
	assert_int_equal(stats.valid & CGROUP_STATS_ALL_IO, 0);
	assert_int_equal(stats.nr_devices, 0);
}

static void test_invalid_input(void **state)
{
	(void)state;
	write_file("cpuacct/cpuacct.usage", "\n");
	write_file("cpuacct/cpuacct.stat", "user\nsystem x\n");
	write_file("cpu/cpu.stat", "throttled_time\n");
	write_file("memory/memory.usage_in_bytes", "-1\n");
	write_file("memory/memory.stat", "total_inactive_file \n");
	write_file("memory/memory.oom_control", "oom_kill_disable 0\n");
	write_file("blkio/blkio.throttle.io_service_bytes_recursive",
		   "8:0\n8:0 Read\n8:0 Read x\n:0 Read 1\nRead 1\n"
		   "8:0 Reading_something_else 1\n");
	write_file("freezer/freezer.state", "\n");
	assert_int_equal(read_all(), 0);
	assert_int_equal(stats.valid, 0);
}

static void test_states_of_the_freezer(void **state)
{
	(void)state;
	write_file("freezer/freezer.state", "FREEZING\n");
	assert_int_equal(read_all(), 0);
	assert_int_equal(stats.valid, CGROUP_STATS_FROZEN);
	assert_int_equal(stats.frozen, 0);
	write_file("freezer/freezer.state", "THAWED\n");
	assert_int_equal(read_all(), 0);
	assert_int_equal(stats.frozen, 0);
}

/* v2 has no controllers there, but counts CPU nevertheless. */
static void test_beside_v2(void **state)
{
	(void)state;
	write_all();
	mkdir(in_directory("unified"), 0700);
	write_file("unified/cpu.stat", "usage_usec 300\nuser_usec 200\n"
		   "system_usec 100\n");
	write_file("unified/cgroup.events", "populated 1\nfrozen 0\n");
	directories.paths[DIRECTORY_V2] = strdup(in_directory("unified"));
	assert_int_equal(read_all(), 0);
	assert_int_equal(stats.valid, ALL);
	assert_int_equal(stats.cpu_usec, 300);
	assert_int_equal(stats.cpu_system_usec, 100);
	assert_int_equal(stats.cpu_throttled_usec, 7000);
	assert_int_equal(stats.frozen, 1);
	assert_int_equal(stats.memory_anon_bytes, 1691648);
}

static void test_memory_stat_is_read_if_it_can_have_changed(void **state)
{
	(void)state;
	write_all();
	assert_int_equal(read_all(), 0);
	write_file("memory/memory.stat", "total_inactive_file 1\n");
	write_file("memory/memory.kmem.usage_in_bytes", "2\n");
	assert_int_equal(read_all(), 0);
	assert_int_equal(stats.memory.inactive_file_bytes, 1355776);
	assert_int_equal(stats.memory_kernel_bytes, 2);
	write_file("memory/memory.failcnt", "12\n");
	assert_int_equal(read_all(), 0);
	assert_int_equal(stats.memory.inactive_file_bytes, 1);
	assert_true(stats.memory_anon_bytes == MEMORY_UNKNOWN);
	write_memory();
	write_file("memory/memory.usage_in_bytes", "13950977\n");
	assert_int_equal(read_all(), 0);
	assert_int_equal(stats.memory_anon_bytes, 1691648);
}

/* The container was removed in one hierarchy, or is in another cgroup now. */
static void test_a_cgroup_is_gone(void **state)
{
	(void)state;
	write_all();
	assert_int_equal(read_all(), 0);
	gone_fd = files.fds[CGROUPFS_NR_FILES - 1];
	assert_int_equal(read_all(), -ESTALE);
	assert_int_equal(stats.valid, ALL & ~CGROUP_STATS_KERNEL);
}

static void test_what_an_empty_cgroup_has_used(void **state)
{
	(void)state;
	write_all();
	cgroupfs_read_last(&directories, &buffer, &stats);
	assert_int_equal(stats.valid, CGROUP_STATS_CPU |
			 CGROUP_STATS_CPU_MODES | CGROUP_STATS_THROTTLED |
			 CGROUP_STATS_PEAK | CGROUP_STATS_ALL_IO);
	assert_int_equal(stats.cpu_usec, 3178511578);
	assert_int_equal(stats.memory_peak_bytes, 25591808);
	assert_int_equal(stats.write_bytes, 8194);
}

static void test_the_row(void **state)
{
	struct settings settings;

	(void)state;
	settings_init(&settings);
	settings.memory_max.own = 5000;
	write_all();
	assert_int_equal(read_all(), 0);
	cgroup1_row(&stats, &settings, &row);
	assert_true(row.valid == (CONTMON_CGROUP_PART_MEMORY_CURRENT |
				  CONTMON_CGROUP_PART_MEMORY_PEAK |
				  CONTMON_CGROUP_PART_MEMORY_MAX |
				  CONTMON_CGROUP_PART_SWAP_CURRENT |
				  CONTMON_CGROUP_PART_OOM_KILLS));
	assert_int_equal(row.memory_current_bytes, 13950976);
	assert_int_equal(row.memory_peak_bytes, 25591808);
	assert_int_equal(row.memory_max_bytes, 5000);
	assert_int_equal(row.swap_current_bytes, 4096);
	assert_int_equal(row.events_oom_kill, 3);
	/* What is known is not changed, and unknown stays unknown. */
	row = (struct contmon_cgroup){
		.valid = CONTMON_CGROUP_MEMCG,
		.memory_current_bytes = 1,
	};
	cgroup1_row(&stats, &settings, &row);
	assert_true(row.valid == CONTMON_CGROUP_MEMCG);
	assert_int_equal(row.memory_current_bytes, 1);
	row.valid = 0;
	stats.valid = CGROUP_STATS_MEMORY;
	stats.memory.swap_bytes = MEMORY_UNKNOWN;
	settings.memory_max.own = CONTMON_UNLIMITED;
	cgroup1_row(&stats, &settings, &row);
	assert_true(row.valid == 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
		TEST(test_everything),
		TEST(test_memory_stat),
		TEST(test_what_is_missing_is_unknown),
		TEST(test_io_without_the_cgroups_below),
		TEST(test_io_of_no_device_is_unknown),
		TEST(test_invalid_input),
		TEST(test_states_of_the_freezer),
		TEST(test_beside_v2),
		TEST(test_memory_stat_is_read_if_it_can_have_changed),
		TEST(test_a_cgroup_is_gone),
		TEST(test_what_an_empty_cgroup_has_used),
		TEST(test_the_row),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
