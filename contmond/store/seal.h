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
 * @members: containers of the span, in ascending order
 * @nr_cells: number of cells of each of their columns
 * @column: the first of their columns that is in no chunk yet
 * @listed: number of @members in the rosters that were written
 * @batch: number of the batch of the next roster; 0 for the host
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
	size_t nr_cells;
	size_t column;
	size_t listed;
	uint32_t batch;
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
