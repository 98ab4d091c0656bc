/* SPDX-License-Identifier: GPL-2.0-only */
/* Reads what commands used, moment by moment, for a query of the past */
#ifndef CONTMOND_STORE_COMMAND_GATHER_H
#define CONTMOND_STORE_COMMAND_GATHER_H

#include "command_uses.h"
#include "gather.h"

/**
 * command_gather() - read what commands of the wanted containers used
 * @host: group of the processes outside of containers; NO_GROUP: not wanted.
 *	Its steps are added to @asking, which knows no host
 */
int command_gather(struct asking *asking, uint32_t host,
		   struct command_uses *uses);

#endif /* CONTMOND_STORE_COMMAND_GATHER_H */
