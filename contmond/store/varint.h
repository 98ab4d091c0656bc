/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Integers with a variable number of bytes: seven bits in each byte, lowest
 * first. Signed integers are zigzag-encoded, so that small magnitudes stay
 * small.
 */
#ifndef CONTMOND_STORE_VARINT_H
#define CONTMOND_STORE_VARINT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"

/**
 * struct reader - bytes that are read from start to end
 * @failed: a read went past the end; all later reads return 0
 */
struct reader {
	const uint8_t *at;
	const uint8_t *end;
	bool failed;
};

static inline uint64_t zigzag(int64_t value)
{
	return ((uint64_t)value << 1) ^ (uint64_t)(value >> 63);
}

static inline int64_t unzigzag(uint64_t value)
{
	return (int64_t)(value >> 1) ^ -(int64_t)(value & 1);
}

/** delta() - @to - @from; wraps around, and add_delta() wraps back */
static inline int64_t delta(int64_t from, int64_t to)
{
	return (int64_t)((uint64_t)to - (uint64_t)from);
}

static inline int64_t add_delta(int64_t from, int64_t by)
{
	return (int64_t)((uint64_t)from + (uint64_t)by);
}

void put_varint(struct buffer *buffer, uint64_t value);
void put_signed(struct buffer *buffer, int64_t value);

uint64_t get_varint(struct reader *reader);
int64_t get_signed(struct reader *reader);

/** get_count() - read a number; fails if it exceeds @max */
uint32_t get_count(struct reader *reader, uint32_t max);

/** get_signed_to() - a number from -1, which is unknown; fails beyond @max */
int64_t get_signed_to(struct reader *reader, int64_t max);

/** get_bytes() - @nr bytes in place, or NULL */
const uint8_t *get_bytes(struct reader *reader, size_t nr);

#endif /* CONTMOND_STORE_VARINT_H */
