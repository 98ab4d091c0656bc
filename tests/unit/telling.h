/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * An engine that tells of ends, and the records of them. Needs the same wraps
 * as fake_runs.h.
 */
#ifndef TESTS_UNIT_TELLING_H
#define TESTS_UNIT_TELLING_H

#include "fake_runs.h"

static inline int64_t now_ms(void)
{
	return clock_realtime_ms(clock_boottime_ns());
}

static inline bool is_later(int64_t than_ms)
{
	const struct timespec pause = { .tv_nsec = 1000000 };

	nanosleep(&pause, NULL);
	return now_ms() > than_ms;
}

/* What ends from now on ends after the first sample, as far as ms tell. */
static inline void begin(void)
{
	stop_samples();
	while (!is_later(clock_realtime_ms(model->sample->boottime_ns)))
		;
}

/* The engine says that a container has ended, at once or again. */
static inline void tell(const char *id, int64_t began_ms, int64_t finished_ms)
{
	static const struct name_label label = { "k", "v" };
	const struct container_info name = {
		.id = id, .name = "short", .image = "busybox",
		.command = "true", .runtime = "docker",
		.engine = "/run/docker.sock", .state = "exited",
		.created_ms = began_ms - 1, .began_ms = began_ms,
		.finished_ms = finished_ms, .exit_code = 3, .oom_killed = 1,
		.restarts = -1, .anonymous_volumes = -1,
		.labels = &label, .nr_labels = 1,
	};

	assert_int_equal(client.heard(&name, client.userdata), 0);
}

static inline size_t nr_records(void)
{
	const struct past_query query = {
		.to_ms = INT64_MAX, .ended_only = true, .max_rows = 1000
	};

	store_sync(store);
	nr_ended = 0;
	assert_int_equal(store_containers(store, &query, add_ended, NULL), 0);
	return nr_ended;
}

static inline size_t nr_with_exit_code(void)
{
	size_t i, nr = 0;

	for (i = 0; i < nr_records(); i++)
		nr += ended[i].final.exit_code == 3;
	return nr;
}

static inline void begin_again(void)
{
	const struct pipeline_options options = {
		.interval_ms = 100, .store_path = in_directory("contmond.db"),
	};

	pipeline_free(pipeline);
	assert_int_equal(pipeline_new(event, &options, changed, &nr_changes,
				      &pipeline), 0);
	facts = pipeline_facts(pipeline);
	model = facts->model;
	status = facts->status;
	store = facts->store;
}

#endif /* TESTS_UNIT_TELLING_H */
