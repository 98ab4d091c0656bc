/* SPDX-License-Identifier: GPL-2.0-only */
/* /metrics of a small world, made before each test */
#ifndef TESTS_UNIT_METRICS_H
#define TESTS_UNIT_METRICS_H

#include "world.h"

#include "contmond/serve/metrics.h"

static struct world world;
static struct reply reply;
static bool hides_processes;

static inline int setup(void **state)
{
	(void)state;
	world_init(&world);
	return 0;
}

static inline int teardown(void **state)
{
	(void)state;
	reply_done(&reply);
	world_done(&world);
	hides_processes = false;
	return 0;
}

static inline const char *get(const char *accept)
{
	const struct request request = {
		.path = "/metrics", .accept = accept,
		.hides_processes = hides_processes,
	};

	reply_done(&reply);
	metrics_handle(&world.facts, &request, &reply);
	assert_int_equal(reply.status, 200);
	assert_false(reply.body.failed);
	return reply.body.text;
}

#endif /* TESTS_UNIT_METRICS_H */
