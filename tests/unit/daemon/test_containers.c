// SPDX-License-Identifier: GPL-2.0-only
#include "tests/unit/api.h"

#include "contmond/model/arrived.h"

static const char *const container_keys[] = {
	"host", "t", "container", "id", "short_id", "runtime", "engine",
	"engine_version", "pod", "pod_namespace", "image", "command",
	"compose_project", "compose_service", "health", "restarts_total",
	"writable_layer_bytes", "writable_layer_ms", "created_ms",
	"started_ms", "uptime_seconds", "cgroup", "state", "state_code",
	"cpu_cores", "cpu_percent", "cpu_seconds_total",
	"cpu_user_seconds_total", "cpu_system_seconds_total",
	"cpu_throttled_seconds_total", "cpu_periods_total",
	"cpu_throttled_periods_total", "cpu_limit_cores", "cpu_limit_owner",
	"cpu_max_cores", "cpu_limit_throttled_seconds_total", "cpu_weight",
	"cpuset_cpus", "memory_current_bytes", "memory_peak_bytes",
	"memory_limit_bytes", "memory_limit_owner", "memory_max_bytes",
	"memory_limit_percent", "memory_high_bytes", "memory_high_limit_bytes",
	"memory_high_limit_owner", "memory_working_set_bytes",
	"memory_anon_bytes", "memory_file_bytes", "memory_shmem_bytes",
	"memory_kernel_bytes", "memory_kernel_stack_bytes",
	"memory_page_tables_bytes", "memory_slab_bytes", "memory_sock_bytes",
	"memory_other_bytes", "memory_percpu_bytes", "memory_vmalloc_bytes",
	"memory_zswap_bytes", "memory_zswapped_bytes",
	"memory_file_mapped_bytes", "memory_file_dirty_bytes",
	"memory_file_writeback_bytes", "memory_swap_cached_bytes",
	"memory_anon_huge_bytes", "memory_file_huge_bytes",
	"memory_inactive_anon_bytes", "memory_active_anon_bytes",
	"memory_inactive_file_bytes", "memory_active_file_bytes",
	"memory_unevictable_bytes", "memory_slab_reclaimable_bytes",
	"memory_slab_unreclaimable_bytes", "memory_secondary_page_tables_bytes",
	"memory_shmem_huge_bytes", "memory_hugetlb_bytes",
	"memory_refaults_anon_total", "memory_refaults_file_total",
	"memory_scanned_total", "memory_reclaimed_total", "memory_faults_total",
	"memory_major_faults_total", "memory_refaults_activated_anon_total",
	"memory_refaults_activated_file_total",
	"memory_refaults_restored_anon_total",
	"memory_refaults_restored_file_total",
	"memory_shadow_nodes_reclaimed_total", "memory_demoted_kswapd_total",
	"memory_demoted_direct_total", "memory_demoted_khugepaged_total",
	"memory_demoted_proactive_total", "memory_promoted_total",
	"memory_swapped_in_total", "memory_swapped_out_total",
	"memory_scanned_kswapd_total", "memory_scanned_direct_total",
	"memory_scanned_khugepaged_total", "memory_scanned_proactive_total",
	"memory_reclaimed_kswapd_total", "memory_reclaimed_direct_total",
	"memory_reclaimed_khugepaged_total", "memory_reclaimed_proactive_total",
	"memory_scanned_active_total", "memory_activated_total",
	"memory_deactivated_total", "memory_lazily_freed_total",
	"memory_lazily_reclaimed_total", "memory_swapped_in_zero_total",
	"memory_swapped_out_zero_total", "memory_zswapped_in_total",
	"memory_zswapped_out_total", "memory_zswap_written_back_total",
	"memory_huge_faults_total", "memory_huge_collapses_total",
	"memory_huge_swapped_out_total", "memory_huge_split_for_swap_total",
	"memory_numa_migrated_total", "memory_numa_pte_updates_total",
	"memory_numa_hint_faults_total", "memory_low_events_total",
	"memory_high_events_total", "memory_max_events_total",
	"memory_oom_events_total", "swap_current_bytes", "swap_max_bytes",
	"swap_limit_bytes", "swap_limit_owner", "swap_peak_bytes",
	"swap_max_events_total", "swap_fail_events_total", "rss_sum_bytes",
	"vsz_sum_bytes", "oom_kills_total", "processes", "threads",
	"processes_running", "processes_sleeping", "processes_uninterruptible",
	"processes_stopped", "processes_zombie", "processes_idle",
	"pids_current", "pids_peak", "pids_max", "pids_limit",
	"pids_limit_owner", "pids_max_events_total", "read_bytes_total",
	"write_bytes_total", "read_ops_total", "write_ops_total",
	"discard_bytes_total", "discard_ops_total", "read_bytes_per_second",
	"write_bytes_per_second", "io_weight", "psi_cpu_some_seconds_total",
	"psi_cpu_full_seconds_total", "psi_io_some_seconds_total",
	"psi_io_full_seconds_total", "psi_memory_some_seconds_total",
	"psi_memory_full_seconds_total", "network", "network_owner",
	"network_receive_bytes_total", "network_receive_packets_total",
	"network_receive_errors_total", "network_receive_drops_total",
	"network_transmit_bytes_total", "network_transmit_packets_total",
	"network_transmit_errors_total", "network_transmit_drops_total",
	"network_receive_bytes_per_second", "network_transmit_bytes_per_second",
	"minor_faults", "major_faults",
};

static void test_keys(void **state)
{
	(void)state;
	must_have_keys(rows_of("/api/v1/containers", ""), container_keys,
		       COUNT(container_keys));
	must_be_of_host(json_object_get(answer, "rows"));
}

static void test_containers(void **state)
{
	json_t *rows = rows_of("/api/v1/containers", "");
	json_t *row = json_array_get(rows, 1);

	(void)state;
	assert_int_equal(json_array_size(rows), 2);
	assert_string_equal(text_at(json_array_get(rows, 0), "container"),
			    "db");
	assert_string_equal(text_at(row, "container"), "web");
	assert_string_equal(text_at(row, "id"), ID64("a"));
	assert_string_equal(text_at(row, "short_id"), "aaaaaaaaaaaa");
	assert_string_equal(text_at(row, "runtime"), "docker");
	assert_string_equal(text_at(row, "image"), "image:1");
	assert_true(json_is_null(json_object_get(row, "pod")));
	assert_true(json_is_null(json_object_get(row, "memory_max_bytes")));
	assert_near(number_at(row, "t"), 1700000101000.0, 0);
	assert_near(number_at(row, "cpu_cores"), 0.5, 0);
}

static void test_layers(void **state)
{
	struct container_info name = {
		.id = ID64("a"), .name = "web", .layer_bytes = 0,
		.layer_ms = 1700000000005,
	};
	json_t *row;

	(void)state;
	assert_int_equal(names_set(world.names, &name), 0);
	assert_int_equal(model_name(&world.model, world.names), 0);
	row = json_array_get(rows_of("/api/v1/containers", "container=web"), 0);
	assert_near(number_at(row, "writable_layer_bytes"), 0, 0);
	assert_near(number_at(row, "writable_layer_ms"), 1700000000005.0, 0);
	name.layer_bytes = -1;
	assert_int_equal(names_set(world.names, &name), 0);
	assert_int_equal(model_name(&world.model, world.names), 0);
	row = json_array_get(rows_of("/api/v1/containers", "container=web"), 0);
	assert_true(json_is_null(json_object_get(row, "writable_layer_bytes")));
	assert_true(json_is_null(json_object_get(row, "writable_layer_ms")));
}

static void test_container_filters(void **state)
{
	static const struct {
		const char *parameters;
		size_t nr;
	} cases[] = {
		{ "container=web", 1 },	{ "container=web,db", 2 },
		{ "container=" ID64("a"), 1 },
		{ "container=aaaaaaaaaaaa", 1 }, { "container=aaaa", 0 },
		{ "container=*", 2 },	{ "container=", 2 },
		{ "container=nobody", 0 },
		{ "container=web&container=db", 2 },
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++)
		assert_int_equal(json_array_size(
			rows_of("/api/v1/containers", cases[i].parameters)),
			cases[i].nr);
}

static void test_container_fields(void **state)
{
	static const char *const keys[] = { "container", "cpu_cores" };
	static const char *const host_keys[] = { "host", "container" };
	static const char *const metric_keys[] = { "container", "v" };
	json_t *rows;

	(void)state;
	must_have_keys(rows_of("/api/v1/containers",
			       "fields=cpu_cores,container"), keys,
		       COUNT(keys));
	must_have_keys(rows_of("/api/v1/containers", "fields=host,container"),
		       host_keys, COUNT(host_keys));
	world.status.host[0] = '\0';
	rows = rows_of("/api/v1/containers", "fields=host");
	assert_true(json_is_null(json_object_get(json_array_get(rows, 0),
						 "host")));
	assert_int_equal(get("/api/v1/containers", "fields=cpu_cores,x"), 400);
	assert_string_equal(text_at(answer, "error"),
			    "fields: no such key: x");
	rows = rows_of("/api/v1/containers", "metric=cpu_cores");
	must_have_keys(rows, metric_keys, COUNT(metric_keys));
	assert_near(number_at(json_array_get(rows, 0), "v"), 2, 0);
	assert_int_equal(get("/api/v1/containers", "metric=x"), 404);
	assert_int_equal(get("/api/v1/containers", "metric=image"), 404);
}

static void test_hostile_names(void **state)
{
	json_t *rows;

	(void)state;
	world_name(&world, ID64("a"), "a\"},{\"x\":\n\x01\\");
	assert_int_equal(model_name(&world.model, world.names), 0);
	rows = rows_of("/api/v1/containers", "");
	assert_string_equal(text_at(json_array_get(rows, 0), "container"),
			    "a\"},{\"x\":\n\x01\\");
}

/* It is listed by its title, in order; its numbers come with a sample. */
static void test_a_container_that_no_sample_has(void **state)
{
	struct scope *new = world_scope(300, ID64("c"));
	json_t *row;

	(void)state;
	assert_int_equal(arrived_add(&world.model, new, world.names), 0);
	assert_int_equal(arrived_add(&world.model, new, world.names), 0);
	row = json_array_get(rows_of("/api/v1/containers", ""), 0);
	assert_string_equal(text_at(row, "container"), "cccccccccccc");
	assert_string_equal(text_at(row, "id"), ID64("c"));
	assert_true(json_is_null(json_object_get(row, "t")));
	assert_true(json_is_null(json_object_get(row, "state")));
	assert_true(json_is_null(json_object_get(row, "processes")));
	assert_int_equal(json_array_size(rows_of("/api/v1/containers", "")), 3);
	arrived_remove(&world.model, new->cgroup_id);
	scope_unref(new);
	assert_int_equal(json_array_size(rows_of("/api/v1/containers", "")), 2);
}

/* The others keep their texts. */
static void test_one_of_some_that_no_sample_has_goes(void **state)
{
	struct scope *c = world_scope(300, ID64("c"));
	struct scope *d = world_scope(301, ID64("d"));
	struct scope *e = world_scope(302, ID64("e"));
	json_t *rows;

	(void)state;
	assert_int_equal(arrived_add(&world.model, c, world.names), 0);
	assert_int_equal(arrived_add(&world.model, d, world.names), 0);
	assert_int_equal(arrived_add(&world.model, e, world.names), 0);
	arrived_remove(&world.model, c->cgroup_id);
	rows = rows_of("/api/v1/containers", "");
	assert_string_equal(text_at(json_array_get(rows, 1), "short_id"),
			    "dddddddddddd");
	assert_string_equal(text_at(json_array_get(rows, 2), "short_id"),
			    "eeeeeeeeeeee");
	scope_unref(c);
	scope_unref(d);
	scope_unref(e);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(test_keys),
		TEST(test_containers),
		TEST(test_layers),
		TEST(test_container_filters),
		TEST(test_container_fields),
		TEST(test_hostile_names),
		TEST(test_a_container_that_no_sample_has),
		TEST(test_one_of_some_that_no_sample_has_goes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
