/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A sealed span as bytes: the times of its moments, the containers in them, and
 * series. A series stores the cells of one metric of one container as
 * differences between successive cells, with means and extremes separate, so
 * that they compress well.
 */
#ifndef CONTMOND_STORE_CHUNK_H
#define CONTMOND_STORE_CHUNK_H

#include "moment.h"
#include "varint.h"

/* More than any span has; larger numbers mean damage. */
#define CHUNK_MAX_MOMENTS 100000
#define CHUNK_MAX_MEMBERS 100000

/**
 * struct when - the time of a moment
 * @end_seq: number of the tick after its last one
 */
struct when {
	int64_t t_ms;
	uint32_t ticks;
	uint32_t ms;
	uint64_t end_seq;
};

/** struct timeline - zero-initialise; free @all */
struct timeline {
	struct when *all;
	size_t nr;
	size_t allocated;
};

int timeline_add(struct timeline *timeline, const struct when *when);
void timeline_write(const struct timeline *timeline, uint64_t begin_seq,
		    struct buffer *ret);

/** timeline_read() - replace the contents of @ret. Returns -EBADMSG, -ENOMEM */
int timeline_read(struct reader *bytes, uint64_t begin_seq,
		  struct timeline *ret);

/**
 * struct presence - the moments of one container
 * @c: its number
 * @nr: number of moments
 * @first: its first entry in the arrays of the roster
 */
struct presence {
	uint32_t c;
	uint32_t nr;
	size_t first;
};

/**
 * struct roster - the containers of a batch; zero-initialise
 * @moments, @ticks, @ms: for each container in turn, the moments in which it
 *	was present, and for how much of them
 */
struct roster {
	struct presence *all;
	size_t nr;
	size_t allocated;
	uint32_t *moments;
	uint32_t *ticks;
	uint32_t *ms;
	size_t nr_moments;
	size_t allocated_moments;
};

void roster_done(struct roster *roster);

/** roster_begin() - add a container, in ascending order; its moments follow */
int roster_begin(struct roster *roster, uint32_t c);
int roster_add(struct roster *roster, uint32_t moment, uint32_t ticks,
	       uint32_t ms);

void roster_write(const struct roster *roster, const struct timeline *timeline,
		  struct buffer *ret);

/** roster_read() - replace the contents of @ret. Returns -EBADMSG, -ENOMEM */
int roster_read(struct reader *bytes, const struct timeline *timeline,
		struct roster *ret);

/**
 * struct series - a series that is being written; zero-initialise
 * @follows: @v is the value of an earlier known cell
 * @unknown: the last @run cells are unknown, else known
 * @partial: some cells were not known in all of their ticks
 */
struct series {
	int64_t v;
	int64_t lo;
	bool follows;
	bool unknown;
	bool partial;
	uint32_t run;
	struct buffer runs;
	struct buffer parts;
	struct buffer means;
	struct buffer gains;
	struct buffer los;
	struct buffer his;
};

/**
 * series_add() - add the next cell; gauges are means
 * @ticks, @ms: of its container in the moment
 */
void series_add(struct series *series, const struct kept *kept, bool raw,
		const struct cell *cell, uint32_t ticks, uint32_t ms);

/** series_write() - append it to @ret, and empty it */
void series_write(struct series *series, struct buffer *ret);
void series_done(struct series *series);

/** chunk_write_head() - describe the series that follow */
void chunk_write_head(const struct kept *kept, bool raw, struct buffer *ret);

/** chunk_read_head() - sets @ret's kind and unit; returns -EBADMSG */
int chunk_read_head(struct reader *bytes, struct kept *ret, bool *ret_raw);

/**
 * chunk_read_series() - read the series of the next container
 * @ticks, @ms: of its moments
 * @nr: number of cells
 * @ret: room for the cells; NULL to skip them
 */
int chunk_read_series(struct reader *bytes, const struct kept *kept, bool raw,
		      const uint32_t *ticks, const uint32_t *ms, uint32_t nr,
		      struct cell *ret);

#endif /* CONTMOND_STORE_CHUNK_H */
