/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Ticks that were read from the store and formatted for a target; or events or
 * decisions, each as a tick with one row
 */
#ifndef CONTMOND_FORWARD_PARCEL_H
#define CONTMOND_FORWARD_PARCEL_H

#include "protocol.h"

/**
 * struct loaded_tick
 * @first_row: index of its first row
 * @dropped: how many before it are gone
 */
struct loaded_tick {
	struct parcel_tick tick;
	size_t first_row;
	uint64_t dropped;
};

/**
 * struct parcel - zero-initialise
 * @rows: as the protocol writes them
 * @ends: where each row ends in it
 * @next_seq: everything before it is here, or was not wanted, or is gone:
 * @dropped: after the last tick
 */
struct parcel {
	struct buffer rows;
	size_t *ends;
	size_t nr_rows;
	size_t allocated_rows;
	struct loaded_tick *ticks;
	size_t nr_ticks;
	size_t allocated_ticks;
	int64_t next_seq;
	uint64_t dropped;
};

/**
 * parcel_load() - replace the contents by ticks from @first_seq on
 * @host: name of this host; borrowed
 *
 * Ends with the tick that reaches the maximum size of a parcel. Returns
 * -ENOMEM, or an error of the database.
 */
int parcel_load(struct parcel *parcel, struct store *store,
		const struct target_options *options, const char *host,
		int64_t first_seq);

/** parcel_rows() - the bytes of the rows from @first up to, excluding, @end */
const char *parcel_rows(const struct parcel *parcel, size_t first, size_t end,
			size_t *ret_length);

/** parcel_end_of() - index of the row after the last row of a tick */
size_t parcel_end_of(const struct parcel *parcel, size_t tick);

void parcel_done(struct parcel *parcel);

#endif /* CONTMOND_FORWARD_PARCEL_H */
