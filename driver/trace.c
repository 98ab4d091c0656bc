// SPDX-License-Identifier: GPL-2.0-only
/*
 * The kernel's tracepoints and their handlers. Most tracepoints are not
 * exported by name, but all can be listed, so they are found by comparing
 * names. If a kernel lacks one, the feature that needs it is not available.
 *
 * Handlers may be preemptible or not, which depends on the kernel, and are no
 * RCU readers by themselves. Some run with interrupts off, under a lock. So the
 * functions they call take only raw locks, do not allocate or free, and never
 * drop what might be the last reference to an object.
 *
 * Only the default hierarchy counts: cgroups of version 1 come through the same
 * tracepoints, and their ids may be those of other cgroups of the default
 * hierarchy.
 */

#include <linux/cgroup.h>
#include <linux/mutex.h>
#include <linux/sched/signal.h>
#include <linux/tracepoint.h>
#include <linux/workqueue.h>
#include <trace/events/cgroup.h>
#include <trace/events/oom.h>
#include <trace/events/sched.h>

#include "compat.h"
#include "depth.h"
#include "ended.h"
#include "event.h"
#include "exited.h"
#include "trace.h"

/**
 * struct probe - a tracepoint and its handler
 * @name: of the tracepoint
 * @handler: function of the type that the tracepoint calls
 * @types: types of events that come from it, or ALWAYS
 * @tp: the tracepoint, or NULL when this kernel has none
 * @on: the handler is registered
 */
struct probe {
	const char *name;
	void *handler;
	u32 types;
	struct tracepoint *tp;
	bool on;
};

/*
 * Compiles only if the handler has the parameters that the kernel's headers
 * declare for the tracepoint.
 */
#define PROBE(event, function, events) {				\
	.name = #event,							\
	.types = (events),						\
	.handler = __builtin_choose_expr(				\
		__same_type(register_trace_##event,			\
			    int (typeof(function) *, void *)),		\
		function, (void)0),					\
}

static void on_fork(void *data, struct task_struct *parent,
		    struct task_struct *child)
{
	if (thread_group_leader(child))
		contmon_event_process(CONTMON_EVENT_FORK, child);
}

static void on_exec(void *data, struct task_struct *task, pid_t old_pid,
		    struct linux_binprm *bprm)
{
	contmon_event_process(CONTMON_EVENT_EXEC, task);
}

/* Called for each thread. The last thread ends the process */
#ifdef CONTMON_HAS_EXIT_GROUP_DEAD
static void on_exit(void *data, struct task_struct *task, bool group_dead)
{
	if (group_dead && contmon_ended_add(task->group_leader))
		contmon_event_process(CONTMON_EVENT_EXIT, task);
}
#else
/*
 * This kernel does not say which thread is the last one. Several that end
 * together may find that none is alive, even before the last one has written
 * the peak of RSS to signal_struct. It does so before it gives up its memory,
 * and each gives up its memory before it calls the handler. The last one to do
 * so finds none that has memory: mmput() is a full barrier between what it
 * wrote and what it looks at here.
 *
 * Dead threads can be many, if a debugger keeps them, and each thread that ends
 * may come here. So no more than a few are looked at. If none of these has
 * memory, the end is reported, perhaps before the last thread has written the
 * peak of RSS.
 */
#define MOST_LOOKS 256

static bool has_ended(struct task_struct *task)
{
	unsigned int looks = 0;
	struct task_struct *t;
	bool ended = true;

	rcu_read_lock();
	contmon_for_each_thread(task, t) {
		ended = !READ_ONCE(t->mm);
		if (!ended || ++looks == MOST_LOOKS)
			break;
	}
	rcu_read_unlock();
	smp_rmb();	/* what was found, then what was written before it */
	return ended;
}

/* Several threads may find that none is left; only the first is recorded */
static void on_exit(void *data, struct task_struct *task)
{
	if (!atomic_read(&task->signal->live) && has_ended(task) &&
	    contmon_ended_add(task->group_leader))
		contmon_event_process(CONTMON_EVENT_EXIT, task);
}
#endif

/* Called in the RCU callback that frees a task, after it was reaped */
static void on_free(void *data, struct task_struct *task)
{
	/* Threads are part of a process; a task of a failed fork never ran */
	if (!thread_group_leader(task) || !task->exit_state)
		return;
	contmon_ended_free(task);
}

/* @task keeps its mm: it is current, or the caller holds its task_lock */
static void on_victim(void *data, struct task_struct *task, uid_t uid)
{
	contmon_event_process(CONTMON_EVENT_OOM, task);
}

static bool counts(const struct cgroup *cgrp)
{
	return cgrp->root == &cgrp_dfl_root;
}

static void pause_populated(struct work_struct *work);

static DECLARE_WORK(pausing, pause_populated);

/*
 * The tracepoints' own @path is not used: it ends after a kilobyte, where it
 * names another cgroup.
 */
static void on_mkdir(void *data, struct cgroup *cgrp, const char *path)
{
	contmon_depth_made(cgrp);
	if (contmon_is_deep(cgrp))
		queue_work(system_dfl_wq, &pausing);
	if (counts(cgrp))
		contmon_event_cgroup(CONTMON_EVENT_CGROUP_CREATED, cgrp);
}

static void on_populated(void *data, struct cgroup *cgrp, const char *path,
			 int val)
{
	if (contmon_is_deep(cgrp)) {
		contmon_depth_populated(cgrp);
		queue_work(system_dfl_wq, &pausing);
		return;
	}
	if (counts(cgrp))
		contmon_event_cgroup(val ? CONTMON_EVENT_CGROUP_POPULATED :
					   CONTMON_EVENT_CGROUP_EMPTIED,
				     cgrp);
}

/* @cgrp is offline */
static void on_rmdir(void *data, struct cgroup *cgrp, const char *path)
{
	if (!CONTMON_REMOVES_POPULATED)
		contmon_depth_gone(cgrp);
	if (!counts(cgrp))
		return;
	contmon_exited_remove(cgrp);
	contmon_event_cgroup(CONTMON_EVENT_CGROUP_REMOVED, cgrp);
}

/* The last reference to @cgrp is gone. on_mkdir() was told if it is active */
static void on_release(void *data, struct cgroup *cgrp, const char *path)
{
	if (cgrp->kn->flags & KERNFS_ACTIVATED)
		contmon_depth_gone(cgrp);
}

/* No type of event: the handler is always registered */
#define ALWAYS BIT(31)

/* Only on kernels that remove cgroups which are not empty */
#define IF_NEEDED (CONTMON_REMOVES_POPULATED ? ALWAYS : 0)

/*
 * For the accounts of ended processes, the depth of cgroups, and events; always
 * on. Registered in this order and unregistered in reverse: ended.c must see
 * each process freed that it recorded at its exit, because it holds no
 * reference, and depth.c the end of each cgroup whose creation it saw.
 */
static struct probe accounting[] = {
	PROBE(sched_process_free, on_free, ALWAYS),
	PROBE(cgroup_rmdir, on_rmdir, ALWAYS),
	PROBE(cgroup_release, on_release, IF_NEEDED),
	PROBE(cgroup_mkdir, on_mkdir, ALWAYS),
	PROBE(sched_process_exit, on_exit, ALWAYS),
};

#define EVENTS_POPULATED (BIT(CONTMON_EVENT_CGROUP_POPULATED) |		\
			  BIT(CONTMON_EVENT_CGROUP_EMPTIED))

/* Only for events; on while those are wanted */
static struct probe watching[] = {
	PROBE(sched_process_fork, on_fork, BIT(CONTMON_EVENT_FORK)),
	PROBE(sched_process_exec, on_exec, BIT(CONTMON_EVENT_EXEC)),
	PROBE(mark_victim, on_victim, BIT(CONTMON_EVENT_OOM)),
	PROBE(cgroup_notify_populated, on_populated, EVENTS_POPULATED),
};

/*
 * Registering a handler patches the kernel's code, which stops all CPUs. So
 * handlers stay registered for a while after their last use: otherwise a loop
 * of WATCH and close() would disturb the whole host. The worker holds the lock
 * that each WATCH and close() takes, so it must not depend on one CPU, which a
 * real-time task may keep.
 */
#define LINGER (10 * HZ)

static void follow_wishes(struct work_struct *work);

static DEFINE_MUTEX(watching_lock);	/* guards @on and the members below */
static u32 watched_types;
static bool is_paused;			/* EVENTS_POPULATED: see depth.c */
static unsigned long resume_after;	/* jiffies; set while @is_paused */
static DECLARE_DELAYED_WORK(following, follow_wishes);

static bool has_exited, has_events;

struct search {
	struct probe *probes;
	unsigned int nr;
};

static void match(struct tracepoint *tp, void *data)
{
	struct search *search = data;
	unsigned int i;

	for (i = 0; i < search->nr; i++)
		if (!strcmp(tp->name, search->probes[i].name))
			search->probes[i].tp = tp;
}

/* Returns whether this kernel has all of them */
static bool find(struct probe *probes, unsigned int nr)
{
	struct search search = { .probes = probes, .nr = nr };
	unsigned int i;

	for_each_kernel_tracepoint(match, &search);
	for (i = 0; i < nr; i++)
		if (!probes[i].tp)
			return false;
	return true;
}

static int turn_on(struct probe *probes, unsigned int nr, u32 types)
{
	unsigned int i;
	int ret = 0;

	for (i = 0; i < nr && !ret; i++) {
		if (probes[i].on || !(probes[i].types & types))
			continue;
		ret = tracepoint_probe_register(probes[i].tp,
						probes[i].handler, NULL);
		probes[i].on = !ret;
	}
	return ret;
}

/* Turns off all except those for @types. A handler may still be running */
static void turn_off_all_but(struct probe *probes, unsigned int nr, u32 types)
{
	unsigned int i;

	for (i = nr; i--;) {
		if (!probes[i].on || probes[i].types & types)
			continue;
		tracepoint_probe_unregister(probes[i].tp, probes[i].handler,
					    NULL);
		probes[i].on = false;
	}
}

static bool sees_populated(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(watching); i++)
		if (watching[i].types & EVENTS_POPULATED)
			return watching[i].on;
	return false;
}

/*
 * A pause goes on for some time after the last deep cgroup, so that callers can
 * notice it. That may be gone at any time between this look and the next, so
 * the pause does not end before the second. watching_lock held
 */
static void put_off_resuming(void)
{
	resume_after = jiffies + 2 * LINGER;
	mod_delayed_work(system_dfl_wq, &following, LINGER);
}

static bool must_pause(void)
{
	bool found = contmon_depth_any();

	if (found)
		put_off_resuming();
	return found || (is_paused && time_before(jiffies, resume_after));
}

/*
 * Sets what is watched, and turns on what is missing. A cgroup that is made
 * while others are looked at is seen by on_mkdir(), whose work waits for the
 * lock and pauses again.
 */
static int watch(u32 types, bool is_deep)
{
	u32 possible = is_deep ? types & ~EVENTS_POPULATED : types;
	int ret;

	ret = turn_on(watching, ARRAY_SIZE(watching), possible);
	if (!ret) {
		watched_types = types;
		WRITE_ONCE(is_paused, is_deep);
	}
	return ret;
}

/* A deep cgroup was just made */
static void pause_populated(struct work_struct *work)
{
	mutex_lock(&watching_lock);
	if (sees_populated()) {
		turn_off_all_but(watching, ARRAY_SIZE(watching),
				 (u32)~EVENTS_POPULATED);
		WRITE_ONCE(is_paused, true);
		put_off_resuming();
	}
	mutex_unlock(&watching_lock);
}

/*
 * Turns off what nobody wants any more, and on again what was paused. Paused
 * events are tried again later, because no handler knows that the last deep
 * cgroup of the default hierarchy is gone.
 */
static void follow_wishes(struct work_struct *work)
{
	bool is_deep;

	mutex_lock(&watching_lock);
	is_deep = is_paused && watched_types & EVENTS_POPULATED &&
		  must_pause();
	turn_off_all_but(watching, ARRAY_SIZE(watching), watched_types);
	if (watch(watched_types, is_deep) || is_deep)
		queue_delayed_work(system_dfl_wq, &following, LINGER);
	mutex_unlock(&watching_lock);
}

/* Returns when no handler runs any more, also none of @watching */
static void turn_off_accounting(void)
{
	turn_off_all_but(accounting, ARRAY_SIZE(accounting), 0);
	tracepoint_synchronize_unregister();
}

void contmon_trace_init(void)
{
	has_exited = find(accounting, ARRAY_SIZE(accounting)) &&
		     !turn_on(accounting, ARRAY_SIZE(accounting), ALWAYS);
	if (!has_exited)
		turn_off_accounting();
	has_events = has_exited && find(watching, ARRAY_SIZE(watching));
}

/* No stream is left, so the works turn nothing on any more */
void contmon_trace_exit(void)
{
	mutex_lock(&watching_lock);
	turn_off_all_but(watching, ARRAY_SIZE(watching), 0);
	mutex_unlock(&watching_lock);
	turn_off_accounting();
	/* Handlers start the first, which starts the second */
	cancel_work_sync(&pausing);
	cancel_delayed_work_sync(&following);
}

/* contmon_trace_has_exited() - whether ended processes can be accounted */
bool contmon_trace_has_exited(void)
{
	return has_exited;
}

/* contmon_trace_has_events() - whether events are available */
bool contmon_trace_has_events(void)
{
	return has_events;
}

/*
 * contmon_trace_has_populated() - whether POPULATED and EMPTIED are available
 *
 * May change at any time. While nobody watches them it is not known.
 */
bool contmon_trace_has_populated(void)
{
	return has_events && !READ_ONCE(is_paused);
}

/**
 * contmon_trace_watch() - set the types of events that are wanted
 * @types: all of them; the call never fails if none of them is new. May sleep
 */
int contmon_trace_watch(u32 types)
{
	bool is_deep;
	int ret;

	mutex_lock(&watching_lock);
	is_deep = is_paused;
	if (!is_deep && types & EVENTS_POPULATED && !sees_populated())
		is_deep = must_pause();
	ret = watch(types, is_deep);
	queue_delayed_work(system_dfl_wq, &following, LINGER);
	mutex_unlock(&watching_lock);
	return ret;
}
