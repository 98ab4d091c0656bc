/* SPDX-License-Identifier: GPL-2.0-only */
/* /api/v1/processes: filters, sorts and limits processes */
#ifndef CONTMOND_SERVE_PROCESSES_H
#define CONTMOND_SERVE_PROCESSES_H

#include "facts.h"

endpoint_fn processes_handle;

#endif /* CONTMOND_SERVE_PROCESSES_H */
