/* SPDX-License-Identifier: GPL-2.0-only */
/* Updates a set of names from the messages of contmon-engine */
#ifndef BASE_NAMES_READER_H
#define BASE_NAMES_READER_H

#include <stdbool.h>
#include <stdint.h>

#include "lines.h"
#include "names.h"

/**
 * struct names_reader - zero-initialise, except for @names
 * @names: the set to update; borrowed
 * @heard: called with each container that is reported, as long as it is in the
 *	set, which it may leave with the next message; or NULL
 * @userdata: for @heard
 * @complete: all that was known at connection has arrived
 * @connected: all engines answer contmon-engine
 * @changed: the last call may have changed the names or @connected
 * @nr_bad: number of invalid messages on this connection
 */
struct names_reader {
	struct names *names;
	names_fn *heard;
	void *userdata;
	bool complete;
	bool connected;
	bool changed;
	uint64_t nr_bad;
	struct lines lines;
};

/**
 * names_reader_feed() - process bytes of the stream
 *
 * Returns -EPROTO for an unknown version, or -ENOMEM. After an error the
 * connection must not be used any more.
 */
int names_reader_feed(struct names_reader *reader, const char *bytes,
		      size_t nr_bytes);

/** names_reader_reset() - call when the connection is lost; keeps the names */
void names_reader_reset(struct names_reader *reader);

#endif /* BASE_NAMES_READER_H */
