/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One target: what it gets next, and what its answers mean. One request at a
 * time, so everything arrives in order. Only the thread that forwards uses it.
 */
#ifndef CONTMOND_FORWARD_TARGET_H
#define CONTMOND_FORWARD_TARGET_H

#include "base/libcurl.h"

#include "parcel.h"
#include "contmond/model/targets.h"

/** struct rows_range - rows of the parcel that are not delivered yet */
struct rows_range {
	size_t first;
	size_t end;
};

/* A range is halved until it is one row. */
#define TARGET_MAX_RANGES 64

/* Is the next request packed? What the answer to it says of the target */
enum unpacking {
	UNPACKING_UNTRIED,	/* packed, but the target may not unpack */
	UNPACKING_DOUBTED,	/* the same as it is, because it was refused */
	UNPACKING_WORKS,	/* packed */
	UNPACKING_NOT,		/* as it is */
};

/**
 * struct target - begin with target_new()
 * @position: every tick before it is done with
 * @has_position: it is known
 * @is_saved: it is in the database as well; @saved: what was there at last
 * @save_ns: when to write it again, if it is not
 * @unsaved_ns: since when it is looked whether it is; 0: it is not looked
 * @begin_tick, @end_tick: the ticks of the parcel that are being sent
 * @ranges: what is left of them; the last is next
 * @answer: its begin; @answer_bytes: what has come of it; @header_bytes: before
 *	and behind it
 * @busy: a request is under way
 * @due_ns: when something is to be done, by the monotonic clock; of a request
 *	that is under way, when it has taken too long
 * @attempts: requests that failed since the last one that did not
 * @unsure: the target may have got what is sent next
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

/** target_new() - @options are copied, the rest is borrowed; or -ENOMEM */
int target_new(const struct target_options *options, struct store *store,
	       const char *host, struct target **ret);
void target_free(struct target *target);

/** target_follow() - continue where @old, of the same name, has come */
void target_follow(struct target *target, const struct target *old);

/**
 * target_step() - prepare the next request if one is due
 *
 * Returns whether @easy is to be performed.
 */
bool target_step(struct target *target, uint64_t now_ns);

/** target_finish() - the request has ended with this result */
void target_finish(struct target *target, CURLcode result);

/** target_count() - how much is waiting for it */
void target_count(struct target *target);

#endif /* CONTMOND_FORWARD_TARGET_H */
