/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Rows, computed from two samples. Pure: no clock, no file, no log.
 */
#ifndef CONTMOND_MODEL_MODEL_H
#define CONTMOND_MODEL_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/names.h"
#include "contmond/collect/sample.h"
#include "device_rows.h"
#include "ended.h"
#include "rows.h"
#include "title.h"

/* The container of processes outside of all containers */
#define MODEL_HOST "host"

/**
 * struct model_container - one container
 * @row: its row; the strings belong to @scope, @name and @title
 * @totals: the newest known number of each total; all else is meaningless
 * @scope: holds a reference
 * @name: holds a reference; NULL until the engine has reported it
 * @is_roots: see names_find_again()
 * @title: unique; malloced
 * @network_owner: see network_owners()
 * @owns_network: the counters of its network namespace count for it
 * @network_before: counters of the namespace when it became the owner
 * @oom_kills_before: in earlier runs, in cgroups of the same path; included in
 *	@row
 * @next_ms: when its next run began, in a cgroup of the same path; 0 if none
 * @flows: of the devices in io.stat; malloced
 */
struct model_container {
	struct container_row row;
	struct container_row totals;
	struct scope *scope;
	const struct container_info *name;
	bool is_roots;
	char *title;
	char short_id[SHORT_ID_LENGTH + 1];
	size_t network_owner;
	bool owns_network;
	struct netdev_stats network_before;
	double oom_kills_before;
	int64_t next_ms;
	struct device_flow *flows;
};

/**
 * struct model - zero-initialise before the first use
 * @sample: the newest sample, NULL if there is none; borrowed
 * @containers: in the order of @sample, followed by those started since, whose
 *	numbers are unknown, in the order in which they started
 * @nr_containers: without those started since
 * @nr_listed: including them
 * @ended: containers that have ended since model_clear()
 * @by_title: indices into @containers, sorted by title
 * @process_cores: for each process of @sample; NAN if unknown
 * @interval_ns: from the previous sample to @sample; 0 if there is none
 * @boot_epoch_ms: when this host was booted, without measurement noise
 * @was_roots: has an engine of root's told of the container of a cgroup, as far
 *	as is recorded? Asked for those that are not in the sample before. NULL:
 *	nothing is recorded
 */
struct model {
	const struct sample *sample;
	struct system_row system;
	struct model_container *containers;
	size_t nr_containers;
	size_t nr_listed;
	struct ended_list ended;
	size_t *by_title;
	double *process_cores;
	uint64_t interval_ns;
	int64_t boot_epoch_ms;
	bool (*was_roots)(uint64_t cgroup_id, void *userdata);
	void *userdata;
};

/**
 * model_update() - make the rows of @sample
 * @previous: the previous sample, or NULL; only used during the call
 * @sample: must live until the next call of model_update() or model_clear()
 * @names: what the engines report about containers
 *
 * After -ENOMEM there are no rows.
 */
int model_update(struct model *model, const struct sample *previous,
		 const struct sample *sample, const struct names *names);

/**
 * model_name() - update the titles after what the engines report has changed
 */
int model_name(struct model *model, const struct names *names);

/** model_clear() - drop everything */
void model_clear(struct model *model);

/** model_container() - the @i-th listed container, sorted by title */
const struct model_container *model_container(const struct model *model,
					      size_t i);

/** model_user() - whose container it is; 0: root's */
int64_t model_user(const struct model_container *container);

/** model_sampled() - what the sample has of it; NULL if it started since */
const struct sample_container *
model_sampled(const struct model *model,
	      const struct model_container *container);

/** model_find() - the listed container whose own cgroup this is, or NULL */
const struct model_container *model_find(const struct model *model,
					 uint64_t cgroup_id);

/**
 * model_owner() - title and id of an owner, as in struct sample
 * @ret_title: NULL if unknown
 * @ret_id: NULL outside of containers
 */
void model_owner(const struct model *model, int32_t owner,
		 const char **ret_title, const char **ret_id);

void model_container_done(struct model_container *container);

/** struct model_process - a row of one process, and room for its strings */
struct model_process {
	struct process_row row;
	char comm[3 * 16 + 1];
	char state[2];
};

/** model_process() - make the row of the @i-th process of the sample */
void model_process(const struct model *model, size_t i,
		   struct model_process *ret);

#endif /* CONTMOND_MODEL_MODEL_H */
