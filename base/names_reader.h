/* SPDX-License-Identifier: GPL-2.0-only */
/* Keeps a set of names by what contmon-engine sends. */
#ifndef BASE_NAMES_READER_H
#define BASE_NAMES_READER_H

#include <stdbool.h>
#include <stdint.h>

#include "lines.h"
#include "names.h"

/**
 * struct names_reader - zero-initialise, but for @names
 * @names: what is kept; borrowed
 * @complete: all that was known at the connection has arrived
 * @connected: the engine answers contmon-engine
 * @changed: the names or @connected may have changed in the last call
 * @nr_bad: invalid messages of this connection
 */
struct names_reader {
	struct names *names;
	bool complete;
	bool connected;
	bool changed;
	uint64_t nr_bad;
	struct lines lines;
};

/**
 * names_reader_feed() - take some bytes of the stream
 *
 * Returns -EPROTO for a version that is not known, -ENOMEM. After an error the
 * connection is of no use.
 */
int names_reader_feed(struct names_reader *reader, const char *bytes,
		      size_t nr_bytes);

/** names_reader_reset() - the connection is lost; the names stay */
void names_reader_reset(struct names_reader *reader);

#endif /* BASE_NAMES_READER_H */
