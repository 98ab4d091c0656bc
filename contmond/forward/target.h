/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One target: what it receives next, and what its answers mean. There is one
 * request at a time, so everything arrives in order. Only the forwarding thread
 * uses it.
 */
#ifndef CONTMOND_FORWARD_TARGET_H
#define CONTMOND_FORWARD_TARGET_H

#include "base/libcurl.h"

#include "parcel.h"
#include "contmond/model/targets.h"

/** struct rows_range - rows of the parcel that were not delivered yet */
struct rows_range {
	size_t first;
	size_t end;
};

/* Ranges are halved down to a single row. */
#define TARGET_MAX_RANGES 64

/* Is the next request compressed, and what do answers say about the target? */
enum unpacking {
	UNPACKING_UNTRIED,	/* yes; unknown whether it decompresses */
	UNPACKING_DOUBTED,	/* no, because a compressed one was refused */
	UNPACKING_WORKS,	/* yes */
	UNPACKING_NOT,		/* no */
};

/**
 * struct target - create with target_new()
 * @position: everything before this number is done
 * @has_position: @position is known
 * @is_saved: @position is in the database; @saved: what was last seen there
 * @save_ns: when to write @position again, if it is not saved
 * @unsaved_ns: since when we have been checking for that; 0 if we are not
 * @begin_tick, @end_tick: the ticks of the parcel that are being sent
 * @ranges: what is left of these; the last range is sent next
 * @answer: its beginning; @answer_bytes: what has arrived of its body;
 *	@header_bytes: of headers and trailers
 * @busy: a request is under way
 * @due_ns: when something is to be done (monotonic clock); during a request,
 *	its timeout
 * @attempts: number of failed requests since the last success
 * @unsure: the target may already have what is sent next
 * @end_seq: of the ticks in the store
 */
struct target {
	struct target_options options;
	struct store *store;
	const char *host;
	CURL *easy;
	struct curl_slist *headers;
	struct buffer body;
	struct buffer answer;
	size_t answer_bytes;
	size_t header_bytes;
	char error[CURL_ERROR_SIZE];
	struct parcel parcel;
	int64_t position;
	bool has_position;
	bool is_saved;
	int64_t saved;
	uint64_t save_ns;
	uint64_t unsaved_ns;
	size_t begin_tick;
	size_t end_tick;
	struct rows_range ranges[TARGET_MAX_RANGES];
	size_t nr_ranges;
	bool busy;
	uint64_t due_ns;
	unsigned int attempts;
	bool unsure;
	enum unpacking unpacking;
	uint64_t next_log_ns;
	struct target_status status;
};

/** target_new() - copies @options, borrows the rest; or -ENOMEM */
int target_new(const struct target_options *options, struct store *store,
	       const char *host, struct target **ret);
void target_free(struct target *target);

/** target_follow() - continue where @old, which has the same name, stopped */
void target_follow(struct target *target, const struct target *old);

/**
 * target_step() - prepare the next request if one is due
 *
 * Returns whether to perform @easy.
 */
bool target_step(struct target *target, uint64_t now_ns);

/** target_finish() - the request has ended with this result */
void target_finish(struct target *target, CURLcode result);

/** target_may_log() - of what may be said often, one line a minute */
bool target_may_log(struct target *target);

/** target_count() - how much is waiting for it */
void target_count(struct target *target);

#endif /* CONTMOND_FORWARD_TARGET_H */
