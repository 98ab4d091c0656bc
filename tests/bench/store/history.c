// SPDX-License-Identifier: GPL-2.0-only
/*
 * A month of a busy host, fed to the real store at full speed: the size of the
 * database, the time of a commit, and the time of any chart.
 *
 * There is a tick every second; before the last days, of which ticks and 10 s
 * are kept, every 10 s, which does not change the coarser tiers.
 *
 * Usage: history FILE [DAYS [CONTAINERS [charts|now|quick]]], where "charts"
 * only draws charts, from a FILE made before, and "now" only makes FILE, whose
 * last tick is of the time at which it is done. "quick" is the same with a tick
 * for each bucket that is kept: an eighth of the work, and as many numbers to
 * read.
 *
 * Ends with a verdict on each goal that was measured, and with status 1 if one
 * is missed.
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
#include "contmond/store/command_history.h"
#include "contmond/store/history.h"
#include "host.h"

#define FINE_S INT64_C(190000)	/* 48 h and some */

enum pace { REAL, NOW, QUICK };

/* Goals, for as many containers and days or more */
#define GOAL_CONTAINERS 100
#define GOAL_DAYS 30
#define GOAL_MB 250.0
#define GOAL_CHART_MS 50.0
#define GOAL_COMMIT_P99_MS 5.0

static struct {
	double chart_ms;	/* of the slowest chart */
	char chart[80];
	bool is_missed;
} found;

/* A number that is unknown misses its goal. */
static void judge(const char *what, double number, double goal,
		  const char *unit)
{
	bool is_met = number < goal;

	printf("%-6s  %s: %.2f %s, goal: under %.0f %s\n",
	       is_met ? "ok" : "MISSED", what, number, unit, goal, unit);
	found.is_missed |= !is_met;
}

/* Whether so much was measured that the goals are about it */
static bool is_enough(const char *what, bool is_enough_days)
{
	if (nr >= GOAL_CONTAINERS && is_enough_days)
		return true;
	printf("%-6s  %s: the goal is for %d days of %d containers\n", "-",
	       what, GOAL_DAYS, GOAL_CONTAINERS);
	return false;
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

static void feed_one(struct store *store, int64_t t)
{
	int64_t t_ms = begin_ms + t * 1000 + (int64_t)(uniform() * 3);
	struct store_tick tick = {
		.t_ms = t_ms,
		.boottime_ns = (uint64_t)(t_ms - begin_ms + 50000) * NS_PER_MS,
		.system = &host,
		.containers = containers,
		.nr_containers = nr,
		.commands = host_commands,
	};

	advance_all(t, t_ms);
	fill_host(t_ms);
	if (store_tick(store, &tick) < 0)
		exit(1);
}

static int64_t now_ms(void)
{
	return (int64_t)(clock_realtime_ns() / NS_PER_MS);
}

/* How long after a tick the next one is, when so much is left to feed */
static int64_t step_s(int64_t left_s, enum pace pace)
{
	static const struct {
		int64_t beyond_s, step_s;
	} quick[] = {
		{ 10 * 86400, 600 }, { 2 * 86400, 60 }, { 8 * 3600, 10 },
	};
	size_t i;

	for (i = 0; pace == QUICK && i < ARRAY_SIZE(quick); i++) {
		if (left_s - quick[i].step_s > quick[i].beyond_s)
			return quick[i].step_s;
	}
	return pace != QUICK && left_s - 10 > FINE_S ? 10 : 1;
}

/* Every minute is written before the next, as on a real host. */
static int64_t feed(struct store *store, int64_t seconds, enum pace pace)
{
	int64_t t, nr_ticks = 0;

	for (t = 0; t < seconds ||
		    (pace != REAL && begin_ms + t * 1000 < now_ms());
	     t += step_s(seconds - t, pace)) {
		feed_one(store, t);
		if (++nr_ticks % 30 == 0)
			store_sync(store);
		if (t % 86400 == 0)
			fprintf(stderr, "day %" PRId64 ": %ld KiB RSS\n",
				t / 86400, rss_kib());
	}
	store_sync(store);
	return nr_ticks;
}

/* Commits like on a host: one for each tick. Returns p99 in ms. */
static double commits(struct store *store, int64_t from)
{
	double times[2000];
	struct store_status status;
	int64_t t;

	for (t = 0; t < 2000; t++) {
		int64_t t_ms = begin_ms + (from + t) * 1000;
		struct store_tick tick = {
			.t_ms = t_ms,
			.boottime_ns = (uint64_t)(t_ms - begin_ms + 50000) *
				       NS_PER_MS,
			.system = &host,
			.containers = containers,
			.nr_containers = nr,
			.commands = host_commands,
		};

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
	return times[1980];
}

static double cpu_ms(void)
{
	struct timespec used;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
	return (double)used.tv_sec * 1e3 + (double)used.tv_nsec / 1e6;
}

static size_t numbers(struct store *store, const void *query)
{
	struct history history;
	size_t nr_rows;

	if (store_history(store, query, &history) < 0)
		exit(1);
	nr_rows = history.nr;
	history_done(&history);
	return nr_rows;
}

static size_t of_commands(struct store *store, const void *query)
{
	struct command_history history;
	size_t nr_rows;

	if (store_command_history(store, query, &history) < 0)
		exit(1);
	nr_rows = history.nr;
	command_history_done(&history);
	return nr_rows;
}

/* The CPU time is the time on an idle machine: the median is judged. */
static void chart(struct store *store, const char *what,
		  size_t (*ask)(struct store *store, const void *query),
		  const void *query)
{
	double best_ms = INFINITY, times[5];
	size_t rows_found = 0;
	int i;

	for (i = 0; i < 5; i++) {
		uint64_t begin = clock_monotonic_ns();
		double cpu = cpu_ms();

		rows_found = ask(store, query);
		best_ms = fmin(best_ms,
			       (double)(clock_monotonic_ns() - begin) / 1e6);
		times[i] = cpu_ms() - cpu;
	}
	qsort(times, 5, sizeof(*times), by_number);
	printf("%-44s %6zu rows  %6.1f ms  %6.1f ms of CPU\n", what,
	       rows_found, best_ms, times[2]);
	if (times[2] < found.chart_ms)
		return;
	found.chart_ms = times[2];
	snprintf(found.chart, sizeof(found.chart), "%s", what);
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
	const struct column *all[HISTORY_MAX_METRICS];
	size_t i, nr_all = 0;
	char what[80];

	for (i = 0; i < container_table.nr_columns; i++) {
		if (column_is_metric(&container_table.columns[i]) &&
		    nr_all < HISTORY_MAX_METRICS)
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
		chart(store, what, numbers, &query);
		query.aggregate = HISTORY_MAX;
		query.columns = all;
		query.nr_columns = nr_all;
		query.containers = "service-9";
		snprintf(what, sizeof(what), "%s: all metrics, one container",
			 ranges[i].name);
		chart(store, what, numbers, &query);
	}
}

/* Those of one container, and of all in as many steps as an answer has */
static void command_charts(struct store *store, int64_t end_ms)
{
	static const struct {
		const char *name;
		int64_t range_s;
		int64_t step_s;
		int64_t step_of_all_s;
	} ranges[] = {
		{ "15 min", 900, 1, 60 },
		{ "1 h", 3600, 10, 60 },
		{ "24 h", 86400, 60, 3600 },
		{ "24 h, 5 min", 86400, 300, 1800 },
		{ "7 d", 7 * 86400, 600, 3 * 3600 },
		{ "30 d", 30 * 86400, 3600, 9 * 3600 },
	};
	char what[80];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(ranges); i++) {
		struct command_query query = {
			.from_ms = end_ms - ranges[i].range_s * 1000,
			.to_ms = end_ms,
			.step_ms = ranges[i].step_of_all_s * 1000,
			.nr_commands = 5,
			.max_rows = 50000,
		};

		snprintf(what, sizeof(what), "%s: commands, all containers",
			 ranges[i].name);
		chart(store, what, of_commands, &query);
		query.containers = "service-9";
		query.step_ms = ranges[i].step_s * 1000;
		snprintf(what, sizeof(what), "%s: commands, one container",
			 ranges[i].name);
		chart(store, what, of_commands, &query);
	}
}

static void judge_charts(bool is_enough_days)
{
	char what[120];

	snprintf(what, sizeof(what), "slowest chart (%s), CPU", found.chart);
	if (is_enough("charts", is_enough_days))
		judge(what, found.chart_ms, GOAL_CHART_MS, "ms");
}

static double bytes_of(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 ? (double)st.st_size : 0;
}

/* Makes the database, and measures it unless it is for others. */
static void make_store(struct store *store, const char *path, int64_t seconds,
		       enum pace pace)
{
	const bool is_enough_days = seconds >= GOAL_DAYS * 86400;
	struct store_status status;
	double megabytes, p99_ms;
	int64_t nr_ticks;
	uint64_t begin;

	if (pace != REAL)
		begin_ms = now_ms() - seconds * 1000;
	begin = clock_monotonic_ns();
	nr_ticks = feed(store, seconds, pace);
	store_get_status(store, &status);
	megabytes = bytes_of(path) / 1e6;
	printf("%zu containers, %.1f days: %.1f MB, %.0f us a tick, "
	       "%ld KiB RSS, %" PRIu64 " lost\n", nr,
	       (double)seconds / 86400, megabytes,
	       (double)(clock_monotonic_ns() - begin) / 1e3 /
	       (double)nr_ticks, rss_kib(), status.lost);
	if (pace != REAL)
		return;
	p99_ms = commits(store, seconds);
	charts(store, begin_ms + (seconds + 2000) * 1000);
	command_charts(store, begin_ms + (seconds + 2000) * 1000);
	printf("%ld KiB RSS\n", rss_kib());
	store_get_status(store, &status);
	judge("entries that were lost", (double)status.lost, 1, "entries");
	if (is_enough("size of the database", is_enough_days))
		judge("size of the database", megabytes, GOAL_MB, "MB");
	if (is_enough("commit of a tick", true))
		judge("commit of a tick, p99", p99_ms, GOAL_COMMIT_P99_MS,
		      "ms");
	judge_charts(is_enough_days);
}

int main(int argc, char **argv)
{
	struct store_options options = { .boot_id = "bench" };
	int64_t seconds = (int64_t)(86400 * (argc > 2 ? atof(argv[2]) : 30));
	const char *mode = argc > 4 ? argv[4] : "";
	struct store *store;

	if (argc < 2)
		return 2;
	mallopt(M_MMAP_THRESHOLD, 128 << 10);	/* like contmond */
	options.path = argv[1];
	make(argc > 3 ? (size_t)atoi(argv[3]) : 100);
	if (store_open(&options, &store) < 0)
		return 1;
	if (strcmp(mode, "charts") == 0) {
		charts(store, begin_ms + (seconds + 2000) * 1000);
		command_charts(store, begin_ms + (seconds + 2000) * 1000);
		judge_charts(seconds >= GOAL_DAYS * 86400);
	} else {
		make_store(store, argv[1], seconds,
			   strcmp(mode, "quick") == 0 ? QUICK :
			   strcmp(mode, "now") == 0 ? NOW : REAL);
	}
	store_close(store);
	return found.is_missed;
}
