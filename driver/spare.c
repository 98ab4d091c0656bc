// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory for handlers of tracepoints. They may or may not be preemptible, and
 * some run with interrupts off, so they cannot wait for memory, nor, with
 * PREEMPT_RT, allocate or free at all. A worker refills the store. It is not
 * bound to a CPU, so that no real-time task can keep it waiting. When it comes
 * too late, the other kernels allocate.
 */

#include <linux/sched.h>
#include <linux/slab.h>

#include "compat.h"
#include "spare.h"

static void *pop(struct contmon_spares *spares)
{
	void **object = spares->first;

	if (object) {
		spares->first = *object;
		spares->nr--;
	}
	return object;
}

static void push(struct contmon_spares *spares, void *object)
{
	*(void **)object = spares->first;
	spares->first = object;
	spares->nr++;
}

static void *pop_locked(struct contmon_spares *spares, unsigned int keep)
{
	void *object = NULL;
	unsigned long flags;

	raw_spin_lock_irqsave(&spares->lock, flags);
	if (spares->nr > keep)
		object = pop(spares);
	raw_spin_unlock_irqrestore(&spares->lock, flags);
	return object;
}

static void push_locked(struct contmon_spares *spares, void *object)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&spares->lock, flags);
	push(spares, object);
	raw_spin_unlock_irqrestore(&spares->lock, flags);
}

static void balance(struct work_struct *work)
{
	struct contmon_spares *spares =
		container_of(work, struct contmon_spares, work);
	void *object;

	while (READ_ONCE(spares->nr) < spares->wanted) {
		object = kmalloc(spares->size, GFP_KERNEL | __GFP_NOWARN);
		if (!object)
			return;
		push_locked(spares, object);
	}
	while ((object = pop_locked(spares, 2 * spares->wanted))) {
		kfree(object);
		cond_resched();
	}
}

/* contmon_spares_init() - allocate as many as memory allows. May sleep */
void contmon_spares_init(struct contmon_spares *spares, size_t size,
			 unsigned int wanted)
{
	raw_spin_lock_init(&spares->lock);
	spares->first = NULL;
	spares->nr = 0;
	spares->size = size;
	spares->wanted = wanted;
	INIT_WORK(&spares->work, balance);
	balance(&spares->work);
}

/* contmon_spares_destroy() - called when no object can be taken or returned */
void contmon_spares_destroy(struct contmon_spares *spares)
{
	void *object;

	cancel_work_sync(&spares->work);
	while ((object = pop(spares)))
		kfree(object);
}

/* contmon_spare_take() - an object, or NULL. In a handler, with no raw lock */
void *contmon_spare_take(struct contmon_spares *spares)
{
	void *object = pop_locked(spares, 0);

	if (!object && !IS_ENABLED(CONFIG_PREEMPT_RT))
		object = kmalloc(spares->size, GFP_NOWAIT | __GFP_NOWARN);
	if (READ_ONCE(spares->nr) < spares->wanted / 2)
		queue_work(system_dfl_wq, &spares->work);
	return object;
}

/* contmon_spare_give() - return an object. In any context but NMI */
void contmon_spare_give(struct contmon_spares *spares, void *object)
{
	push_locked(spares, object);
	if (READ_ONCE(spares->nr) > 4 * spares->wanted)
		queue_work(system_dfl_wq, &spares->work);
}
