/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * FNV-1a, 64 bits: distinguishes strings, but does not protect against forgery
 */
#ifndef CONTMOND_POLICY_HASH_H
#define CONTMOND_POLICY_HASH_H

#include <stdint.h>

#define HASH_START UINT64_C(0xcbf29ce484222325)
#define HASH_PRIME UINT64_C(0x100000001b3)

/* Includes the NUL, so that "a", "bc" and "ab", "c" differ */
static inline uint64_t hash_text(uint64_t hash, const char *text)
{
	do {
		hash = (hash ^ (unsigned char)*text) * HASH_PRIME;
	} while (*text++);
	return hash;
}

#endif /* CONTMOND_POLICY_HASH_H */
