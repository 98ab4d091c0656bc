/* SPDX-License-Identifier: GPL-2.0-only */
/* A policy from a text, and containers that exist only for it. */
#ifndef TESTS_UNIT_POLICY_WORLD_H
#define TESTS_UNIT_POLICY_WORLD_H

#include "tests/unit/daemon.h"

#include "contmond/policy/decide.h"
#include "contmond/policy/load.h"
#include "contmond/policy/reason.h"

#define MAX_WORLD 512

/* When the world began, by the wall clock */
#define WORLD_MS 1700000000000

struct world_container {
	struct container_row row;
	struct name_label labels[2];
	char id[65];
};

/*
 * @now_ms: since boot; @step_ms: by how much the wall clock was set later since
 * @begins_late: only of the next tick
 */
struct world {
	struct policy *policy;
	struct policy_state *state;
	struct world_container containers[MAX_WORLD];
	struct policy_candidate candidates[MAX_WORLD];
	size_t nr;
	int64_t now_ms, step_ms;
	double ram_bytes, swap_bytes;
	bool begins_late, lacks_ended;
	struct policy_result result;
};

static struct world world;

__attribute__((unused))
static struct policy *load_policy(const char *text)
{
	const char *path = write_file("a.conf", text);
	struct policy_errors errors = { 0 };
	struct policy *policy;
	int r = policy_load(&path, 1, &policy, &errors);
	size_t i;

	for (i = 0; i < errors.nr; i++)
		print_error("%u: %s\n", errors.all[i].line,
			    errors.all[i].text);
	assert_int_equal(r, 0);
	assert_int_equal(errors.nr, 0);
	return policy;
}

static void init_row(struct container_row *row)
{
	size_t i;

	for (i = 0; i < container_table.nr_columns; i++) {
		const struct column *column = &container_table.columns[i];

		if (column->unit != UNIT_TEXT)
			*(double *)((char *)row + column->offset) =
				(double)NAN;
	}
}

/* Adds a container that has run for an hour; its name is its id. */
__attribute__((unused))
static struct container_row *add_container(const char *name)
{
	struct world_container *container = &world.containers[world.nr];
	struct policy_candidate *candidate = &world.candidates[world.nr];
	struct container_row *row = &container->row;

	assert_true(world.nr < MAX_WORLD);
	*container = (struct world_container){ 0 };
	snprintf(container->id, sizeof(container->id), "%s", name);
	init_row(row);
	row->image = "image";
	row->command = "run";
	row->runtime = "docker";
	row->state = "running";
	row->started_ms = row->created_ms = WORLD_MS + (double)world.nr;
	*candidate = (struct policy_candidate){
		.id = container->id,
		.name = container->id,
		.row = row,
		.labels = container->labels,
		.is_described = true,
		.ended_ms = (double)NAN,
		.anonymous_volumes = POLICY_NO,
	};
	world.nr++;
	return row;
}

__attribute__((unused))
static void add_label(size_t i, const char *key, const char *value)
{
	struct policy_candidate *candidate = &world.candidates[i];

	world.containers[i].labels[candidate->nr_labels++] =
		(struct name_label){ key, value };
}

/* The world of a text, an hour after it began */
__attribute__((unused))
static void begin_world(const char *text)
{
	world.policy = load_policy(text);
	world.state = policy_state_new(world.policy);
	assert_non_null(world.state);
	world.nr = 0;
	world.now_ms = 3600000;
	world.step_ms = 0;
	world.ram_bytes = world.swap_bytes = 0;
	world.begins_late = world.lacks_ended = false;
}

__attribute__((unused))
static void end_world(void)
{
	policy_state_free(world.state);
	policy_free(world.policy);
	world.state = NULL;
	world.policy = NULL;
}

/* One tick after @ms; returns how many decisions were made. */
__attribute__((unused))
static size_t tick_after(int64_t ms)
{
	struct policy_tick tick = {
		.t_ms = WORLD_MS + world.now_ms + ms + world.step_ms,
		.boot_ms = world.now_ms + ms,
		.begins_late = world.begins_late,
		.lacks_ended = world.lacks_ended,
		.ram_bytes = world.ram_bytes,
		.swap_bytes = world.swap_bytes,
		.candidates = world.candidates,
		.nr_candidates = world.nr,
	};
	size_t i;

	world.now_ms += ms;
	world.begins_late = false;
	for (i = 0; i < world.nr; i++) {
		struct container_row *row = &world.containers[i].row;

		row->uptime_seconds = isnan(world.candidates[i].ended_ms) ?
			((double)tick.t_ms - (double)world.step_ms -
			 row->started_ms) / 1e3 :
			(double)NAN;
	}
	assert_int_equal(policy_decide(world.state, &tick, &world.result), 0);
	return world.result.nr_decisions;
}

/* The container of the @i-th decision */
__attribute__((unused))
static const char *chosen(size_t i)
{
	assert_true(i < world.result.nr_decisions);
	return world.candidates[world.result.decisions[i].candidate].id;
}

__attribute__((unused))
static const char *finding(size_t rule, size_t candidate)
{
	return policy_finding_name(
		policy_verdict(&world.result, rule, candidate)->finding);
}

#endif /* TESTS_UNIT_POLICY_WORLD_H */
