/* SPDX-License-Identifier: GPL-2.0-only */
/* Maps each path to its endpoint */
#ifndef CONTMOND_SERVE_ROUTES_H
#define CONTMOND_SERVE_ROUTES_H

#include "facts.h"

/** routes_handle() - call the endpoint of the request's path */
endpoint_fn routes_handle;

#endif /* CONTMOND_SERVE_ROUTES_H */
