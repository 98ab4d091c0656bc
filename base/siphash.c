// SPDX-License-Identifier: GPL-2.0-only
/* See "SipHash: a fast short-input PRF", J.-P. Aumasson and D. J. Bernstein */
#include "siphash.h"

struct state {
	uint64_t v0, v1, v2, v3;
};

static uint64_t rotate(uint64_t number, unsigned int bits)
{
	return number << bits | number >> (64 - bits);
}

static void mix(struct state *s, unsigned int rounds)
{
	while (rounds-- > 0) {
		s->v0 += s->v1;
		s->v2 += s->v3;
		s->v1 = rotate(s->v1, 13) ^ s->v0;
		s->v3 = rotate(s->v3, 16) ^ s->v2;
		s->v0 = rotate(s->v0, 32);
		s->v2 += s->v1;
		s->v0 += s->v3;
		s->v1 = rotate(s->v1, 17) ^ s->v2;
		s->v3 = rotate(s->v3, 21) ^ s->v0;
		s->v2 = rotate(s->v2, 32);
	}
}

static void add(struct state *s, uint64_t word)
{
	s->v3 ^= word;
	mix(s, 2);
	s->v0 ^= word;
}

/* Little endian; at most eight bytes */
static uint64_t word_of(const uint8_t *bytes, size_t length)
{
	uint64_t word = 0;

	while (length-- > 0)
		word = word << 8 | bytes[length];
	return word;
}

uint64_t siphash(const uint8_t key[SIPHASH_KEY_BYTES], const void *bytes,
		 size_t length)
{
	const uint64_t k0 = word_of(key, 8), k1 = word_of(key + 8, 8);
	struct state s = {
		k0 ^ UINT64_C(0x736f6d6570736575),
		k1 ^ UINT64_C(0x646f72616e646f6d),
		k0 ^ UINT64_C(0x6c7967656e657261),
		k1 ^ UINT64_C(0x7465646279746573),
	};
	const uint8_t *at = bytes;
	size_t left = length;

	for (; left >= 8; left -= 8, at += 8)
		add(&s, word_of(at, 8));
	add(&s, (uint64_t)length << 56 | word_of(at, left));
	s.v2 ^= 0xff;
	mix(&s, 4);
	return s.v0 ^ s.v1 ^ s.v2 ^ s.v3;
}
