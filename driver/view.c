// SPDX-License-Identifier: GPL-2.0-only
/* What a caller may see. See view.h */

#include <linux/capability.h>
#include <linux/cred.h>
#include <linux/err.h>
#include <linux/nsproxy.h>
#include <linux/sched/signal.h>
#include <linux/string.h>
#include <linux/time_namespace.h>
#include <linux/timekeeping.h>
#include <linux/user_namespace.h>

#include "compat.h"
#include "view.h"

/**
 * contmon_view_init() - the view of the task that makes this call
 * @view: set; valid during this call, in which current keeps its namespaces
 */
void contmon_view_init(struct contmon_view *view)
{
	struct timespec64 monotonic = { 0 };

	timens_add_monotonic(&monotonic);
	*view = (struct contmon_view){
		.pid_ns = task_active_pid_ns(current),
		.user_ns = current_user_ns(),
		.root = current->nsproxy->cgroup_ns->root_cset->dfl_cgrp,
		.boottime_offset_ns = timens_add_boottime_ns(0),
		.monotonic_offset_ns = (u64)timespec64_to_ns(&monotonic),
		.see_all = ns_capable_noaudit(&init_user_ns, CAP_SYS_PTRACE),
	};
}

/* contmon_view_get() - keep a view after the call; undone by _put */
void contmon_view_get(struct contmon_view *view)
{
	get_pid_ns(view->pid_ns);
	get_user_ns(view->user_ns);
	css_get(&view->root->self);
}

void contmon_view_put(struct contmon_view *view)
{
	put_pid_ns(view->pid_ns);
	put_user_ns(view->user_ns);
	css_put(&view->root->self);
}

u64 contmon_view_now_boottime_ns(const struct contmon_view *view)
{
	return contmon_view_boottime_ns(view, ktime_get_boottime_ns());
}

u64 contmon_view_now_monotonic_ns(const struct contmon_view *view)
{
	return ktime_get_ns() + view->monotonic_offset_ns;
}

/* cgroups of version 2 cannot be renamed. Some kernels mark the name __rcu */
static const char *name_of(struct cgroup *cgrp)
{
	return (const char __force *)READ_ONCE(cgrp->kn->name);
}

/* Puts @nr bytes before @at, or the last of them that fit after @begin */
static char *put_before(char *at, const char *begin, const char *bytes,
			size_t nr)
{
	size_t fits = min_t(size_t, nr, at - begin);

	return memcpy(at - fits, bytes + nr - fits, fits);
}

/**
 * contmon_path_tail() - the end of a cgroup's path from the hierarchy's root
 * @cgrp: the cgroup
 * @tail: for the path without a NUL, or as much of its end as fits
 * @size: of @tail
 *
 * In any context in which @cgrp cannot be freed. Returns the length.
 */
size_t contmon_path_tail(struct cgroup *cgrp, char *tail, size_t size)
{
	char *at = tail + size;
	size_t length;

	for (; cgroup_parent(cgrp) && at != tail; cgrp = cgroup_parent(cgrp)) {
		length = strlen(name_of(cgrp));
		at = put_before(at, tail, name_of(cgrp), length);
		at = put_before(at, tail, "/", 1);
	}
	length = tail + size - at;
	memmove(tail, at, length);
	return length;
}

/**
 * contmon_view_path() - the path of a cgroup from the root that the caller sees
 * @view: the caller's
 * @cgrp: a cgroup that it can see
 * @tail: contmon_path_tail() of it
 * @length: of @tail
 * @buf: for the path and a NUL; what follows is cleared
 * @size: of @buf, more than that of @tail
 *
 * Returns false when the beginning of the path did not fit and is missing. Its
 * end names the cgroup.
 */
bool contmon_view_path(const struct contmon_view *view, struct cgroup *cgrp,
		       const char *tail, size_t length, u8 *buf, size_t size)
{
	int levels = cgrp->level - view->root->level;
	size_t at = length;

	while (levels && at)
		levels -= tail[--at] == '/';
	length -= at;
	memcpy(buf, tail + at, length);
	if (!length)
		buf[length++] = '/';
	memset(buf + length, 0, size - length);
	return !levels;
}

/* contmon_view_get_cgroup() - a cgroup, with a reference, or -ENOENT */
struct cgroup *contmon_view_get_cgroup(const struct contmon_view *view, u64 id)
{
	struct cgroup *cgrp = cgroup_get_from_id(id);

	if (IS_ERR_OR_NULL(cgrp))
		return ERR_PTR(-ENOENT);
	if (contmon_view_has_cgroup(view, cgrp))
		return cgrp;
	cgroup_put(cgrp);
	return ERR_PTR(-ENOENT);
}

/* contmon_headless_cgroup() - that of the newest thread, or of the leader */
struct cgroup *contmon_headless_cgroup(struct task_struct *leader)
{
	struct task_struct *t, *newest = leader;

	contmon_for_each_thread(leader, t)
		if (!(READ_ONCE(t->flags) & PF_EXITING) &&
		    !contmon_is_in_no_cgroup(t))
			newest = t;
	return task_dfl_cgroup(newest);
}

static bool capable_over(struct contmon_view *view, struct user_namespace *ns)
{
	if (view->checked_ns != ns) {
		view->checked_ns = ns;
		view->checked_capable = ns_capable_noaudit(ns, CAP_SYS_PTRACE);
	}
	return view->checked_capable;
}

static bool same_ids(const struct cred *caller, const struct cred *cred)
{
	return uid_eq(caller->fsuid, cred->euid) &&
	       uid_eq(caller->fsuid, cred->suid) &&
	       uid_eq(caller->fsuid, cred->uid) &&
	       gid_eq(caller->fsgid, cred->egid) &&
	       gid_eq(caller->fsgid, cred->sgid) &&
	       gid_eq(caller->fsgid, cred->gid);
}

static bool same_caps(const struct cred *caller, const struct cred *cred)
{
	return caller->user_ns == cred->user_ns &&
	       cap_issubset(cred->cap_permitted, caller->cap_effective);
}

/**
 * contmon_may_read() - whether the caller may see what ptrace guards
 * @view: the caller's; contmon_view_forget() must have been called in this RCU
 *	section, since a user namespace may be freed and its address reused
 *	after the section
 * @task: inside rcu_read_lock(), and task_lock() if it has @mm
 * @mm: its memory, or NULL
 *
 * The rule of ptrace_may_access(PTRACE_MODE_READ_FSCREDS), which modules cannot
 * call, together with that of the capability module. Other security modules are
 * not asked about the two tasks, since no hook for that is exported. Their
 * rules for opening the device and for its ioctls apply as for any file.
 */
bool contmon_may_read(struct contmon_view *view, struct task_struct *task,
		      struct mm_struct *mm)
{
	const struct cred *caller = current_cred();
	const struct cred *cred = __task_cred(task);
	struct user_namespace *dump_ns;

	if (view->see_all || same_thread_group(task, current))
		return true;
	if (!(same_ids(caller, cred) && same_caps(caller, cred)) &&
	    !capable_over(view, cred->user_ns))
		return false;
	/*
	 * Pairs with the barrier in commit_creds(): a task that drops
	 * privileges becomes undumpable before its new credentials are visible.
	 */
	smp_rmb();
	dump_ns = contmon_dumpable_ns(task, mm);
	return !dump_ns || capable_over(view, dump_ns);
}
