/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CONTMOND_SERVE_POLICY_H
#define CONTMOND_SERVE_POLICY_H

#include "facts.h"

endpoint_fn policy_handle;
endpoint_fn policy_classes_handle;
endpoint_fn policy_pending_handle;

#endif /* CONTMOND_SERVE_POLICY_H */
