/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Turns ticks into rows of the database: a frame of each tick, and of each
 * complete bucket of the coarser tiers.
 */
#ifndef CONTMOND_STORE_INGEST_H
#define CONTMOND_STORE_INGEST_H

#include "busy.h"
#include "frame.h"
#include "last_totals.h"
#include "lives.h"
#include "moment.h"
#include "pack.h"
#include "store.h"
#include "tier.h"

/*
 * Limit for containers in a bucket while @running of them run, because each
 * takes some kilobytes in each tier. A single moment may have more.
 */
#define INGEST_MAX_MEMBERS(running) ((running) + (running) / 2 + 32)

/**
 * struct lane - a tier that is being written
 * @bucket: the sum so far; unused for the raw tier
 * @begin_seq: number of the first tick in @bucket
 * @busy: the processes and commands of the bucket
 * @span: the span that is being written; 0 for none
 * @moments: number of frames in it
 * @since_key: number of frames since the last key frame
 * @bytes: size of the frames in it
 */
struct lane {
	struct moment bucket;
	uint64_t begin_seq;
	struct busy busy;
	struct frame_writer writer;
	uint32_t span;
	uint32_t moments;
	uint32_t since_key;
	uint64_t bytes;
};

/**
 * struct ingest - initialise with ingest_init()
 * @tick: the newest tick
 * @has_tick: there is a tick of this run
 * @last: what the next tick is compared with
 * @next_seq: number of the next tick
 * @max_span_bytes: size at which a span is complete
 * @before: scratch space for a container's earlier totals
 */
struct ingest {
	const struct layout *layout;
	char *layout_text;
	struct queue *queue;
	struct lives *lives;
	struct packer *packer;
	struct buffer bytes;
	struct buffer packed;
	struct moment tick;
	bool has_tick;
	struct last_totals last;
	uint64_t boottime_ms;
	struct busy busy;
	struct lane lanes[NR_TIERS];
	uint64_t next_seq;
	uint32_t next_span;
	uint64_t max_span_bytes;
	int64_t *before;
};

int ingest_init(struct ingest *ingest, const struct layout *layout,
		struct queue *queue, struct lives *lives);
void ingest_done(struct ingest *ingest);

/** ingest_tick() - add a tick; after -ENOMEM nothing of it was kept */
int ingest_tick(struct ingest *ingest, const struct store_tick *tick);

/**
 * ingest_resume() - add a moment that an earlier run recorded in a finer tier
 * @begin_seq: number of its first tick
 *
 * Its gauges must be sums.
 */
int ingest_resume(struct ingest *ingest, unsigned int tier,
		  const struct moment *moment, uint64_t begin_seq,
		  const struct busy *busy);

/** ingest_restart() - start new spans, because the database is a new one */
void ingest_restart(struct ingest *ingest);

#endif /* CONTMOND_STORE_INGEST_H */
