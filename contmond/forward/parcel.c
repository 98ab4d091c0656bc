// SPDX-License-Identifier: GPL-2.0-only
#include "parcel.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"

/* A parcel that is being loaded */
struct loading {
	struct parcel *parcel;
	const struct target_options *options;
	const char *host;
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
	if (parcel->rows.failed)
		return -ENOMEM;
	parcel->ends[parcel->nr_rows++] = parcel->rows.length;
	return 0;
}

static int add_tick(const struct tick *tick, void *userdata)
{
	struct loading *loading = userdata;
	struct parcel *parcel = loading->parcel;
	const struct parcel_tick head = { tick->seq, tick->stored_seq,
					 tick->t_ms, loading->host };
	size_t i;
	int r = make_room(parcel, tick->nr);

	if (r < 0)
		return r;
	parcel->ticks[parcel->nr_ticks++] = (struct loaded_tick){
		head, parcel->nr_rows };
	for (i = 0; i < tick->nr && r == 0; i++)
		r = add_row(loading, &head, &tick->rows[i]);
	if (r < 0)
		return r;
	return parcel->rows.length >= loading->options->batch_max_bytes;
}

static const struct column **pick(const struct sent_column *columns, size_t nr)
{
	const struct column **picked = calloc(nr + 1, sizeof(*picked));
	size_t i;

	for (i = 0; picked && i < nr; i++)
		picked[i] = columns[i].column;
	return picked;
}

static void parcel_clear(struct parcel *parcel)
{
	parcel->rows.length = 0;
	parcel->nr_rows = 0;
	parcel->nr_ticks = 0;
}

/* Memory that one large parcel needed is not kept. */
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
	const struct sent_columns *sent = options->protocol->columns();
	_cleanup_free_ const struct column **containers =
		pick(sent->containers, sent->nr_containers);
	_cleanup_free_ const struct column **of_host =
		pick(sent->host, sent->nr_host);
	struct loading loading = { parcel, options, host };
	struct ticks_query query = { containers, sent->nr_containers, of_host,
				     sent->nr_host, first_seq };
	size_t before;
	int r = containers && of_host ? 0 : -ENOMEM;

	shrink(parcel, options);
	parcel_clear(parcel);
	while (r == 0) {
		before = parcel->nr_ticks;
		r = store_ticks(store, &query, add_tick, &loading);
		if (parcel->nr_ticks == before ||
		    parcel->rows.length >= options->batch_max_bytes)
			break;
		query.first_seq = parcel->ticks[parcel->nr_ticks - 1].tick.seq +
				  1;
	}
	if (r < 0)
		parcel_clear(parcel);
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
