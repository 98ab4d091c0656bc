/* SPDX-License-Identifier: GPL-2.0-only */
/* Disk usage of the host in /metrics, as cAdvisor shows it */
#ifndef CONTMOND_SERVE_METRICS_FILESYSTEMS_H
#define CONTMOND_SERVE_METRICS_FILESYSTEMS_H

#include <stdbool.h>

#include "contmond/collect/filesystems.h"
#include "contmond/model/metric_tables.h"
#include "exposition.h"

/** metrics_filesystems_limit() - sizes for the container "/", by device */
void metrics_filesystems_limit(const struct exposition *e,
			       const struct filesystems *filesystems);

/**
 * metrics_filesystems_usage() - the same for what is used
 * @metric: the family; containers may have it, too
 *
 * Returns whether the family was started.
 */
bool metrics_filesystems_usage(const struct exposition *e,
			       const struct filesystems *filesystems,
			       const struct metric *metric);

#endif /* CONTMOND_SERVE_METRICS_FILESYSTEMS_H */
