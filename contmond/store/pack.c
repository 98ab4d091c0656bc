// SPDX-License-Identifier: GPL-2.0-only
#include "pack.h"

#include <errno.h>
#include <stdlib.h>
#include <zstd.h>

/*
 * Tables and windows of zstd, as a power of 2, which take memory: larger ones
 * hardly make anything smaller. 0: as large as zstd wants
 */
static const struct {
	int level;
	int table_log;
	int window_log;
} efforts[] = {
	[EFFORT_LOW] = { 3, 14, 15 },
	[EFFORT_HIGH] = { 9, 15, 0 },
};

/* Far larger than a frame of 10 000 containers; a larger size means damage. */
#define MAX_UNPACKED (64UL << 20)

struct packer {
	enum effort effort;
	ZSTD_CCtx *to;
	ZSTD_DCtx *from;
	void *unpacked;
	size_t allocated;
};

struct packer *packer_new(enum effort effort)
{
	struct packer *packer = calloc(1, sizeof(*packer));

	if (packer)
		packer->effort = effort;
	return packer;
}

void packer_rest(struct packer *packer)
{
	ZSTD_freeCCtx(packer->to);
	ZSTD_freeDCtx(packer->from);
	free(packer->unpacked);
	*packer = (struct packer){ .effort = packer->effort };
}

void packer_free(struct packer *packer)
{
	if (!packer)
		return;
	packer_rest(packer);
	free(packer);
}

static int prepare_to_pack(struct packer *packer)
{
	if (packer->to)
		return 0;
	packer->to = ZSTD_createCCtx();
	if (!packer->to)
		return -ENOMEM;
	ZSTD_CCtx_setParameter(packer->to, ZSTD_c_compressionLevel,
			       efforts[packer->effort].level);
	ZSTD_CCtx_setParameter(packer->to, ZSTD_c_hashLog,
			       efforts[packer->effort].table_log);
	ZSTD_CCtx_setParameter(packer->to, ZSTD_c_chainLog,
			       efforts[packer->effort].table_log);
	ZSTD_CCtx_setParameter(packer->to, ZSTD_c_windowLog,
			       efforts[packer->effort].window_log);
	ZSTD_CCtx_setParameter(packer->to, ZSTD_c_checksumFlag, 1);
	return 0;
}

int pack(struct packer *packer, const struct buffer *bytes,
	 struct buffer *ret)
{
	size_t needed = ZSTD_compressBound(bytes->length), length;

	if (bytes->failed || prepare_to_pack(packer) < 0)
		return -ENOMEM;
	if (ret->allocated < needed) {
		char *text = realloc(ret->text, needed);

		if (!text)
			return -ENOMEM;
		ret->text = text;
		ret->allocated = needed;
	}
	length = ZSTD_compress2(packer->to, ret->text, ret->allocated,
				bytes->text, bytes->length);
	if (ZSTD_isError(length))
		return -ENOMEM;
	ret->length = length;
	return 0;
}

static int make_room(struct packer *packer, size_t nr_bytes)
{
	void *grown;

	if (nr_bytes <= packer->allocated)
		return 0;
	grown = realloc(packer->unpacked, nr_bytes);
	if (!grown)
		return -ENOMEM;
	packer->unpacked = grown;
	packer->allocated = nr_bytes;
	return 0;
}

int unpack(struct packer *packer, const void *packed, size_t nr_bytes,
	   struct reader *ret)
{
	unsigned long long size = ZSTD_getFrameContentSize(packed, nr_bytes);
	size_t length;

	if (size > MAX_UNPACKED)	/* also if it is unknown or an error */
		return -EBADMSG;
	if (!packer->from)
		packer->from = ZSTD_createDCtx();
	if (!packer->from || make_room(packer, size + 1) < 0)
		return -ENOMEM;
	length = ZSTD_decompressDCtx(packer->from, packer->unpacked,
				     packer->allocated, packed, nr_bytes);
	if (length != size)
		return -EBADMSG;
	*ret = (struct reader){ .at = packer->unpacked,
		.end = (const uint8_t *)packer->unpacked + length };
	return 0;
}
