/* SPDX-License-Identifier: GPL-2.0-only */
/* What commands used in each step of a range, as far as it was recorded */
#ifndef CONTMOND_STORE_COMMAND_CELLS_H
#define CONTMOND_STORE_COMMAND_CELLS_H

#include "busy_commands.h"

/* The group of cells that are about all containers */
#define ALL_GROUPS UINT32_MAX

/* They bound the memory of a question: 16 MB of cells, 1 MB of names. */
#define MAX_COMMAND_CELLS (1UL << 19)
#define MAX_COMMAND_NAMES 16384

/*
 * Cells that are not about one command, in place of the number of a name
 *
 * CELL_OTHERS: more commands of the container may have used CPU
 * CELL_UNSEEN: its processes may have ended unseen
 * CELL_TIME: the time that the step's ticks cover, as @exited_ms
 * CELL_UNKNOWN: it is not known what any command used
 */
enum {
	CELL_OTHERS,
	CELL_UNSEEN,
	CELL_TIME,
	CELL_UNKNOWN,
	FIRST_NAME,
};

/**
 * struct command_cell - what a command used in a step
 * @group: of its container
 * @name: number of the command's name, from FIRST_NAME
 * @living_ms: NAN if it is unknown in a part of the step
 */
struct command_cell {
	uint64_t step;
	uint32_t group;
	uint32_t name;
	double living_ms;
	double exited_ms;
};

/**
 * struct command_cells - zero-initialise
 * @run: first cell of the step that was added last
 * @first_step: earlier steps are not wanted any more
 * @names: of commands, each once
 * @order: their indices by name
 */
struct command_cells {
	struct command_cell *all;
	size_t nr;
	size_t allocated;
	size_t run;
	uint64_t first_step;
	char (*names)[sizeof(((struct command_use *)NULL)->comm)];
	uint32_t *order;
	size_t nr_names;
	size_t allocated_names;
};

void command_cells_done(struct command_cells *cells);

/**
 * command_cells_add() - add a cell, to others of its step, group and name
 *
 * Without room the oldest steps are given up. Returns 0 or -ENOMEM.
 */
int command_cells_add(struct command_cells *cells,
		      const struct command_cell *cell);

/**
 * command_cells_number() - the number of a name
 *
 * Returns 1, 0 if there are too many names, or -ENOMEM.
 */
int command_cells_number(struct command_cells *cells, const char *comm,
			 uint32_t *ret);

const char *command_cells_name(const struct command_cells *cells,
			       uint32_t name);

/**
 * command_cells_settle() - add up cells of the same step, group and name
 *
 * Afterwards they are in ascending order of group, name and step.
 */
void command_cells_settle(struct command_cells *cells);

/** command_cells_find() - a cell, or NULL; only after command_cells_settle() */
const struct command_cell *
command_cells_find(const struct command_cells *cells, uint64_t step,
		   uint32_t group, uint32_t name);

#endif /* CONTMOND_STORE_COMMAND_CELLS_H */
