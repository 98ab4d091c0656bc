/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CONTMON_DEPTH_H
#define CONTMON_DEPTH_H

#include <linux/cgroup.h>
#include <linux/contmon.h>
#include <linux/types.h>

static inline bool contmon_is_deep(const struct cgroup *cgrp)
{
	return cgrp->level > CONTMON_MAX_POPULATED_LEVEL;
}

void contmon_depth_made(const struct cgroup *cgrp);
void contmon_depth_gone(const struct cgroup *cgrp);
void contmon_depth_populated(const struct cgroup *cgrp);
bool contmon_depth_any(void);

#endif /* CONTMON_DEPTH_H */
