// SPDX-License-Identifier: GPL-2.0-only
/*
 * `contmon top` on hosts with cgroup v1: containers that are only there, and
 * controllers that are there beside v2
 *
 * wrap: open close ioctl mmap munmap sysinfo pread
 * wrap: contmon_paths_new contmon_paths_find contmon_paths_free
 * wrap: contmon_paths_root stat
 * wrap: contmon_has_cgroup1 contmon_identify_process contmon_get_task
 * wrap: contmon_limits_new contmon_limits_get contmon_limits_free
 * wrap: contmon_cgroup1_new contmon_cgroup1_find contmon_cgroup1_free
 * wrap: cli_names_follow cli_names_known clock_boottime_ns
 */
#include "tests/unit/fake_device.h"
#include "tests/unit/top_world.h"
#include "tests/unit/fake_cgroup1.h"
#include "tests/unit/descriptors.h"

#include <sys/resource.h>

#define B16 "fedcba9876543210"
#define B B16 B16 B16 B16

/* Files are read later than the snapshot of the same sample. */
static uint64_t now_ns;

uint64_t __wrap_clock_boottime_ns(void);

uint64_t __wrap_clock_boottime_ns(void)
{
	return now_ns;
}

static const struct cli_container *container(size_t row)
{
	return (const struct cli_container *)model.rows.v[row];
}

static const char *id_of(size_t row)
{
	return model.rows.v[row]->cgroup->identity.id;
}

int __wrap_contmon_get_task(struct contmon *c, int32_t pid, uint64_t fields,
			    uint32_t flags, struct contmon_task *ret);

/* The processes of the sample are still there. */
int __wrap_contmon_get_task(struct contmon *c, int32_t pid, uint64_t fields,
			    uint32_t flags, struct contmon_task *ret)
{
	const struct contmon_tasks *tasks = &model.samples[0].tasks;
	size_t i = 0;

	(void)c;
	(void)fields;
	(void)flags;
	while (i < tasks->nr && tasks->entries[i].pid != pid)
		i++;
	assert_true(i < tasks->nr);
	*ret = tasks->entries[i];
	return 0;
}

/* Process 10 is in B; its cgroup in v2 is of no container. */
static int setup(void **state)
{
	fake_setup(state);
	top_setup(state);
	cli_owners_done(&owners);
	fake_paths.has_cgroup1 = true;
	fake_paths.pid1 = 10;
	fake_paths.path1 = "/docker/" B;
	assert_int_equal(cli_owners_init(&owners), 0);
	fake_cgroup1_setup(B);
	return 0;
}

static int teardown(void **state)
{
	top_teardown(state);
	return fake_cgroup1_teardown(state);
}

static void take_with_v1(uint64_t second)
{
	prepare(second);
	make_tasks(second);
	sample.has_cgroup1 = true;
	assert_int_equal(top_model_take(&model, &sample), 0);
}

static void test_a_container_only_in_v1(void **state)
{
	const struct contmon_cgroup *sums;

	(void)state;
	take_with_v1(10);
	assert_int_equal(model.rows.nr, 3);
	assert_int_equal(model.nr_containers, 3);
	assert_string_equal(id_of(2), B);
	sums = &container(2)->sums;
	assert_int_equal(sums->nr_tasks, 1);
	assert_true(sums->valid & CONTMON_CGROUP_PART_MEMORY_CURRENT);
	assert_int_equal(sums->memory_current_bytes, 4096000);
	assert_int_equal(container(2)->limits.memory_bytes.effective, 8192000);
	assert_string_equal(container(2)->memory_limit_owner,
			    FAKE_CGROUP1_PATH);
	assert_false(rates_of(2)->cpu_known);
}

static void test_its_rates(void **state)
{
	(void)state;
	now_ns = 10 * SECOND + SECOND / 2;
	take_with_v1(10);
	now_ns = 12 * SECOND;
	fake_cgroup1_write("cpuacct.usage", "3750000000\n");
	take_with_v1(12);
	/* By CPU, it is the first now. */
	assert_string_equal(id_of(0), B);
	assert_true(rates_of(0)->cpu_known);
	assert_float_equal(rates_of(0)->cpu_cores, 1.5, 1e-9);
	/* Of processes that ended nothing is known. */
	assert_false(rates_of(0)->read_known);
	assert_false(rates_of(0)->write_known);
	assert_false(rates_of(0)->psi_cpu.known);
}

static void must_have_limit(uint64_t bytes)
{
	assert_int_equal(container(2)->limits.memory_bytes.effective, bytes);
}

/* Only numbers are read at each refresh. */
static void test_what_is_kept(void **state)
{
	unsigned int nr_searches;
	int nr_open;

	(void)state;
	now_ns = 10 * SECOND;
	take_with_v1(10);
	nr_searches = fake_cgroup1.nr_searches;
	assert_true(nr_searches > 0);
	nr_open = nr_descriptors();
	fake_cgroup1_write("memory.limit_in_bytes", "4096000\n");
	fake_cgroup1_write("memory.usage_in_bytes", "1024000\n");
	now_ns = 11 * SECOND;
	take_with_v1(11);
	assert_int_equal(fake_cgroup1.nr_searches, nr_searches);
	assert_int_equal(nr_descriptors(), nr_open);
	assert_int_equal(container(2)->sums.memory_current_bytes, 1024000);
	must_have_limit(8192000);
	now_ns = 32 * SECOND;
	take_with_v1(32);
	assert_true(fake_cgroup1.nr_searches > nr_searches);
	must_have_limit(4096000);
	/* Nothing is kept of a container that is gone. */
	prepare(33);
	contmon_tasks_done(&sample.tasks);
	sample.has_cgroup1 = true;
	assert_int_equal(top_model_take(&model, &sample), 0);
	assert_int_equal(model.rows.nr, 2);
	assert_true(nr_descriptors() < nr_open);
}

static bool are_gone;	/* the cgroups of all open files */

ssize_t __real_pread(int fd, void *text, size_t size, off_t offset);
ssize_t __wrap_pread(int fd, void *text, size_t size, off_t offset);

ssize_t __wrap_pread(int fd, void *text, size_t size, off_t offset)
{
	if (!are_gone)
		return __real_pread(fd, text, size, offset);
	errno = ENODEV;
	return -1;
}

/* Its limits may be others now. */
static void test_a_container_that_was_started_again(void **state)
{
	(void)state;
	now_ns = 10 * SECOND;
	take_with_v1(10);
	must_have_limit(8192000);
	fake_cgroup1_write("memory.limit_in_bytes", "4096000\n");
	are_gone = true;
	now_ns = 11 * SECOND;
	take_with_v1(11);
	are_gone = false;
	now_ns = 12 * SECOND;
	take_with_v1(12);
	must_have_limit(4096000);
}

/* With few descriptors nothing stays open, and all is known nevertheless. */
static void test_few_descriptors(void **state)
{
	struct rlimit old, few;
	int nr_open = nr_descriptors();
	uint64_t second;

	(void)state;
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &old), 0);
	few = (struct rlimit){ 60, old.rlim_max };
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
	for (second = 10; second <= 12; second++) {
		now_ns = second * SECOND;
		take_with_v1(second);
		assert_int_equal(container(2)->sums.memory_current_bytes,
				 4096000);
		must_have_limit(8192000);
		assert_int_equal(nr_descriptors(), nr_open);
	}
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &old), 0);
}

static void test_without_v2(void **state)
{
	uint64_t second;

	(void)state;
	for (second = 10; second <= 12; second += 2) {
		prepare(second);
		contmon_cgroups_done(&sample.cgroups);
		make_tasks(second);
		sample.has_cgroup1 = true;
		now_ns = second * SECOND;
		assert_int_equal(top_model_take(&model, &sample), 0);
		fake_cgroup1_write("cpuacct.usage", "4500000000\n");
	}
	assert_int_equal(model.rows.nr, 1);
	assert_float_equal(rates_of(0)->cpu_cores, 1.5, 1e-9);
}

static void test_its_processes(void **state)
{
	(void)state;
	take_with_v1(10);
	press('G');
	assert_int_equal(press('\n'), TOP_READ);
	take_with_v1(11);
	assert_string_equal(ids(), "10 ");
	assert_int_equal(model.nr_containers, 3);
	assert_string_equal(top_model_place(&model), "fedcba987654");
	/* Nothing of its files is shown there. */
	assert_false(model.containers.v[2].sums.valid &
		     CONTMON_CGROUP_PART_MEMORY_CURRENT);
}

/* Of web all processes are in a cgroup below its own. */
static void test_controllers_in_v1(void **state)
{
	size_t i;

	(void)state;
	fake_paths.lacks_controllers = true;
	fake_paths.pid1 = 31;
	fake_cgroup1.id = "web";
	prepare(10);
	make_tasks(10);
	sample.has_cgroup1 = true;
	for (i = 1; i < 4; i++)
		sample.tasks.entries[i].cgroup_id = 3;
	for (i = 0; i < 4; i++)
		sample.tasks.entries[i].start_boottime_ns = 2;
	for (i = 0; i < NR_CGROUPS; i++)
		sample.cgroups.entries[i].valid &=
			~(uint64_t)CONTMON_CGROUP_MEMCG;
	assert_int_equal(top_model_take(&model, &sample), 0);
	assert_string_equal(ids(), "2 4 ");
	assert_int_equal(container(0)->sums.memory_current_bytes, 4096000);
	assert_int_equal(container(0)->limits.memory_bytes.effective, 8192000);
	assert_true(container(0)->sums.valid &
		    CONTMON_CGROUP_PART_MEMORY_CURRENT);
	assert_false(container(1)->sums.valid &
		     (CONTMON_CGROUP_MEMCG |
		      CONTMON_CGROUP_PART_MEMORY_CURRENT));
	assert_int_equal(container(1)->limits.valid, 0);
}

static void test_without_v1_nothing_is_added(void **state)
{
	(void)state;
	prepare(10);
	make_tasks(10);
	assert_int_equal(top_model_take(&model, &sample), 0);
	assert_string_equal(ids(), "2 4 ");
}

static void read_sample(enum top_page page)
{
	struct contmon *c;

	assert_int_equal(contmon_open("/fake", &c), 0);
	assert_int_equal(top_sample_read(c, page, &sample), 0);
	contmon_close(c);
}

static int get_system(unsigned long request, void *arg)
{
	(void)arg;
	assert_int_equal(request, CONTMON_GET_SYSTEM);
	return 0;
}

/* A sample may have been used before, for another page. */
static void test_a_sample_has_processes(void **state)
{
	(void)state;
	fake_ioctl = get_system;
	read_sample(TOP_CONTAINERS);
	assert_true(sample.has_cgroup1);
	assert_int_equal(sample.tasks.nr, fake.nr_tasks);
	assert_true(fake.tasks_arg.fields & CONTMON_TASK_CGROUP);
	fake_paths.has_cgroup1 = false;
	read_sample(TOP_CONTAINERS);
	assert_false(sample.has_cgroup1);
	read_sample(TOP_PROCESSES);
	assert_int_equal(sample.tasks.nr, fake.nr_tasks);
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(test_##name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_container_only_in_v1),
		TEST(its_rates),
		TEST(what_is_kept),
		TEST(a_container_that_was_started_again),
		TEST(few_descriptors),
		TEST(without_v2),
		TEST(its_processes),
		TEST(controllers_in_v1),
		TEST(without_v1_nothing_is_added),
		TEST(a_sample_has_processes),
	};

	return cmocka_run_group_tests_name("top_v1", tests, NULL, NULL);
}
