/* SPDX-License-Identifier: GPL-2.0-only */
/* Numbers of cgroup v1 in the row that the driver fills from v2. */
#ifndef CONTMOND_COLLECT_CGROUP1_ROW_H
#define CONTMOND_COLLECT_CGROUP1_ROW_H

#include <contmon.h>

#include "cgroup_stats.h"
#include "settings.h"

/** cgroup1_row() - add what the files of v1 have, and the row does not */
void cgroup1_row(const struct cgroup_stats *stats,
		 const struct settings *settings, struct contmon_cgroup *row);

#endif /* CONTMOND_COLLECT_CGROUP1_ROW_H */
