/* SPDX-License-Identifier: GPL-2.0-only */
/* What commands used over time, as the store tells it */
#ifndef COMMAND_HISTORY_H
#define COMMAND_HISTORY_H

#include "tests/unit/commands_world.h"

#include "contmond/store/command_history.h"

static struct command_history found;

static inline int end(void **state)
{
	command_history_done(&found);
	return end_test(state);
}

static inline int find(const char *list, int64_t from_s, int64_t to_s,
		       int64_t step_s, size_t nr_commands)
{
	const struct command_query query = {
		.containers = list,
		.from_ms = T0 + from_s * 1000,
		.to_ms = T0 + to_s * 1000,
		.step_ms = step_s * 1000,
		.nr_commands = nr_commands,
		.max_rows = 6000,
	};

	command_history_done(&found);
	return store_command_history(store, &query, &found);
}

/* @comm: NULL for the rest */
static inline const struct command_row *
row_at(int64_t t_s, const char *container, const char *comm)
{
	size_t i;

	for (i = 0; i < found.nr; i++) {
		const struct command_row *row = &found.rows[i];

		if (row->t_ms == T0 + t_s * 1000 &&
		    strcmp(row->container, container) == 0 &&
		    (comm ? row->comm && strcmp(row->comm, comm) == 0 :
		     !row->comm))
			return row;
	}
	fail_msg("no row of %s/%s at %lld", container, comm ?: "rest",
		 (long long)t_s);
	return NULL;
}

static inline double cores_at(int64_t t_s, const char *container,
			      const char *comm)
{
	return row_at(t_s, container, comm)->cores;
}

/* What tick_after() feeds, if the container uses 1.5 CPUs */
static inline void must_be_step(int64_t t_s)
{
	const struct command_row *row = row_at(t_s, "web", "script");

	assert_near(row->living_cores, 0, 1e-9);
	assert_near(row->exited_cores, 0.75, 1e-9);
	assert_near(row->cores, 0.75, 1e-9);
	row = row_at(t_s, "web", "service");
	assert_near(row->living_cores, 0.5, 1e-9);
	assert_near(row->exited_cores, 0, 1e-9);
	row = row_at(t_s, "web", NULL);
	assert_near(row->cores, 0.25, 1e-6);
	assert_true(isnan(row->living_cores) && isnan(row->exited_cores));
	row = row_at(t_s, "host", "init");
	assert_near(row->living_cores, 0.25, 1e-9);
	assert_near(row->exited_cores, 0.125, 1e-9);
	/* The CPU of all of the host's processes is not recorded. */
	assert_true(isnan(cores_at(t_s, "host", NULL)));
}

static inline double sum_at(int64_t t_s, const char *container)
{
	double sum = 0;
	size_t i;

	for (i = 0; i < found.nr; i++) {
		if (found.rows[i].t_ms == T0 + t_s * 1000 &&
		    strcmp(found.rows[i].container, container) == 0 &&
		    !isnan(found.rows[i].cores))
			sum += found.rows[i].cores;
	}
	return sum;
}

#endif /* COMMAND_HISTORY_H */
