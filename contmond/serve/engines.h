/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CONTMOND_SERVE_ENGINES_H
#define CONTMOND_SERVE_ENGINES_H

#include "facts.h"

/** engines_handle() - /api/v1/engines */
endpoint_fn engines_handle;

#endif /* CONTMOND_SERVE_ENGINES_H */
