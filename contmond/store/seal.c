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
/* Columns per piece: their series are in memory until they are written. */
#define PIECE_COLUMNS 12

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
	seal->batch = 1;
	return r < 0 ? r : 1;
}

/* Chunks */

static int insert_chunk(struct seal *seal, sqlite3_stmt *statement,
			const char *metric, uint32_t batch,
			const struct buffer *packed)
{
	int r;

	sqlite3_bind_int64(statement, 1, seal->span);
	sqlite3_bind_text(statement, 2, metric, -1, SQLITE_STATIC);
	sqlite3_bind_int64(statement, 3, batch);
	sqlite3_bind_blob64(statement, 4, packed->text, packed->length,
			    SQLITE_STATIC);
	r = db_step(statement);
	sqlite3_reset(statement);
	seal->bytes += packed->length;
	return r;
}

/* Readers take a column without a chunk as unknown. */
static bool has_numbers(const struct piece *piece, size_t column)
{
	size_t i;

	for (i = 0; i < piece->nr; i++) {
		if (piece->series[i * piece->nr_columns + column].follows)
			return true;
	}
	return false;
}

static int write_column(struct seal *seal, struct piece *piece, size_t column,
			struct packer *packer, sqlite3_stmt *statement,
			struct buffer *bytes, struct buffer *packed)
{
	const struct kept *kept = &piece->columns[column];
	size_t i;
	int r;

	if (!has_numbers(piece, column))
		return 0;
	bytes->length = 0;
	chunk_write_head(kept, seal->tier == RAW, bytes);
	for (i = 0; i < piece->nr; i++)
		series_write(&piece->series[i * piece->nr_columns + column],
			     bytes);
	r = pack(packer, bytes, packed);
	return r < 0 ? r : insert_chunk(seal, statement, kept->metric,
					piece->number, packed);
}

static int write_piece(struct seal *seal, struct piece *piece, struct db *db,
		       struct packer *packer)
{
	_cleanup_statement_ sqlite3_stmt *statement = NULL;
	struct buffer bytes = { 0 }, packed = { 0 };
	size_t i;
	int r = db_prepare(db->sqlite,
			   "INSERT INTO chunk VALUES (NULL, ?1, ?2, ?3, "
			   "?4)",
			   &statement);

	roster_write(&piece->roster, &seal->timeline, &bytes);
	if (r == 0)
		r = pack(packer, &bytes, &packed);
	/* The first piece of a batch has the list of its members. */
	if (r == 0 && piece->first_column == 0)
		r = insert_chunk(seal, statement, "", piece->number, &packed);
	for (i = 0; i < piece->nr_columns && r == 0; i++)
		r = write_column(seal, piece, i, packer, statement, &bytes,
				 &packed);
	buffer_done(&bytes);
	buffer_done(&packed);
	return r;
}

static int fill_piece(struct seal *seal, struct piece *piece, struct db *db,
		      struct packer *packer)
{
	struct frames frames;
	uint32_t at = 0;
	int r;

	r = frames_begin(&frames, db->sqlite, seal->span, 0, seal->layout,
			 seal->tier == RAW, NULL, packer);
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
	int r = piece_init(piece, seal->timeline.nr);

	if (r == 0)
		r = fill_piece(seal, piece, db, packer);
	if (r == 0)
		r = write_piece(seal, piece, db, packer);
	piece_done(piece);
	return r;
}

static int seal_host(struct seal *seal, struct db *db, struct packer *packer)
{
	const struct layout *layout = seal->layout;
	struct piece piece = {
		.nr = 1,
		.columns = layout->all + layout->nr_container,
		.nr_columns = layout->nr - layout->nr_container,
	};

	seal->has_host = true;
	return seal_piece(seal, &piece, db, packer);
}

/* Number of members in the batch that begins with the next one */
static size_t batch_size(const struct seal *seal)
{
	size_t i, cells = 0;

	for (i = seal->next; i < seal->nr; i++) {
		cells += seal->members[i].nr_moments;
		if (i > seal->next &&
		    (cells > BATCH_CELLS || i - seal->next == BATCH_MEMBERS))
			break;
	}
	return i - seal->next;
}

static int seal_members(struct seal *seal, struct db *db,
			struct packer *packer)
{
	size_t left = seal->layout->nr_container - seal->column;
	struct piece piece = {
		.number = seal->batch,
		.members = seal->members + seal->next,
		.nr = batch_size(seal),
		.columns = seal->layout->all + seal->column,
		.nr_columns = left < PIECE_COLUMNS ? left : PIECE_COLUMNS,
		.first_column = seal->column,
	};
	int r = seal_piece(seal, &piece, db, packer);

	seal->column += piece.nr_columns;
	if (seal->column < seal->layout->nr_container)
		return r;
	seal->column = 0;
	seal->next += piece.nr;
	seal->batch++;
	return r;
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
	if (seal->next < seal->nr)
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
