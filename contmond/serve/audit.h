/* SPDX-License-Identifier: GPL-2.0-only */
/* /api/v1/audit: decisions of policies and their reasons */
#ifndef CONTMOND_SERVE_AUDIT_H
#define CONTMOND_SERVE_AUDIT_H

#include "facts.h"

endpoint_fn audit_handle;

#endif /* CONTMOND_SERVE_AUDIT_H */
