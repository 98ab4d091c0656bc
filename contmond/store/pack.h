/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Bytes compressed by zstd, with a checksum: a bit error on the disk is found
 * when they are unpacked.
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
 * packer_rest() - free what it needs for its work, up to a megabyte
 *
 * It is allocated again by the next call.
 */
void packer_rest(struct packer *packer);

/**
 * pack() - replace the contents of @ret with @bytes, packed
 *
 * Returns -ENOMEM.
 */
int pack(struct packer *packer, const struct buffer *bytes,
	 struct buffer *ret);

/**
 * unpack() - @ret reads what was packed; valid until the next call or rest
 *
 * Returns -EBADMSG when the bytes are damaged, -ENOMEM.
 */
int unpack(struct packer *packer, const void *packed, size_t nr_bytes,
	   struct reader *ret);

#endif /* CONTMOND_STORE_PACK_H */
