// SPDX-License-Identifier: GPL-2.0-only
#include "rows.h"

#include <math.h>
#include <string.h>

#include "base/text.h"

#define ROW container_row
static const struct column container_columns[] = {
	COLUMN(t, UNIT_TIME),
	COLUMN(container, UNIT_TEXT),
	COLUMN(id, UNIT_TEXT),
	COLUMN(short_id, UNIT_TEXT),
	COLUMN(runtime, UNIT_TEXT),
	COLUMN(engine, UNIT_TEXT),
	COLUMN(engine_version, UNIT_TEXT),
	COLUMN(pod, UNIT_TEXT),
	COLUMN(pod_namespace, UNIT_TEXT),
	COLUMN(image, UNIT_TEXT),
	COLUMN(command, UNIT_TEXT),
	COLUMN(compose_project, UNIT_TEXT),
	COLUMN(compose_service, UNIT_TEXT),
	COLUMN(health, UNIT_TEXT),
	COLUMN(restarts_total, UNIT_COUNT),
	COLUMN_LIVE(writable_layer_bytes, UNIT_BYTES),
	COLUMN_LIVE(writable_layer_ms, UNIT_TIME),
	COLUMN(created_ms, UNIT_TIME),
	COLUMN(started_ms, UNIT_TIME),
	COLUMN(uptime_seconds, UNIT_SECONDS),
	COLUMN(cgroup, UNIT_TEXT),
	COLUMN(state, UNIT_TEXT),
	COLUMN(state_code, UNIT_COUNT),
	COLUMN(cpu_cores, UNIT_CORES),
	COLUMN(cpu_percent, UNIT_PERCENT),
	COLUMN(cpu_seconds_total, UNIT_SECONDS),
	COLUMN(cpu_user_seconds_total, UNIT_SECONDS),
	COLUMN(cpu_system_seconds_total, UNIT_SECONDS),
	COLUMN(cpu_throttled_seconds_total, UNIT_SECONDS),
	COLUMN(cpu_periods_total, UNIT_COUNT),
	COLUMN(cpu_throttled_periods_total, UNIT_COUNT),
	COLUMN(cpu_limit_cores, UNIT_CORES),
	COLUMN(cpu_limit_owner, UNIT_TEXT),
	COLUMN(cpu_max_cores, UNIT_CORES),
	COLUMN(cpu_limit_throttled_seconds_total, UNIT_SECONDS),
	COLUMN(cpu_weight, UNIT_COUNT),
	COLUMN(cpuset_cpus, UNIT_COUNT),
	COLUMN(memory_current_bytes, UNIT_BYTES),
	COLUMN(memory_peak_bytes, UNIT_BYTES),
	COLUMN(memory_limit_bytes, UNIT_BYTES),
	COLUMN(memory_limit_owner, UNIT_TEXT),
	COLUMN(memory_max_bytes, UNIT_BYTES),
	COLUMN(memory_limit_percent, UNIT_PERCENT),
	COLUMN(memory_high_bytes, UNIT_BYTES),
	COLUMN(memory_high_limit_bytes, UNIT_BYTES),
	COLUMN(memory_high_limit_owner, UNIT_TEXT),
	COLUMN(memory_working_set_bytes, UNIT_BYTES),
	COLUMN(memory_anon_bytes, UNIT_BYTES),
	COLUMN(memory_file_bytes, UNIT_BYTES),
	COLUMN(memory_shmem_bytes, UNIT_BYTES),
	COLUMN(memory_kernel_bytes, UNIT_BYTES),
	COLUMN(memory_kernel_stack_bytes, UNIT_BYTES),
	COLUMN(memory_page_tables_bytes, UNIT_BYTES),
	COLUMN(memory_slab_bytes, UNIT_BYTES),
	COLUMN(memory_sock_bytes, UNIT_BYTES),
	COLUMN(memory_other_bytes, UNIT_BYTES),
	COLUMN_LIVE(memory_percpu_bytes, UNIT_BYTES),
	COLUMN_LIVE(memory_vmalloc_bytes, UNIT_BYTES),
	COLUMN_LIVE(memory_zswap_bytes, UNIT_BYTES),
	COLUMN_LIVE(memory_zswapped_bytes, UNIT_BYTES),
	COLUMN_LIVE(memory_file_mapped_bytes, UNIT_BYTES),
	COLUMN_LIVE(memory_file_dirty_bytes, UNIT_BYTES),
	COLUMN_LIVE(memory_file_writeback_bytes, UNIT_BYTES),
	COLUMN_LIVE(memory_swap_cached_bytes, UNIT_BYTES),
	COLUMN_LIVE(memory_anon_huge_bytes, UNIT_BYTES),
	COLUMN_LIVE(memory_file_huge_bytes, UNIT_BYTES),
	COLUMN_LIVE(memory_inactive_anon_bytes, UNIT_BYTES),
	COLUMN_LIVE(memory_active_anon_bytes, UNIT_BYTES),
	COLUMN_LIVE(memory_inactive_file_bytes, UNIT_BYTES),
	COLUMN_LIVE(memory_active_file_bytes, UNIT_BYTES),
	COLUMN_LIVE(memory_unevictable_bytes, UNIT_BYTES),
	COLUMN_LIVE(memory_slab_reclaimable_bytes, UNIT_BYTES),
	COLUMN_LIVE(memory_slab_unreclaimable_bytes, UNIT_BYTES),
	COLUMN_LIVE(memory_secondary_page_tables_bytes, UNIT_BYTES),
	COLUMN_LIVE(memory_shmem_huge_bytes, UNIT_BYTES),
	COLUMN_LIVE(memory_hugetlb_bytes, UNIT_BYTES),
	COLUMN(memory_refaults_anon_total, UNIT_COUNT),
	COLUMN(memory_refaults_file_total, UNIT_COUNT),
	COLUMN_LIVE(memory_scanned_total, UNIT_COUNT),
	COLUMN_LIVE(memory_reclaimed_total, UNIT_COUNT),
	COLUMN_LIVE(memory_faults_total, UNIT_COUNT),
	COLUMN(memory_major_faults_total, UNIT_COUNT),
	COLUMN_LIVE(memory_refaults_activated_anon_total, UNIT_COUNT),
	COLUMN_LIVE(memory_refaults_activated_file_total, UNIT_COUNT),
	COLUMN_LIVE(memory_refaults_restored_anon_total, UNIT_COUNT),
	COLUMN_LIVE(memory_refaults_restored_file_total, UNIT_COUNT),
	COLUMN_LIVE(memory_shadow_nodes_reclaimed_total, UNIT_COUNT),
	COLUMN_LIVE(memory_demoted_kswapd_total, UNIT_COUNT),
	COLUMN_LIVE(memory_demoted_direct_total, UNIT_COUNT),
	COLUMN_LIVE(memory_demoted_khugepaged_total, UNIT_COUNT),
	COLUMN_LIVE(memory_demoted_proactive_total, UNIT_COUNT),
	COLUMN_LIVE(memory_promoted_total, UNIT_COUNT),
	COLUMN_LIVE(memory_swapped_in_total, UNIT_COUNT),
	COLUMN_LIVE(memory_swapped_out_total, UNIT_COUNT),
	COLUMN_LIVE(memory_scanned_kswapd_total, UNIT_COUNT),
	COLUMN_LIVE(memory_scanned_direct_total, UNIT_COUNT),
	COLUMN_LIVE(memory_scanned_khugepaged_total, UNIT_COUNT),
	COLUMN_LIVE(memory_scanned_proactive_total, UNIT_COUNT),
	COLUMN_LIVE(memory_reclaimed_kswapd_total, UNIT_COUNT),
	COLUMN_LIVE(memory_reclaimed_direct_total, UNIT_COUNT),
	COLUMN_LIVE(memory_reclaimed_khugepaged_total, UNIT_COUNT),
	COLUMN_LIVE(memory_reclaimed_proactive_total, UNIT_COUNT),
	COLUMN_LIVE(memory_scanned_active_total, UNIT_COUNT),
	COLUMN_LIVE(memory_activated_total, UNIT_COUNT),
	COLUMN_LIVE(memory_deactivated_total, UNIT_COUNT),
	COLUMN_LIVE(memory_lazily_freed_total, UNIT_COUNT),
	COLUMN_LIVE(memory_lazily_reclaimed_total, UNIT_COUNT),
	COLUMN_LIVE(memory_swapped_in_zero_total, UNIT_COUNT),
	COLUMN_LIVE(memory_swapped_out_zero_total, UNIT_COUNT),
	COLUMN_LIVE(memory_zswapped_in_total, UNIT_COUNT),
	COLUMN_LIVE(memory_zswapped_out_total, UNIT_COUNT),
	COLUMN_LIVE(memory_zswap_written_back_total, UNIT_COUNT),
	COLUMN_LIVE(memory_huge_faults_total, UNIT_COUNT),
	COLUMN_LIVE(memory_huge_collapses_total, UNIT_COUNT),
	COLUMN_LIVE(memory_huge_swapped_out_total, UNIT_COUNT),
	COLUMN_LIVE(memory_huge_split_for_swap_total, UNIT_COUNT),
	COLUMN_LIVE(memory_numa_migrated_total, UNIT_COUNT),
	COLUMN_LIVE(memory_numa_pte_updates_total, UNIT_COUNT),
	COLUMN_LIVE(memory_numa_hint_faults_total, UNIT_COUNT),
	COLUMN(memory_low_events_total, UNIT_COUNT),
	COLUMN(memory_high_events_total, UNIT_COUNT),
	COLUMN(memory_max_events_total, UNIT_COUNT),
	COLUMN(memory_oom_events_total, UNIT_COUNT),
	COLUMN(swap_current_bytes, UNIT_BYTES),
	COLUMN(swap_max_bytes, UNIT_BYTES),
	COLUMN(swap_limit_bytes, UNIT_BYTES),
	COLUMN(swap_limit_owner, UNIT_TEXT),
	COLUMN(swap_peak_bytes, UNIT_BYTES),
	COLUMN(swap_max_events_total, UNIT_COUNT),
	COLUMN(swap_fail_events_total, UNIT_COUNT),
	COLUMN(rss_sum_bytes, UNIT_BYTES),
	COLUMN(vsz_sum_bytes, UNIT_BYTES),
	COLUMN(oom_kills_total, UNIT_COUNT),
	COLUMN(processes, UNIT_COUNT),
	COLUMN(threads, UNIT_COUNT),
	COLUMN(processes_running, UNIT_COUNT),
	COLUMN(processes_sleeping, UNIT_COUNT),
	COLUMN(processes_uninterruptible, UNIT_COUNT),
	COLUMN(processes_stopped, UNIT_COUNT),
	COLUMN(processes_zombie, UNIT_COUNT),
	COLUMN(processes_idle, UNIT_COUNT),
	COLUMN(pids_current, UNIT_COUNT),
	COLUMN(pids_peak, UNIT_COUNT),
	COLUMN(pids_max, UNIT_COUNT),
	COLUMN(pids_limit, UNIT_COUNT),
	COLUMN(pids_limit_owner, UNIT_TEXT),
	COLUMN(pids_max_events_total, UNIT_COUNT),
	COLUMN(read_bytes_total, UNIT_BYTES),
	COLUMN(write_bytes_total, UNIT_BYTES),
	COLUMN(read_ops_total, UNIT_COUNT),
	COLUMN(write_ops_total, UNIT_COUNT),
	COLUMN(discard_bytes_total, UNIT_BYTES),
	COLUMN(discard_ops_total, UNIT_COUNT),
	COLUMN(read_bytes_per_second, UNIT_BYTES_PER_SECOND),
	COLUMN(write_bytes_per_second, UNIT_BYTES_PER_SECOND),
	COLUMN(io_weight, UNIT_COUNT),
	COLUMN(psi_cpu_some_seconds_total, UNIT_SECONDS),
	COLUMN(psi_cpu_full_seconds_total, UNIT_SECONDS),
	COLUMN(psi_io_some_seconds_total, UNIT_SECONDS),
	COLUMN(psi_io_full_seconds_total, UNIT_SECONDS),
	COLUMN(psi_memory_some_seconds_total, UNIT_SECONDS),
	COLUMN(psi_memory_full_seconds_total, UNIT_SECONDS),
	COLUMN(network, UNIT_TEXT),
	COLUMN(network_owner, UNIT_TEXT),
	COLUMN(network_receive_bytes_total, UNIT_BYTES),
	COLUMN(network_receive_packets_total, UNIT_COUNT),
	COLUMN(network_receive_errors_total, UNIT_COUNT),
	COLUMN(network_receive_drops_total, UNIT_COUNT),
	COLUMN(network_transmit_bytes_total, UNIT_BYTES),
	COLUMN(network_transmit_packets_total, UNIT_COUNT),
	COLUMN(network_transmit_errors_total, UNIT_COUNT),
	COLUMN(network_transmit_drops_total, UNIT_COUNT),
	COLUMN(network_receive_bytes_per_second, UNIT_BYTES_PER_SECOND),
	COLUMN(network_transmit_bytes_per_second, UNIT_BYTES_PER_SECOND),
	COLUMN(minor_faults, UNIT_COUNT),
	COLUMN(major_faults, UNIT_COUNT),
};
#undef ROW

#define ROW process_row
static const struct column process_columns[] = {
	COLUMN(t, UNIT_TIME),
	COLUMN(pid, UNIT_ID),
	COLUMN(ppid, UNIT_ID),
	COLUMN(start_ms, UNIT_TIME),
	COLUMN(comm, UNIT_TEXT),
	COLUMN(state, UNIT_TEXT),
	COLUMN(container, UNIT_TEXT),
	COLUMN(container_id, UNIT_TEXT),
	COLUMN(uid, UNIT_ID),
	COLUMN(nice, UNIT_COUNT),
	COLUMN(threads, UNIT_COUNT),
	COLUMN(cpu_cores, UNIT_CORES),
	COLUMN(cpu_percent, UNIT_PERCENT),
	COLUMN(cpu_seconds_total, UNIT_SECONDS),
	COLUMN(cpu_user_seconds_total, UNIT_SECONDS),
	COLUMN(cpu_system_seconds_total, UNIT_SECONDS),
	COLUMN(vsz_bytes, UNIT_BYTES),
	COLUMN(rss_bytes, UNIT_BYTES),
	COLUMN(rss_anon_bytes, UNIT_BYTES),
	COLUMN(rss_file_bytes, UNIT_BYTES),
	COLUMN(rss_shmem_bytes, UNIT_BYTES),
	COLUMN(swap_bytes, UNIT_BYTES),
	COLUMN(rss_percent_of_vsz, UNIT_PERCENT),
	COLUMN(rss_percent_of_ram, UNIT_PERCENT),
	COLUMN(minor_faults, UNIT_COUNT),
	COLUMN(major_faults, UNIT_COUNT),
	COLUMN(read_bytes_total, UNIT_BYTES),
	COLUMN(write_bytes_total, UNIT_BYTES),
	COLUMN(oom_score, UNIT_COUNT),
	COLUMN(oom_score_adj, UNIT_COUNT),
};
#undef ROW

#define ROW system_row
static const struct column system_columns[] = {
	COLUMN(t, UNIT_TIME),
	COLUMN(nr_cpus, UNIT_COUNT),
	COLUMN(cpu_percent, UNIT_PERCENT),
	COLUMN(cpu_user_percent, UNIT_PERCENT),
	COLUMN(cpu_nice_percent, UNIT_PERCENT),
	COLUMN(cpu_system_percent, UNIT_PERCENT),
	COLUMN(cpu_iowait_percent, UNIT_PERCENT),
	COLUMN(cpu_irq_percent, UNIT_PERCENT),
	COLUMN(cpu_softirq_percent, UNIT_PERCENT),
	COLUMN(cpu_steal_percent, UNIT_PERCENT),
	COLUMN(cpu_idle_percent, UNIT_PERCENT),
	COLUMN(load1, UNIT_COUNT),
	COLUMN(load5, UNIT_COUNT),
	COLUMN(load15, UNIT_COUNT),
	COLUMN(ram_total_bytes, UNIT_BYTES),
	COLUMN(ram_free_bytes, UNIT_BYTES),
	COLUMN(ram_available_bytes, UNIT_BYTES),
	COLUMN(ram_used_bytes, UNIT_BYTES),
	COLUMN(ram_used_percent, UNIT_PERCENT),
	COLUMN(swap_total_bytes, UNIT_BYTES),
	COLUMN(swap_used_bytes, UNIT_BYTES),
	COLUMN(reserved_bytes, UNIT_BYTES),
	COLUMN(committed_bytes, UNIT_BYTES),
	COLUMN(processes, UNIT_COUNT),
	COLUMN(threads, UNIT_COUNT),
	COLUMN(processes_running, UNIT_COUNT),
	COLUMN(processes_sleeping, UNIT_COUNT),
	COLUMN(processes_uninterruptible, UNIT_COUNT),
	COLUMN(processes_stopped, UNIT_COUNT),
	COLUMN(processes_zombie, UNIT_COUNT),
	COLUMN(processes_idle, UNIT_COUNT),
	COLUMN(containers, UNIT_COUNT),
	COLUMN(oom_kills_total, UNIT_COUNT),
};
#undef ROW

#define ROW device_row
static const struct column device_columns[] = {
	COLUMN(t, UNIT_TIME),
	COLUMN(container, UNIT_TEXT),
	COLUMN(device, UNIT_TEXT),
	COLUMN(device_name, UNIT_TEXT),
	COLUMN(read_bytes_total, UNIT_BYTES),
	COLUMN(write_bytes_total, UNIT_BYTES),
	COLUMN(read_ops_total, UNIT_COUNT),
	COLUMN(write_ops_total, UNIT_COUNT),
	COLUMN_LIVE(discard_bytes_total, UNIT_BYTES),
	COLUMN_LIVE(discard_ops_total, UNIT_COUNT),
	COLUMN(read_bytes_per_second, UNIT_BYTES_PER_SECOND),
	COLUMN(write_bytes_per_second, UNIT_BYTES_PER_SECOND),
	COLUMN(read_ops_per_second, UNIT_COUNT),
	COLUMN(write_ops_per_second, UNIT_COUNT),
	COLUMN_LIVE(read_max_bytes_per_second, UNIT_BYTES_PER_SECOND),
	COLUMN_LIVE(write_max_bytes_per_second, UNIT_BYTES_PER_SECOND),
	COLUMN_LIVE(read_max_ops_per_second, UNIT_COUNT),
	COLUMN_LIVE(write_max_ops_per_second, UNIT_COUNT),
	COLUMN(read_limit_bytes_per_second, UNIT_BYTES_PER_SECOND),
	COLUMN(write_limit_bytes_per_second, UNIT_BYTES_PER_SECOND),
	COLUMN(read_limit_ops_per_second, UNIT_COUNT),
	COLUMN(write_limit_ops_per_second, UNIT_COUNT),
};
#undef ROW

const struct table container_table = TABLE(container_columns);
const struct table process_table = TABLE(process_columns);
const struct table system_table = TABLE(system_columns);
const struct table device_table = TABLE(device_columns);

void container_row_init(struct container_row *row)
{
	size_t i;

	*row = (struct container_row){ 0 };
	for (i = 0; i < container_table.nr_columns; i++) {
		const struct column *column = &container_table.columns[i];

		if (column->unit != UNIT_TEXT)
			*(double *)((char *)row + column->offset) = NAN;
	}
}

const struct column *table_find(const struct table *table, const char *key)
{
	size_t i;

	for (i = 0; i < table->nr_columns; i++) {
		if (strcmp(table->columns[i].key, key) == 0)
			return &table->columns[i];
	}
	return NULL;
}

double column_number(const struct column *column, const void *row)
{
	return *(const double *)((const char *)row + column->offset);
}

const char *column_text(const struct column *column, const void *row)
{
	return *(const char *const *)((const char *)row + column->offset);
}

bool column_is_metric(const struct column *column)
{
	return column->unit > UNIT_ID;
}

bool column_is_total(const struct column *column)
{
	return text_ends_with(column->key, "_total");
}

bool column_is_code(const struct column *column)
{
	return text_ends_with(column->key, "_code");
}

const char *unit_name(enum unit unit)
{
	static const char *const names[] = {
		[UNIT_TEXT] = "text",
		[UNIT_TIME] = "milliseconds",
		[UNIT_ID] = "id",
		[UNIT_BYTES] = "bytes",
		[UNIT_SECONDS] = "seconds",
		[UNIT_PERCENT] = "percent",
		[UNIT_CORES] = "cores",
		[UNIT_BYTES_PER_SECOND] = "bytes_per_second",
		[UNIT_COUNT] = "count",
	};

	return names[unit];
}
