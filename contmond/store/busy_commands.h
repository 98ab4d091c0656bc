/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The commands of each container and of the host that used the most CPU: their
 * living processes, and those that have ended
 */
#ifndef CONTMOND_STORE_BUSY_COMMANDS_H
#define CONTMOND_STORE_BUSY_COMMANDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "varint.h"

/*
 * Limit for each container and moment, of commands whose CPU is known and of
 * those of which that of living processes is not
 */
#define MAX_BUSY_COMMANDS 3

#define COMMAND_CPU_UNKNOWN (-1)

/**
 * struct command_use - the CPU of one command in one container
 * @c: number of its container, 0 for the host
 * @comm: valid UTF-8
 * @living_ms: of processes that were alive at the end of each tick;
 *	COMMAND_CPU_UNKNOWN if that of one of them is unknown
 * @exited_ms: of processes that ended
 */
struct command_use {
	uint32_t c;
	char comm[3 * 16 + 1];
	int64_t living_ms;
	int64_t exited_ms;
};

/**
 * struct busy_commands - zero-initialise
 * @all: in ascending order of @c
 * @unseen: containers whose processes may have ended unseen, in ascending order
 * @unknown: of a part of the moment it is not known what any command used
 *
 * More commands of each container are kept while ticks are added, because the
 * busiest of a tick need not be the busiest of the hour.
 */
struct busy_commands {
	struct command_use *all;
	size_t nr;
	size_t allocated;
	uint32_t *unseen;
	size_t nr_unseen;
	size_t unseen_allocated;
	bool unknown;
};

void busy_commands_done(struct busy_commands *commands);

/** busy_commands_clear() - remove all commands; the memory is kept */
void busy_commands_clear(struct busy_commands *commands);

/** busy_commands_add() - add to the CPU of a command. Returns 0 or -ENOMEM */
int busy_commands_add(struct busy_commands *commands,
		      const struct command_use *use);

/**
 * busy_commands_unseen() - processes of a container may have ended unseen
 *
 * So it is unknown how much CPU they used. Returns 0 or -ENOMEM.
 */
int busy_commands_unseen(struct busy_commands *commands, uint32_t c);

/** busy_commands_are_seen() - is the CPU of processes that ended known? */
bool busy_commands_are_seen(const struct busy_commands *commands, uint32_t c);

/** busy_commands_merge() - add all of @from. Returns 0 or -ENOMEM */
int busy_commands_merge(struct busy_commands *commands,
			const struct busy_commands *from);

/** busy_commands_write() - write the busiest, and what is unknown */
void busy_commands_write(const struct busy_commands *commands,
			 struct buffer *ret);

/** struct c_range - containers with these numbers and in between */
struct c_range {
	uint32_t first;
	uint32_t last;
};

#define ALL_C (&(const struct c_range){ 0, UINT32_MAX })

/**
 * busy_commands_read() - append what was written of @wanted; as busiest_read()
 */
int busy_commands_read(struct busy_commands *commands, struct reader *bytes,
		       const struct c_range *wanted);

/** busy_commands_append() - append all of @from; as busiest_append() */
int busy_commands_append(struct busy_commands *commands,
			 const struct busy_commands *from);

/** busy_commands_settle() - add what was appended; as busiest_settle() */
int busy_commands_settle(struct busy_commands *commands);

#endif /* CONTMOND_STORE_BUSY_COMMANDS_H */
