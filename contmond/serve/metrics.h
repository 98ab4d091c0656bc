/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * /metrics: Prometheus text format 0.0.4, or OpenMetrics 1.0.0, depending on
 * Accept
 */
#ifndef CONTMOND_SERVE_METRICS_H
#define CONTMOND_SERVE_METRICS_H

#include "facts.h"

endpoint_fn metrics_handle;

/** metrics_form() - which of its formats a request gets */
unsigned int metrics_form(const struct request *request);

#endif /* CONTMOND_SERVE_METRICS_H */
