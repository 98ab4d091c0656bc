/* SPDX-License-Identifier: GPL-2.0-only */
/* Updates a set of names from the messages of contmon-engine. */
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
 * @connected: the engine answers contmon-engine
 * @changed: the names or @connected may have changed in the last call
 * @nr_bad: invalid messages of this connection
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
 * Returns -EPROTO for an unknown version, -ENOMEM. After an error the
 * connection cannot be used.
 */
int names_reader_feed(struct names_reader *reader, const char *bytes,
		      size_t nr_bytes);

/** names_reader_reset() - the connection was lost; the names are kept */
void names_reader_reset(struct names_reader *reader);

#endif /* BASE_NAMES_READER_H */
