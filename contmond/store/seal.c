// SPDX-License-Identifier: GPL-2.0-only
#include "seal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "by_container.h"
#include "frames.h"
#include "seal_busy.h"
#include "tier.h"

/* A batch is full with this many cells of a column, or this many containers. */
#define BATCH_CELLS 9600
#define BATCH_MEMBERS 256
/*
 * Every piece reads all frames, but only its columns in them. So it has all
 * containers, and more than one column only while it has fewer cells than this,
 * as they are in memory until they are written.
 */
#define PIECE_CELLS 240000

void seal_done(struct seal *seal)
{
	layout_free(seal->layout);
	free(seal->timeline.all);
	free(seal->members);
	*seal = (struct seal){ .damaged = seal->damaged };
}

/* Finding */

static int delete_chunks(sqlite3 *sqlite, int64_t span)
{
	static const char *const texts[] = {
		"DELETE FROM chunk WHERE span = ?1",
		"DELETE FROM chunk_processes WHERE span = ?1",
		"DELETE FROM chunk_commands WHERE span = ?1",
	};
	size_t i;
	int r = 0;

	for (i = 0; i < ARRAY_SIZE(texts) && r == 0; i++) {
		_cleanup_statement_ sqlite3_stmt *statement = NULL;

		r = db_prepare(sqlite, texts[i], &statement);
		if (r < 0)
			break;
		sqlite3_bind_int64(statement, 1, span);
		r = db_step(statement);
	}
	return r;
}

/*
 * A span is complete when its tier has a later one. Its frames are kept while
 * the next tier may need them to rebuild its bucket.
 */
static const char find_sql[] =
	"SELECT s.id, s.tier, s.begin_seq, " LAYOUT_OF_SPAN " FROM span AS s "
	"JOIN layout AS l ON l.id = s.layout WHERE s.layout IS NOT NULL AND "
	"s.id > ?1 AND "
	"EXISTS (SELECT 1 FROM span AS later WHERE later.tier = s.tier "
	"AND later.layout IS NOT NULL AND later.id > s.id) AND "
	"(s.tier = 4 OR coalesce((SELECT seq FROM frame WHERE span = s.id "
	"ORDER BY moment DESC LIMIT 1), 0) <= coalesce((SELECT seq FROM frame "
	"WHERE span = (SELECT max(id) FROM span AS next "
	"WHERE next.tier = s.tier + 1 AND next.layout IS NOT NULL) "
	"ORDER BY moment DESC LIMIT 1), 0)) ORDER BY s.id LIMIT 1";

static int find_span(struct seal *seal, const struct db *db)
{
	_cleanup_statement_ sqlite3_stmt *statement = NULL;
	const char *columns;
	int r;

	r = db_prepare(db->sqlite, find_sql, &statement);
	if (r < 0)
		return r;
	sqlite3_bind_int64(statement, 1, db->carried);
	r = db_step(statement);
	if (r <= 0)
		return r;
	columns = (const char *)sqlite3_column_text(statement, 3);
	if (!columns)
		return -ENOMEM;
	r = layout_parse(columns, &seal->layout);
	if (r < 0)
		return r;
	seal->span = sqlite3_column_int64(statement, 0);
	seal->tier = (unsigned int)sqlite3_column_int(statement, 1);
	seal->begin_seq = (uint64_t)sqlite3_column_int64(statement, 2);
	return 1;
}

static int count_member(struct seal *seal, uint32_t c)
{
	const struct batch_member added = { c, 1 };
	size_t i = by_container_first(seal->members, seal->nr, sizeof(added),
				      c);
	void *members;

	seal->nr_cells++;
	if (i < seal->nr && seal->members[i].c == c) {
		seal->members[i].nr_moments++;
		return 0;
	}
	members = by_container_insert(seal->members, &seal->nr,
				      &seal->allocated, sizeof(added), i,
				      &added);
	if (!members)
		return -ENOMEM;
	seal->members = members;
	return 0;
}

static int note_moment(struct seal *seal, const struct frames *frames)
{
	const struct moment *moment = &frames->reader.moment;
	const struct when when = {
		.t_ms = moment->t_ms,
		.ticks = moment->ticks,
		.ms = moment->ms,
		.end_seq = frames->end_seq,
	};
	size_t i;
	int r = timeline_add(&seal->timeline, &when);

	for (i = 0; i < moment->nr && r == 0; i++)
		r = count_member(seal, moment->members[i].c);
	return r;
}

static int begin(struct seal *seal, struct db *db, struct packer *packer)
{
	struct frames frames;
	int r = find_span(seal, db);

	if (r <= 0)
		return r;
	r = delete_chunks(db->sqlite, seal->span);
	if (r == 0)
		r = frames_begin(&frames, db->sqlite, seal->span, 0,
				 seal->layout, seal->tier == RAW, NULL, packer);
	if (r < 0)
		return r;
	while ((r = frames_next(&frames)) > 0) {
		r = note_moment(seal, &frames);
		if (r < 0)
			break;
	}
	seal->damaged += frames.damaged;
	frames_done(&frames);
	return r < 0 ? r : 1;
}

/* Number of members in the batch that begins with the member @first */
static size_t batch_size(const struct seal *seal, size_t first)
{
	size_t i, cells = 0;

	for (i = first; i < seal->nr; i++) {
		cells += seal->members[i].nr_moments;
		if (i > first &&
		    (cells > BATCH_CELLS || i - first == BATCH_MEMBERS))
			break;
	}
	return i - first;
}

/* Chunks */

/* @bytes and @packed: used again for each chunk */
struct output {
	struct packer *packer;
	sqlite3_stmt *statement;
	struct buffer bytes;
	struct buffer packed;
};

static int write_chunk(struct seal *seal, struct output *output,
		       const char *metric, uint32_t batch)
{
	int r = pack(output->packer, &output->bytes, &output->packed);

	if (r < 0)
		return r;
	sqlite3_bind_int64(output->statement, 1, seal->span);
	sqlite3_bind_text(output->statement, 2, metric, -1, SQLITE_STATIC);
	sqlite3_bind_int64(output->statement, 3, batch);
	sqlite3_bind_blob64(output->statement, 4, output->packed.text,
			    output->packed.length, SQLITE_STATIC);
	r = db_step(output->statement);
	sqlite3_reset(output->statement);
	seal->bytes += output->packed.length;
	return r;
}

static int write_roster(struct seal *seal, const struct piece *piece,
			struct output *output)
{
	output->bytes.length = 0;
	roster_write(&piece->roster, &seal->timeline, &output->bytes);
	return write_chunk(seal, output, "", seal->batch);
}

/* @series: of a column and a batch. Readers take a missing chunk as unknown. */
static int write_series(struct seal *seal, const struct kept *kept,
			struct series *series, size_t nr, size_t stride,
			uint32_t batch, struct output *output)
{
	bool has_numbers = false;
	size_t i;

	for (i = 0; i < nr; i++)
		has_numbers |= series[i * stride].follows;
	if (!has_numbers)
		return 0;
	output->bytes.length = 0;
	chunk_write_head(kept, seal->tier == RAW, &output->bytes);
	for (i = 0; i < nr; i++)
		series_write(&series[i * stride], &output->bytes);
	return write_chunk(seal, output, kept->metric, batch);
}

static int write_column(struct seal *seal, const struct piece *piece,
			size_t column, struct output *output)
{
	uint32_t batch = piece->of_host ? 0 : 1;
	size_t first, nr;
	int r = 0;

	for (first = 0; first < piece->nr && r == 0; first += nr) {
		nr = piece->of_host ? 1 : batch_size(seal, first);
		r = write_series(seal, &piece->columns[column],
				 piece->series + first * piece->nr_columns +
				 column, nr, piece->nr_columns, batch++,
				 output);
	}
	return r;
}

static int write_piece(struct seal *seal, const struct piece *piece,
		       struct db *db, struct packer *packer)
{
	struct output output = { .packer = packer };
	size_t i;
	int r = db_prepare(db->sqlite,
			   "INSERT INTO chunk VALUES (NULL, ?1, ?2, ?3, ?4)",
			   &output.statement);

	if (r == 0 && piece->nr_listed > 0)
		r = write_roster(seal, piece, &output);
	for (i = 0; i < piece->nr_columns && r == 0; i++)
		r = write_column(seal, piece, i, &output);
	sqlite3_finalize(output.statement);
	buffer_done(&output.bytes);
	buffer_done(&output.packed);
	return r;
}

/* Pieces */

static int fill_piece(struct seal *seal, struct piece *piece,
		      const bool *wanted, struct db *db, struct packer *packer)
{
	struct frames frames;
	uint32_t at = 0;
	int r;

	r = frames_begin(&frames, db->sqlite, seal->span, 0, seal->layout,
			 seal->tier == RAW, wanted, packer);
	if (r < 0)
		return r;
	while ((r = frames_next(&frames)) > 0 && at < seal->timeline.nr) {
		piece_add(piece, &frames.reader.moment, at++,
			  seal->tier == RAW);
	}
	frames_done(&frames);
	return r < 0 ? r : 0;
}

static int seal_piece(struct seal *seal, struct piece *piece, struct db *db,
		      struct packer *packer)
{
	const struct layout *layout = seal->layout;
	_cleanup_free_ bool *wanted = calloc(layout->nr, sizeof(*wanted));
	int r = wanted ? piece_init(piece, seal->timeline.nr) : -ENOMEM;

	if (r == 0) {
		memset(wanted + (piece->columns - layout->all), true,
		       piece->nr_columns);
		r = fill_piece(seal, piece, wanted, db, packer);
	}
	if (r == 0)
		r = write_piece(seal, piece, db, packer);
	piece_done(piece);
	return r;
}

static int seal_host(struct seal *seal, struct db *db, struct packer *packer)
{
	const struct layout *layout = seal->layout;
	struct piece piece = {
		.of_host = true,
		.nr = 1,
		.columns = layout->all + layout->nr_container,
		.nr_columns = layout->nr - layout->nr_container,
		.nr_listed = 1,
	};
	int r = seal_piece(seal, &piece, db, packer);

	seal->has_host = true;
	seal->batch = 1;
	return r;
}

static size_t count_columns(const struct seal *seal)
{
	size_t left = seal->layout->nr_container - seal->column;
	size_t nr = PIECE_CELLS / seal->nr_cells ?: 1;

	return nr < left ? nr : left;
}

static int seal_members(struct seal *seal, struct db *db,
			struct packer *packer)
{
	struct piece piece = {
		.members = seal->members,
		.nr = seal->nr,
		.columns = seal->layout->all + seal->column,
		.nr_columns = count_columns(seal),
		.first_column = seal->column,
		.first_listed = seal->listed,
		.nr_listed = batch_size(seal, seal->listed),
	};
	int r = seal_piece(seal, &piece, db, packer);

	seal->column += piece.nr_columns;
	seal->listed += piece.nr_listed;
	seal->batch++;
	return r;
}

static bool has_members_left(const struct seal *seal)
{
	return seal->listed < seal->nr ||
	       (seal->nr > 0 && seal->column < seal->layout->nr_container);
}

/* The end */

static int finish_span(struct seal *seal, struct db *db,
		       const struct buffer *packed)
{
	_cleanup_statement_ sqlite3_stmt *statement = NULL;
	const struct timeline *timeline = &seal->timeline;
	int64_t begin_ms = INT64_MAX, end_ms = INT64_MIN, covered_ms = 0;
	size_t i;
	int r;

	for (i = 0; i < timeline->nr; i++) {
		const struct when *when = &timeline->all[i];

		begin_ms = when->t_ms < begin_ms ? when->t_ms : begin_ms;
		end_ms = when->t_ms > end_ms ? when->t_ms : end_ms;
		covered_ms += when->ms;
	}
	r = db_prepare(db->sqlite, "UPDATE span SET layout = NULL, "
		       "end_seq = ?2, begin_ms = ?3, end_ms = ?4, "
		       "covered_ms = ?5, bytes = ?6, moments = ?7 "
		       "WHERE id = ?1", &statement);
	if (r < 0)
		return r;
	sqlite3_bind_int64(statement, 1, seal->span);
	sqlite3_bind_int64(statement, 2, timeline->nr == 0 ?
		(int64_t)seal->begin_seq :
		(int64_t)timeline->all[timeline->nr - 1].end_seq);
	sqlite3_bind_int64(statement, 3, timeline->nr ? begin_ms : 0);
	sqlite3_bind_int64(statement, 4, timeline->nr ? end_ms : 0);
	sqlite3_bind_int64(statement, 5, covered_ms);
	sqlite3_bind_int64(statement, 6, (int64_t)seal->bytes);
	sqlite3_bind_blob64(statement, 7, packed->text, packed->length,
			    SQLITE_STATIC);
	return db_step(statement);
}

static int finish(struct seal *seal, struct db *db, struct packer *packer)
{
	struct buffer bytes = { 0 }, packed = { 0 };
	int r;

	timeline_write(&seal->timeline, seal->begin_seq, &bytes);
	r = pack(packer, &bytes, &packed);
	seal->bytes += packed.length;
	if (r == 0)
		r = finish_span(seal, db, &packed);
	buffer_done(&bytes);
	buffer_done(&packed);
	if (r == 0)
		seal_done(seal);
	return r;
}

static int do_piece(struct seal *seal, struct db *db, struct packer *packer)
{
	if (!seal->span)
		return begin(seal, db, packer);
	if (!seal->has_host)
		return seal_host(seal, db, packer);
	if (has_members_left(seal))
		return seal_members(seal, db, packer);
	if (!seal->has_busy)
		return seal_busy(seal, db, packer);
	return finish(seal, db, packer);
}

int seal_step(struct seal *seal, struct db *db, struct packer *packer)
{
	int64_t span = seal->span;
	int r = db_exec(db->sqlite, "BEGIN IMMEDIATE");

	if (r < 0)
		return r;
	r = do_piece(seal, db, packer);
	if (r == 0 && !span) {		/* there was none to seal */
		db_exec(db->sqlite, "ROLLBACK");
		return 0;
	}
	if (r >= 0)
		r = db_exec(db->sqlite, "COMMIT");
	if (r >= 0)
		return 1;
	db_exec(db->sqlite, "ROLLBACK");
	seal_done(seal);
	return r;
}
