/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CONTMOND_SERVE_FORWARD_H
#define CONTMOND_SERVE_FORWARD_H

#include "facts.h"

/** forward_handle() - /api/v1/forward */
endpoint_fn forward_handle;

#endif /* CONTMOND_SERVE_FORWARD_H */
