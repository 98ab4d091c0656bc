/* SPDX-License-Identifier: GPL-2.0-only */
/* What was packed, as any receiver unpacks it */
#ifndef TESTS_UNIT_GUNZIP_H
#define TESTS_UNIT_GUNZIP_H

#include <stddef.h>

#include <zlib.h>

/* Fails unless @bytes are one whole gzip stream. Returns the length. */
static size_t gunzip(const char *bytes, size_t length, char *to, size_t size)
{
	z_stream stream = { 0 };

	assert_int_equal(inflateInit2(&stream, 15 + 16), Z_OK);
	stream.next_in = (Bytef *)bytes;
	stream.avail_in = (uInt)length;
	stream.next_out = (Bytef *)to;
	stream.avail_out = (uInt)size;
	assert_int_equal(inflate(&stream, Z_FINISH), Z_STREAM_END);
	assert_int_equal(stream.avail_in, 0);
	inflateEnd(&stream);
	return stream.total_out;
}

#endif /* TESTS_UNIT_GUNZIP_H */
