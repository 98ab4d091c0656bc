/* SPDX-License-Identifier: GPL-2.0-only */
/* /api/v1/ready: could questions about the present and the past be answered? */
#ifndef CONTMOND_SERVE_READY_H
#define CONTMOND_SERVE_READY_H

#include "facts.h"

endpoint_fn ready_handle;

#endif /* CONTMOND_SERVE_READY_H */
