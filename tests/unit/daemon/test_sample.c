// SPDX-License-Identifier: GPL-2.0-only
/*
 * Samples of containers in cgroup v1, of processes that procfs hides, and of
 * networks.
 *
 * wrap: contmon_reuse contmon_limits_update contmon_get_task
 * wrap: contmon_open contmon_close contmon_get_info contmon_snapshot_tasks
 * wrap: contmon_snapshot_cgroups contmon_get_system contmon_paths_new
 * wrap: contmon_paths_free contmon_paths_root contmon_paths_find
 * wrap: contmon_paths_keep contmon_limits_new contmon_limits_get
 * wrap: contmon_limits_free contmon_events_open contmon_events_close
 * wrap: contmon_events_fd contmon_events_next contmon_has_cgroup1
 * wrap: contmon_identify_process contmon_source contmon_cgroup1_find
 * wrap: contmon_cgroup1_new contmon_cgroup1_free
 */
#include "tests/unit/fake_host.h"
#include "tests/unit/wrap_cgroup1.h"

#include "contmond/collect/sample.h"

static struct names *names;
static struct sample_source source;
static struct sample sample;
static bool kills_meanwhile;	/* a process, before files of v1 are read */

static struct contmon_cgroup1 *const mounts = (struct contmon_cgroup1 *)&mounts;

int __wrap_contmon_cgroup1_new(struct contmon_cgroup1 **ret)
{
	*ret = mounts;
	return 0;
}

void __wrap_contmon_cgroup1_free(struct contmon_cgroup1 *cgroup1)
{
	assert_true(!cgroup1 || cgroup1 == mounts);
}

/* Each controller has a directory, and containers are directories in that. */
int __wrap_contmon_cgroup1_find(const struct contmon_cgroup1 *cgroup1,
				int32_t pid, const char *controller,
				const char *id, char **ret_directory,
				size_t *ret_root_length)
{
	assert_ptr_equal(cgroup1, mounts);
	assert_true(pid > 0);
	if (kills_meanwhile)
		scope_map_count_oom_kill(source.scopes, 3, clock_boottime_ns());
	assert_true(asprintf(ret_directory, "%s/%s/%.3s", test_directory,
			     controller, id) > 0);
	*ret_root_length = strlen(test_directory) + 1 + strlen(controller);
	if (access(*ret_directory, F_OK) == 0)
		return 0;
	free(*ret_directory);
	*ret_directory = NULL;
	return -ENOENT;
}

static int setup(void **state)
{
	assert_int_equal(make_directory(state), 0);
	fill_host();
	kills_meanwhile = false;
	host.has_v1 = true;
	host.in_v1[1] = host.in_v1[2] = "/lxc/web";
	host.in_v1[4] = "/lxc/db";
	names = names_new();
	source.device = device;
	return 0;
}

static int teardown(void **state)
{
	sample_done(&sample);
	scope_map_free(source.scopes);
	contmon_limits_free(source.limits);
	cgroups_free(source.cgroups);
	cgroupfs_buffer_done(&source.buffer);
	source = (struct sample_source){ 0 };
	names_free(names);
	assert_int_equal(host.nr_limits, 0);
	return remove_directory(state);
}

static void take(void)
{
	if (!source.cgroups) {
		assert_int_equal(cgroups_new(names, &source.cgroups), 0);
		assert_int_equal(scope_map_new(source.cgroups, names,
					       &source.scopes), 0);
	}
	assert_int_equal(sample_take(&source, &sample), 0);
}

static const struct sample_container *owner(size_t i)
{
	assert_true(sample.owners[i] >= 0);
	return &sample.containers[sample.owners[i]];
}

/* Numbers that are read from cgroups must be unknown. */
static void assert_only_tasks(const struct sample_container *container)
{
	assert_null(container->scope->cgroup);
	assert_int_equal(container->row.valid, 0);
	assert_int_equal(container->stats.valid, 0);
	assert_int_equal(container->limits.now.valid, 0);
}

static void test_v1_alone(void **state)
{
	(void)state;
	host.is_v2_missing = true;
	host.tasks[1].rss_anon_bytes = 4096;
	host.limits.valid = CONTMON_LIMIT_CPU;
	take();
	assert_int_equal(sample.nr_containers, 2);
	assert_string_equal(owner(1)->scope->id, "web");
	assert_ptr_equal(owner(2), owner(1));
	assert_string_equal(owner(4)->scope->id, "db");
	assert_only_tasks(owner(1));
	assert_int_equal(owner(1)->tally.processes, 2);
	assert_int_equal(owner(1)->tally.rss_bytes, 4096);
	assert_true(owner(1)->scope->is_started);
	assert_int_equal(sample.owners[0], SAMPLE_HOST);
	assert_int_equal(sample.owners[3], SAMPLE_HOST);
	assert_int_equal(sample.tally.processes, 5);
	assert_int_equal(sample_find(&sample, owner(4)->scope->cgroup_id),
			 sample.owners[4]);
}

/* Processes 10, 11 and 20 are in containers of v2, so v1 does not count. */
static void test_v1_beside_v2(void **state)
{
	(void)state;
	host.limits.valid = CONTMON_LIMIT_CPU;
	take();
	assert_int_equal(sample.nr_containers, 3);
	assert_string_equal(owner(1)->scope->cgroup, WEB);
	assert_ptr_equal(owner(2), owner(1));
	assert_true(owner(1)->stats.valid & CGROUP_STATS_CPU);
	assert_int_equal(owner(1)->limits.now.valid, CONTMON_LIMIT_CPU);
	assert_string_equal(owner(3)->scope->cgroup, DB);
	assert_string_equal(owner(4)->scope->id, "db");
	assert_only_tasks(owner(4));
	assert_int_equal(sample.owners[0], SAMPLE_HOST);
}

/* Numbers of a container in the hierarchies of two controllers */
static void make_v1(const char *id)
{
	char name[64];

	snprintf(name, sizeof(name), "/memory/%s", id);
	make_path(name);
	snprintf(name, sizeof(name), "/cpu/%s", id);
	make_path(name);
	snprintf(name, sizeof(name), "memory/%s/memory.usage_in_bytes", id);
	write_file(name, "4096\n");
	snprintf(name, sizeof(name), "memory/%s/memory.oom_control", id);
	write_file(name, "oom_kill 3\n");
	snprintf(name, sizeof(name), "cpu/%s/cpu.cfs_quota_us", id);
	write_file(name, "50000\n");
	snprintf(name, sizeof(name), "cpu/%s/cpu.cfs_period_us", id);
	write_file(name, "100000\n");
	snprintf(name, sizeof(name), "cpu/%s/cpu.stat", id);
	write_file(name, "throttled_time 7000\n");
	write_file("memory/memory.limit_in_bytes", "8192\n");
	source.cgroup1 = mounts;
}

static void assert_v1(const struct sample_container *container)
{
	const struct contmon_cgroup_limits *now = &container->limits.now;

	assert_true(container->row.valid &
		    CONTMON_CGROUP_PART_MEMORY_CURRENT);
	assert_int_equal(container->row.memory_current_bytes, 4096);
	assert_int_equal(container->row.events_oom_kill, 3);
	assert_false(container->row.valid & CONTMON_CGROUP_PART_EVENTS);
	assert_true(now->valid == (CONTMON_LIMIT_MEMORY | CONTMON_LIMIT_CPU |
				   CONTMON_LIMIT_THROTTLED));
	assert_int_equal(now->memory_bytes.effective, 8192);
	assert_string_equal(container->limits.memory_owner, "/");
	assert_int_equal(now->cpu_ns.own, 500000000);
	assert_int_equal(now->cpu_throttled_ns, 7000);
	assert_int_equal(container->stats.cpu_throttled_usec, 7);
	assert_false(container->stats.valid & CGROUP_STATS_IO);
	assert_int_equal(container->settings.cpu_period_usec, 100000);
}

static void test_files_of_v1(void **state)
{
	(void)state;
	host.is_v2_missing = true;
	make_v1("web");
	take();
	assert_v1(owner(1));
	assert_false(owner(1)->stats.valid & CGROUP_STATS_CPU);
	assert_int_equal(owner(4)->stats.valid, 0);
}

/* The controllers are in v1, the cgroup of the container in both. */
static void test_files_of_v1_beside_v2(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < host.nr_cgroups; i++)
		host.cgroups[i].valid = CONTMON_CGROUP_BASE;
	make_v1("aaa");
	kills_meanwhile = true;
	take();
	kills_meanwhile = false;
	assert_v1(owner(1));
	assert_string_equal(owner(1)->scope->cgroup, WEB);
	assert_true(owner(1)->stats.valid & CGROUP_STATS_CPU);
	assert_int_equal(owner(1)->stats.cpu_usec, 1000);
	/* Only a kill after the file was read is not in it. */
	assert_int_equal(owner(1)->scope->oom_kills_since, 0);
	scope_map_count_oom_kill(source.scopes, 3,
				 owner(1)->stats.read_boottime_ns);
	assert_int_equal(owner(1)->scope->oom_kills_since, 0);
	scope_map_count_oom_kill(source.scopes, 3,
				 owner(1)->stats.read_boottime_ns + 1);
	assert_int_equal(owner(1)->scope->oom_kills_since, 1);
}

/* It is the same container in each sample, while it has a process. */
static void test_it_comes_and_goes(void **state)
{
	struct scope *scope;

	(void)state;
	take();
	scope = scope_ref(owner(4)->scope);
	take();
	assert_ptr_equal(owner(4)->scope, scope);
	host.nr_tasks = 4;
	take();
	assert_int_equal(sample.nr_containers, 2);
	host.nr_tasks = 5;
	take();
	assert_int_equal(owner(4)->scope->cgroup_id, scope->cgroup_id);
	scope_unref(scope);
}

/* As with hidepid=2: process 1 is not visible. */
static void test_hidden_processes(void **state)
{
	size_t i;

	(void)state;
	host.opened = CONTMON_SOURCE_PROCFS;
	take();
	assert_false(sample.hides_tasks);
	for (i = 1; i < host.nr_tasks; i++)
		host.tasks[i - 1] = host.tasks[i];
	host.nr_tasks--;
	scope_map_free(source.scopes);
	cgroups_free(source.cgroups);
	source.cgroups = NULL;
	take();
	assert_true(sample.hides_tasks);
	assert_false(owner(0)->scope->is_started);
	host.opened = CONTMON_SOURCE_DRIVER;
	take();
	assert_false(sample.hides_tasks);
	assert_true(owner(0)->scope->is_started);
}

/* A container in the host's namespace has no numbers of it. */
static void test_networks(void **state)
{
	const struct sample_container *container;

	(void)state;
	netdev_init(&source.host_netdev);
	host.tasks[1].pid = getpid();
	take();
	take();	/* the process is confirmed */
	container = owner(1);
	assert_true(container->network_namespace > 0);
	assert_int_equal(container->network.is_valid,
			 container->network_namespace !=
			 sample.host_network_namespace);
	source.host_netdev.namespace_id = 1;
	take();
	assert_int_equal(sample.host_network_namespace, 1);
	assert_true(owner(1)->network.is_valid);
	source.host_netdev.namespace_id = owner(1)->network_namespace;
	take();
	assert_false(owner(1)->network.is_valid);
	netdev_close(&source.host_netdev);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
		TEST(test_v1_alone),
		TEST(test_v1_beside_v2),
		TEST(test_files_of_v1),
		TEST(test_files_of_v1_beside_v2),
		TEST(test_it_comes_and_goes),
		TEST(test_hidden_processes),
		TEST(test_networks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
