/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A moment as bytes. A frame has the changes since the previous frame of its
 * span; a key frame has everything. The columns are separate, so that a reader
 * of few columns can skip the others.
 */
#ifndef CONTMOND_STORE_FRAME_H
#define CONTMOND_STORE_FRAME_H

#include <stdbool.h>

#include "moment.h"
#include "varint.h"

/** struct frame_writer - values of the previous frame; zero-initialise */
struct frame_writer {
	int64_t t_ms;
	size_t nr;
	size_t allocated;
	uint32_t *c;
	int64_t *v;		/* for each container, then the host */
	bool *known;
};

void frame_writer_done(struct frame_writer *writer);

/**
 * frame_write() - append @moment, whose gauges are sums
 * @raw: it is one tick, not a bucket
 * @key: write a key frame
 */
int frame_write(struct frame_writer *writer, const struct moment *moment,
		bool raw, bool key, struct buffer *ret);

/**
 * struct frame_reader - begin with frame_reader_init()
 * @wanted: the columns whose cells are needed
 * @is_bare: none is needed of any container; then its cells are not set
 * @first_c, @last_c: so are only those of these containers and in between; set
 *	to all by frame_reader_init()
 * @moment: contents of the last frame; its gauges are means
 * @ready: a key frame has been read
 */
struct frame_reader {
	struct moment moment;
	const bool *wanted;
	bool is_bare;
	uint32_t first_c;
	uint32_t last_c;
	bool raw;
	bool ready;
};

/** frame_reader_init() - @wanted is borrowed; NULL for all columns */
int frame_reader_init(struct frame_reader *reader,
		      const struct layout *layout, bool raw,
		      const bool *wanted);
void frame_reader_done(struct frame_reader *reader);

/**
 * frame_read() - read the next frame
 *
 * Returns -EBADMSG for invalid bytes, -ENODATA if a key frame must come first,
 * or -ENOMEM. After a failure only a key frame can be read.
 */
int frame_read(struct frame_reader *reader, struct reader *bytes);

#endif /* CONTMOND_STORE_FRAME_H */
