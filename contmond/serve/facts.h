/* SPDX-License-Identifier: GPL-2.0-only */
/* The interface of endpoints, and the data that they read */
#ifndef CONTMOND_SERVE_FACTS_H
#define CONTMOND_SERVE_FACTS_H

#include <pthread.h>

#include "contmond/collect/status.h"
#include "contmond/model/exposed.h"
#include "contmond/model/model.h"
#include "contmond/model/policing.h"
#include "contmond/model/targets.h"
#include "contmond/store/store.h"
#include "reply.h"
#include "request.h"
#include "traffic.h"

struct http_kept;

/**
 * struct facts - the data of endpoints, which they must not change
 * @lock: protects @model, @status, @policing and @exposed, which the sampling
 *	thread writes; @store, @targets and @kept have their own locks, and
 *	@traffic needs none
 * @kept: answers that are kept until one of these changes; NULL if each request
 *	gets a new one
 */
struct facts {
	const struct model *model;
	struct store *store;
	const struct status *status;
	struct targets *targets;
	struct traffic *traffic;
	const struct policing *policing;
	const struct exposed *exposed;
	pthread_rwlock_t *lock;
	struct http_kept *kept;
};

/**
 * facts_hold() - prevent changes of the model and the status
 *
 * The next sample waits for facts_release(), so do not read from disk in
 * between.
 */
static inline void facts_hold(const struct facts *facts)
{
	pthread_rwlock_rdlock(facts->lock);
}

static inline void facts_release(const struct facts *facts)
{
	pthread_rwlock_unlock(facts->lock);
}

/** endpoint_fn - fill in the reply to a request for this route */
typedef void endpoint_fn(const struct facts *facts,
			 const struct request *request, struct reply *reply);

#endif /* CONTMOND_SERVE_FACTS_H */
