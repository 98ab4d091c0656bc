/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Ticks made into rows for the database: a frame of each tick, and of each
 * bucket of the coarser tiers when it is complete.
 */
#ifndef CONTMOND_STORE_INGEST_H
#define CONTMOND_STORE_INGEST_H

#include "busiest.h"
#include "frame.h"
#include "lives.h"
#include "moment.h"
#include "pack.h"
#include "store.h"
#include "tier.h"

/**
 * struct lane - a tier that is being written
 * @bucket: what is added up; the raw tier has none
 * @begin_seq: of the first tick in @bucket
 * @busiest: the processes of the bucket
 * @span: that is written, 0 for none
 * @moments: frames in it
 * @since_key: frames since the last key frame
 * @bytes: of the frames in it
 */
struct lane {
	struct moment bucket;
	uint64_t begin_seq;
	struct busiest busiest;
	struct frame_writer writer;
	uint32_t span;
	uint32_t moments;
	uint32_t since_key;
	uint64_t bytes;
};

/**
 * struct ingest - begin with ingest_init()
 * @tick: the newest, whose numbers the next one is compared with
 * @has_tick: there is one, of this run
 * @next_seq: of the next tick
 * @max_span_bytes: a span with so many is complete
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
	struct moment previous;
	bool has_tick;
	uint64_t boottime_ms;
	struct busiest busiest;
	struct lane lanes[NR_TIERS];
	uint64_t next_seq;
	uint32_t next_span;
	uint64_t max_span_bytes;
};

int ingest_init(struct ingest *ingest, const struct layout *layout,
		struct queue *queue, struct lives *lives);
void ingest_done(struct ingest *ingest);

/** ingest_tick() - returns -ENOMEM, and then kept nothing of the tick */
int ingest_tick(struct ingest *ingest, const struct store_tick *tick);

/**
 * ingest_resume() - add a moment that an earlier run recorded below @tier
 * @begin_seq: of its first tick
 *
 * Its gauges are sums.
 */
int ingest_resume(struct ingest *ingest, unsigned int tier,
		  const struct moment *moment, uint64_t begin_seq,
		  const struct busiest *busiest);

/** ingest_restart() - begin new spans: the database is a new one */
void ingest_restart(struct ingest *ingest);

#endif /* CONTMOND_STORE_INGEST_H */
