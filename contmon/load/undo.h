/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CONTMON_LOAD_UNDO_H
#define CONTMON_LOAD_UNDO_H

#include "session.h"

/*
 * These remove what has the label or the name of @session, or of any session if
 * that is NULL, whoever made it. They return CLI_OK, or CLI_FAILURE after
 * reporting an error.
 */
int load_undo_timers(struct load *load, const char *session);
int load_undo_engine(struct load *load, enum load_engine engine,
		     const char *session);

/*
 * The number of those that are there. Returns 0, or -EIO after reporting an
 * error.
 */
int load_count(enum load_engine engine, enum load_what what,
	       const char *session, uint64_t *ret);

#endif /* CONTMON_LOAD_UNDO_H */
