/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Turns the frames of a complete span into chunks, in pieces, so that ticks
 * need not wait long. Until the last piece is done, readers use the frames.
 */
#ifndef CONTMOND_STORE_SEAL_H
#define CONTMOND_STORE_SEAL_H

#include "piece.h"
#include "chunk.h"
#include "db.h"
#include "layout.h"
#include "pack.h"

/**
 * struct seal - zero-initialise
 * @span: the span that is being sealed; 0 for none
 * @next: index of the first of @members that is in no chunk yet
 * @batch: number of the batch of the next chunk
 * @column: the first column of the batch that is in no chunk yet
 * @has_host: batch 0 was written
 * @has_busy: processes and commands were written
 * @damaged: number of frames of all spans that could not be read
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
	bool has_busy;
	uint64_t bytes;
	uint64_t damaged;
};

/**
 * seal_step() - do a piece
 *
 * Returns 1 if there is more to do, 0 if no span is complete, or an error; then
 * the next call starts the span over.
 */
int seal_step(struct seal *seal, struct db *db, struct packer *packer);

void seal_done(struct seal *seal);

#endif /* CONTMOND_STORE_SEAL_H */
