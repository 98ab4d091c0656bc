// SPDX-License-Identifier: GPL-2.0-only
#include "gzip.h"

#include <errno.h>
#include <stdlib.h>
#include <zlib.h>

/* The largest window of deflateInit2(), with a gzip header */
#define WINDOW_BITS (15 + 16)
#define MEMORY_LEVEL 8

int gzip_pack(const char *bytes, size_t length, char **ret,
	      size_t *ret_length)
{
	z_stream stream = { 0 };
	size_t room;
	char *packed;
	int r;

	/* Keys and labels repeat, so more effort would save little. */
	if (deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, WINDOW_BITS,
			 MEMORY_LEVEL, Z_DEFAULT_STRATEGY) != Z_OK)
		return -ENOMEM;
	room = deflateBound(&stream, length);
	packed = malloc(room);
	if (!packed) {
		deflateEnd(&stream);
		return -ENOMEM;
	}
	stream.next_in = (Bytef *)bytes;
	stream.avail_in = (uInt)length;
	stream.next_out = (Bytef *)packed;
	stream.avail_out = (uInt)room;
	r = deflate(&stream, Z_FINISH);
	deflateEnd(&stream);
	if (r != Z_STREAM_END) {
		free(packed);
		return -ENOMEM;
	}
	*ret = packed;
	*ret_length = stream.total_out;
	return 0;
}
