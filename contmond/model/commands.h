/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The CPU that each command used since the last sample: its living processes
 * and those that ended, by container.
 */
#ifndef CONTMOND_MODEL_COMMANDS_H
#define CONTMOND_MODEL_COMMANDS_H

#include <stddef.h>
#include <stdint.h>

#include "model.h"

/* Most commands of one container with a name of their own */
#define COMMANDS_MAX 20

/**
 * struct command - the processes of one name in one container
 * @owner: the container, as in struct sample
 * @comm: their name, NUL-terminated unless it fills the array; does not count
 *	if @nr_commands is above 1
 * @nr_commands: 1, or how many were added up
 * @processes: those that are alive; NAN if unknown
 * @processes_exited: those that ended; NAN if unknown
 * @living_cores: CPU of the former; NAN if unknown
 * @exited_cores: CPU of the latter; NAN if unknown
 */
struct command {
	int32_t owner;
	char comm[EXIT_COMM_BYTES];
	size_t nr_commands;
	double processes;
	double processes_exited;
	double living_cores;
	double exited_cores;
};

/** command_cores() - CPU of both; NAN if one is unknown */
double command_cores(const struct command *command);

/** struct commands - free @all */
struct commands {
	struct command *all;
	size_t nr;
};

/**
 * commands_make() - the commands of a model that has a sample
 * @ret: in the order of owners. Of each, the busiest COMMANDS_MAX commands come
 *	first, the busiest first, and the rest is one entry
 *
 * Returns 0, -ENOMEM.
 */
int commands_make(const struct model *model, struct commands *ret);

#endif /* CONTMOND_MODEL_COMMANDS_H */
