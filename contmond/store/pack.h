/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Bytes made small by zstd, with a checksum: a bit that flips on the disk is
 * found when they are unpacked.
 */
#ifndef CONTMOND_STORE_PACK_H
#define CONTMOND_STORE_PACK_H

#include <stddef.h>

#include "base/buffer.h"
#include "varint.h"

/** struct packer - opaque; for one thread */
struct packer;

struct packer *packer_new(void);
void packer_free(struct packer *packer);

/**
 * pack() - replace what @ret holds by @bytes, packed
 *
 * Returns -ENOMEM.
 */
int pack(struct packer *packer, const struct buffer *bytes,
	 struct buffer *ret);

/**
 * unpack() - @ret reads what was packed; it stays until the next call
 *
 * Returns -EBADMSG when it is not what was packed, -ENOMEM.
 */
int unpack(struct packer *packer, const void *packed, size_t nr_bytes,
	   struct reader *ret);

#endif /* CONTMOND_STORE_PACK_H */
