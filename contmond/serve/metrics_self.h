/* SPDX-License-Identifier: GPL-2.0-only */
/* contmond itself, in /metrics */
#ifndef CONTMOND_SERVE_METRICS_SELF_H
#define CONTMOND_SERVE_METRICS_SELF_H

#include "exposition.h"
#include "facts.h"

void metrics_self(const struct exposition *e, const struct facts *facts);

#endif /* CONTMOND_SERVE_METRICS_SELF_H */
