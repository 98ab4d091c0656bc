/* SPDX-License-Identifier: GPL-2.0-only */
/* The routes under /api/v1/, as API.md has them. */
#ifndef CONTMOND_SERVE_API_H
#define CONTMOND_SERVE_API_H

#include "contmond/collect/status.h"
#include "contmond/model/model.h"
#include "contmond/store/ring.h"
#include "request.h"

/** struct facts - all there is to tell; nothing of it is changed by telling */
struct facts {
	const struct model *model;
	const struct ring *ring;
	const struct status *status;
};

/** api_handle() - answer a request whose path begins with /api/v1/ */
void api_handle(const struct facts *facts, const struct request *request,
		struct reply *reply);

#endif /* CONTMOND_SERVE_API_H */
