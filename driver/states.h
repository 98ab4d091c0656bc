/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CONTMON_STATES_H
#define CONTMON_STATES_H

/*
 * contmon_count_state() - count a process by the state of its leader
 *
 * @counts is any record with the uAPI's nr_running ... nr_idle.
 */
#define contmon_count_state(counts, letter) do {		\
	switch (letter) {					\
	case 'R':						\
		(counts)->nr_running++;				\
		break;						\
	case 'S':						\
		(counts)->nr_sleeping++;			\
		break;						\
	case 'D':						\
		(counts)->nr_uninterruptible++;			\
		break;						\
	case 'T':						\
	case 't':						\
		(counts)->nr_stopped++;				\
		break;						\
	case 'Z':						\
	case 'X':						\
		(counts)->nr_zombie++;				\
		break;						\
	default:	/* I, P */				\
		(counts)->nr_idle++;				\
		break;						\
	}							\
} while (0)

#endif /* CONTMON_STATES_H */
