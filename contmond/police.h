/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Applies policies to the model, tick by tick: decisions go to the store, and
 * contmon-engine is asked to act unless everything is a dry run.
 */
#ifndef CONTMOND_POLICE_H
#define CONTMOND_POLICE_H

#include <systemd/sd-event.h>

#include "base/names.h"
#include "contmond/model/model.h"
#include "contmond/model/policing.h"
#include "contmond/policy/policy.h"
#include "contmond/store/store.h"

/** struct police - opaque */
struct police;

/**
 * struct police_options - all borrowed
 * @boot_id: identifies this boot of the host
 * @store_path: the directory of vetoes is next to it; NULL: there are no vetoes
 * @act_socket: of contmon-engine
 */
struct police_options {
	struct store *store;
	const struct names *names;
	const char *boot_id;
	const char *store_path;
	const char *act_socket;
	uint64_t interval_ms;
};

/**
 * police_new() - continues what an earlier contmond has left
 * @policy: takes ownership, even on failure
 */
int police_new(sd_event *event, const struct police_options *options,
	       struct policy *policy, struct police **ret);
void police_free(struct police *police);

/**
 * police_set() - apply another policy from now on
 * @ret_old: the previous policy, now owned by the caller
 *
 * Returns -ENOMEM, and then nothing has changed.
 */
int police_set(struct police *police, struct policy *policy,
	       struct policy **ret_old);

void police_set_interval(struct police *police, uint64_t interval_ms);

/**
 * police_set_error() - why the newest rules could not be loaded; NULL if they
 * were
 */
void police_set_error(struct police *police, const char *error);

/** police_tick() - call after the sample of @model was recorded */
void police_tick(struct police *police, const struct model *model);

/** police_show() - replace @policing by a newer one */
void police_show(struct police *police, struct policing *policing);

#endif /* CONTMOND_POLICE_H */
