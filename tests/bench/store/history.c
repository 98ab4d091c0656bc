// SPDX-License-Identifier: GPL-2.0-only
/*
 * A month of a busy host, fed to the real store at full speed: the size of the
 * database, the time of a commit, and the time of any chart.
 *
 * Of the containers, six in ten are idle, three work at intervals, one always.
 * There is a tick every second; before the last days, of which ticks and 10 s
 * are kept, every 10 s, which does not change the coarser tiers.
 *
 * Usage: history FILE [DAYS [CONTAINERS [charts]]], where "charts" only draws
 * charts, from a FILE made before.
 */
#include <inttypes.h>
#include <malloc.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/util.h"
#include "contmond/store/history.h"
#include "contmond/store/store.h"

#define T0_MS INT64_C(1700000000000)
#define FINE_S INT64_C(190000)	/* 48 h and some */
#define PAGE 4096.0
#define MIB 1048576.0

struct load {
	double cpu, user, memory, anon, file, kernel, rss;
	double read, write, read_ops, write_ops, faults, received, sent;
	double processes, periods, throttled_periods, throttled, major_faults;
	double refaults, swap, cpu_stall, io_stall, memory_stall;
};

static uint64_t seed = 88172645463325252;
static struct container_row *rows;
static struct store_container *containers;
static struct store_process (*processes)[3];
static struct load *loads;
static struct system_row host;
static size_t nr;
static char (*names)[2][80];

static double uniform(void)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (double)(seed >> 11) / 9007199254740992.0;
}

static double noise(double by)
{
	return (uniform() + uniform() + uniform() - 1.5) * by;
}

/* A column that does not exist in this version is not set. */
#define set(row, key, number) do { \
	static const struct column *column; \
	\
	if (!column) \
		column = table_find(&container_table, key); \
	if (column) \
		*(double *)((char *)(row) + column->offset) = (number); \
} while (0)

/* From 0, idle, to 1, always busy */
static double activity(size_t i, int64_t t_s)
{
	if (i % 10 < 6)
		return t_s % 60 == (int64_t)i % 60 ? 0.002 : 0;
	if (i % 10 < 9)
		return (t_s / 40 + (int64_t)i) % 5 == 0 ? 0.2 : 0.01;
	return 0.7 + 0.3 * sin((double)t_s / 3000 + (double)i);
}

static void advance(size_t i, int64_t t_s, struct load *load)
{
	double a = activity(i, t_s), cpu = fmax(0, a + noise(a * 0.2));

	load->cpu += cpu;
	load->user += cpu * 0.7;
	if (a > 0.005) {
		load->anon = fmax(8 * MIB, load->anon + round(noise(a * 300)) *
				  PAGE);
		load->rss = load->anon + 6 * MIB;
		load->read_ops += floor(a * 20 * uniform());
		load->read += floor(a * 20 * uniform()) * PAGE;
		load->write_ops += floor(a * 40 * uniform());
		load->write += floor(a * 80 * uniform()) * PAGE;
		load->file = fmin(200 * MIB, load->file +
				  floor(a * 10 * uniform()) * PAGE);
		load->kernel = fmax(MIB, load->kernel + round(noise(a * 8)) *
				    PAGE);
		load->received += floor(a * 60000 * uniform());
		load->sent += floor(a * 40000 * uniform());
		load->faults += floor(a * 3000 * uniform());
		load->processes = 3 + floor(a * 4 * uniform());
	}
	load->memory = load->anon + load->file + load->kernel;
}

/* Every third has a quota. A busy one stalls and swaps. */
static void advance_troubles(size_t i, int64_t t_s, struct load *load)
{
	double a = activity(i, t_s);

	if (i % 3 == 0 && a > 0)
		load->periods += 10;
	if (i % 3 == 0 && a > 0.5) {
		load->throttled_periods += floor(a * 6 * uniform());
		load->throttled += a * 0.3 * uniform();
	}
	if (a > 0.005) {
		load->cpu_stall += a * 0.1 * uniform();
		load->io_stall += a * 0.02 * uniform();
	}
	if (a > 0.5) {
		load->memory_stall += uniform() < 0.1 ? uniform() * 0.01 : 0;
		load->major_faults += floor(uniform() * 3);
		load->refaults += floor(uniform() * 40);
		load->swap = fmax(0, load->swap + round(noise(20)) * PAGE);
	}
}

/* Pressure of the whole group stays below that of some of it. */
static void fill_troubles(struct container_row *row, const struct load *load)
{
	double peak = row->swap_peak_bytes;

	set(row, "cpu_periods_total", load->periods);
	set(row, "cpu_throttled_periods_total", load->throttled_periods);
	set(row, "cpu_throttled_seconds_total", load->throttled);
	set(row, "cpu_limit_throttled_seconds_total", load->throttled);
	set(row, "memory_major_faults_total", load->major_faults);
	set(row, "major_faults", load->major_faults);
	set(row, "memory_refaults_anon_total", floor(load->refaults / 4));
	set(row, "memory_refaults_file_total", load->refaults);
	set(row, "memory_high_events_total", floor(load->refaults / 100));
	set(row, "memory_max_events_total", floor(load->refaults / 200));
	set(row, "swap_current_bytes", load->swap);
	set(row, "swap_peak_bytes", fmax(peak, load->swap));
	set(row, "psi_cpu_some_seconds_total", load->cpu_stall);
	set(row, "psi_cpu_full_seconds_total", load->cpu_stall / 2);
	set(row, "psi_io_some_seconds_total", load->io_stall);
	set(row, "psi_io_full_seconds_total", load->io_stall * 0.8);
	set(row, "psi_memory_some_seconds_total", load->memory_stall);
	set(row, "psi_memory_full_seconds_total", load->memory_stall / 2);
}

/* What memory and tasks consist of */
static void fill_parts(struct container_row *row, const struct load *load,
		       size_t i)
{
	double threads = load->processes * 4, peak = row->pids_peak;
	double stacks = threads * 4 * PAGE;
	double tables = floor(load->anon / (512 * PAGE)) * PAGE;

	set(row, "memory_shmem_bytes", floor((double)i / 4) * PAGE);
	set(row, "memory_kernel_stack_bytes", stacks);
	set(row, "memory_page_tables_bytes", tables);
	set(row, "memory_slab_bytes", fmax(0, load->kernel - stacks - tables));
	set(row, "memory_sock_bytes",
	    floor(fmod(load->received, 9e5) / 1e5) * PAGE);
	set(row, "pids_current", threads);
	set(row, "pids_peak", fmax(peak, threads));
}

static void fill_row(size_t i, int64_t t_ms)
{
	struct container_row *row = &rows[i];
	struct load *load = &loads[i];
	double peak = row->memory_peak_bytes;

	/* All other columns stay 0. */
	fill_troubles(row, load);
	fill_parts(row, load, i);
	row->container = names[i][0];
	row->id = row->cgroup = names[i][1];
	row->runtime = "docker";
	row->image = "example.org/team/service:1.2.3";
	row->command = "/usr/bin/service --config /etc/service.conf";
	row->t = (double)t_ms;
	row->created_ms = (double)T0_MS;
	set(row, "uptime_seconds", (double)(t_ms - T0_MS) / 1e3);
	set(row, "state_code", 1);
	set(row, "cpu_seconds_total", load->cpu);
	set(row, "cpu_user_seconds_total", load->user);
	set(row, "cpu_system_seconds_total", load->cpu - load->user);
	set(row, "memory_current_bytes", load->memory);
	set(row, "memory_peak_bytes", fmax(peak, load->memory));
	set(row, "memory_limit_bytes", i % 3 ? NAN : 512 * MIB);
	set(row, "memory_working_set_bytes", load->memory - load->file / 2);
	set(row, "memory_anon_bytes", load->anon);
	set(row, "memory_file_bytes", load->file);
	set(row, "memory_kernel_bytes", load->kernel);
	set(row, "rss_sum_bytes", load->rss);
	set(row, "vsz_sum_bytes", 900 * MIB + load->processes * 64 * MIB);
	set(row, "processes", load->processes);
	set(row, "threads", load->processes * 4);
	set(row, "processes_running", activity(i, t_ms / 1000) > 0.1);
	set(row, "processes_sleeping", load->processes);
	set(row, "read_bytes_total", load->read);
	set(row, "write_bytes_total", load->write);
	set(row, "read_ops_total", load->read_ops);
	set(row, "write_ops_total", load->write_ops);
	set(row, "network_receive_bytes_total", load->received);
	set(row, "network_receive_packets_total",
	    floor(load->received / 900));
	set(row, "network_receive_errors_total", 0);
	set(row, "network_receive_drops_total", 0);
	set(row, "network_transmit_bytes_total", load->sent);
	set(row, "network_transmit_packets_total", floor(load->sent / 700));
	set(row, "network_transmit_errors_total", 0);
	set(row, "network_transmit_drops_total", 0);
	set(row, "minor_faults", load->faults);
}

static void fill_processes(size_t i, int64_t t_s)
{
	struct store_container *container = &containers[i];
	double a = activity(i, t_s);
	size_t j;

	container->nr_processes = a > 0.1 ? 3 : a > 0 ? 2 : 1;
	container->processes = processes[i];
	for (j = 0; j < container->nr_processes; j++)
		processes[i][j] = (struct store_process){
			.pid = (uint32_t)(1000 + i * 10 + j),
			.start_ms = T0_MS,
			.comm = j ? "worker" : "service",
			.cpu_seconds = fmax(0, a / (double)(j + 1) +
					    noise(a * 0.1)),
			.rss_bytes = loads[i].rss / (double)(j + 1),
		};
}

static void fill_host(int64_t t_ms)
{
	size_t i;

	for (i = 0; i < system_table.nr_columns; i++) {
		const struct column *column = &system_table.columns[i];

		*(double *)((char *)&host + column->offset) =
			column->unit == UNIT_PERCENT ? 30 + noise(10) :
			column->unit == UNIT_BYTES ?
			floor((4 + noise(0.1)) * 1024) * MIB :
			floor(300 + noise(20));
	}
	host.t = (double)t_ms;
	host.nr_cpus = 16;
	host.ram_total_bytes = 65536 * MIB;
}

static void make(size_t containers_wanted)
{
	size_t i;

	nr = containers_wanted;
	rows = calloc(nr, sizeof(*rows));
	containers = calloc(nr, sizeof(*containers));
	processes = calloc(nr, sizeof(*processes));
	loads = calloc(nr, sizeof(*loads));
	names = calloc(nr, sizeof(*names));
	if (!rows || !containers || !processes || !loads || !names)
		exit(1);
	for (i = 0; i < nr; i++) {
		snprintf(names[i][0], sizeof(names[i][0]), "service-%zu", i);
		snprintf(names[i][1], sizeof(names[i][1]), "%064zx",
			 i * 7919 + 1);
		loads[i] = (struct load){ .anon = 20 * MIB, .file = 5 * MIB,
					  .kernel = 2 * MIB, .processes = 3 };
		containers[i].cgroup_id = 1000 + i;
		containers[i].row = &rows[i];
		containers[i].pid = (uint32_t)(1000 + i * 10);
	}
}

static int by_number(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static long rss_kib(void)
{
	_cleanup_fclose_ FILE *file = fopen("/proc/self/status", "r");
	char line[128];
	long kib = 0;

	while (file && fgets(line, sizeof(line), file)) {
		if (sscanf(line, "VmRSS: %ld", &kib) == 1)
			break;
	}
	return kib;
}

/* Every minute is written before the next, as on a real host. */
static int64_t feed(struct store *store, int64_t seconds)
{
	int64_t t, nr_ticks = 0;
	size_t i;

	for (t = 0; t < seconds; t += t + 10 < seconds - FINE_S ? 10 : 1) {
		int64_t t_ms = T0_MS + t * 1000 + (int64_t)(uniform() * 3);
		struct store_tick tick = {
			.t_ms = t_ms,
			.boottime_ns = (uint64_t)(t_ms - T0_MS + 50000) *
				       NS_PER_MS,
			.system = &host,
			.containers = containers,
			.nr_containers = nr,
		};

		for (i = 0; i < nr; i++) {
			advance(i, t, &loads[i]);
			advance_troubles(i, t, &loads[i]);
			fill_row(i, t_ms);
			fill_processes(i, t);
		}
		fill_host(t_ms);
		if (store_tick(store, &tick) < 0)
			exit(1);
		if (++nr_ticks % 30 == 0)
			store_sync(store);
		if (t % 86400 == 0)
			fprintf(stderr, "day %" PRId64 ": %ld KiB RSS\n",
				t / 86400, rss_kib());
	}
	store_sync(store);
	return nr_ticks;
}

/* Commits like on a host: one for each tick. */
static void commits(struct store *store, int64_t from)
{
	double times[2000];
	struct store_status status;
	int64_t t;
	size_t i;

	for (t = 0; t < 2000; t++) {
		int64_t t_ms = T0_MS + (from + t) * 1000;
		struct store_tick tick = { t_ms,
			(uint64_t)(t_ms - T0_MS + 50000) * NS_PER_MS, &host,
			containers, nr, NULL, 0, 0 };

		for (i = 0; i < nr; i++) {
			advance(i, from + t, &loads[i]);
			advance_troubles(i, from + t, &loads[i]);
			fill_row(i, t_ms);
			fill_processes(i, from + t);
		}
		if (store_tick(store, &tick) < 0)
			exit(1);
		store_sync(store);
		store_get_status(store, &status);
		times[t] = status.last_commit_seconds * 1e3;
	}
	qsort(times, 2000, sizeof(*times), by_number);
	printf("commit: median %.2f ms, p99 %.2f ms, worst %.2f ms\n",
	       times[1000], times[1980], times[1999]);
}

static double cpu_ms(void)
{
	struct timespec used;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
	return (double)used.tv_sec * 1e3 + (double)used.tv_nsec / 1e6;
}

/* The CPU time is the time on an idle machine. */
static void chart(struct store *store, const char *what,
		    const struct history_query *query)
{
	struct history history;
	double best_ms = INFINITY, best_cpu_ms = INFINITY;
	size_t rows_found = 0;
	int i;

	for (i = 0; i < 5; i++) {
		uint64_t begin = clock_monotonic_ns();
		double cpu = cpu_ms();

		if (store_history(store, query, &history) < 0)
			exit(1);
		best_ms = fmin(best_ms,
			       (double)(clock_monotonic_ns() - begin) / 1e6);
		best_cpu_ms = fmin(best_cpu_ms, cpu_ms() - cpu);
		rows_found = history.nr;
		history_done(&history);
	}
	printf("%-44s %6zu rows  %6.1f ms  %6.1f ms of CPU\n", what,
	       rows_found, best_ms, best_cpu_ms);
}

static void charts(struct store *store, int64_t end_ms)
{
	static const struct {
		const char *name;
		int64_t range_s;
		int64_t step_s;
	} ranges[] = {
		{ "5 min", 300, 1 },
		{ "15 min", 900, 2 },
		{ "1 h", 3600, 10 },
		{ "1 h, 15 s", 3600, 15 },
		{ "6 h", 6 * 3600, 60 },
		{ "8 h, 60 s", 8 * 3600, 60 },
		{ "24 h", 86400, 180 },
		{ "7 d", 7 * 86400, 1200 },
		{ "30 d", 30 * 86400, 5400 },
		{ "30 d, 1 h", 30 * 86400, 3600 },
	};
	const struct column *metrics[] = {
		table_find(&container_table, "cpu_cores"),
	};
	const struct column *all[HISTORY_MAX_COLUMNS];
	size_t i, nr_all = 0;
	char what[80];

	for (i = 0; i < container_table.nr_columns; i++) {
		if (column_is_metric(&container_table.columns[i]) &&
		    nr_all < HISTORY_MAX_COLUMNS)
			all[nr_all++] = &container_table.columns[i];
	}
	for (i = 0; i < ARRAY_SIZE(ranges); i++) {
		struct history_query query = {
			.columns = metrics,
			.nr_columns = 1,
			.from_ms = end_ms - ranges[i].range_s * 1000,
			.to_ms = end_ms,
			.step_ms = ranges[i].step_s * 1000,
			.max_rows = 50000,
		};

		snprintf(what, sizeof(what), "%s: one metric, all containers",
			 ranges[i].name);
		chart(store, what, &query);
		query.aggregate = HISTORY_MAX;
		query.columns = all;
		query.nr_columns = nr_all;
		query.containers = "service-9";
		snprintf(what, sizeof(what), "%s: all metrics, one container",
			 ranges[i].name);
		chart(store, what, &query);
	}
}

static double bytes_of(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 ? (double)st.st_size : 0;
}

int main(int argc, char **argv)
{
	struct store_options options = { .boot_id = "bench" };
	int64_t seconds = (int64_t)(86400 * (argc > 2 ? atof(argv[2]) : 30));
	struct store_status status;
	struct store *store;
	int64_t nr_ticks;
	uint64_t begin;

	if (argc < 2)
		return 2;
	mallopt(M_MMAP_THRESHOLD, 128 << 10);	/* like contmond */
	options.path = argv[1];
	make(argc > 3 ? (size_t)atoi(argv[3]) : 100);
	if (store_open(&options, &store) < 0)
		return 1;
	if (argc > 4) {
		charts(store, T0_MS + (seconds + 2000) * 1000);
		store_close(store);
		return 0;
	}
	begin = clock_monotonic_ns();
	nr_ticks = feed(store, seconds);
	store_get_status(store, &status);
	printf("%zu containers, %.1f days: %.1f MB, %.0f us a tick, "
	       "%ld KiB RSS, %" PRIu64 " lost\n", nr,
	       (double)seconds / 86400, bytes_of(argv[1]) / 1e6,
	       (double)(clock_monotonic_ns() - begin) / 1e3 /
	       (double)nr_ticks, rss_kib(), status.lost);
	commits(store, seconds);
	charts(store, T0_MS + (seconds + 2000) * 1000);
	printf("%ld KiB RSS\n", rss_kib());
	store_close(store);
	return 0;
}
