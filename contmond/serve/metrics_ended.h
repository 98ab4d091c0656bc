/* SPDX-License-Identifier: GPL-2.0-only */
/* The final records of recently ended containers, in /metrics */
#ifndef CONTMOND_SERVE_METRICS_ENDED_H
#define CONTMOND_SERVE_METRICS_ENDED_H

#include "contmond/model/ended.h"
#include "exposition.h"

void metrics_ended(const struct exposition *e, const struct ended_list *list);

#endif /* CONTMOND_SERVE_METRICS_ENDED_H */
