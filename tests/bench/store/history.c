// SPDX-License-Identifier: GPL-2.0-only
/*
 * A month of a busy host, fed to the real store at full speed: the size of the
 * database, the time of a commit, and the time of any chart.
 *
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
#include "host.h"

#define FINE_S INT64_C(190000)	/* 48 h and some */

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

		advance_all(t, t_ms);
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

	for (t = 0; t < 2000; t++) {
		int64_t t_ms = T0_MS + (from + t) * 1000;
		struct store_tick tick = { t_ms,
			(uint64_t)(t_ms - T0_MS + 50000) * NS_PER_MS, &host,
			containers, nr, NULL, 0, 0 };

		advance_all(from + t, t_ms);
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
