/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The columns of the table final, except for the container: the members of
 * struct store_final, in the same order
 */
#ifndef CONTMOND_STORE_FINALS_H
#define CONTMOND_STORE_FINALS_H

#include "store.h"

#define FINALS(first, more) \
	first(started_ms) more(ended_ms) more(exit_code) more(oom_killed) \
	more(restarts) more(cpu_seconds) more(cpu_user_seconds) \
	more(cpu_system_seconds) more(memory_peak_bytes) more(oom_kills) \
	more(read_bytes) more(write_bytes) more(read_ops) more(write_ops) \
	more(network_receive_bytes) more(network_transmit_bytes)

#define FINALS_ONE(column) + 1
_Static_assert(0 FINALS(FINALS_ONE, FINALS_ONE) == STORE_FINAL_NR,
	       "each number has a column");
#undef FINALS_ONE

#endif /* CONTMOND_STORE_FINALS_H */
