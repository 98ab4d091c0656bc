/* SPDX-License-Identifier: GPL-2.0-only */
/* /api/v1/health: the status of contmond */
#ifndef CONTMOND_SERVE_HEALTH_H
#define CONTMOND_SERVE_HEALTH_H

#include "facts.h"

endpoint_fn health_handle;

/** health_reason() - why there are no samples; NULL if there are */
const char *health_reason(const struct status *status);

#endif /* CONTMOND_SERVE_HEALTH_H */
