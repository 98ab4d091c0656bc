/* SPDX-License-Identifier: GPL-2.0-only */
/* /api/v1/health: the status of contmond. */
#ifndef CONTMOND_SERVE_HEALTH_H
#define CONTMOND_SERVE_HEALTH_H

#include "facts.h"

endpoint_fn health_handle;

#endif /* CONTMOND_SERVE_HEALTH_H */
