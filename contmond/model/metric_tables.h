/* SPDX-License-Identifier: GPL-2.0-only */
/* The Prometheus names of columns, which are also in METRICS.md. */
#ifndef CONTMOND_MODEL_METRIC_TABLES_H
#define CONTMOND_MODEL_METRIC_TABLES_H

#include <stddef.h>

/* A column of a table, and its name in Prometheus */
struct metric {
	const char *key;
	const char *name;
	const char *help;
};

extern const struct metric container_metrics[];
extern const size_t nr_container_metrics;

/* Seconds in Prometheus, milliseconds in the table */
extern const struct metric container_times[];
extern const size_t nr_container_times;

extern const struct metric system_metrics[];
extern const size_t nr_system_metrics;

#endif /* CONTMOND_MODEL_METRIC_TABLES_H */
