/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CONTMOND_MODEL_METRIC_LABEL_H
#define CONTMOND_MODEL_METRIC_LABEL_H

#include "base/buffer.h"

/**
 * metric_label() - append a label in Prometheus' text format
 * @to: contains only the labels before it
 * @value: NULL is empty; invalid UTF-8 is replaced
 *
 * The caller adds the closing brace.
 */
void metric_label(struct buffer *to, const char *key, const char *value);

#endif /* CONTMOND_MODEL_METRIC_LABEL_H */
