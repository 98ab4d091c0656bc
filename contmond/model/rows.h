/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The rows of the HTTP API. The name of a member is its key. An unknown number
 * is NAN, an unknown string is NULL.
 */
#ifndef CONTMOND_MODEL_ROWS_H
#define CONTMOND_MODEL_ROWS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/util.h"

enum unit {
	UNIT_TEXT,
	UNIT_TIME,	/* epoch in ms: a number, but not a metric */
	UNIT_ID,	/* pids, uids: numbers, but not metrics */
	UNIT_BYTES,
	UNIT_SECONDS,
	UNIT_PERCENT,
	UNIT_CORES,
	UNIT_BYTES_PER_SECOND,
	UNIT_COUNT,
};

/**
 * struct column - one value of a row
 * @is_live: only the current value is served; past values are not stored,
 *	because they are of little use
 */
struct column {
	const char *key;
	enum unit unit;
	size_t offset;
	bool is_live;
};

struct table {
	const struct column *columns;
	size_t nr_columns;
};

/* To define a table; struct ROW is the type of its rows. */
#define COLUMN(member, unit) COLUMN_AS(member, member, unit)
#define COLUMN_AS(key, member, unit) \
	{ #key, unit, offsetof(struct ROW, member), false }
#define COLUMN_LIVE(member, unit) \
	{ #member, unit, offsetof(struct ROW, member), true }
#define TABLE(columns) { columns, ARRAY_SIZE(columns) }

/* Labels of a container that have their own keys in a row */
#define LABEL_COMPOSE_PROJECT "com.docker.compose.project"
#define LABEL_COMPOSE_SERVICE "com.docker.compose.service"
#define LABEL_POD_NAMESPACE "io.kubernetes.pod.namespace"

struct container_row {
	double t;
	const char *container;
	const char *id;
	const char *short_id;
	const char *runtime;
	const char *engine;
	const char *engine_version;
	const char *pod;
	const char *pod_namespace;
	const char *image;
	const char *command;
	const char *compose_project;
	const char *compose_service;
	const char *health;
	double restarts_total;
	double writable_layer_bytes;
	double writable_layer_ms;
	double created_ms;
	double started_ms;
	double uptime_seconds;
	const char *cgroup;
	const char *state;
	double state_code;
	double cpu_cores;
	double cpu_percent;
	double cpu_seconds_total;
	double cpu_user_seconds_total;
	double cpu_system_seconds_total;
	double cpu_throttled_seconds_total;
	double cpu_periods_total;
	double cpu_throttled_periods_total;
	double cpu_limit_cores;
	const char *cpu_limit_owner;
	double cpu_max_cores;
	double cpu_limit_throttled_seconds_total;
	double cpu_weight;
	double cpuset_cpus;
	double memory_current_bytes;
	double memory_peak_bytes;
	double memory_limit_bytes;
	const char *memory_limit_owner;
	double memory_max_bytes;
	double memory_limit_percent;
	double memory_high_bytes;
	double memory_high_limit_bytes;
	const char *memory_high_limit_owner;
	double memory_working_set_bytes;
	double memory_anon_bytes;
	double memory_file_bytes;
	double memory_shmem_bytes;
	double memory_kernel_bytes;
	double memory_kernel_stack_bytes;
	double memory_page_tables_bytes;
	double memory_slab_bytes;
	double memory_sock_bytes;
	double memory_other_bytes;
	double memory_percpu_bytes;
	double memory_vmalloc_bytes;
	double memory_zswap_bytes;
	double memory_zswapped_bytes;
	double memory_file_mapped_bytes;
	double memory_file_dirty_bytes;
	double memory_file_writeback_bytes;
	double memory_swap_cached_bytes;
	double memory_anon_huge_bytes;
	double memory_file_huge_bytes;
	double memory_inactive_anon_bytes;
	double memory_active_anon_bytes;
	double memory_inactive_file_bytes;
	double memory_active_file_bytes;
	double memory_unevictable_bytes;
	double memory_slab_reclaimable_bytes;
	double memory_slab_unreclaimable_bytes;
	double memory_secondary_page_tables_bytes;
	double memory_shmem_huge_bytes;
	double memory_hugetlb_bytes;
	double memory_refaults_anon_total;
	double memory_refaults_file_total;
	double memory_scanned_total;
	double memory_reclaimed_total;
	double memory_faults_total;
	double memory_major_faults_total;
	double memory_refaults_activated_anon_total;
	double memory_refaults_activated_file_total;
	double memory_refaults_restored_anon_total;
	double memory_refaults_restored_file_total;
	double memory_shadow_nodes_reclaimed_total;
	double memory_demoted_kswapd_total;
	double memory_demoted_direct_total;
	double memory_demoted_khugepaged_total;
	double memory_demoted_proactive_total;
	double memory_promoted_total;
	double memory_swapped_in_total;
	double memory_swapped_out_total;
	double memory_scanned_kswapd_total;
	double memory_scanned_direct_total;
	double memory_scanned_khugepaged_total;
	double memory_scanned_proactive_total;
	double memory_reclaimed_kswapd_total;
	double memory_reclaimed_direct_total;
	double memory_reclaimed_khugepaged_total;
	double memory_reclaimed_proactive_total;
	double memory_scanned_active_total;
	double memory_activated_total;
	double memory_deactivated_total;
	double memory_lazily_freed_total;
	double memory_lazily_reclaimed_total;
	double memory_swapped_in_zero_total;
	double memory_swapped_out_zero_total;
	double memory_zswapped_in_total;
	double memory_zswapped_out_total;
	double memory_zswap_written_back_total;
	double memory_huge_faults_total;
	double memory_huge_collapses_total;
	double memory_huge_swapped_out_total;
	double memory_huge_split_for_swap_total;
	double memory_numa_migrated_total;
	double memory_numa_pte_updates_total;
	double memory_numa_hint_faults_total;
	double memory_low_events_total;
	double memory_high_events_total;
	double memory_max_events_total;
	double memory_oom_events_total;
	double swap_current_bytes;
	double swap_max_bytes;
	double swap_limit_bytes;
	const char *swap_limit_owner;
	double swap_peak_bytes;
	double swap_max_events_total;
	double swap_fail_events_total;
	double rss_sum_bytes;
	double vsz_sum_bytes;
	double oom_kills_total;
	double processes;
	double threads;
	double processes_running;
	double processes_sleeping;
	double processes_uninterruptible;
	double processes_stopped;
	double processes_zombie;
	double processes_idle;
	double pids_current;
	double pids_peak;
	double pids_max;
	double pids_limit;
	const char *pids_limit_owner;
	double pids_max_events_total;
	double read_bytes_total;
	double write_bytes_total;
	double read_ops_total;
	double write_ops_total;
	double discard_bytes_total;
	double discard_ops_total;
	double read_bytes_per_second;
	double write_bytes_per_second;
	double io_weight;
	double psi_cpu_some_seconds_total;
	double psi_cpu_full_seconds_total;
	double psi_io_some_seconds_total;
	double psi_io_full_seconds_total;
	double psi_memory_some_seconds_total;
	double psi_memory_full_seconds_total;
	const char *network;
	const char *network_owner;
	double network_receive_bytes_total;
	double network_receive_packets_total;
	double network_receive_errors_total;
	double network_receive_drops_total;
	double network_transmit_bytes_total;
	double network_transmit_packets_total;
	double network_transmit_errors_total;
	double network_transmit_drops_total;
	double network_receive_bytes_per_second;
	double network_transmit_bytes_per_second;
	double minor_faults;
	double major_faults;
};

/** container_row_init() - set everything to unknown */
void container_row_init(struct container_row *row);

/**
 * container_place() - what stays the same when a container runs again
 *
 * The path of its cgroup, or its id if it is only in cgroup v1.
 */
static inline const char *container_place(const struct container_row *row)
{
	return row->cgroup ?: row->id;
}

struct process_row {
	double t;
	double pid;
	double ppid;
	double start_ms;
	const char *comm;
	const char *state;
	const char *container;
	const char *container_id;
	double uid;
	double nice;
	double threads;
	double cpu_cores;
	double cpu_percent;
	double cpu_seconds_total;
	double cpu_user_seconds_total;
	double cpu_system_seconds_total;
	double vsz_bytes;
	double rss_bytes;
	double rss_anon_bytes;
	double rss_file_bytes;
	double rss_shmem_bytes;
	double swap_bytes;
	double rss_percent_of_vsz;
	double rss_percent_of_ram;
	double minor_faults;
	double major_faults;
	double read_bytes_total;
	double write_bytes_total;
	double oom_score;
	double oom_score_adj;
};

struct system_row {
	double t;
	double nr_cpus;
	double cpu_percent;
	double cpu_user_percent;
	double cpu_nice_percent;
	double cpu_system_percent;
	double cpu_iowait_percent;
	double cpu_irq_percent;
	double cpu_softirq_percent;
	double cpu_steal_percent;
	double cpu_idle_percent;
	double load1;
	double load5;
	double load15;
	double ram_total_bytes;
	double ram_free_bytes;
	double ram_available_bytes;
	double ram_used_bytes;
	double ram_used_percent;
	double swap_total_bytes;
	double swap_used_bytes;
	double reserved_bytes;
	double committed_bytes;
	double processes;
	double threads;
	double processes_running;
	double processes_sleeping;
	double processes_uninterruptible;
	double processes_stopped;
	double processes_zombie;
	double processes_idle;
	double containers;
	double oom_kills_total;
};

/**
 * struct device_row - one device of one container
 * @device: its number, "8:0"; @device_name: "sda", or NULL
 *
 * X_max is the container's own limit, X_limit the lowest of that and those of
 * its ancestor cgroups.
 */
struct device_row {
	double t;
	const char *container;
	const char *device;
	const char *device_name;
	double read_bytes_total;
	double write_bytes_total;
	double read_ops_total;
	double write_ops_total;
	double discard_bytes_total;
	double discard_ops_total;
	double read_bytes_per_second;
	double write_bytes_per_second;
	double read_ops_per_second;
	double write_ops_per_second;
	double read_max_bytes_per_second;
	double write_max_bytes_per_second;
	double read_max_ops_per_second;
	double write_max_ops_per_second;
	double read_limit_bytes_per_second;
	double write_limit_bytes_per_second;
	double read_limit_ops_per_second;
	double write_limit_ops_per_second;
};

extern const struct table container_table;
extern const struct table process_table;
extern const struct table system_table;
extern const struct table device_table;

/** table_find() - find a column by its key, or NULL */
const struct column *table_find(const struct table *table, const char *key);

double column_number(const struct column *column, const void *row);
const char *column_text(const struct column *column, const void *row);

/** column_is_metric() - is it a number that makes sense over time? */
bool column_is_metric(const struct column *column);

/**
 * column_is_total() - according to its name, does it only grow?
 *
 * Totals and codes have no mean: the last value of many is used.
 */
bool column_is_total(const struct column *column);
bool column_is_code(const struct column *column);

/** unit_name() - the name used in meta.unit of a series */
const char *unit_name(enum unit unit);

#endif /* CONTMOND_MODEL_ROWS_H */
