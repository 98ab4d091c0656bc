/* SPDX-License-Identifier: GPL-2.0-only */
/* The interface of endpoints, and the data they read. */
#ifndef CONTMOND_SERVE_FACTS_H
#define CONTMOND_SERVE_FACTS_H

#include "contmond/collect/status.h"
#include "contmond/model/model.h"
#include "contmond/store/store.h"
#include "reply.h"
#include "request.h"

/** struct facts - the data of endpoints, which do not change it */
struct facts {
	const struct model *model;
	struct store *store;
	const struct status *status;
};

/** endpoint_fn - fill in the reply to a request for its route */
typedef void endpoint_fn(const struct facts *facts,
			 const struct request *request, struct reply *reply);

#endif /* CONTMOND_SERVE_FACTS_H */
