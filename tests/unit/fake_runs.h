/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Containers that start and end between samples, and the records of them.
 * Needs the same wraps as fake_pipeline.h.
 */
#ifndef TESTS_UNIT_FAKE_RUNS_H
#define TESTS_UNIT_FAKE_RUNS_H

#include "fake_pipeline.h"

#include "contmond/store/past.h"

#define NEW_ID ID64("c")
#define NEW "/system.slice/docker-" NEW_ID ".scope"
#define NEW_TITLE "cccccccccccc"
#define NEVER_MS UINT64_C(1000000000000)	/* in the year 2033 */

static uint64_t nr_samples;

/* From now on, samples are only taken when a test requests one. */
static inline void stop_samples(void)
{
	const struct pipeline_options never = { .interval_ms = NEVER_MS };

	run_until(event, one_sample);
	assert_int_equal(pipeline_set_options(pipeline, &never), 0);
	run_until(event, two_samples);
	nr_samples = status->samples_total;
}

static inline bool one_more_sample(void)
{
	return status->samples_total > nr_samples;
}

static inline void take_sample(void)
{
	static uint64_t interval_ms = NEVER_MS;
	const struct pipeline_options other = { .interval_ms = ++interval_ms };

	nr_samples = status->samples_total;
	assert_int_equal(pipeline_set_options(pipeline, &other), 0);
	run_until(event, one_more_sample);
}

/* Events */

static inline void make(uint64_t id, const char *path)
{
	snprintf((char *)happen(CONTMON_EVENT_CGROUP_CREATED, id)->path,
		 CONTMON_EVENT_PATH, "%s", path);
}

static inline struct contmon_event *
end_process(uint64_t cgroup_id, uint64_t start_ns, uint32_t status_of_it)
{
	struct contmon_event *exit = happen(CONTMON_EVENT_EXIT, cgroup_id);

	exit->start_boottime_ns = start_ns;
	exit->exit_code = status_of_it;
	exit->utime_ns = 20 * NS_PER_MS;
	exit->stime_ns = 10 * NS_PER_MS;
	exit->rss_peak_bytes = 1 << 20;
	return exit;
}

static inline void remove_it(uint64_t id)
{
	happen(CONTMON_EVENT_CGROUP_EMPTIED, id);
	happen(CONTMON_EVENT_CGROUP_REMOVED, id);
	run_until(event, all_events_are_read);
}

/* Records */

static char log_text[1024];

static inline int add_to_log(const void *event_row, void *userdata)
{
	const struct store_event *noted = event_row;
	size_t length = strlen(log_text);

	(void)userdata;
	snprintf(log_text + length, sizeof(log_text) - length, "%s %s,",
		 noted->kind, noted->container ?: "?");
	return 0;
}

/* Newest first */
static inline const char *events_noted(void)
{
	const struct past_query query = { .to_ms = INT64_MAX, .max_rows = 20 };

	store_sync(store);
	log_text[0] = '\0';
	assert_int_equal(store_events(store, &query, add_to_log, NULL), 0);
	return log_text;
}

static struct past_container ended[4];
static char title[64];
static size_t nr_ended;

static inline int add_ended(const void *container_row, void *userdata)
{
	const struct past_container *container = container_row;

	(void)userdata;
	if (nr_ended < COUNT(ended))
		ended[nr_ended] = *container;
	if (nr_ended++ == 0)
		snprintf(title, sizeof(title), "%s", container->title);
	return 0;
}

static inline const struct store_final *final_of_newest(void)
{
	const struct past_query query = {
		.to_ms = INT64_MAX, .ended_only = true, .max_rows = 1000
	};

	store_sync(store);
	nr_ended = 0;
	assert_int_equal(store_containers(store, &query, add_ended, NULL), 0);
	assert_true(nr_ended > 0);
	return &ended[0].final;
}

#define ENDED "container_ended " NEW_TITLE ","
#define STARTED "container_started " NEW_TITLE ","

#endif /* TESTS_UNIT_FAKE_RUNS_H */
