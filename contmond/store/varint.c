// SPDX-License-Identifier: GPL-2.0-only
#include "varint.h"

#define MAX_BYTES 10

void put_varint(struct buffer *buffer, uint64_t value)
{
	char bytes[MAX_BYTES];
	size_t nr = 0;

	if (value < 0x80) {	/* most are */
		buffer_putc(buffer, (char)value);
		return;
	}
	while (value >= 0x80) {
		bytes[nr++] = (char)(value | 0x80);
		value >>= 7;
	}
	bytes[nr++] = (char)value;
	buffer_add(buffer, bytes, nr);
}

void put_signed(struct buffer *buffer, int64_t value)
{
	put_varint(buffer, zigzag(value));
}

static uint64_t fail(struct reader *reader)
{
	reader->failed = true;
	reader->at = reader->end;
	return 0;
}

uint64_t get_varint(struct reader *reader)
{
	uint64_t value = 0;
	unsigned int shift;

	for (shift = 0; shift < 64; shift += 7) {
		if (reader->at == reader->end)
			return fail(reader);
		value |= (uint64_t)(*reader->at & 0x7f) << shift;
		if (!(*reader->at++ & 0x80))
			return value;
	}
	return fail(reader);
}

int64_t get_signed(struct reader *reader)
{
	return unzigzag(get_varint(reader));
}

uint32_t get_count(struct reader *reader, uint32_t max)
{
	uint64_t value = get_varint(reader);

	return value <= max ? (uint32_t)value : (uint32_t)fail(reader);
}

int64_t get_signed_to(struct reader *reader, int64_t max)
{
	int64_t value = get_signed(reader);

	return value >= -1 && value <= max ? value : (int64_t)fail(reader);
}

const uint8_t *get_bytes(struct reader *reader, size_t nr)
{
	const uint8_t *bytes = reader->at;

	if ((size_t)(reader->end - reader->at) < nr) {
		fail(reader);
		return NULL;
	}
	reader->at += nr;
	return bytes;
}
