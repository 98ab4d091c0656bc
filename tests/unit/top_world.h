/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The model of `contmon top` with two containers, "web" and "db", and fake
 * samples. A test that includes this has the " * wrap:" lines for
 * "fake_paths.h" and " * wrap: cli_names_follow cli_names_known".
 */
#ifndef TOP_WORLD_H
#define TOP_WORLD_H

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "contmon/names/names.h"
#include "contmon/top/keys.h"
#include "contmon/top/model.h"
#include "tests/unit/fake_paths.h"

#define SECOND 1000000000ULL

static const char *const paths[] = {
	[1] = "/",
	[2] = "/lxc.payload.web",
	[3] = "/lxc.payload.web/init",
	[4] = "/lxc.payload.db",
};

#define NR_CGROUPS 4

static struct top_model model;
static struct top_sample sample;
static struct cli_owners owners;

/* The names that the engine reports, and whether they have changed */
static struct names *names;
static bool is_news;

bool __wrap_cli_names_follow(struct cli_names *client);
const struct names *__wrap_cli_names_known(const struct cli_names *client);

bool __wrap_cli_names_follow(struct cli_names *client)
{
	(void)client;
	return is_news;
}

const struct names *__wrap_cli_names_known(const struct cli_names *client)
{
	(void)client;
	return names;
}

static inline void call_web(const char *name)
{
	const struct container_info web = { .id = "web", .name = name };

	assert_int_equal(names_set(names, &web), 0);
}

static inline int top_setup(void **state)
{
	(void)state;
	fake_paths = (struct fake_paths){
		.v = paths, .nr = ARRAY_SIZE(paths),
	};
	names = names_new();
	assert_int_equal(cli_owners_init(&owners), 0);
	top_model_init(&model, NULL, &owners);
	sample = (struct top_sample){ 0 };
	model.height = 10;
	is_news = false;
	return 0;
}

static inline int top_teardown(void **state)
{
	(void)state;
	top_model_done(&model);
	top_sample_done(&sample);
	cli_owners_done(&owners);
	names_free(names);
	return 0;
}

/* Cgroup N has kept N tenths of a CPU busy up to @second. */
static inline void make_containers(uint64_t second)
{
	static const uint64_t parents[] = { 0, 0, 1, 2, 1 };
	struct contmon_cgroups *all = &sample.cgroups;
	uint64_t i;

	contmon_cgroups_done(all);
	all->entries = calloc(NR_CGROUPS, sizeof(*all->entries));
	all->nr = NR_CGROUPS;
	all->taken_boottime_ns = second * SECOND;
	for (i = 1; i <= NR_CGROUPS; i++)
		all->entries[i - 1] = (struct contmon_cgroup){
			.valid = CONTMON_CGROUP_ALL,
			.cgroup_id = i,
			.parent_id = parents[i],
			.cpu_usage_ns = second * i * SECOND / 10,
			.memory_current_bytes = 100 * i,
			.memory_max_bytes = 1000,
		};
}

/* Process N is in cgroup N / 10 and has used N hundredths up to @second. */
static inline void make_tasks(uint64_t second)
{
	static const int32_t pids[] = { 10, 21, 22, 23, 31, 41 };
	struct contmon_tasks *all = &sample.tasks;
	size_t i;

	contmon_tasks_done(all);
	all->nr = sizeof(pids) / sizeof(pids[0]);
	all->entries = calloc(all->nr, sizeof(*all->entries));
	all->taken_boottime_ns = second * SECOND;
	for (i = 0; i < all->nr; i++)
		all->entries[i] = (struct contmon_task){
			.valid = CONTMON_TASK_ALL,
			.pid = pids[i],
			.tgid = pids[i],
			.ppid = i > 1 ? 21 : 0,
			.start_boottime_ns = 1,
			.cgroup_id = (uint64_t)pids[i] / 10,
			.runtime_ns = second * (uint64_t)pids[i] * SECOND / 100,
			.comm = { 'c', (uint8_t)('a' + i) },
		};
}

static inline void prepare(uint64_t second)
{
	sample.page = model.page;
	sample.filled = true;
	sample.system.kernel = (struct contmon_get_system){
		.fields = CONTMON_SYSTEM_ALL,
		.nr_cpus = 4,
		.taken_boottime_ns = second * SECOND,
		/* Some ticks were missed: 4 CPUs are more than the sum. */
		.cpu_user_ns = second * SECOND,
		.cpu_idle_ns = second * SECOND * 4 / 2,
		.cpu_iowait_ns = second * SECOND / 2,
	};
	make_containers(second);
	if (model.page == TOP_PROCESSES)
		make_tasks(second);
}

static inline void take(uint64_t second)
{
	prepare(second);
	assert_int_equal(top_model_take(&model, &sample), 0);
}

static inline enum top_action press(int key)
{
	enum top_action action = top_model_key(&model, key);

	if (action == TOP_ARRANGE || action == TOP_READ)
		assert_int_equal(top_model_arrange(&model), 0);
	return action;
}

/* Ids of the rows in their order */
static inline const char *ids(void)
{
	static char text[256];
	size_t i, at = 0;

	text[0] = 0;
	for (i = 0; i < model.rows.nr; i++)
		at += (size_t)sprintf(text + at, "%d ",
				      (int)model.rows.v[i]->id);
	return text;
}

static inline const struct cli_rates *rates_of(size_t row)
{
	return &model.rows.v[row]->rates;
}

#endif /* TOP_WORLD_H */
