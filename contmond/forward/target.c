// SPDX-License-Identifier: GPL-2.0-only
#include "target.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/clock.h"
#include "base/libcurl.h"
#include "base/log.h"
#include "base/util.h"
#include "cursor.h"
#include "position.h"
#include "request.h"

#define FIRST_DELAY_MS UINT64_C(1000)
#define MAX_DELAY_MS UINT64_C(60000)
#define MAX_RETRY_AFTER_S 3600
#define LOG_EVERY_NS (60 * NS_PER_SECOND)
/* How often to look for events */
#define EVENTS_EVERY_NS NS_PER_SECOND

static enum unpacking unpacking_of(const struct target_options *options)
{
	if (options->compress == COMPRESS_GZIP)
		return UNPACKING_WORKS;
	return options->compress == COMPRESS_AUTO &&
	       options->protocol->packing == PACKING_USUAL ?
	       UNPACKING_UNTRIED : UNPACKING_NOT;
}

int target_new(const struct target_options *options, struct store *store,
	       const char *host, struct target **ret)
{
	struct target *target = calloc(1, sizeof(*target));
	int r = target ? options_copy(&target->options, options) : -ENOMEM;

	if (r == 0 && options->protocol->load)
		r = options->protocol->load();
	if (r == 0) {
		target->store = store;
		target->host = host;
		target->unsure = true;	/* contmond may have been killed */
		target->unpacking = unpacking_of(options);
		snprintf(target->status.name, sizeof(target->status.name),
			 "%s", options->name);
		target->status.type = options->protocol->name;
		r = request_init(target);
	}
	if (r < 0) {
		target_free(target);
		return r;
	}
	*ret = target;
	return 0;
}

void target_free(struct target *target)
{
	if (!target)
		return;
	if (target->easy) {
		curl.easy_cleanup(target->easy);
		curl.slist_free_all(target->headers);
	}
	buffer_done(&target->body);
	buffer_done(&target->answer);
	parcel_done(&target->parcel);
	options_done(&target->options);
	free(target);
}

void target_follow(struct target *target, const struct target *old)
{
	if (options_feed(&target->options) == options_feed(&old->options)) {
		target->position = old->position;
		target->has_position = old->has_position;
		target->is_saved = old->is_saved;
		target->saved = old->saved;
	}
	target->status.delivered_ticks = old->status.delivered_ticks;
	target->status.dropped_ticks = old->status.dropped_ticks;
	target->status.drop_reason = old->status.drop_reason;
	target->status.rejected_rows = old->status.rejected_rows;
	target->status.rejection = old->status.rejection;
	target->status.requests = old->status.requests;
	target->status.failed_requests = old->status.failed_requests;
	target->status.last_delivered_ms = old->status.last_delivered_ms;
}

/* Failures */

static uint64_t jitter(uint64_t delay_ms)
{
	uint32_t random = 0;

	if (getrandom(&random, sizeof(random), GRND_NONBLOCK) < 0)
		random = (uint32_t)clock_monotonic_ns();
	return delay_ms * 3 / 4 + delay_ms / 2 * (random % 1024) / 1024;
}

/* The delay is at least what the target asks for. */
static uint64_t delay_ms(const struct target *target, int64_t retry_after_s)
{
	unsigned int doublings = target->attempts - 1;
	uint64_t delay = doublings < 6 ? FIRST_DELAY_MS << doublings :
					 MAX_DELAY_MS;

	if (delay > MAX_DELAY_MS)
		delay = MAX_DELAY_MS;
	delay = jitter(delay);
	if (retry_after_s > MAX_RETRY_AFTER_S)
		retry_after_s = MAX_RETRY_AFTER_S;
	if (retry_after_s > 0 && delay < (uint64_t)retry_after_s * 1000)
		delay = (uint64_t)retry_after_s * 1000 + jitter(100);
	return delay;
}

/*
 * A tick may have some megabytes, and a target may be gone for days. So what is
 * waiting for it is left in the store, unless a part of it was delivered.
 */
static void put_back(struct target *target)
{
	const struct parcel *parcel = &target->parcel;
	const struct rows_range *range = &target->ranges[0];

	if (target->nr_ranges != 1 ||
	    range->first != parcel->ticks[target->begin_tick].first_row ||
	    range->end != parcel_end_of(parcel, target->end_tick - 1))
		return;
	target->nr_ranges = 0;
	target->begin_tick = target->end_tick = 0;
	parcel_done(&target->parcel);
	buffer_done(&target->body);
}

static void fail(struct target *target, const struct target_reason *why,
		 int64_t retry_after_s)
{
	struct target_status *status = &target->status;

	if (!status->error.plain[0])
		log_warn("forward %s: %s; it is tried again until it succeeds",
			 status->name, why->full);
	status->error = *why;
	put_back(target);
	target->attempts++;
	target->due_ns = clock_monotonic_ns() +
			 delay_ms(target, retry_after_s) * NS_PER_MS;
}

/* Nothing was sent, because of an error on this side. */
static void fail_here(struct target *target, int r)
{
	struct target_reason why;

	snprintf(why.full, sizeof(why.full), "%s", strerror(-r));
	snprintf(why.plain, sizeof(why.plain), "%s", strerror(-r));
	fail(target, &why, 0);
}

bool target_may_log(struct target *target)
{
	uint64_t now = clock_monotonic_ns();

	if (now < target->next_log_ns)
		return false;
	target->next_log_ns = now + LOG_EVERY_NS;
	return true;
}

/* The next request */

static int load(struct target *target)
{
	int r = target->has_position ? 0 : position_find(target);

	target->begin_tick = target->end_tick = 0;
	if (r == 0 && position_leave_out(target))
		r = position_save(target, clock_monotonic_ns());
	if (r == 0 && target->is_saved)
		r = cursor_follow(target->store, &target->options,
				  &target->position);
	if (r == 0)
		r = parcel_load(&target->parcel, target->store,
				&target->options, target->host,
				target->position);
	if (r < 0)
		return r;
	return position_skip_gone(target);
}

/* Selects the ticks of the next request; returns false if all are done. */
static bool take_ticks(struct target *target)
{
	const struct parcel *parcel = &target->parcel;

	target->begin_tick = target->end_tick;
	if (target->begin_tick == parcel->nr_ticks)
		return false;
	target->end_tick = target->options.protocol->one_tick ?
			   target->begin_tick + 1 : parcel->nr_ticks;
	target->ranges[0] = (struct rows_range){
		parcel->ticks[target->begin_tick].first_row,
		parcel_end_of(parcel, target->end_tick - 1),
	};
	target->nr_ranges = 1;
	return true;
}

/* Events are checked more often, because a late warning is useless. */
static void rest(struct target *target, uint64_t now_ns)
{
	target->due_ns = now_ns + (options_feed(&target->options) < 0 ?
				   target->options.interval_ms * NS_PER_MS :
				   EVENTS_EVERY_NS);
}

static void finish_ticks(struct target *target);

/* Rows without any known number are not worth a request. */
static void skip_empty(struct target *target)
{
	size_t length;

	while (target->nr_ranges > 0) {
		const struct rows_range *range =
			&target->ranges[target->nr_ranges - 1];

		parcel_rows(&target->parcel, range->first, range->end, &length);
		if (length > 0)
			return;
		target->nr_ranges--;
		finish_ticks(target);
	}
}

bool target_step(struct target *target, uint64_t now_ns)
{
	int r = 0;

	if (target->busy || now_ns < target->due_ns)
		return false;
	if (target->has_position && !target->is_saved)
		r = position_look(target, now_ns);
	if (r == 0 && target->has_position && !target->is_saved)
		return false;
	if (r == 0 && target->nr_ranges == 0 && !take_ticks(target)) {
		r = load(target);
		if (r == 0 && !take_ticks(target)) {
			rest(target, now_ns);
			return false;
		}
	}
	if (r == 0) {
		skip_empty(target);
		if (target->nr_ranges == 0)
			return false;
		r = request_prepare(target,
				    &target->ranges[target->nr_ranges - 1]);
	}
	if (r < 0)
		fail_here(target, r);
	target->busy = r == 0;
	return target->busy;
}

/* Answers */

static void finish_ticks(struct target *target)
{
	const struct parcel *parcel = &target->parcel;
	bool is_last = target->end_tick == parcel->nr_ticks;
	uint64_t gone = is_last ? parcel->dropped : 0;
	size_t i;

	if (target->nr_ranges > 0)
		return;
	target->position = is_last ? parcel->next_seq :
			   parcel->ticks[target->end_tick - 1].tick.seq + 1;
	for (i = target->begin_tick; i < target->end_tick; i++)
		gone += parcel->ticks[i].dropped;
	position_count_gone(target, gone);
	target->status.delivered_ticks += target->end_tick -
					  target->begin_tick;
	position_save(target, clock_monotonic_ns());
}

static void recover(struct target *target)
{
	if (target->status.error.plain[0])
		log_info("forward %s: delivers again", target->status.name);
	target->status.error = (struct target_reason){ 0 };
	target->attempts = 0;
	target->due_ns = 0;
}

static void deliver(struct target *target)
{
	recover(target);
	target->status.last_delivered_ms =
		(int64_t)(clock_realtime_ns() / NS_PER_MS);
	target->nr_ranges--;
	finish_ticks(target);
}

static void reject(struct target *target, const struct target_reason *why)
{
	const struct rows_range range = target->ranges[--target->nr_ranges];

	recover(target);
	target->status.rejected_rows += range.end - range.first;
	target->status.rejection = *why;
	if (target_may_log(target))
		log_warn("forward %s: %zu rows are refused: %s",
			 target->status.name, range.end - range.first,
			 why->full);
	finish_ticks(target);
}

/* The first half is sent first. */
static void split(struct target *target)
{
	struct rows_range *last = &target->ranges[target->nr_ranges - 1];
	size_t middle = last->first + (last->end - last->first) / 2;

	last[1] = (struct rows_range){ last->first, middle };
	last[0].first = middle;
	target->nr_ranges++;
	recover(target);
}

static void refuse(struct target *target, long status,
		   const struct target_reason *why)
{
	const struct protocol *protocol = target->options.protocol;
	const struct rows_range *range =
		&target->ranges[target->nr_ranges - 1];
	enum verdict verdict = VERDICT_BAD;

	buffer_putc(&target->answer, '\0');
	if (status == 400 && protocol->judge && !target->answer.failed)
		verdict = protocol->judge(target->answer.text);
	if (verdict == VERDICT_STALE && target->unsure)
		deliver(target);
	else if (verdict != VERDICT_BAD || protocol->whole ||
		 range->end - range->first == 1 ||
		 target->nr_ranges == TARGET_MAX_RANGES)
		reject(target, why);
	else
		split(target);
}

/* To a target that cannot decompress, everything compressed looks bad. */
static bool must_doubt(const struct target *target, long status)
{
	return target->unpacking == UNPACKING_UNTRIED &&
	       (status == 400 || status == 415 || status == 422);
}

static void learn(struct target *target)
{
	if (target->unpacking == UNPACKING_UNTRIED)
		target->unpacking = UNPACKING_WORKS;
	if (target->unpacking != UNPACKING_DOUBTED)
		return;
	target->unpacking = UNPACKING_NOT;
	log_info("forward %s: refuses what is packed, so nothing is packed any "
		 "more", target->status.name);
}

void target_finish(struct target *target, CURLcode result)
{
	struct target_reason why;
	curl_off_t retry_after = 0;
	long status = 0;

	target->busy = false;
	target->due_ns = 0;
	target->status.requests++;
	result = request_result(target, result);
	curl.easy_getinfo(target->easy, CURLINFO_RESPONSE_CODE, &status);
	curl.easy_getinfo(target->easy, CURLINFO_RETRY_AFTER, &retry_after);
	if (result == CURLE_OK && status >= 200 && status < 300) {
		target->unsure = false;
		learn(target);
		deliver(target);
		return;
	}
	target->status.failed_requests++;
	request_reason(target, result, status, &why);
	if (result == CURLE_OK && must_doubt(target, status)) {
		target->unpacking = UNPACKING_DOUBTED;
		return;
	}
	if (result == CURLE_OK &&
	    (status == 400 || status == 413 || status == 422)) {
		if (target->unpacking == UNPACKING_DOUBTED)
			target->unpacking = UNPACKING_UNTRIED;
		refuse(target, status, &why);
		return;
	}
	if (result == CURLE_OK ? status >= 500 : request_was_sent(result))
		target->unsure = true;
	fail(target, &why, retry_after);
}

void target_count(struct target *target)
{
	int64_t first, end, next = target->position;

	if (!target->has_position ||
	    cursor_range(target->store, &target->options, &first, &end) < 0)
		return;
	if (next < first)
		next = first;
	target->status.backlog_ticks = end > next ? (uint64_t)(end - next) :
						    0;
}
