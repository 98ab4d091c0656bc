// SPDX-License-Identifier: GPL-2.0-only
#include "resume.h"

#include <errno.h>
#include <string.h>

#include "base/util.h"
#include "event_kinds.h"
#include "frames.h"

#define SEEN_MS RESUME_SEEN_MS("true")

/* Numbers */

static int resume_numbers(struct db *db, struct ingest *ingest)
{
	int64_t c, span, seq;
	int r = db_number(db->sqlite, "SELECT max(c) FROM container", &c);

	if (r == 0)
		r = db_number(db->sqlite, "SELECT max(id) FROM span", &span);
	if (r == 0)
		r = db_number(db->sqlite, "SELECT max("
			      "coalesce((SELECT max(seq) FROM frame), 0), "
			      "coalesce((SELECT max(end_seq) - 1 FROM span), 0)"
			      ", coalesce((SELECT max(seq) FROM clock), 0))",
			      &seq);
	if (r < 0)
		return r;
	ingest->lives->next_c = (uint32_t)c + 1;
	ingest->next_span = (uint32_t)span + 1;
	ingest->next_seq = (uint64_t)seq + 1;
	return 0;
}

/* Containers */

/*
 * If nobody has told the start, it may have been seen: the last one counts in
 * cgroup v1, and the first one in v2, where a container that was missing from a
 * tick seemed to start again. There, one after the first tick with it is such a
 * return, and the event of its start was deleted, or never recorded. Otherwise
 * engines tell when a container was created, but one that was created before
 * its boot has been started since.
 */
#define STARTS								\
	"(SELECT c, min(t_ms) AS first_start, max(t_ms) AS last_start "	\
	"FROM event WHERE kind = '" EVENT_CONTAINER_STARTED "' GROUP BY c)"
#define BEGAN_MS							\
	"coalesce(CASE WHEN cgroup IS NULL THEN last_start "		\
	"WHEN first_start <= first_ms THEN first_start END, "		\
	"iif(created_ms >= (SELECT max(realtime_ms - boottime_ms) "	\
	"FROM clock WHERE clock.boot_id = container.boot_id), "		\
	"created_ms, first_ms))"

static int end_those_before(struct db *db, const char *boot_id)
{
	_cleanup_statement_ sqlite3_stmt *statement = NULL;
	int r = db_prepare(db->sqlite, "UPDATE container SET ended_ms = "
			   SEEN_MS " WHERE ended_ms IS NULL "
			   "AND boot_id <> ?1",
			   &statement);

	if (r < 0)
		return r;
	sqlite3_bind_text(statement, 1, boot_id, -1, SQLITE_STATIC);
	r = db_step(statement);
	if (r < 0)
		return r;
	return db_exec(db->sqlite, "INSERT INTO final (c, started_ms, "
		       "ended_ms) SELECT c, " BEGAN_MS ", ended_ms "
		       "FROM container LEFT JOIN " STARTS " USING (c) "
		       "WHERE ended_ms IS NOT NULL "
		       "AND c NOT IN (SELECT c FROM final)");
}

/*
 * Whatever engines report about a container comes together with its name, and
 * root's is only what engines of root's told.
 */
static int resume_lives(struct db *db, struct lives *lives)
{
	_cleanup_statement_ sqlite3_stmt *statement = NULL;
	int r = end_those_before(db, lives->boot_id);

	if (r == 0)
		r = db_prepare(db->sqlite, "SELECT cgroup_id, c, iif(image "
			       "IS NOT NULL OR labels IS NOT NULL, title, "
			       "NULL), user, first_ms, last_ms, " SEEN_MS
			       " FROM container WHERE ended_ms IS NULL "
			       "GROUP BY cgroup_id HAVING c = max(c)",
			       &statement);
	while (r == 0 && (r = db_step(statement)) == 1)
		r = lives_resume(lives,
			(uint64_t)sqlite3_column_int64(statement, 0),
			(uint32_t)sqlite3_column_int64(statement, 1),
			(const char *)sqlite3_column_text(statement, 2),
			sqlite3_column_int64(statement, 3),
			sqlite3_column_int64(statement, 4),
			sqlite3_column_int64(statement, 5),
			sqlite3_column_int64(statement, 6));
	return r;
}

static int resume_devices(struct db *db, struct lives *lives)
{
	_cleanup_statement_ sqlite3_stmt *statement = NULL;
	int r = db_prepare(db->sqlite, "SELECT c, slot, number, name FROM "
			   "device JOIN container USING (c) "
			   "WHERE ended_ms IS NULL ORDER BY c, slot",
			   &statement);

	while (r == 0 && (r = db_step(statement)) == 1) {
		const char *number =
			(const char *)sqlite3_column_text(statement, 2);

		r = !number ? -ENOMEM : lives_resume_device(lives,
			(uint32_t)sqlite3_column_int64(statement, 0),
			sqlite3_column_int64(statement, 1), number,
			(const char *)sqlite3_column_text(statement, 3));
	}
	return r;
}

/* Spans */

/* The progress of a tier */
struct progress {
	int64_t span;		/* the newest, 0 for none */
	uint32_t moments;
	uint64_t end_seq;	/* of the tick after the last */
	bool same_layout;
};

static int look_at(struct db *db, unsigned int tier, const char *layout,
		   struct progress *ret)
{
	_cleanup_statement_ sqlite3_stmt *statement = NULL;
	int r = db_prepare(db->sqlite, "SELECT s.id, coalesce((SELECT "
		"max(moment) + 1 FROM frame WHERE span = s.id), 0), "
		"coalesce((SELECT max(seq) + 1 FROM frame WHERE span = s.id), "
		"s.end_seq, s.begin_seq), l.columns = ?2 FROM span AS s "
		"LEFT JOIN layout AS l ON l.id = s.layout WHERE s.tier = ?1 "
		"ORDER BY s.id DESC LIMIT 1", &statement);

	*ret = (struct progress){ 0 };
	if (r < 0)
		return r;
	sqlite3_bind_int(statement, 1, (int)tier);
	sqlite3_bind_text(statement, 2, layout, -1, SQLITE_STATIC);
	r = db_step(statement);
	if (r <= 0)
		return r;
	*ret = (struct progress){
		.span = sqlite3_column_int64(statement, 0),
		.moments = (uint32_t)sqlite3_column_int64(statement, 1),
		.end_seq = (uint64_t)sqlite3_column_int64(statement, 2),
		.same_layout = sqlite3_column_int(statement, 3),
	};
	return 0;
}

static void continue_span(struct lane *lane, const struct progress *progress)
{
	if (!progress->same_layout)
		return;
	lane->span = (uint32_t)progress->span;
	lane->moments = progress->moments;
	lane->since_key = UINT32_MAX / 2;	/* forces a key frame */
}

/* Frames store means of gauges, but adding needs sums. */
static void make_sums(struct moment *moment)
{
	const struct layout *layout = moment->layout;
	size_t i, j;

	for (i = 0; i < moment->nr; i++) {
		for (j = 0; j < layout->nr_container; j++) {
			struct cell *cell = &moment_cells(moment, i)[j];

			if (layout->all[j].kind == KEPT_GAUGE)
				cell->v *= cell->n;
		}
	}
	for (j = layout->nr_container; j < layout->nr; j++) {
		struct cell *cell = &moment->host[j - layout->nr_container];

		if (layout->all[j].kind == KEPT_GAUGE)
			cell->v *= cell->n;
	}
}

static int copy_moment(struct moment *to, const struct moment *from)
{
	moment_clear(to);
	to->t_ms = from->t_ms;
	return moment_add(to, from);
}

static int replay_span(struct db *db, struct ingest *ingest, unsigned int tier,
		       int64_t span, uint64_t from_seq)
{
	struct busy busy = { 0 };
	struct moment copy;
	struct frames frames;
	uint64_t begin_seq;
	int r = moment_init(&copy, ingest->layout);

	if (r < 0)
		return r;
	r = frames_begin(&frames, db->sqlite, span, 0, ingest->layout,
			 tier - 1 == RAW, NULL, ingest->packer);
	while (r >= 0 && (r = frames_next(&frames)) > 0) {
		begin_seq = frames.end_seq - frames.reader.moment.ticks;
		if (begin_seq < from_seq)
			continue;
		busy_clear(&busy);
		frames_busy(&frames, &busy);
		r = copy_moment(&copy, &frames.reader.moment);
		make_sums(&copy);
		if (r == 0)
			r = ingest_resume(ingest, tier, &copy, begin_seq,
					  &busy);
	}
	frames_done(&frames);
	moment_done(&copy);
	busy_done(&busy);
	return r;
}

/* Adds what the finer tier has recorded since this tier's last bucket. */
static int replay(struct db *db, struct ingest *ingest, unsigned int tier,
		  uint64_t from_seq)
{
	_cleanup_statement_ sqlite3_stmt *statement = NULL;
	int r = db_prepare(db->sqlite, "SELECT s.id FROM span AS s "
		"JOIN layout AS l ON l.id = s.layout WHERE s.tier = ?1 AND "
		"l.columns = ?2 AND (SELECT max(seq) FROM frame "
		"WHERE span = s.id) >= ?3 ORDER BY s.id", &statement);

	if (r < 0)
		return r;
	sqlite3_bind_int(statement, 1, (int)tier - 1);
	sqlite3_bind_text(statement, 2, ingest->layout_text, -1,
			  SQLITE_STATIC);
	sqlite3_bind_int64(statement, 3, (int64_t)from_seq);
	while (r == 0 && (r = db_step(statement)) == 1)
		r = replay_span(db, ingest, tier,
				sqlite3_column_int64(statement, 0), from_seq);
	return r;
}

int resume(struct db *db, struct ingest *ingest)
{
	struct progress progress;
	unsigned int tier;
	int r = resume_numbers(db, ingest);

	if (r == 0)
		r = resume_lives(db, ingest->lives);
	if (r == 0)
		r = resume_devices(db, ingest->lives);
	/*
	 * Coarsest first, because a completed bucket is added to the next tier.
	 */
	for (tier = NR_TIERS; tier-- > 0 && r == 0;) {
		r = look_at(db, tier, ingest->layout_text, &progress);
		if (r < 0)
			break;
		continue_span(&ingest->lanes[tier], &progress);
		if (tier != RAW)
			r = replay(db, ingest, tier, progress.end_seq);
	}
	return r;
}
