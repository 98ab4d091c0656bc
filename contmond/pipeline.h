/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Samples and names go to the model, its rows go to the store, and the
 * endpoints read all of these. Only this file defines the order.
 */
#ifndef CONTMOND_PIPELINE_H
#define CONTMOND_PIPELINE_H

#include <stdint.h>

#include <systemd/sd-event.h>

#include "contmond/forward/forward.h"
#include "contmond/policy/policy.h"
#include "contmond/serve/facts.h"

/** struct pipeline - opaque */
struct pipeline;

/**
 * struct pipeline_options - settings of a pipeline
 * @store_path: the database; NULL for memory; only used by pipeline_new()
 * @store_max_bytes: limit for its size; 0 for the default; only used by
 *	pipeline_new()
 * @exposed: what /metrics shows
 * @policy: ownership passes to pipeline_new(), even on failure; NULL: no rules
 */
struct pipeline_options {
	uint64_t interval_ms;
	const char *store_path;
	uint64_t store_max_bytes;
	struct exposed exposed;
	struct policy *policy;
};

/** pipeline_fn - called after each sample, or failed attempt to take one */
typedef void pipeline_fn(void *userdata);

/** pipeline_new() - start to sample as soon as the loop runs */
int pipeline_new(sd_event *event, const struct pipeline_options *options,
		 pipeline_fn *changed, void *userdata, struct pipeline **ret);

void pipeline_free(struct pipeline *pipeline);

/**
 * pipeline_set_options() - takes effect at once, except for store and policy
 */
int pipeline_set_options(struct pipeline *pipeline,
			 const struct pipeline_options *options);

/**
 * pipeline_set_policy() - apply other rules from now on
 * @policy: takes ownership
 * @ret_old: the previous rules, now owned by the caller
 *
 * Returns -ENOMEM, and then nothing has changed.
 */
int pipeline_set_policy(struct pipeline *pipeline, struct policy *policy,
			struct policy **ret_old);

/** pipeline_refuse_policy() - set why new rules are not in use, to be shown */
void pipeline_refuse_policy(struct pipeline *pipeline, const char *why);

/**
 * pipeline_facts() - the facts to serve; valid as long as the pipeline
 *
 * Threads other than the one that runs the pipeline need facts_hold().
 */
const struct facts *pipeline_facts(const struct pipeline *pipeline);

/** pipeline_forward() - the sender of samples; at first it has no targets */
struct forward *pipeline_forward(const struct pipeline *pipeline);

#endif /* CONTMOND_PIPELINE_H */
