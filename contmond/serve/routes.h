/* SPDX-License-Identifier: GPL-2.0-only */
/* Which endpoint answers which path. */
#ifndef CONTMOND_SERVE_ROUTES_H
#define CONTMOND_SERVE_ROUTES_H

#include "facts.h"

/** routes_handle() - let the endpoint of the request's path answer it */
endpoint_fn routes_handle;

#endif /* CONTMOND_SERVE_ROUTES_H */
