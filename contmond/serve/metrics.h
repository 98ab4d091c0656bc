/* SPDX-License-Identifier: GPL-2.0-only */
/* /metrics: Prometheus text format 0.0.4 and OpenMetrics 1.0.0. */
#ifndef CONTMOND_SERVE_METRICS_H
#define CONTMOND_SERVE_METRICS_H

#include "api.h"

/** metrics_handle() - the Accept header chooses the format */
void metrics_handle(const struct facts *facts, const struct request *request,
		    struct reply *reply);

#endif /* CONTMOND_SERVE_METRICS_H */
