/* SPDX-License-Identifier: GPL-2.0-only */
/* /api/v1/containers/ended: containers that have ended */
#ifndef CONTMOND_SERVE_CONTAINERS_ENDED_H
#define CONTMOND_SERVE_CONTAINERS_ENDED_H

#include "facts.h"

endpoint_fn containers_ended_handle;

#endif /* CONTMOND_SERVE_CONTAINERS_ENDED_H */
