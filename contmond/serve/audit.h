/* SPDX-License-Identifier: GPL-2.0-only */
/* /api/v1/audit: what policies decided, and why. */
#ifndef CONTMOND_SERVE_AUDIT_H
#define CONTMOND_SERVE_AUDIT_H

#include "facts.h"

endpoint_fn audit_handle;

#endif /* CONTMOND_SERVE_AUDIT_H */
