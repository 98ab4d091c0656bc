/* SPDX-License-Identifier: GPL-2.0-only */
/* Processes counted by the state of their leader. */
#ifndef CONTMON_STATES_H
#define CONTMON_STATES_H

#include <linux/build_bug.h>
#include <linux/types.h>

/**
 * struct contmon_states - how many processes are in each state
 *
 * In the order in which the records of the uAPI have them, so that a part of
 * each of those is one of these: see contmon_states_of().
 */
struct contmon_states {
	u32 nr_running;
	u32 nr_sleeping;
	u32 nr_uninterruptible;
	u32 nr_stopped;
	u32 nr_zombie;
	u32 nr_idle;
};

/* The counts of the record @rec */
#define contmon_states_of(rec) ({					\
	BUILD_BUG_ON(offsetofend(typeof(*(rec)), nr_idle) -		\
		     offsetof(typeof(*(rec)), nr_running) !=		\
		     sizeof(struct contmon_states));			\
	(struct contmon_states *)&(rec)->nr_running;			\
})

/* Count one whose leader is in the state that /proc calls @letter */
static inline void contmon_states_count(struct contmon_states *states,
					u32 letter)
{
	switch (letter) {
	case 'R':
		states->nr_running++;
		break;
	case 'S':
		states->nr_sleeping++;
		break;
	case 'D':
		states->nr_uninterruptible++;
		break;
	case 'T':
	case 't':
		states->nr_stopped++;
		break;
	case 'Z':
	case 'X':
		states->nr_zombie++;
		break;
	default:	/* I, P */
		states->nr_idle++;
		break;
	}
}

#endif /* CONTMON_STATES_H */
