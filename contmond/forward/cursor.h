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
 * @position: set to the oldest if the old database was put aside
 *
 * In a new database, ticks and events have numbers higher than in the old one.
 * Returns -ENOMEM, or an error of the database.
 */
int cursor_follow(struct store *store, const struct target_options *options,
		  int64_t *position);

#endif /* CONTMOND_FORWARD_CURSOR_H */
