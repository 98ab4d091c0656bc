/* SPDX-License-Identifier: GPL-2.0-only */
/* /api/v1/containers: the newest rows, or some of their keys. */
#ifndef CONTMOND_SERVE_CONTAINERS_H
#define CONTMOND_SERVE_CONTAINERS_H

#include "facts.h"

endpoint_fn containers_handle;

#endif /* CONTMOND_SERVE_CONTAINERS_H */
