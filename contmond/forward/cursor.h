/* SPDX-License-Identifier: GPL-2.0-only */
/* How far a target has come in what it gets: ticks, events or decisions. */
#ifndef CONTMOND_FORWARD_CURSOR_H
#define CONTMOND_FORWARD_CURSOR_H

#include "contmond/store/store.h"
#include "options.h"

/** cursor_range() - as store_ticks_range() */
int cursor_range(struct store *store, const struct target_options *options,
		 int64_t *ret_first, int64_t *ret_end);

/** cursor_read() - -ENOENT when the target has none yet */
int cursor_read(struct store *store, const struct target_options *options,
		int64_t *ret);

/** cursor_write() - everything before @seq was delivered */
int cursor_write(struct store *store, const struct target_options *options,
		 int64_t seq);

/**
 * cursor_follow() - what is next, in a database that may be another one
 * @position: becomes that of the oldest if the database was put aside
 *
 * Ticks and events have new numbers in a new database, higher than those of the
 * old one. Returns -ENOMEM, or an error of the database.
 */
int cursor_follow(struct store *store, const struct target_options *options,
		  int64_t *position);

#endif /* CONTMOND_FORWARD_CURSOR_H */
