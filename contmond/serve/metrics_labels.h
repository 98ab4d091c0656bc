/* SPDX-License-Identifier: GPL-2.0-only */
/* The labels of a container in /metrics */
#ifndef CONTMOND_SERVE_METRICS_LABELS_H
#define CONTMOND_SERVE_METRICS_LABELS_H

#include "base/buffer.h"
#include "base/words.h"
#include "contmond/model/rows.h"
#include "base/names.h"

/**
 * metrics_labels() - add them, without the closing brace
 * @row: of the container
 * @name: what the engine reports about it, or NULL
 * @allowed: keys of the engine's labels that are added
 */
void metrics_labels(struct buffer *to, const struct container_row *row,
		    const struct container_info *name,
		    const struct words *allowed);

#endif /* CONTMOND_SERVE_METRICS_LABELS_H */
