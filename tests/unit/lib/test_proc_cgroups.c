// SPDX-License-Identifier: GPL-2.0-only
/* Cgroups and the host from cgroupfs and procfs, without a driver */
#include "tests/unit/proc_tree.h"

/* In a cgroup without a row, so that it is only in the sums of the host */
static void put_init(void)
{
	put_task("proc/1", 1, 1, 1, "/gone");
}

/* Rows of the root, of /a, of /a/b and of /ab */
struct rows {
	struct contmon_cgroups all;
	const struct contmon_cgroup *root, *a, *b, *ab;
};

static struct rows read_rows(uint64_t fields)
{
	struct rows rows = { 0 };
	size_t i;

	assert_int_equal(contmon_snapshot_cgroups(c, fields, 0, &rows.all),
			 0);
	assert_int_equal(rows.all.nr, 4);
	rows.root = rows.all.entries;
	for (i = 1; i < 4; i++) {
		const struct contmon_cgroup *row = &rows.all.entries[i];

		if (row->level == 2)
			rows.b = row;
		else if (row->populated)
			rows.a = row;
		else
			rows.ab = row;
	}
	assert_true(rows.a && rows.b && rows.ab && rows.a < rows.b);
	return rows;
}

static void test_containers(void **state)
{
	struct rows rows;
	const struct contmon_cgroup *a;
	const uint64_t sums = CONTMON_CGROUP_PART_COUNTS |
			      CONTMON_CGROUP_PART_IO;

	(void)state;
	put_init();
	rows = read_rows(CONTMON_CGROUP_ALL);
	a = rows.a;
	assert_int_equal(rows.root->parent_id, 0);
	assert_int_equal(rows.root->level, 0);
	assert_int_equal(rows.root->populated, 1);
	assert_int_equal(rows.root->valid, CONTMON_CGROUP_BASE | sums);
	assert_int_equal(a->parent_id, rows.root->cgroup_id);
	assert_int_equal(rows.b->parent_id, a->cgroup_id);
	assert_int_equal(rows.b->valid, CONTMON_CGROUP_BASE |
			 CONTMON_CGROUP_CPU | sums);
	assert_int_equal(a->valid, CONTMON_CGROUP_BASE |
			 CONTMON_CGROUP_MEMCG | CONTMON_CGROUP_PSI |
			 CONTMON_CGROUP_CPU | sums);
	assert_int_equal(a->memory_current_bytes, 4096);
	assert_int_equal(a->memory_peak_bytes, 8192);
	assert_true(a->memory_max_bytes == CONTMON_UNLIMITED);
	assert_int_equal(a->swap_max_bytes, 1);
	assert_int_equal(a->events_low, 1);
	assert_int_equal(a->events_oom, 4);
	assert_int_equal(a->events_oom_kill, 5);
	assert_int_equal(a->psi_io_some_ns, 1000);
	assert_int_equal(a->psi_memory_full_ns, 2000);
	contmon_cgroups_done(&rows.all);
}

static void test_sums_over_tasks(void **state)
{
	const uint64_t tick = 1000000000 / (uint64_t)sysconf(_SC_CLK_TCK);
	struct rows rows;

	(void)state;
	put_init();
	put_task("proc/5", 5, 5, 2, "/a");
	put_task("proc/6", 6, 6, 1000, "/gone");
	rows = read_rows(CONTMON_CGROUP_TASKS);
	assert_int_equal(rows.root->nr_tasks, 0);
	assert_int_equal(rows.a->nr_tasks, 2);
	assert_int_equal(rows.a->nr_threads, 4);
	assert_int_equal(rows.a->nr_sleeping, 2);
	assert_int_equal(rows.a->nr_running, 0);
	assert_int_equal(rows.a->vsz_sum_bytes, 2 * 102400);
	assert_int_equal(rows.a->rss_anon_sum_bytes, 6 * 1024);
	assert_int_equal(rows.a->rss_file_sum_bytes, 6 * 1024);
	assert_int_equal(rows.a->rss_shmem_sum_bytes, 6 * 1024);
	assert_int_equal(rows.a->swap_sum_bytes, 2 * 5120);
	assert_int_equal(rows.a->pgtables_sum_bytes, 2 * 4096);
	assert_int_equal(rows.a->utime_sum_ns, 10 * tick);
	assert_int_equal(rows.a->stime_sum_ns, 12 * tick);
	assert_int_equal(rows.a->runtime_sum_ns, 22 * tick);
	assert_int_equal(rows.a->minor_faults_sum, 200);
	assert_int_equal(rows.a->major_faults_sum, 6);
	assert_int_equal(rows.a->read_chars_sum, 2);
	assert_int_equal(rows.a->cancelled_write_bytes_sum, 14);
	assert_int_equal(rows.a->voluntary_switches_sum, 0);
	assert_int_equal(rows.b->nr_tasks, 1);
	contmon_cgroups_done(&rows.all);
}

/* A number that one process hides must not look like a smaller sum. */
static void test_a_sum_needs_every_task(void **state)
{
	struct rows rows;

	(void)state;
	put_init();
	put_task("proc/5", 5, 5, 2, "/a");
	take("proc/5/io");
	rows = read_rows(CONTMON_CGROUP_TASKS);
	assert_int_equal(rows.a->valid, CONTMON_CGROUP_BASE |
			 CONTMON_CGROUP_PART_COUNTS);
	assert_int_equal(rows.a->read_chars_sum, 0);
	assert_int_equal(rows.a->nr_tasks, 2);
	assert_true(rows.b->valid & CONTMON_CGROUP_PART_IO);
	contmon_cgroups_done(&rows.all);
}

/* cpu.stat is for a whole subtree; sums of rows must not count it twice. */
static void test_cpu_time_of_a_cgroup_by_itself(void **state)
{
	struct rows rows = read_rows(CONTMON_CGROUP_CPU);

	(void)state;
	assert_int_equal(rows.a->cpu_usage_ns, 70000);
	assert_int_equal(rows.b->cpu_usage_ns, 30000);
	assert_int_equal(rows.ab->cpu_usage_ns, 7000);
	assert_false(rows.root->valid & CONTMON_CGROUP_CPU);
	contmon_cgroups_done(&rows.all);

	/* It ran between the two reads. */
	put("cgroup/a/b/cpu.stat", "usage_usec 101\n");
	rows = read_rows(CONTMON_CGROUP_CPU);
	assert_int_equal(rows.a->cpu_usage_ns, 0);
	assert_int_equal(rows.b->cpu_usage_ns, 101000);
	contmon_cgroups_done(&rows.all);

	/* More than 2^64 ns */
	put("cgroup/ab/cpu.stat", "usage_usec 18446744073709552\n");
	rows = read_rows(CONTMON_CGROUP_CPU);
	assert_false(rows.ab->valid & CONTMON_CGROUP_CPU);
	contmon_cgroups_done(&rows.all);

	put("cgroup/ab/cpu.stat", "usage_usec 7\n");
	put("cgroup/a/b/cpu.stat", "nonsense\n");
	rows = read_rows(CONTMON_CGROUP_CPU);
	assert_false(rows.a->valid & CONTMON_CGROUP_CPU);
	assert_int_equal(rows.a->cpu_usage_ns, 0);
	assert_false(rows.b->valid & CONTMON_CGROUP_CPU);
	assert_true(rows.ab->valid & CONTMON_CGROUP_CPU);
	contmon_cgroups_done(&rows.all);
}

/* Something else may be mounted above it. */
static void test_cgroups_out_of_reach(void **state)
{
	struct contmon_cgroups all = { 0 };

	(void)state;
	contmon_close(c);
	c = NULL;
	strcat(cgroup_root, "/gone");
	assert_int_equal(open_fake(&c), 0);
	assert_int_equal(snapshot(CONTMON_TASK_ALL, 0), 0);
	ASSERT_PIDS(4, 30, 200);
	assert_false(tasks.entries[0].valid & CONTMON_TASK_CGROUP);
	assert_int_equal(contmon_snapshot_cgroups(
				 c, CONTMON_CGROUP_ALL, 0, &all),
			 -EOPNOTSUPP);
}

static void test_the_host(void **state)
{
	struct contmon_system system;

	(void)state;
	put_init();
	put("proc/meminfo", "MemTotal: 10 kB\nMemFree: 1 kB\n"
	    "MemAvailable: 2 kB\nBuffers: 3 kB\nShmem: 4 kB\n");
	put("proc/stat", "cpu  1 2 3 4 5 6 7 8 0 0\ncpu0 1\n");
	put("proc/loadavg", "0.50 1.00 2.25 1/2 3\n");
	assert_int_equal(contmon_get_system(c, CONTMON_SYSTEM_ALL, 0, &system),
			 0);
	assert_int_equal(system.kernel.fields, CONTMON_SYSTEM_ALL);
	assert_int_equal(system.kernel.ram_total_bytes, 10240);
	assert_int_equal(system.kernel.ram_shared_bytes, 4096);
	assert_int_equal(system.kernel.load_milli[2], 2250);
	assert_int_equal(system.kernel.nr_tasks, 4);
	assert_int_equal(system.kernel.nr_threads, 8);
	assert_int_equal(system.kernel.nr_sleeping, 4);
	assert_int_equal(system.kernel.reserved_bytes, 4 * 102400);
	assert_int_equal(system.kernel.committed_bytes, 3 * 55 * 1024);
}

/* procfs does not show process 1, and maybe not others. */
static void test_hidden_processes(void **state)
{
	struct contmon_system system;
	struct rows rows = read_rows(CONTMON_CGROUP_TASKS);

	(void)state;
	assert_int_equal(rows.a->valid, CONTMON_CGROUP_BASE);
	assert_int_equal(rows.a->nr_tasks, 0);
	contmon_cgroups_done(&rows.all);
	assert_int_equal(contmon_get_system(c, CONTMON_SYSTEM_TASKS, 0,
					    &system), 0);
	assert_int_equal(system.kernel.fields, 0);
	assert_int_equal(system.kernel.nr_tasks, 0);
}

static void test_one_file_of_the_host_hides_no_other(void **state)
{
	struct contmon_system system;

	(void)state;
	put_init();
	put("proc/meminfo", "MemTotal: 10 kB\n");
	put("proc/stat", "cpu  1 2 3 4 5 6 7 8 0 0\ncpu0 1\n");
	assert_int_equal(contmon_get_system(c, CONTMON_SYSTEM_ALL, 0, &system),
			 0);
	assert_int_equal(system.kernel.fields,
			 CONTMON_SYSTEM_CPU | CONTMON_SYSTEM_TASKS);
	assert_int_equal(system.kernel.ram_total_bytes, 0);
	assert_int_equal(system.kernel.nr_tasks, 4);
}

/* What a row loses without one file, or with an invalid one */
static void check_loss(const char *file, const char *text, uint64_t group,
		       uint64_t lost, uint64_t parts)
{
	char path[128], kept[256] = "";
	struct rows rows;
	FILE *f;

	snprintf(path, sizeof(path), "%s/cgroup/a/%s", root, file);
	f = fopen(path, "r");
	assert_non_null(f);
	assert_true(fread(kept, 1, sizeof(kept) - 1, f) > 0);
	fclose(f);

	snprintf(path, sizeof(path), "cgroup/a/%s", file);
	if (text)
		put(path, text);
	else
		take(path);
	rows = read_rows(CONTMON_CGROUP_MEMCG | CONTMON_CGROUP_PSI);
	assert_int_equal(rows.a->valid, CONTMON_CGROUP_BASE |
			 ((CONTMON_CGROUP_MEMCG | CONTMON_CGROUP_PSI) &
			  ~group) | (parts & ~lost));
	contmon_cgroups_done(&rows.all);
	put(path, kept);
}

static const uint64_t memory_parts =
	CONTMON_CGROUP_PART_MEMORY_CURRENT | CONTMON_CGROUP_PART_MEMORY_PEAK |
	CONTMON_CGROUP_PART_MEMORY_MAX | CONTMON_CGROUP_PART_SWAP_CURRENT |
	CONTMON_CGROUP_PART_SWAP_MAX | CONTMON_CGROUP_PART_EVENTS |
	CONTMON_CGROUP_PART_OOM_KILLS;

static void check_memory_loss(const char *file, const char *text,
			      uint64_t lost)
{
	check_loss(file, text, CONTMON_CGROUP_MEMCG, lost, memory_parts);
}

static void test_one_file_of_memory_hides_no_other(void **state)
{
	static const struct {
		const char *file;
		uint64_t lost;
	} files[] = {
		{ "memory.current", CONTMON_CGROUP_PART_MEMORY_CURRENT },
		{ "memory.peak", CONTMON_CGROUP_PART_MEMORY_PEAK },
		{ "memory.max", CONTMON_CGROUP_PART_MEMORY_MAX },
		{ "memory.swap.current", CONTMON_CGROUP_PART_SWAP_CURRENT },
		{ "memory.swap.max", CONTMON_CGROUP_PART_SWAP_MAX },
		{ "memory.events", CONTMON_CGROUP_PART_EVENTS |
				   CONTMON_CGROUP_PART_OOM_KILLS },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		check_memory_loss(files[i].file, NULL, files[i].lost);
		check_memory_loss(files[i].file, "nonsense\n", files[i].lost);
	}
	check_memory_loss("memory.events", "low 1\nhigh 2\nmax 3\noom 4\n",
			  CONTMON_CGROUP_PART_OOM_KILLS);
}

static void test_one_file_of_pressure_hides_no_other(void **state)
{
	const uint64_t parts = CONTMON_CGROUP_PART_PSI_CPU_SOME |
			       CONTMON_CGROUP_PART_PSI_CPU_FULL |
			       CONTMON_CGROUP_PART_PSI_IO |
			       CONTMON_CGROUP_PART_PSI_MEMORY;

	(void)state;
	check_loss("io.pressure", NULL, CONTMON_CGROUP_PSI,
		   CONTMON_CGROUP_PART_PSI_IO, parts);
	check_loss("memory.pressure", NULL, CONTMON_CGROUP_PSI,
		   CONTMON_CGROUP_PART_PSI_MEMORY, parts);
	check_loss("cpu.pressure", NULL, CONTMON_CGROUP_PSI,
		   CONTMON_CGROUP_PART_PSI_CPU_SOME |
			   CONTMON_CGROUP_PART_PSI_CPU_FULL, parts);
	check_loss("cpu.pressure", "some avg10=0.00 avg60=0.00 avg300=0.00 "
		   "total=1\n", CONTMON_CGROUP_PSI,
		   CONTMON_CGROUP_PART_PSI_CPU_FULL, parts);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(one_file_of_the_host_hides_no_other),
		TEST(one_file_of_memory_hides_no_other),
		TEST(one_file_of_pressure_hides_no_other),
		TEST(containers),
		TEST(sums_over_tasks),
		TEST(a_sum_needs_every_task),
		TEST(cpu_time_of_a_cgroup_by_itself),
		TEST(cgroups_out_of_reach),
		TEST(the_host),
		TEST(hidden_processes),
	};

	return cmocka_run_group_tests_name("proc_cgroups", tests, NULL, NULL);
}
