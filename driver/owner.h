/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CONTMON_OWNER_H
#define CONTMON_OWNER_H

struct signal_struct;
struct task_struct;

/**
 * struct contmon_owner - the thread found last that has its process' memory
 * @sig: of the process, or NULL when none is known; only compared
 * @thread: valid in the RCU section in which it was found; NULL if no thread
 *	has memory any more
 * @passed: threads that searches went past, until the caller sets it to 0
 *
 * A debugger may keep tens of thousands of dead threads, and the rows of all of
 * them need the same thread.
 */
struct contmon_owner {
	const struct signal_struct *sig;
	struct task_struct *thread;
	unsigned int passed;
};

/* contmon_owner_forget() - called at the beginning of each RCU section */
static inline void contmon_owner_forget(struct contmon_owner *owner)
{
	owner->sig = NULL;
}

struct task_struct *contmon_owner_find(struct contmon_owner *owner,
				       struct task_struct *task);

#endif /* CONTMON_OWNER_H */
