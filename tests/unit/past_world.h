/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Two hours of a host, recorded like by contmond: a container that runs all the
 * time and a job that ends after half an hour, each with processes.
 */
#ifndef TESTS_UNIT_PAST_WORLD_H
#define TESTS_UNIT_PAST_WORLD_H

#include <math.h>
#include <stdbool.h>

#include "base/clock.h"
#include "base/util.h"
#include "contmond/store/store.h"

/* 2026-01-31 10:00 UTC */
#define PAST_BEGIN_MS INT64_C(1769853600000)
#define PAST_STEP_MS 10000
#define PAST_TICKS 720
#define PAST_JOB_TICKS 180

#define PAST_ID "0123456789abcdef"
#define PAST_WEB_ID PAST_ID PAST_ID PAST_ID PAST_ID
#define PAST_JOB_ID "0123feed" PAST_ID PAST_ID PAST_ID "01234567"

static inline void past_unknown(void *row, const struct table *table)
{
	size_t i;

	for (i = 0; i < table->nr_columns; i++) {
		const struct column *column = &table->columns[i];
		char *member = (char *)row + column->offset;

		if (column->unit == UNIT_TEXT)
			*(const char **)member = NULL;
		else
			*(double *)member = NAN;
	}
}

/* It is busy in one of three ticks, and grows by 1 MiB per minute. */
static inline struct container_row past_web(unsigned int tick)
{
	struct container_row row;

	past_unknown(&row, &container_table);
	row.container = "shop-web-1";
	row.id = PAST_WEB_ID;
	row.cgroup = "/system.slice/docker-" PAST_WEB_ID ".scope";
	row.runtime = "docker";
	row.image = "nginx:1";
	row.state_code = 1;
	row.cpu_seconds_total = 100 + 15 * (tick / 3) + (tick % 3 ? 12 : 0);
	row.memory_current_bytes = (64 + tick / 6) * 1048576.0;
	row.memory_limit_bytes = 256 * 1048576.0;
	row.read_bytes_total = 4096.0 * tick;
	row.write_bytes_total = 1048576.0 * tick;
	row.network_receive_bytes_total = 20480.0 * tick;
	row.processes = 2;
	row.threads = 4;
	row.oom_kills_total = tick >= 360;
	return row;
}

static inline struct container_row past_job(unsigned int tick)
{
	struct container_row row;

	past_unknown(&row, &container_table);
	row.container = "night,job";
	row.id = PAST_JOB_ID;
	row.cgroup = "/system.slice/docker-" PAST_JOB_ID ".scope";
	row.runtime = "docker";
	row.command = "stress --vm 1";
	row.state_code = 1;
	row.cpu_seconds_total = 20.0 * tick;
	row.memory_current_bytes = 1073741824;
	row.processes = 1;
	return row;
}

/* All of its IO is on one device, which no machine has. */
static inline struct model_device past_disk(const struct container_row *row)
{
	struct model_device device = { .major = 4000, .minor = 1 };

	past_unknown(&device.row, &device_table);
	device.row.read_bytes_total = row->read_bytes_total;
	device.row.write_bytes_total = row->write_bytes_total;
	device.row.write_ops_total = row->write_bytes_total / 4096;
	return device;
}

static inline struct system_row past_host(int64_t t_ms)
{
	struct system_row row;

	past_unknown(&row, &system_table);
	row.t = (double)t_ms;
	row.nr_cpus = 4;
	row.cpu_percent = 30;
	row.load1 = 1.25;
	row.ram_total_bytes = 8589934592;
	row.ram_used_bytes = 3221225472;
	row.processes = 120;
	return row;
}

static inline int past_tick(struct store *store, unsigned int tick)
{
	const int64_t t_ms = PAST_BEGIN_MS + (int64_t)tick * PAST_STEP_MS;
	const struct store_process web[] = {
		{ 500, PAST_BEGIN_MS, "nginx", tick % 3 == 1 ? 12 : 1.5,
		  33554432 },
		{ 501, PAST_BEGIN_MS, "worker \033[2J", 0.5, 16777216 },
	};
	const struct store_process job = { 900, t_ms, "gzip", 20, 2097152 };
	const struct store_process host = { 1, PAST_BEGIN_MS, "systemd", 0,
					    12582912 };
	/* Shells of the web server end within a tick; the job's are unseen. */
	const struct store_command web_commands[] = {
		{ "nginx", web[0].cpu_seconds, 0 },
		{ "worker \033[2J", 0.5, 0 },
		{ "sh", 0, 2.5 },
	};
	const struct store_command job_command = { "gzip", 20, 0 };
	const struct store_command host_command = { "cron", 0, 0.125 };
	const struct container_row rows[] = { past_web(tick),
					      past_job(tick) };
	const struct model_device disk = past_disk(&rows[0]);
	const struct store_container containers[] = {
		{ .cgroup_id = 11, .row = &rows[0], .pid = 500,
		  .processes = web, .nr_processes = 2,
		  .commands = { web_commands, 3, false },
		  .devices = &disk, .nr_devices = 1 },
		{ .cgroup_id = 12, .row = &rows[1], .pid = 900,
		  .processes = &job, .nr_processes = 1,
		  .commands = { &job_command, 1, true } },
	};
	const struct system_row system = past_host(t_ms);
	const struct store_tick all = {
		.t_ms = t_ms,
		.boottime_ns = ((uint64_t)tick * PAST_STEP_MS + 60000) *
			       NS_PER_MS,
		.system = &system,
		.containers = containers,
		.nr_containers = tick < PAST_JOB_TICKS ? 2 : 1,
		.processes = &host,
		.nr_processes = 1,
		.commands = { &host_command, 1, false },
	};

	return store_tick(store, &all);
}

/* A rule would have stopped the job, and then really warned of it. */
static inline int past_decide(struct store *store)
{
	struct store_decision decision = {
		.t_ms = (double)(PAST_BEGIN_MS + 600000),
		.decision = "1769854200000-1", .state = "planned",
		.action = "stop", .dry_run = 1, .cgroup_id = 12,
		.container_id = PAST_JOB_ID, .container = "night,job",
		.rule = "memory-hog", .rule_hash = "1f00c0ffee15dead",
		.reason = "memory_current_bytes 1.0 GiB > 512 MiB for 5 min",
		.detail = "{\"values\":[]}",
	};
	int r = store_decision(store, &decision);

	decision.t_ms += 1200000;
	decision.decision = "1769855400000-2";
	decision.dry_run = 0;
	r = r < 0 ? r : store_decision(store, &decision);
	decision.t_ms += 30000;
	decision.state = "gone";
	decision.reason = "it ended by itself";
	decision.detail = NULL;
	return r < 0 ? r : store_decision(store, &decision);
}

/* What a contmond that was there before has seen of all this */
static inline int past_happen(struct store *store)
{
	const struct store_event events[] = {
		{ .t_ms = (double)PAST_BEGIN_MS, .kind = "container_started",
		  .cgroup_id = 11, .container = "shop-web-1",
		  .detail = "{\"cgroup\":\"/system.slice/docker-" PAST_WEB_ID
			    ".scope\",\"image\":\"nginx:1\"}" },
		{ .t_ms = (double)(PAST_BEGIN_MS + 1740000),
		  .kind = "policy_warned", .cgroup_id = 12,
		  .container = "night,job",
		  .detail = "{\"decision\":\"1769855400000-2\","
			    "\"rule\":\"memory-hog\",\"action\":\"stop\","
			    "\"dry_run\":false,\"reason\":"
			    "\"memory_current_bytes 1.0 GiB > 512 MiB for "
			    "5 min\",\"acts_ms\":1769855400000}" },
		{ .t_ms = (double)(PAST_BEGIN_MS + 1800000),
		  .kind = "container_ended", .cgroup_id = 12,
		  .container = "night,job" },
		{ .t_ms = (double)(PAST_BEGIN_MS + 3600000),
		  .kind = "oom_killed", .cgroup_id = 11,
		  .container = "shop-web-1", .pid = 501,
		  .comm = "worker \033[2J",
		  .detail = "{\"victim_rss_bytes\":94371840,"
			    "\"memory_current_bytes\":130023424,"
			    "\"memory_limit_bytes\":268435456}" },
		{ .t_ms = (double)(PAST_BEGIN_MS + 3601500),
		  .kind = "oom_killed", .pid = 4242, .comm = "java" },
	};
	size_t i;
	int r = 0;

	for (i = 0; i < ARRAY_SIZE(events) && r == 0; i++)
		r = store_event(store, &events[i]);
	return r;
}

/* Adds them to the file. Returns 0 or -errno */
static inline int past_add_events(const char *path)
{
	const struct store_options options = { .path = path,
					       .boot_id = "boot-1" };
	struct store *store;
	int r = store_open(&options, &store);

	if (r < 0)
		return r;
	r = past_happen(store);
	store_close(store);
	return r;
}

/* Makes the file. Returns 0 or -errno */
static inline int past_make(const char *path)
{
	const struct store_options options = { .path = path,
					       .boot_id = "boot-1" };
	struct store *store;
	unsigned int i;
	int r = store_open(&options, &store);

	for (i = 0; i < PAST_TICKS && r == 0; i++) {
		r = past_tick(store, i);
		if (i % 100 == 99)
			store_sync(store);
	}
	if (r == 0)
		r = past_decide(store);
	if (r == 0)
		store_close(store);
	return r;
}

#endif /* TESTS_UNIT_PAST_WORLD_H */
