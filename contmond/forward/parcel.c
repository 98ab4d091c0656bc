// SPDX-License-Identifier: GPL-2.0-only
#include "parcel.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "base/util.h"

/* Limit for events read at once, so that others can read the store */
#define MAX_ITEMS 100

/*
 * A parcel that is being loaded
 * @labels: of the host, for events
 * @nr: number of events that one call of store_feed() has read
 */
struct loading {
	struct parcel *parcel;
	const struct target_options *options;
	const char *host;
	struct labels labels;
	size_t nr;
};

static int make_room(struct parcel *parcel, size_t nr_rows)
{
	size_t rows = 2 * (parcel->nr_rows + nr_rows);
	size_t ticks = 2 * (parcel->nr_ticks + 1);
	struct loaded_tick *all;
	size_t *ends;

	if (parcel->nr_rows + nr_rows > parcel->allocated_rows) {
		ends = reallocarray(parcel->ends, rows, sizeof(*ends));
		if (!ends)
			return -ENOMEM;
		parcel->ends = ends;
		parcel->allocated_rows = rows;
	}
	if (parcel->nr_ticks == parcel->allocated_ticks) {
		all = reallocarray(parcel->ticks, ticks, sizeof(*all));
		if (!all)
			return -ENOMEM;
		parcel->ticks = all;
		parcel->allocated_ticks = ticks;
	}
	return 0;
}

/* Missing ticks were deleted, or could not be read. */
static void count_dropped(struct parcel *parcel, int64_t seq)
{
	parcel->dropped += (uint64_t)(seq - parcel->next_seq);
	parcel->next_seq = seq + 1;
}

static int begin_tick(struct parcel *parcel, const struct parcel_tick *tick,
		      size_t nr_rows)
{
	int r = make_room(parcel, nr_rows);

	if (r < 0)
		return r;
	parcel->ticks[parcel->nr_ticks++] = (struct loaded_tick){
		*tick, parcel->nr_rows, parcel->dropped };
	parcel->dropped = 0;
	return 0;
}

static int end_row(struct parcel *parcel)
{
	if (parcel->rows.failed)
		return -ENOMEM;
	parcel->ends[parcel->nr_rows++] = parcel->rows.length;
	return 0;
}

/* Ticks */

static int add_row(struct loading *loading, const struct parcel_tick *tick,
		   const struct tick_row *row)
{
	const struct target_options *options = loading->options;
	struct parcel *parcel = loading->parcel;
	struct labels labels;
	int r = labels_make(&labels, loading->host, options, row->owner);

	if (r < 0)
		return r;
	options->protocol->write_row(&parcel->rows, tick, row, &labels);
	labels_done(&labels);
	return end_row(parcel);
}

static int add_tick(const struct tick *tick, void *userdata)
{
	struct loading *loading = userdata;
	struct parcel *parcel = loading->parcel;
	const struct parcel_tick head = { tick->seq, tick->stored_seq,
					 tick->t_ms, loading->host };
	size_t i;
	int r;

	count_dropped(parcel, tick->seq);
	r = begin_tick(parcel, &head, tick->nr);
	if (r < 0)
		return r;
	for (i = 0; i < tick->nr && r == 0; i++)
		r = add_row(loading, &head, &tick->rows[i]);
	if (r < 0)
		return r;
	return parcel->rows.length >= loading->options->batch_max_bytes;
}

static const struct column **pick(const struct sent_columns *columns)
{
	const struct column **picked = calloc(columns->nr + 1,
					      sizeof(*picked));
	size_t i;

	for (i = 0; picked && i < columns->nr; i++)
		picked[i] = columns->all[i].column;
	return picked;
}

static int load_ticks(struct loading *loading, struct store *store)
{
	struct parcel *parcel = loading->parcel;
	const struct sent *sent = loading->options->protocol->columns();
	_cleanup_free_ const struct column **containers =
		pick(&sent->containers);
	_cleanup_free_ const struct column **of_host = pick(&sent->host);
	struct ticks_query query = { containers, sent->containers.nr, of_host,
				     sent->host.nr, 0 };
	size_t before;
	int r = containers && of_host ? 0 : -ENOMEM;

	while (r == 0) {
		before = parcel->nr_ticks;
		query.first_seq = parcel->next_seq;
		r = store_ticks(store, &query, add_tick, loading);
		if (parcel->nr_ticks == before ||
		    parcel->rows.length >= loading->options->batch_max_bytes)
			break;
	}
	return r;
}

/* Events and decisions */

static int write_item(struct loading *loading, int64_t seq,
		      const struct item *item)
{
	const struct target_options *options = loading->options;
	const struct parcel_tick head = { seq, item->stored_seq, item->t_ms,
					  loading->host };
	struct parcel *parcel = loading->parcel;
	int r = begin_tick(parcel, &head, 1);

	if (r < 0)
		return r;
	options->protocol->write_item(&parcel->rows, item, options);
	return end_row(parcel);
}

static int add_item(const struct feed_row *row, void *userdata)
{
	struct loading *loading = userdata;
	const char *kinds = loading->options->kinds;
	struct item item;
	int r = 0;

	loading->nr++;
	count_dropped(loading->parcel, row->seq);
	item_begin(&item, row, &loading->labels);
	if (!kinds || text_in_list(kinds, item.kind))
		r = write_item(loading, row->seq, &item);
	item_done(&item);
	return r;
}

static int load_items(struct loading *loading, struct store *store,
		      enum feed feed)
{
	struct parcel *parcel = loading->parcel;
	int r = labels_make(&loading->labels, loading->host, loading->options,
			    NULL);

	loading->nr = MAX_ITEMS;
	while (r == 0 && loading->nr == MAX_ITEMS &&
	       parcel->rows.length < loading->options->batch_max_bytes) {
		loading->nr = 0;
		r = store_feed(store, feed, parcel->next_seq, MAX_ITEMS,
			       add_item, loading);
	}
	labels_done(&loading->labels);
	return r;
}

/* Both */

static void parcel_clear(struct parcel *parcel, int64_t first_seq)
{
	parcel->rows.length = 0;
	parcel->nr_rows = 0;
	parcel->nr_ticks = 0;
	parcel->next_seq = first_seq;
	parcel->dropped = 0;
}

/* Frees memory that only one large parcel needed. */
static void shrink(struct parcel *parcel, const struct target_options *options)
{
	if (parcel->rows.failed ||
	    parcel->rows.allocated > 4 * options->batch_max_bytes)
		buffer_done(&parcel->rows);
}

int parcel_load(struct parcel *parcel, struct store *store,
		const struct target_options *options, const char *host,
		int64_t first_seq)
{
	struct loading loading = { .parcel = parcel, .options = options,
				   .host = host };
	int feed = options_feed(options), r;

	shrink(parcel, options);
	parcel_clear(parcel, first_seq);
	r = feed < 0 ? load_ticks(&loading, store) :
	    load_items(&loading, store, (enum feed)feed);
	if (r < 0)
		parcel_clear(parcel, first_seq);
	return r;
}

const char *parcel_rows(const struct parcel *parcel, size_t first, size_t end,
			size_t *ret_length)
{
	size_t begin = first > 0 ? parcel->ends[first - 1] : 0;

	*ret_length = end > first ? parcel->ends[end - 1] - begin : 0;
	return parcel->rows.text + begin;
}

size_t parcel_end_of(const struct parcel *parcel, size_t tick)
{
	return tick + 1 < parcel->nr_ticks ? parcel->ticks[tick + 1].first_row :
					    parcel->nr_rows;
}

void parcel_done(struct parcel *parcel)
{
	buffer_done(&parcel->rows);
	free(parcel->ends);
	free(parcel->ticks);
	*parcel = (struct parcel){ 0 };
}
