/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Prometheus' text format 0.0.4 and OpenMetrics 1.0.0. A family is a name with
 * its help and its type, followed by its samples. The end of the name decides
 * the type: _total is a counter, _info an info, all else is a gauge. In
 * OpenMetrics these two ends belong to the samples but not to the family, and a
 * family whose name ends with a unit declares it.
 */
#ifndef CONTMOND_SERVE_EXPOSITION_H
#define CONTMOND_SERVE_EXPOSITION_H

#include <stdbool.h>

#include "base/buffer.h"

struct exposition {
	struct buffer *body;
	bool openmetrics;
};

/** exposition_family() - start a family */
void exposition_family(const struct exposition *e, const char *name,
		       const char *help);

/**
 * exposition_sample() - add a sample, unless the number is unknown
 * @labels: from metric_label(), without the closing brace; empty for none
 * @more: further labels, comma-separated; empty for none
 */
void exposition_sample(const struct exposition *e, const char *name,
		       const char *labels, const char *more, double number);

/**
 * exposition_created() - when the counter of the previous sample was 0
 * @seconds: since the epoch; omitted in the text format
 */
void exposition_created(const struct exposition *e, const char *name,
			const char *labels, const char *more, double seconds);

/** exposition_single() - a family with one sample and no labels */
void exposition_single(const struct exposition *e, const char *name,
		       const char *help, double number);

/** exposition_counter() - the same, and exposition_created() */
void exposition_counter(const struct exposition *e, const char *name,
			const char *help, double number, double created);

#endif /* CONTMOND_SERVE_EXPOSITION_H */
