/* SPDX-License-Identifier: GPL-2.0-only */
/* /api/v1/series: metrics over time. */
#ifndef CONTMOND_SERVE_SERIES_H
#define CONTMOND_SERVE_SERIES_H

#include "facts.h"

endpoint_fn series_handle;

#endif /* CONTMOND_SERVE_SERIES_H */
