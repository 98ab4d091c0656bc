/* SPDX-License-Identifier: GPL-2.0-only */
/* Disk usage of the host in /metrics, as cAdvisor shows it */
#ifndef CONTMOND_SERVE_METRICS_FILESYSTEMS_H
#define CONTMOND_SERVE_METRICS_FILESYSTEMS_H

#include "contmond/collect/filesystems.h"
#include "exposition.h"

/** metrics_filesystems() - write it for the container "/", by device */
void metrics_filesystems(const struct exposition *e,
			 const struct filesystems *filesystems);

#endif /* CONTMOND_SERVE_METRICS_FILESYSTEMS_H */
