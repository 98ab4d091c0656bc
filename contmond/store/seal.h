/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The frames of a complete span made into chunks, a piece at a time, so that
 * no tick waits long. Until the last piece the frames are what is read.
 */
#ifndef CONTMOND_STORE_SEAL_H
#define CONTMOND_STORE_SEAL_H

#include "batch.h"
#include "chunk.h"
#include "db.h"
#include "layout.h"
#include "pack.h"

/**
 * struct seal - zero-initialise
 * @span: that is being sealed, 0 for none
 * @next: of @members, the first that is in no chunk yet
 * @batch: of the next chunk
 * @column: of the batch, the first that is in no chunk yet
 * @has_host: batch 0 was written
 * @damaged: frames that could not be read, of all spans
 */
struct seal {
	int64_t span;
	unsigned int tier;
	uint64_t begin_seq;
	struct layout *layout;
	struct timeline timeline;
	struct batch_member *members;
	size_t nr;
	size_t allocated;
	size_t next;
	uint32_t batch;
	size_t column;
	bool has_host;
	bool has_processes;
	uint64_t bytes;
	uint64_t damaged;
};

/**
 * seal_step() - do a piece
 *
 * Returns 1 when there is more to do, 0 when no span is complete, or what
 * went wrong; then the span is sealed from its beginning the next time.
 */
int seal_step(struct seal *seal, struct db *db, struct packer *packer);

void seal_done(struct seal *seal);

#endif /* CONTMOND_STORE_SEAL_H */
