/* SPDX-License-Identifier: GPL-2.0-only */
/* /api/v1/info: versions, host and settings */
#ifndef CONTMOND_SERVE_INFO_H
#define CONTMOND_SERVE_INFO_H

#include "facts.h"

endpoint_fn info_handle;

#endif /* CONTMOND_SERVE_INFO_H */
