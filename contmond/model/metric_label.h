/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CONTMOND_MODEL_METRIC_LABEL_H
#define CONTMOND_MODEL_METRIC_LABEL_H

#include "base/buffer.h"

/**
 * metric_label() - add a label of Prometheus' text format
 * @to: has the labels before it, and nothing else
 * @value: NULL is empty; invalid UTF-8 is replaced
 *
 * The caller adds the closing brace.
 */
void metric_label(struct buffer *to, const char *key, const char *value);

#endif /* CONTMOND_MODEL_METRIC_LABEL_H */
