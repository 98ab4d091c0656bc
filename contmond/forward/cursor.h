/* SPDX-License-Identifier: GPL-2.0-only */
/* The cursor of a target in its feed: ticks, events or decisions */
#ifndef CONTMOND_FORWARD_CURSOR_H
#define CONTMOND_FORWARD_CURSOR_H

#include "contmond/store/store.h"
#include "options.h"

/** cursor_range() - like store_ticks_range() */
int cursor_range(struct store *store, const struct target_options *options,
		 int64_t *ret_first, int64_t *ret_end);

/** cursor_read() - returns -ENOENT if the target has none yet */
int cursor_read(struct store *store, const struct target_options *options,
		int64_t *ret);

/** cursor_write() - everything before @seq was delivered */
int cursor_write(struct store *store, const struct target_options *options,
		 int64_t seq);

/**
 * cursor_follow() - adjust a position, because the database may be a new one
 * @position: set to the oldest event or decision if there is no cursor, as
 *	after the old database was put aside, or if the numbers of the new one
 *	are lower, so that none would be sent until they are as high again
 *
 * Ticks keep counting in a new database. Events and decisions do as well,
 * unless their last number was not known, or could not be written.
 * Returns -ENOMEM, or an error of the database.
 */
int cursor_follow(struct store *store, const struct target_options *options,
		  int64_t *position);

#endif /* CONTMOND_FORWARD_CURSOR_H */
