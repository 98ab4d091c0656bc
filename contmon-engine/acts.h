/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Acts on containers as base/act_protocol.h describes. Enforces the protections
 * and the budget itself, whoever asks.
 */
#ifndef CONTMON_ENGINE_ACTS_H
#define CONTMON_ENGINE_ACTS_H

#include <systemd/sd-event.h>

#include "base/buffer.h"
#include "operation.h"
#include "engines.h"
#include "table.h"

#define ACTS_FILE "/run/contmon-engine/acts.json"

/**
 * struct acts_config - settings; all pointers are borrowed
 * @file: where decisions and holds are kept
 * @cgroups: the root of cgroup v2; NULL without one
 * @per_minute, @per_hour: the budget
 * @min_age_ms: how old a container must be
 */
struct acts_config {
	const char *file;
	const char *cgroups;
	unsigned int per_minute;
	unsigned int per_hour;
	int64_t min_age_ms;
};

/**
 * struct acts_listener - receives the answers
 * @say: sends lines to one client
 * @tell: sends one line to all clients
 */
struct acts_listener {
	void (*say)(uint64_t client, const struct buffer *lines,
		    void *userdata);
	void (*tell)(const struct buffer *line, void *userdata);
	void *userdata;
};

/** struct acts - opaque to others than its own files */
struct acts;

/**
 * acts_new() - resumes what an earlier process left in the file
 * @engines: borrowed, as is @table
 */
int acts_new(sd_event *event, const struct acts_config *config,
	     const struct engines *engines,
	     const struct engine_table *table, struct acts **ret);
void acts_free(struct acts *acts);

void acts_listen(struct acts *acts, const struct acts_listener *listener);

/** acts_ask() - handle one line from a client */
void acts_ask(struct acts *acts, const struct asker *asker, const char *line,
	      size_t length);

/** acts_write_hello() - write the greeting that each new client gets */
void acts_write_hello(const struct acts *acts, struct buffer *to);

#endif /* CONTMON_ENGINE_ACTS_H */
