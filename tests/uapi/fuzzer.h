/* SPDX-License-Identifier: GPL-2.0-only */
/* One thread of a fuzzer: its file, its memory, and its random arguments */
#ifndef TESTS_UAPI_FUZZER_H
#define TESTS_UAPI_FUZZER_H

#include <pthread.h>
#include <stdatomic.h>

#include "device.h"

#define AREA (1U << 20)		/* memory for records, and the mapping */

static atomic_uint complaints;

struct fuzzer {
	pthread_t thread;
	unsigned int index;
	__u64 random;
	unsigned int calls;
	int fd;
	unsigned char *area;	/* AREA bytes with nothing after them */
	void *mapping;
};

/* Only the first twenty complaints are printed. */
__attribute__((format(printf, 2, 3))) static void
complain(const struct fuzzer *f, const char *format, ...)
{
	char text[200];
	va_list args;

	if (atomic_fetch_add(&complaints, 1) >= 20)
		return;
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	printf("# thread %u, call %u: %s\n", f->index, f->calls, text);
}

/* xorshift64*, by Vigna */
static __u64 next(struct fuzzer *f)
{
	f->random ^= f->random >> 12;
	f->random ^= f->random << 25;
	f->random ^= f->random >> 27;
	return f->random * 0x2545f4914f6cdd1dULL;
}

static __u64 below(struct fuzzer *f, __u64 limit)
{
	return (next(f) >> 8) % limit;
}

static bool one_in(struct fuzzer *f, __u64 n)
{
	return below(f, n) == 0;
}

#define PICK(f, array) ((array)[below(f, ARRAY_SIZE(array))])

static __u64 any_number(struct fuzzer *f)
{
	static const __u64 edges[] = {
		0, 1, 2, 7, 8, 255, 256, 257, 4095, 4096, 4097, 65535, 65536,
		131072, 131073, INT32_MAX, 1ULL << 31, UINT32_MAX, 1ULL << 32,
		INT64_MAX, 1ULL << 63, UINT64_MAX - 7, UINT64_MAX,
	};

	return one_in(f, 3) ? next(f) >> below(f, 64) : PICK(f, edges);
}

static __u64 any_address(struct fuzzer *f)
{
	switch (below(f, 8)) {
	case 0:
		return any_number(f);
	case 1:
		return address_of(kernel_address());
	case 2:
		return address_of(f->area) + AREA - below(f, 512);
	case 3:
		return address_of(f->area) + below(f, 64);
	default:
		return address_of(f->area);
	}
}

/* Mostly a subset of the known bits */
static __u64 any_bits(struct fuzzer *f, __u64 known)
{
	if (one_in(f, 16))
		return any_number(f);
	return one_in(f, 2) ? known : known & next(f);
}

static __u32 any_entry_size(struct fuzzer *f, __u32 right)
{
	if (one_in(f, 8))
		return (__u32)any_number(f);
	return one_in(f, 2) ? right : right - 64 + 8 * (__u32)below(f, 24);
}

static __u32 any_count(struct fuzzer *f, __u32 most)
{
	return one_in(f, 8) ? (__u32)any_number(f) : 1 + (__u32)below(f, most);
}

static __s32 any_pid(struct fuzzer *f)
{
	switch (below(f, 4)) {
	case 0:
		return (__s32)any_number(f);
	case 1:
		return getpid();
	case 2:
		return 1;
	default:
		return getpid() + (__s32)below(f, 300);
	}
}

static __u32 any_size(struct fuzzer *f, size_t right)
{
	static const __u32 wrong[] = {0, 4, 8, 24, 4096, 4104, UINT32_MAX};

	if (!one_in(f, 12))
		return (__u32)right;
	return one_in(f, 2) ? PICK(f, wrong) : (__u32)below(f, 2 * right);
}

#endif
