/* SPDX-License-Identifier: GPL-2.0-only */
/* /api/v1/processes: choose, sort, cut. */
#ifndef CONTMOND_SERVE_PROCESSES_H
#define CONTMOND_SERVE_PROCESSES_H

#include "api.h"

void processes_handle(const struct facts *facts,
		      const struct request *request, struct reply *reply);

#endif /* CONTMOND_SERVE_PROCESSES_H */
