/* SPDX-License-Identifier: GPL-2.0-only */
/* What goes wrong in large numbers is counted, but not logged each time. */
#ifndef BASE_TROUBLE_H
#define BASE_TROUBLE_H

#include <stdbool.h>
#include <stdint.h>

/**
 * struct trouble - one kind; zero-initialise
 * @nr: how often it came so far
 * @logged_ns: 0 for never
 */
struct trouble {
	uint64_t nr;
	uint64_t logged_ns;
};

/** trouble_is_due() - count it. Log it now? At once, then once a minute */
bool trouble_is_due(struct trouble *trouble);

#endif /* BASE_TROUBLE_H */
