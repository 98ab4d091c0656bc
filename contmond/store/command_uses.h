/* SPDX-License-Identifier: GPL-2.0-only */
/* What commands used in each step of a range, as far as it was recorded */
#ifndef CONTMOND_STORE_COMMAND_USES_H
#define CONTMOND_STORE_COMMAND_USES_H

#include "busy_commands.h"

/* The group of uses that are about all containers */
#define ALL_GROUPS UINT32_MAX

/* They bound the memory of a question: 16 MB of uses, 1 MB of names. */
#define MAX_COMMAND_USES (1UL << 19)
#define MAX_COMMAND_NAMES 16384

/*
 * Uses that are not about one command, in place of the number of a name
 *
 * NAME_OTHERS: more commands of the container may have used CPU
 * NAME_UNSEEN: its processes may have ended unseen
 * NAME_TIME: the time that the step's ticks cover, as @exited_ms
 * NAME_UNKNOWN: it is not known what any command used
 */
enum {
	NAME_OTHERS,
	NAME_UNSEEN,
	NAME_TIME,
	NAME_UNKNOWN,
	FIRST_NAME,
};

/**
 * struct step_use - what a command used in a step
 * @group: of its container
 * @name: number of the command's name, from FIRST_NAME
 * @living_ms: NAN if it is unknown in a part of the step
 */
struct step_use {
	uint64_t step;
	uint32_t group;
	uint32_t name;
	double living_ms;
	double exited_ms;
};

/**
 * struct command_uses - zero-initialise
 * @run: first use of the step that was added last
 * @next: of these, the one after that which was added to last
 * @first_step: earlier steps are not wanted any more
 * @names: of commands, each once
 * @order: their indices by name
 */
struct command_uses {
	struct step_use *all;
	size_t nr;
	size_t allocated;
	size_t run;
	size_t next;
	uint64_t first_step;
	char (*names)[sizeof(((struct command_use *)NULL)->comm)];
	uint32_t *order;
	size_t nr_names;
	size_t allocated_names;
};

void command_uses_done(struct command_uses *uses);

/**
 * command_uses_add() - add a use, to others of its step, group and name
 *
 * Without room the oldest steps are given up. Returns 0 or -ENOMEM.
 */
int command_uses_add(struct command_uses *uses,
		     const struct step_use *use);

/**
 * command_uses_number() - the number of a name
 *
 * Returns 1, 0 if there are too many names, or -ENOMEM.
 */
int command_uses_number(struct command_uses *uses, const char *comm,
			uint32_t *ret);

const char *command_uses_name(const struct command_uses *uses,
			      uint32_t name);

/**
 * command_uses_settle() - add up uses of the same step, group and name
 *
 * Afterwards they are in ascending order of group, name and step.
 */
void command_uses_settle(struct command_uses *uses);

/** command_uses_find() - a use, or NULL; only after command_uses_settle() */
const struct step_use *
command_uses_find(const struct command_uses *uses, uint64_t step,
		  uint32_t group, uint32_t name);

#endif /* CONTMOND_STORE_COMMAND_USES_H */
