/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef BASE_SIPHASH_H
#define BASE_SIPHASH_H

#include <stddef.h>
#include <stdint.h>

#define SIPHASH_KEY_BYTES 16

/**
 * siphash() - SipHash-2-4, for what somebody may choose on purpose
 *
 * Even with a known key, nobody knows a quicker way to another text with the
 * same result than to try: about 2^64 times. For the simpler FNV-1a, such a
 * text can be computed.
 */
uint64_t siphash(const uint8_t key[SIPHASH_KEY_BYTES], const void *bytes,
		 size_t length);

#endif /* BASE_SIPHASH_H */
