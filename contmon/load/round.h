/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CONTMON_LOAD_ROUND_H
#define CONTMON_LOAD_ROUND_H

#include "session.h"

/*
 * Make the containers of a round, unless it is to stop. *@ret_made is how many
 * there are. Returns CLI_OK, or CLI_FAILURE after reporting errors.
 */
int load_round(struct load *load, uint64_t *ret_made);

#endif /* CONTMON_LOAD_ROUND_H */
