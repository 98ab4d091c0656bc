/* SPDX-License-Identifier: GPL-2.0-only */
/* The busiest processes and commands of a moment */
#ifndef CONTMOND_STORE_BUSY_H
#define CONTMOND_STORE_BUSY_H

#include "busiest.h"
#include "busy_commands.h"

struct store_container;
struct store_tick;

/** struct busy - zero-initialise */
struct busy {
	struct busiest processes;
	struct busy_commands commands;
};

void busy_done(struct busy *busy);

/** busy_clear() - remove everything; the memory is kept */
void busy_clear(struct busy *busy);

/** busy_clear_cpu() - there was no time in which anything could use CPU */
void busy_clear_cpu(struct busy *busy);

/** busy_add_container() - add those of a container in a tick. 0 or -ENOMEM */
int busy_add_container(struct busy *busy, uint32_t c,
		       const struct store_container *container);

/** busy_add_host() - add those outside of all containers. 0 or -ENOMEM */
int busy_add_host(struct busy *busy, const struct store_tick *tick);

/** busy_merge() - add all of @from. Returns 0 or -ENOMEM */
int busy_merge(struct busy *busy, const struct busy *from);

/** busy_renumber() - add @by to the numbers of all containers */
void busy_renumber(struct busy *busy, int64_t by);

/** busy_write() - write the busiest of both, without commands if unknown */
void busy_write(const struct busy *busy, struct buffer *ret);

/** busy_append() - append all of @from; as busiest_append() */
int busy_append(struct busy *busy, const struct busy *from);

/** busy_settle() - add what was appended; as busiest_settle() */
int busy_settle(struct busy *busy);

/**
 * busy_read() - append what was written; as busiest_read()
 *
 * Before version 8 of the schema only processes were written: commands are
 * unknown.
 */
int busy_read(struct busy *busy, struct reader *bytes);

/** busy_read_commands() - the same, but only the commands of @wanted */
int busy_read_commands(struct busy_commands *commands, struct reader *bytes,
		       const struct c_range *wanted);

#endif /* CONTMOND_STORE_BUSY_H */
