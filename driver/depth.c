// SPDX-License-Identifier: GPL-2.0-only
/*
 * Whether the host has cgroups that are too deep for events of POPULATED and
 * EMPTIED.
 *
 * While the tracepoint of these has a handler, the kernel makes the path of
 * each cgroup that becomes populated or empty, in a number of steps that is the
 * square of its depth. One task may do that to a cgroup and to all above it, in
 * one section with interrupts off, in which no task of the host can be forked
 * or exit. So with cgroups thousands of levels deep, which any user with a
 * cgroup of his own can make, such a section takes seconds. The path of a
 * cgroup that is made or removed is made once, as for reading /proc/PID/cgroup.
 *
 * New kernels remove a cgroup that a dying task has not left yet, and it
 * becomes empty later. So removed ones count as well: in the default
 * hierarchy, where they are looked for, as long as they are populated; those
 * of version 1, which a module cannot list, until they are released. Older
 * kernels remove only empty ones. Of version 1, only cgroups are counted whose
 * creation was seen; the kernel numbers all in the order in which they are
 * made. If one that is not counted is heard of nevertheless, nobody knows how
 * many others there are.
 *
 * What is kept about version 1 changes only in handlers of cgroups, of which
 * the kernel runs one at a time.
 */

#include <linux/atomic.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>

#include "depth.h"
#include "exited.h"

/* Cgroups looked at in one RCU section */
#define SECTION_LOOKS 256

static u64 first_seen;			/* 0 before any is created */
static atomic_t nr_deep_v1;
static bool has_uncounted_v1;

static bool is_v1(const struct cgroup *cgrp)
{
	return cgrp->root != &cgrp_dfl_root;
}

/* contmon_depth_made() - called by the handler for each new cgroup */
void contmon_depth_made(const struct cgroup *cgrp)
{
	if (!first_seen)
		first_seen = cgrp->self.serial_nr;
	if (is_v1(cgrp) && contmon_is_deep(cgrp))
		atomic_inc(&nr_deep_v1);
}

/* contmon_depth_gone() - called when a cgroup will never be populated again */
void contmon_depth_gone(const struct cgroup *cgrp)
{
	if (is_v1(cgrp) && contmon_is_deep(cgrp) && first_seen &&
	    cgrp->self.serial_nr >= first_seen)
		atomic_dec(&nr_deep_v1);
}

/* contmon_depth_populated() - called by the handler for a deep cgroup */
void contmon_depth_populated(const struct cgroup *cgrp)
{
	if (is_v1(cgrp) && !atomic_read(&nr_deep_v1))
		WRITE_ONCE(has_uncounted_v1, true);
}

/* One that is removed and empty stays empty, but may be pinned for long */
static bool may_be_reported(struct cgroup *cgrp)
{
	return contmon_is_deep(cgrp) &&
	       (contmon_cgroup_is_online(cgrp) || cgroup_is_populated(cgrp));
}

/*
 * One RCU section of a walk, as in cgroup.c. Returns the last css visited,
 * pinned, or NULL at the end, or when a deep one was found.
 */
static struct cgroup_subsys_state *look(struct cgroup_subsys_state *pos,
					bool *found)
{
	struct cgroup_subsys_state *css = pos;
	unsigned int looks = 0;

	rcu_read_lock();
	while ((css = css_next_descendant_pre(css, &cgrp_dfl_root.cgrp.self))) {
		*found = may_be_reported(css->cgroup);
		if (*found) {
			css = NULL;
			break;
		}
		if (++looks < SECTION_LOOKS && !need_resched())
			continue;
		if (css_tryget(css))
			break;
	}
	rcu_read_unlock();
	return css;
}

/* contmon_depth_any() - whether a deep cgroup is known or found. May sleep */
bool contmon_depth_any(void)
{
	struct cgroup_subsys_state *pos = NULL, *next;
	bool found = false;

	if (READ_ONCE(has_uncounted_v1) || atomic_read(&nr_deep_v1))
		return true;
	do {
		next = look(pos, &found);
		if (pos)
			css_put(pos);
		pos = next;
		cond_resched();
	} while (pos);
	return found;
}
