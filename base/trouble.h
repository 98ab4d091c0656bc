/* SPDX-License-Identifier: GPL-2.0-only */
/* Frequent problems, which are counted, but not logged each time */
#ifndef BASE_TROUBLE_H
#define BASE_TROUBLE_H

#include <stdbool.h>
#include <stdint.h>

/**
 * struct trouble - one kind of problem; zero-initialise
 * @nr: number of occurrences so far
 * @logged_ns: 0 for never
 */
struct trouble {
	uint64_t nr;
	uint64_t logged_ns;
};

/**
 * trouble_is_due() - count a problem; returns whether to log it: the first one,
 * and then at most one a minute
 */
bool trouble_is_due(struct trouble *trouble);

#endif /* BASE_TROUBLE_H */
