/* SPDX-License-Identifier: GPL-2.0-only */
/* /api/v1/processes/past: the busiest processes at a moment */
#ifndef CONTMOND_SERVE_PROCESSES_PAST_H
#define CONTMOND_SERVE_PROCESSES_PAST_H

#include "facts.h"

endpoint_fn processes_past_handle;

#endif /* CONTMOND_SERVE_PROCESSES_PAST_H */
