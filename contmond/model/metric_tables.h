/* SPDX-License-Identifier: GPL-2.0-only */
/* The Prometheus names of columns, which METRICS.md also lists */
#ifndef CONTMOND_MODEL_METRIC_TABLES_H
#define CONTMOND_MODEL_METRIC_TABLES_H

#include <stddef.h>

enum metric_from {
	METRIC_COLUMN,
	METRIC_TIME,		/* a column in ms; seconds in Prometheus */
	METRIC_INTERFACE,	/* a column; one series for each interface */
	METRIC_DEVICE,		/* a column; one for each block device */
	METRIC_SETTING,		/* no column: only in /metrics */
	METRIC_LAYER,		/* a column; of the host its file systems */
};

/**
 * struct metric - a name in Prometheus
 * @key: of a column of the table
 * @needs: there is a sample only while this column is known; NULL for always
 * @labels: of each sample, in addition to the container's; NULL for none
 */
struct metric {
	const char *key;
	const char *name;
	const char *help;
	enum metric_from from;
	const char *needs;
	const char *labels;
};

/*
 * Most important first: the last ones are omitted if there are too many series.
 */
extern const struct metric container_metrics[];
extern const size_t nr_container_metrics;

extern const struct metric system_metrics[];
extern const size_t nr_system_metrics;

/* Of contmond itself */
extern const struct metric self_metrics[];
extern const size_t nr_self_metrics;

#endif /* CONTMOND_MODEL_METRIC_TABLES_H */
