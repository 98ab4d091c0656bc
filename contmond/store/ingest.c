// SPDX-License-Identifier: GPL-2.0-only
/*
 * A tick is added to the 10 s bucket. A complete bucket is written and added to
 * the bucket of the next tier, so each tick is counted once in each tier.
 *
 * A bucket is complete when a tick of a later one arrives, when the clock is
 * set, or when so many short-lived containers have come and gone in it that
 * memory would grow. In the last two cases several moments have the time of
 * that bucket, each with its own ticks, and readers combine them.
 */
#include "ingest.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/util.h"
#include "minute.h"

#define KEY_EVERY 60
/* A clock that is slewed, not set, stays within these limits. */
#define STEP_MS 250
#define STEER_PER_MILLE 1

int ingest_init(struct ingest *ingest, const struct layout *layout,
		struct queue *queue, struct lives *lives)
{
	size_t i;
	int r;

	*ingest = (struct ingest){
		.layout = layout,
		.queue = queue,
		.lives = lives,
		.next_seq = 1,
		.next_span = 1,
		.max_span_bytes = UINT64_MAX,
	};
	ingest->layout_text = layout_text(layout);
	ingest->packer = packer_new(EFFORT_LOW);
	ingest->before = calloc(layout->nr_container + 1,
				sizeof(*ingest->before));
	r = ingest->layout_text && ingest->packer && ingest->before ?
	    0 : -ENOMEM;
	if (r == 0)
		r = moment_init(&ingest->tick, layout);
	if (r == 0)
		r = last_totals_init(&ingest->last, layout);
	for (i = 1; i < NR_TIERS && r == 0; i++)
		r = moment_init(&ingest->lanes[i].bucket, layout);
	if (r < 0)
		ingest_done(ingest);
	return r;
}

void ingest_done(struct ingest *ingest)
{
	size_t i;

	for (i = 0; i < NR_TIERS; i++) {
		moment_done(&ingest->lanes[i].bucket);
		busy_done(&ingest->lanes[i].busy);
		frame_writer_done(&ingest->lanes[i].writer);
	}
	moment_done(&ingest->tick);
	last_totals_done(&ingest->last);
	busy_done(&ingest->busy);
	buffer_done(&ingest->bytes);
	buffer_done(&ingest->packed);
	packer_free(ingest->packer);
	free(ingest->before);
	free(ingest->layout_text);
	*ingest = (struct ingest){ 0 };
}

void ingest_restart(struct ingest *ingest)
{
	size_t i;

	for (i = 0; i < NR_TIERS; i++)
		ingest->lanes[i].span = 0;
}

/* Frames */

static void begin_span(struct ingest *ingest, unsigned int tier,
		       uint64_t begin_seq)
{
	struct lane *lane = &ingest->lanes[tier];
	struct entry *entry = entry_new(ADD_SPAN);

	lane->span = ingest->next_span++;
	lane->moments = 0;
	lane->bytes = 0;
	if (entry)
		entry->tier = tier;
	entry_add(entry, VALUE_SPAN, lane->span);
	entry_add(entry, VALUE_INTEGER, tier);
	entry_add(entry, VALUE_BASE, 0);
	entry_add_text(entry, ingest->layout_text);
	entry_add(entry, VALUE_SEQ, (int64_t)begin_seq);
	queue_add(ingest->queue, entry);
}

static void add_busy(struct ingest *ingest, const struct busy *busy,
		     struct entry *entry)
{
	ingest->bytes.length = 0;
	busy_write(busy, &ingest->bytes);
	if (pack(ingest->packer, &ingest->bytes, &ingest->packed) < 0)
		entry_add_null(entry);
	else
		entry_add_blob(entry, ingest->packed.text,
			       ingest->packed.length);
}

/* @end_seq: number of the tick after the last one in @moment */
static int write_frame(struct ingest *ingest, unsigned int tier,
		       const struct moment *moment, uint64_t begin_seq,
		       uint64_t end_seq, const struct busy *busy)
{
	struct lane *lane = &ingest->lanes[tier];
	struct entry *entry;
	bool key;
	int r;

	if (!lane->span || lane->moments >= tiers[tier].max_moments ||
	    lane->bytes >= ingest->max_span_bytes)
		begin_span(ingest, tier, begin_seq);
	key = queue_needs_key(ingest->queue, tier) || lane->moments == 0 ||
	      lane->since_key >= KEY_EVERY;
	ingest->bytes.length = 0;
	r = frame_write(&lane->writer, moment, tier == RAW, key,
			&ingest->bytes);
	if (r == 0)
		r = pack(ingest->packer, &ingest->bytes, &ingest->packed);
	if (r < 0) {
		lane->since_key = KEY_EVERY;
		return r;
	}
	lane->since_key = key ? 1 : lane->since_key + 1;
	lane->bytes += ingest->packed.length;
	entry = entry_new(ADD_FRAME);
	if (entry) {
		entry->tier = tier;
		entry->is_key = key;
	}
	entry_add(entry, VALUE_SPAN, lane->span);
	entry_add(entry, VALUE_INTEGER, lane->moments++);
	entry_add(entry, VALUE_SEQ, (int64_t)end_seq);
	entry_add(entry, VALUE_INTEGER, moment->t_ms);
	entry_add(entry, VALUE_INTEGER, key);
	entry_add_blob(entry, ingest->packed.text, ingest->packed.length);
	add_busy(ingest, busy, entry);
	queue_add(ingest->queue, entry);
	return 0;
}

/* Buckets */

static int64_t bucket_of(unsigned int tier, int64_t t_ms)
{
	int64_t width = tiers[tier].bucket_ms, rest = t_ms % width;

	return t_ms - (rest < 0 ? rest + width : rest);
}

/* @end_seq: number of the tick after the last one in it */
static int close_bucket(struct ingest *ingest, unsigned int tier,
			uint64_t end_seq)
{
	struct lane *lane = &ingest->lanes[tier];
	int r = 0;

	if (lane->bucket.ticks == 0)
		return 0;
	if (tier + 1 < NR_TIERS)
		r = ingest_resume(ingest, tier + 1, &lane->bucket,
				  lane->begin_seq, &lane->busy);
	if (r == 0)
		r = write_frame(ingest, tier, &lane->bucket, lane->begin_seq,
				end_seq, &lane->busy);
	if (tiers[tier].bucket_ms == 60000)
		minute_write(&lane->bucket, ingest->lives, ingest->queue);
	moment_clear(&lane->bucket);
	busy_clear(&lane->busy);
	return r;
}

/* Before the first tick, all containers of the earlier run may be running. */
static bool is_crowded(const struct ingest *ingest, const struct moment *bucket,
		       const struct moment *more)
{
	size_t running = ingest->has_tick ? ingest->tick.nr : more->nr;

	return bucket->nr + moment_missing(bucket, more) >
	       INGEST_MAX_MEMBERS(running);
}

int ingest_resume(struct ingest *ingest, unsigned int tier,
		  const struct moment *moment, uint64_t begin_seq,
		  const struct busy *busy)
{
	struct lane *lane = &ingest->lanes[tier];
	int64_t t_ms = bucket_of(tier, moment->t_ms);
	int r = 0;

	if (lane->bucket.ticks > 0 &&
	    (lane->bucket.t_ms != t_ms ||
	     is_crowded(ingest, &lane->bucket, moment)))
		r = close_bucket(ingest, tier, begin_seq - 1);
	if (lane->bucket.ticks == 0) {
		lane->bucket.t_ms = t_ms;
		lane->begin_seq = begin_seq;
	}
	if (moment_add(&lane->bucket, moment) < 0)
		return -ENOMEM;
	if (busy_merge(&lane->busy, busy) < 0)
		return -ENOMEM;
	return r;
}

/* The clock */

static void write_clock(struct ingest *ingest, const struct store_tick *tick,
			const int64_t *step_ms)
{
	struct entry *entry = entry_new(ADD_CLOCK);

	entry_add(entry, VALUE_SEQ, (int64_t)ingest->next_seq);
	entry_add_text(entry, ingest->lives->boot_id);
	entry_add(entry, VALUE_INTEGER,
		  (int64_t)(tick->boottime_ns / NS_PER_MS));
	entry_add(entry, VALUE_INTEGER, tick->t_ms);
	if (step_ms)
		entry_add(entry, VALUE_INTEGER, *step_ms);
	else
		entry_add_null(entry);
	queue_add(ingest->queue, entry);
}

static void follow_clock(struct ingest *ingest, const struct store_tick *tick,
			 int64_t elapsed_ms)
{
	int64_t step_ms = tick->t_ms - ingest->last.t_ms - elapsed_ms;
	int64_t steered = STEP_MS + elapsed_ms * STEER_PER_MILLE / 1000;
	unsigned int i;

	if (!ingest->has_tick) {
		write_clock(ingest, tick, NULL);
		return;
	}
	if (step_ms <= steered && step_ms >= -steered)
		return;
	write_clock(ingest, tick, &step_ms);
	for (i = 1; i < NR_TIERS; i++)
		close_bucket(ingest, i, ingest->next_seq - 1);
}

/* Ticks */

/* @devices: rows of devices by slot; only for a container */
static void fill_cells(const struct layout *layout, bool of_host,
		       const void *row, const struct device_row *const *devices,
		       struct cell *cells)
{
	size_t i = of_host ? layout->nr_container : 0;
	size_t end = of_host ? layout->nr : layout->nr_container;

	for (; i < end; i++, cells++) {
		const struct kept *kept = &layout->all[i];
		const void *from = kept->slot ? devices[kept->slot - 1] : row;
		int64_t v;

		if (from && kept_integer(kept, column_number(kept->source,
							     from), &v))
			cell_set(cells, kept, v);
		else
			*cells = (struct cell){ 0 };
	}
}

/* @before: the totals */
static void fill_gains(const struct layout *layout, bool of_host,
		       const int64_t *before, uint32_t ms, struct cell *cells)
{
	size_t i = of_host ? layout->nr_container : 0;
	size_t end = of_host ? layout->nr : layout->nr_container;

	for (; i < end; i++, cells++) {
		if (layout->all[i].kind != KEPT_TOTAL)
			continue;
		if (*before != TOTAL_UNKNOWN && cells->n > 0)
			cell_gain(cells, delta(*before, cells->v), ms);
		before++;
	}
}

/* The totals of @row, which has no devices */
static void fill_before(const struct layout *layout, const void *row,
			int64_t *ret)
{
	size_t i;

	for (i = 0; i < layout->nr_container; i++) {
		const struct kept *kept = &layout->all[i];
		int64_t v;

		if (kept->kind != KEPT_TOTAL)
			continue;
		*ret++ = !kept->slot &&
			 kept_integer(kept, column_number(kept->source, row),
				      &v) ? v : TOTAL_UNKNOWN;
	}
}

struct known_container {
	uint32_t c;
	const struct store_container *seen;
};

static int by_c(const void *a, const void *b)
{
	const struct known_container *x = a, *y = b;

	return (x->c > y->c) - (x->c < y->c);
}

static int see_all(struct ingest *ingest, const struct store_tick *tick,
		   struct known_container **ret)
{
	struct known_container *known;
	size_t i;

	known = calloc(tick->nr_containers + 1, sizeof(*known));
	if (!known)
		return -ENOMEM;
	for (i = 0; i < tick->nr_containers; i++) {
		known[i].seen = &tick->containers[i];
		known[i].c = lives_see(ingest->lives, known[i].seen,
				       tick->t_ms, ingest->next_seq);
		if (known[i].c == 0) {
			free(known);
			return -ENOMEM;
		}
	}
	qsort(known, tick->nr_containers, sizeof(*known), by_c);
	*ret = known;
	return 0;
}

/* Finds what a container had when its totals started to gain, if known. */
static const int64_t *find_before(struct ingest *ingest,
				  const struct store_tick *tick,
				  const struct known_container *known)
{
	if (tick->gained_ms == 0)
		return last_totals_find(&ingest->last, known->c);
	if (!known->seen->before)
		return NULL;
	fill_before(ingest->layout, known->seen->before, ingest->before);
	return ingest->before;
}

static int fill_member(struct ingest *ingest, size_t i,
		       const struct store_tick *tick,
		       const struct known_container *known)
{
	struct moment *moment = &ingest->tick;
	struct member *member = &moment->members[i];
	struct cell *cells = moment_cells(moment, i);
	const struct device_row *devices[STORE_OTHERS];
	struct device_row others;
	const int64_t *before;

	lives_devices(ingest->lives, known->seen, devices, &others);
	*member = (struct member){ .c = known->c, .ticks = 1 };
	fill_cells(ingest->layout, false, known->seen->row, devices, cells);
	before = find_before(ingest, tick, known);
	if (before) {
		member->ms = moment->ms;
		fill_gains(ingest->layout, false, before, moment->ms, cells);
	}
	return busy_add_container(&ingest->busy, known->c, known->seen);
}

static int fill_tick(struct ingest *ingest, const struct store_tick *tick,
		     int64_t elapsed_ms)
{
	struct moment *moment = &ingest->tick;
	_cleanup_free_ struct known_container *known = NULL;
	size_t i;
	int r;

	if (moment_reserve(moment, tick->nr_containers) < 0 ||
	    last_totals_reserve(&ingest->last, tick->nr_containers) < 0)
		return -ENOMEM;
	r = see_all(ingest, tick, &known);
	if (r < 0)
		return r;
	moment->t_ms = tick->t_ms;
	moment->ticks = 1;
	moment->ms = ingest->has_tick && elapsed_ms < UINT32_MAX ?
		     (uint32_t)elapsed_ms : 0;
	if (tick->gained_ms > 0)
		moment->ms = tick->gained_ms;
	moment->nr = 0;
	busy_clear(&ingest->busy);
	r = busy_add_host(&ingest->busy, tick);
	for (i = 0; i < tick->nr_containers && r == 0; i++) {
		/* The same cgroup twice would be a bug of the caller. */
		if (i > 0 && known[i].c == known[i - 1].c)
			continue;
		r = fill_member(ingest, moment->nr++, tick, &known[i]);
	}
	/* The first tick covers no time. */
	if (moment->ms == 0)
		busy_clear_cpu(&ingest->busy);
	fill_cells(ingest->layout, true, tick->system, NULL, moment->host);
	if (ingest->has_tick)
		fill_gains(ingest->layout, true, ingest->last.host, moment->ms,
			   moment->host);
	return r;
}

static void keep_tick(struct ingest *ingest, const struct store_tick *tick)
{
	last_totals_take(&ingest->last, &ingest->tick);
	ingest->boottime_ms = tick->boottime_ns / NS_PER_MS;
	ingest->has_tick = true;
	ingest->next_seq++;
}

int ingest_tick(struct ingest *ingest, const struct store_tick *tick)
{
	int64_t elapsed_ms = (int64_t)(tick->boottime_ns / NS_PER_MS -
				       ingest->boottime_ms);
	int r;

	if (elapsed_ms < 0)
		elapsed_ms = 0;
	r = fill_tick(ingest, tick, elapsed_ms);
	if (r < 0)
		return r;
	follow_clock(ingest, tick, elapsed_ms);
	/* Buckets that this tick completes end with the previous tick. */
	r = ingest_resume(ingest, 1, &ingest->tick, ingest->next_seq,
			  &ingest->busy);
	/* Only a key frame stores gains; others imply them by differences. */
	if (tick->gained_ms > 0)
		ingest->lanes[RAW].since_key = KEY_EVERY;
	if (r == 0)
		r = write_frame(ingest, RAW, &ingest->tick, ingest->next_seq,
				ingest->next_seq, &ingest->busy);
	lives_end_tick(ingest->lives, ingest->next_seq);
	keep_tick(ingest, tick);
	return r;
}
