// SPDX-License-Identifier: GPL-2.0-only
/*
 * A sealed span stores its numbers metric by metric. So some ticks at a time
 * are put together in a table with one line for each container in each tick.
 */
#include "teller.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "chunk.h"

/* A line of the table; @at: its first value */
struct line {
	uint32_t moment;
	int64_t c;
	size_t at;
};

/* What a moment needs in the table; a line may have no values */
struct need {
	size_t lines;
	size_t values;
};

/**
 * struct table_of_ticks - the moments from @first to before @end
 * @needed: by these moments
 * @roster, @cells: of the batch that is being read
 */
struct table_of_ticks {
	struct teller *teller;
	const struct teller_span *span;
	struct timeline timeline;
	uint32_t first;
	uint32_t end;
	struct line *lines;
	size_t nr;
	double *values;
	struct need needed;
	struct roster roster;
	struct cell *cells;
};

static int unpack_column(const struct table_of_ticks *table,
			 sqlite3_stmt *statement, int i, struct reader *ret)
{
	return unpack(table->teller->view->store->unpacker,
		      sqlite3_column_blob(statement, i),
		      (size_t)sqlite3_column_bytes(statement, i), ret);
}

static int read_timeline(struct table_of_ticks *table)
{
	_cleanup_statement_ sqlite3_stmt *statement = NULL;
	struct reader bytes;
	int r = db_prepare(table->teller->view->sqlite,
			   "SELECT moments FROM span WHERE id = ?1",
			   &statement);

	if (r < 0)
		return r;
	sqlite3_bind_int64(statement, 1, table->span->span);
	r = db_step(statement);
	if (r <= 0)
		return r ?: -EBADMSG;
	r = unpack_column(table, statement, 0, &bytes);
	if (r < 0)
		return r;
	return timeline_read(&bytes, (uint64_t)table->span->begin_seq,
			     &table->timeline);
}

static int prepare_rosters(const struct table_of_ticks *table,
			   sqlite3_stmt **ret)
{
	int r = db_prepare(table->teller->view->sqlite, "SELECT numbers, batch "
			   "FROM chunk WHERE span = ?1 AND metric = '' "
			   "ORDER BY batch", ret);

	if (r == 0)
		sqlite3_bind_int64(*ret, 1, table->span->span);
	return r;
}

/* Returns 1 for a roster, 0 after the last. Skips damaged ones. */
static int next_roster(struct table_of_ticks *table, sqlite3_stmt *rosters,
		       bool *ret_is_host)
{
	struct reader bytes;
	int r;

	while ((r = db_step(rosters)) == 1) {
		r = unpack_column(table, rosters, 0, &bytes);
		if (r == 0)
			r = roster_read(&bytes, &table->timeline,
					&table->roster);
		*ret_is_host = sqlite3_column_int64(rosters, 1) == 0;
		if (r != -EBADMSG)
			return r < 0 ? r : 1;
		table->teller->damaged++;
	}
	return r;
}

/* Which moments fit */

static void count_needs(const struct table_of_ticks *table, bool is_host,
			struct need *needs)
{
	const struct roster *roster = &table->roster;
	size_t i;

	for (i = 0; i < roster->nr_moments; i++) {
		struct need *need = &needs[roster->moments[i]];

		need->lines++;
		need->values += teller_width(table->teller, is_host);
	}
}

static int choose_moments(struct table_of_ticks *table)
{
	const struct teller *teller = table->teller;
	const uint64_t wanted = (uint64_t)(teller->query->first_seq +
					   teller->view->seqs);
	_cleanup_statement_ sqlite3_stmt *rosters = NULL;
	_cleanup_free_ struct need *needs = NULL;
	size_t nr = teller->nr_numbers;
	bool is_host;
	int r;

	while (table->first < table->timeline.nr &&
	       table->timeline.all[table->first].end_seq <= wanted)
		table->first++;
	table->end = table->first;
	needs = calloc(table->timeline.nr + 1, sizeof(*needs));
	r = needs ? prepare_rosters(table, &rosters) : -ENOMEM;
	while (r == 0 && (r = next_roster(table, rosters, &is_host)) == 1) {
		count_needs(table, is_host, needs);
		r = 0;
	}
	while (r == 0 && table->end < table->timeline.nr &&
	       (nr < TELLER_MAX_NUMBERS || table->end == table->first)) {
		const struct need *need = &needs[table->end++];

		nr += need->values;
		table->needed.lines += need->lines;
		table->needed.values += need->values;
	}
	return r;
}

/* Values */

static bool is_chosen(const struct table_of_ticks *table, uint32_t moment)
{
	return moment >= table->first && moment < table->end;
}

static void add_lines(struct table_of_ticks *table, bool is_host, size_t *at)
{
	const struct roster *roster = &table->roster;
	size_t i, j;

	for (i = 0; i < roster->nr; i++) {
		const struct presence *presence = &roster->all[i];

		for (j = 0; j < presence->nr; j++) {
			uint32_t moment = roster->moments[presence->first + j];

			if (!is_chosen(table, moment))
				continue;
			table->lines[table->nr++] = (struct line){
				moment,
				is_host ? 0 : presence->c + table->span->base,
				*at };
			*at += teller_width(table->teller, is_host);
		}
	}
}

/* Reads one column of the lines that begin at @line. */
static int read_chunk(struct table_of_ticks *table, struct reader *bytes,
		      const struct teller_column *column, size_t i_column,
		      const struct line *line)
{
	const struct roster *roster = &table->roster;
	struct kept kept = { 0 };
	bool raw;
	size_t i, j;
	int r = chunk_read_head(bytes, &kept, &raw);

	for (i = 0; i < roster->nr && r == 0; i++) {
		const struct presence *presence = &roster->all[i];
		size_t first = presence->first;

		r = chunk_read_series(bytes, &kept, raw, roster->ticks + first,
				      roster->ms + first, presence->nr,
				      table->cells);
		for (j = 0; j < presence->nr && r == 0; j++) {
			if (is_chosen(table, roster->moments[first + j]))
				table->values[line++->at + i_column] =
					teller_value(column, &kept,
						     &table->cells[j]);
		}
	}
	return r;
}

static int read_batch(struct table_of_ticks *table, sqlite3_stmt *chunks,
		      bool is_host, int64_t batch, const struct line *lines)
{
	const struct teller_column *columns =
		teller_columns(table->teller, is_host);
	struct reader bytes;
	size_t i;
	int r = 0;

	for (i = 0; i < teller_width(table->teller, is_host) && r == 0; i++) {
		sqlite3_bind_int64(chunks, 1, table->span->span);
		sqlite3_bind_text(chunks, 2, columns[i].metric, -1,
				  SQLITE_STATIC);
		sqlite3_bind_int64(chunks, 3, batch);
		r = db_step(chunks);
		if (r == 1) {
			r = unpack_column(table, chunks, 0, &bytes);
			if (r == 0)
				r = read_chunk(table, &bytes, &columns[i], i,
					       lines);
			if (r == -EBADMSG) {
				table->teller->damaged++;
				r = 0;
			}
		}
		sqlite3_reset(chunks);
	}
	return r;
}

static int fill(struct table_of_ticks *table)
{
	_cleanup_statement_ sqlite3_stmt *rosters = NULL, *chunks = NULL;
	size_t at = 0, first;
	bool is_host;
	int r = prepare_rosters(table, &rosters);

	if (r == 0)
		r = db_prepare(table->teller->view->sqlite, "SELECT numbers "
			       "FROM chunk WHERE span = ?1 AND metric = ?2 "
			       "AND batch = ?3", &chunks);
	while (r == 0 && (r = next_roster(table, rosters, &is_host)) == 1) {
		first = table->nr;
		add_lines(table, is_host, &at);
		r = first == table->nr ? 0 :
		    read_batch(table, chunks, is_host,
			       sqlite3_column_int64(rosters, 1),
			       &table->lines[first]);
	}
	return r;
}

/* Telling */

static int by_moment(const void *a, const void *b)
{
	const struct line *x = a, *y = b;

	if (x->moment != y->moment)
		return x->moment < y->moment ? -1 : 1;
	return (x->c > y->c) - (x->c < y->c);
}

static int tell(struct table_of_ticks *table)
{
	struct teller *teller = table->teller;
	size_t i;
	int r = 0;

	qsort(table->lines, table->nr, sizeof(*table->lines), by_moment);
	for (i = 0; i < table->nr && r == 0; i++) {
		const struct line *line = &table->lines[i];
		const struct when *when = &table->timeline.all[line->moment];

		r = teller_add(teller, line->c, table->values + line->at);
		if (r < 0 || (i + 1 < table->nr &&
			      line[1].moment == line->moment))
			continue;
		r = teller_tell(teller, when->end_seq - 1, when->t_ms);
		if (teller->stopped)
			break;
	}
	return r;
}

static int allocate(struct table_of_ticks *table)
{
	const struct need *needed = &table->needed;
	size_t i;

	table->lines = calloc(needed->lines + 1, sizeof(*table->lines));
	table->values = calloc(needed->values + 1, sizeof(*table->values));
	table->cells = calloc(table->timeline.nr + 1, sizeof(*table->cells));
	if (!table->lines || !table->values || !table->cells)
		return -ENOMEM;
	for (i = 0; i < needed->values; i++)
		table->values[i] = NAN;
	return 0;
}

int teller_read_sealed(struct teller *teller, const struct teller_span *span)
{
	struct table_of_ticks table = { .teller = teller, .span = span };
	int r = read_timeline(&table);

	if (r == 0)
		r = choose_moments(&table);
	if (r == 0)
		r = allocate(&table);
	if (r == 0)
		r = fill(&table);
	if (r == 0)
		r = tell(&table);
	/* The rest of this span must come before the next one. */
	if (r == 0 && table.end < table.timeline.nr)
		teller->stopped = true;
	if (r == -EBADMSG) {	/* its ticks are lost */
		teller->damaged++;
		r = 0;
	}
	free(table.timeline.all);
	free(table.lines);
	free(table.values);
	free(table.cells);
	roster_done(&table.roster);
	return r;
}
