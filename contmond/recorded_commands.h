/* SPDX-License-Identifier: GPL-2.0-only */
/* The commands that go to the store: those that used the most CPU */
#ifndef CONTMOND_RECORDED_COMMANDS_H
#define CONTMOND_RECORDED_COMMANDS_H

#include "contmond/model/commands.h"
#include "contmond/store/store.h"

/**
 * struct recorded_commands - zero-initialise
 * @list: all commands that used CPU, as far as it is known
 * @all: the same for the store
 * @comms: their names, as UTF-8
 */
struct recorded_commands {
	struct commands list;
	struct store_command *all;
	char (*comms)[3 * EXIT_COMM_BYTES + 1];
};

/**
 * recorded_commands_read() - read those of the newest sample
 * @seconds: time since the sample before; 0 if there was none
 *
 * Returns 0 or -ENOMEM.
 */
int recorded_commands_read(struct recorded_commands *recorded,
			   const struct model *model, double seconds);

/** recorded_commands_of() - those of one owner; borrowed */
struct store_commands
recorded_commands_of(const struct recorded_commands *recorded,
		     const struct model *model, int32_t owner);

void recorded_commands_done(struct recorded_commands *recorded);

#endif /* CONTMOND_RECORDED_COMMANDS_H */
