/* SPDX-License-Identifier: GPL-2.0-only */
/* Containers in /metrics, with the host as the container "/" */
#ifndef CONTMOND_SERVE_METRICS_CONTAINERS_H
#define CONTMOND_SERVE_METRICS_CONTAINERS_H

#include "contmond/model/exposed.h"
#include "contmond/model/model.h"
#include "exposition.h"

/**
 * metrics_containers() - write all series of containers, and how many there are
 * @model: must have a sample
 * @hides_labels: omit labels of engines
 */
void metrics_containers(const struct exposition *e, const struct model *model,
			const struct exposed *exposed, bool hides_labels);

#endif /* CONTMOND_SERVE_METRICS_CONTAINERS_H */
