/* SPDX-License-Identifier: GPL-2.0-only */
/* /api/v1/system: the newest row of the host */
#ifndef CONTMOND_SERVE_SYSTEM_H
#define CONTMOND_SERVE_SYSTEM_H

#include "facts.h"

endpoint_fn system_handle;

#endif /* CONTMOND_SERVE_SYSTEM_H */
