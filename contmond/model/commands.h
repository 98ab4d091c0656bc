/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The CPU time that each command used since the last sample, by container: its
 * living processes, and those that have ended
 */
#ifndef CONTMOND_MODEL_COMMANDS_H
#define CONTMOND_MODEL_COMMANDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model.h"

/* Limit for commands of a container that are listed by name */
#define COMMANDS_MAX 20

/* The name of all others together: it is too long for that of a process */
#define COMMANDS_OTHER "(all other commands)"

/**
 * struct command - the processes with one name in one container
 * @owner: the container, as in struct sample
 * @comm: the name, NUL-terminated unless it fills the array; meaningless if
 *	@nr_commands is above 1
 * @nr_commands: 1, or how many commands were added up
 * @processes: number that are alive; NAN if unknown
 * @processes_exited: number that have ended; NAN if unknown
 * @living_cores: CPU of @processes; NAN if unknown
 * @exited_cores: CPU of @processes_exited; NAN if unknown
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

/** command_cores() - CPU of both; NAN if either is unknown */
double command_cores(const struct command *command);

/** struct commands - free @all */
struct commands {
	struct command *all;
	size_t nr;
};

/**
 * commands_make() - the commands of a model that has a sample
 * @ret: in the order of owners. For each, the COMMANDS_MAX busiest commands
 *	come first, busiest first; the rest is one entry
 *
 * Returns 0 or -ENOMEM.
 */
int commands_make(const struct model *model, struct commands *ret);

/**
 * commands_make_busy() - all commands that used CPU, as far as it is known
 * @ret: in the order of owners, busiest first. Processes that used none do not
 *	count in the numbers of processes
 *
 * Returns 0 or -ENOMEM.
 */
int commands_make_busy(const struct model *model, struct commands *ret);

/** commands_see_exits() - is the CPU of an owner's ended processes known? */
bool commands_see_exits(const struct model *model, int32_t owner);

#endif /* CONTMOND_MODEL_COMMANDS_H */
