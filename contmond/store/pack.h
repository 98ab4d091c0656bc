/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Compresses bytes with zstd, with a checksum that reveals bit errors when they
 * are unpacked.
 */
#ifndef CONTMOND_STORE_PACK_H
#define CONTMOND_STORE_PACK_H

#include <stddef.h>

#include "base/buffer.h"
#include "varint.h"

/*
 * How much CPU time compression takes: for what is kept for weeks eight times
 * as much, which makes it 3 to 5 % smaller.
 */
enum effort {
	EFFORT_LOW,
	EFFORT_HIGH,
};

/** struct packer - opaque; to be used by one thread */
struct packer;

struct packer *packer_new(enum effort effort);
void packer_free(struct packer *packer);

/**
 * packer_rest() - free its working memory, up to a megabyte
 *
 * The next call allocates it again.
 */
void packer_rest(struct packer *packer);

/**
 * pack() - replace the contents of @ret with @bytes, compressed
 *
 * Returns -ENOMEM.
 */
int pack(struct packer *packer, const struct buffer *bytes,
	 struct buffer *ret);

/**
 * unpack() - @ret reads the original bytes, until the next call or
 * packer_rest()
 *
 * Returns -EBADMSG if the bytes are damaged, or -ENOMEM.
 */
int unpack(struct packer *packer, const void *packed, size_t nr_bytes,
	   struct reader *ret);

#endif /* CONTMOND_STORE_PACK_H */
