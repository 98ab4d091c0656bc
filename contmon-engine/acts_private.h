/* SPDX-License-Identifier: GPL-2.0-only */
/* Shared by the files of acts only. */
#ifndef CONTMON_ENGINE_ACTS_PRIVATE_H
#define CONTMON_ENGINE_ACTS_PRIVATE_H

#include "acts.h"
#include "asked.h"
#include "base/trouble.h"

TAILQ_HEAD(operations, operation);

/**
 * struct act_spent - one act: when it began (since boot), and for whose
 * container
 */
struct act_spent {
	uint64_t ms;
	bool of_users;
};

/**
 * struct acts
 * @operations: oldest first; refused ones are freed soon
 * @spent: ring buffer of the latest acts
 * @nr_spent: number of acts ever put into @spent
 * @asked: those whose age was asked for
 * @refused: refused requests, of which only some are logged
 */
struct acts {
	sd_event *event;
	struct acts_config config;
	const struct engines *engines;
	const struct engine_table *table;
	struct acts_listener listener;
	sd_event_source *reap;
	struct operations operations;
	size_t nr_operations;
	struct act_spent spent[ACT_BUDGET_MAX];
	size_t nr_spent;
	struct asked asked;
	bool save_failed;
	struct trouble refused;
};

/** acts_now_ms() - since boot */
uint64_t acts_now_ms(void);

/**
 * acts_engine() - the socket of the engine that owns the requested container;
 * NULL if no engine does, or if it is ambiguous
 */
const char *acts_engine(const struct acts *acts,
			const struct act_request *request);

/** acts_is_about_users() - is it of an engine or a cgroup of a user's? */
bool acts_is_about_users(const struct operation *operation);

/** acts_spend() - takes one act from the budget; false: there is none left */
bool acts_spend(const struct operation *operation, char *why, size_t size);

/** acts_say() - send lines to a client; client 0 is nobody */
void acts_say(struct acts *acts, uint64_t client, const struct buffer *lines);

/** acts_settled() - an operation has finished and may soon be freed */
void acts_settled(struct acts *acts);

/* acts_file.c */

/** acts_save() - write the file; logs a failure */
int acts_save(struct acts *acts);

/** acts_load() - read the file; logs and skips damaged entries */
void acts_load(struct acts *acts);

/* protected.c */

/** act_protection() - why a container must not be acted on, or NULL */
const char *act_protection(const struct operation *operation,
			   const struct facts *facts);

/**
 * cgroup_protection() - the same for a cgroup that no engine owns
 * @directory: of the cgroup
 */
const char *cgroup_protection(const struct operation *operation,
			      int directory);

#endif /* CONTMON_ENGINE_ACTS_PRIVATE_H */
