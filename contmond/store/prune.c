// SPDX-License-Identifier: GPL-2.0-only
#include "prune.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/util.h"
#include "queue.h"
#include "store.h"
#include "tier.h"

/*
 * Room for the write-ahead log, for the file until the next copy of the log
 * truncates it, and for the span that is being sealed
 */
#define SLACK_BYTES (8UL << 20)
/* A tier keeps this share before the next one is pruned. */
#define FLOOR_SHARE 8
/* Free pages beyond this are returned to the file system. */
#define MAX_FREE_BYTES (8L << 20)
#define KEEP_MINUTES 10080	/* 7 days */
#define PIECE "200"

#define NR(number) NR_(number)
#define NR_(number) #number

/*
 * The newest of the surplus minutes; NULL if there are none. Rows are counted,
 * because numbers have gaps where contmond continued in another file; but only
 * if the numbers allow so many.
 */
#define FIRST_TOO_MANY							\
	"(SELECT CASE WHEN (SELECT max(id) FROM host_minute) - "	\
	"(SELECT min(id) FROM host_minute) >= " NR(KEEP_MINUTES)	\
	" THEN (SELECT id FROM host_minute ORDER BY id DESC "		\
	"LIMIT 1 OFFSET " NR(KEEP_MINUTES) ") END)"

/*
 * Deletes data that would otherwise grow without limit, oldest first, in
 * pieces.
 */
static const char *const expired[] = {
	/* frames of spans that are sealed */
	"DELETE FROM frame WHERE (span, moment) IN (SELECT span, moment "
	"FROM frame WHERE span = (SELECT min(s.id) FROM span AS s "
	"WHERE s.layout IS NULL AND EXISTS (SELECT 1 FROM frame AS f "
	"WHERE f.span = s.id)) ORDER BY moment LIMIT " PIECE ")",
	/* minutes of the host, then those of containers that belong to them */
	"DELETE FROM host_minute WHERE id IN (SELECT id FROM host_minute "
	"WHERE id <= " FIRST_TOO_MANY " ORDER BY id LIMIT " PIECE ")",
	"DELETE FROM container_minute WHERE id IN (SELECT id "
	"FROM container_minute WHERE minute < (SELECT min(id) "
	"FROM host_minute) ORDER BY id LIMIT " PIECE ")",
	"DELETE FROM clock WHERE seq IN (SELECT seq FROM clock "
	"ORDER BY seq DESC LIMIT " PIECE " OFFSET 10000)",
	"DELETE FROM final WHERE c IN (SELECT c FROM final WHERE c NOT IN "
	"(SELECT c FROM container) LIMIT " PIECE ")",
	"DELETE FROM device WHERE (c, slot) IN (SELECT c, slot FROM device "
	"WHERE c NOT IN (SELECT c FROM container) LIMIT " PIECE ")",
};

/* The first statement loses nothing: those spans are sealed. */
static int delete_expired(sqlite3 *sqlite, bool keep_all)
{
	size_t i, nr = keep_all ? 1 : ARRAY_SIZE(expired);

	for (i = 0; i < nr; i++) {
		int r = db_exec(sqlite, expired[i]);

		if (r < 0)
			return r;
		if (sqlite3_changes(sqlite) > 0)
			return 1;
	}
	return 0;
}

/* Rows that users can cause without limit */

/**
 * struct shared - a table of which the newest rows are kept
 * @kept: condition for the rows that count; "" for all
 * @oldest: ORDER BY for rows that may be deleted, named "these"
 * @bytes: estimated size of a row
 * @max: row limit. Users other than root together get the share
 *	QUEUE_USERS_PART of it, so that what they can cause without limit costs
 *	nobody else's rows
 */
struct shared {
	const char *table;
	const char *key;
	const char *kept;
	const char *oldest;
	const char *bytes;
	unsigned int max;
};

#define BYTES(text) "coalesce(length(" text "), 0)"

static const struct shared shared[] = {
	{ "event", "seq", "", "seq", "100 + " BYTES("detail"), 100000 },
	{ "audit", "seq", "", "seq", "300 + " BYTES("detail"), 100000 },
	/*
	 * Deletes those that ended first, because they may have started long
	 * ago; but only of the older half, because a clock may have been ahead.
	 */
	{ "container", "c", "ended_ms IS NOT NULL",
	  "c > (SELECT avg(c) FROM these), ended_ms",
	  "500 + " BYTES("cgroup") " + " BYTES("labels"), 20000 },
};

/* Conditions for the rows that count, and for those of users among them */
struct selection {
	char all[64];
	char users[80];
};

static struct selection select_from(const struct shared *what)
{
	const char *kept = what->kept;
	struct selection selection = { .all = "" };

	if (*kept)
		snprintf(selection.all, sizeof(selection.all), " WHERE %s",
			 kept);
	snprintf(selection.users, sizeof(selection.users),
		 " WHERE user > 0%s%s", *kept ? " AND " : "", kept);
	return selection;
}

/* Deletes the oldest of @these; @limit is an expression for their number. */
static int drop_oldest(sqlite3 *sqlite, const struct shared *what,
		       const char *these, const char *limit)
{
	char sql[900];

	snprintf(sql, sizeof(sql), "WITH these AS NOT MATERIALIZED (SELECT * "
		 "FROM %s%s) DELETE FROM %s WHERE %s IN (SELECT %s FROM these "
		 "ORDER BY %s LIMIT %s)", what->table, these, what->table,
		 what->key, what->key, what->oldest, limit);
	return db_exec(sqlite, sql);
}

/* Deletes the oldest rows of the user who has the most, by @measure. */
static int drop_of_most(sqlite3 *sqlite, const struct shared *what,
			const char *measure, const char *limit)
{
	const struct selection selection = select_from(what);
	char most[400];

	snprintf(most, sizeof(most), "%s AND user = (SELECT user FROM %s%s "
		 "GROUP BY user ORDER BY %s DESC LIMIT 1)", selection.users,
		 what->table, selection.users, measure);
	return drop_oldest(sqlite, what, most, limit);
}

/*
 * An expression for the rows of @those beyond @max, at most one piece. max(0,
 * ...) because LIMIT takes a negative number as unlimited. Counted in an index,
 * because this runs each minute and mostly finds nothing.
 */
static void limit_to_surplus(const struct shared *what, const char *those,
			     unsigned int max, char ret[200])
{
	snprintf(ret, 200, "max(0, min(" PIECE ", (SELECT count(*) FROM %s%s) "
		 "- %u))", what->table, those, max);
}

/* Deletes surplus rows of the user who has the most, and then of everybody. */
static int drop_shared(sqlite3 *sqlite, const struct shared *what)
{
	const struct selection selection = select_from(what);
	char limit[200];
	int r;

	limit_to_surplus(what, selection.users, what->max / QUEUE_USERS_PART,
			 limit);
	r = drop_of_most(sqlite, what, "count(*)", limit);
	if (r < 0 || sqlite3_changes(sqlite) > 0)
		return r;
	limit_to_surplus(what, selection.all, what->max, limit);
	return drop_oldest(sqlite, what, selection.all, limit);
}

static int delete_shared(sqlite3 *sqlite)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(shared); i++) {
		int r = drop_shared(sqlite, &shared[i]);

		if (r < 0)
			return r;
		if (sqlite3_changes(sqlite) > 0)
			return 1;
	}
	return 0;
}

/* Spans */

static int delete_span(sqlite3 *sqlite, int64_t span)
{
	static const char *const tables[] = {
		"chunk WHERE span", "chunk_processes WHERE span",
		"chunk_commands WHERE span", "frame WHERE span",
		"span WHERE id",
	};
	size_t i;
	int r = 0;

	for (i = 0; i < ARRAY_SIZE(tables) && r == 0; i++) {
		char sql[80];

		snprintf(sql, sizeof(sql), "DELETE FROM %s = %lld", tables[i],
			 (long long)span);
		r = db_exec(sqlite, sql);
	}
	return r < 0 ? r : 1;
}

/*
 * The sealed spans of a tier: the oldest one, the time that all cover, and the
 * time that the oldest covers
 */
struct kept_spans {
	int64_t oldest;
	int64_t covered_ms;
	int64_t oldest_ms;
};

static int look_at(sqlite3 *sqlite, unsigned int tier, struct kept_spans *ret)
{
	_cleanup_statement_ sqlite3_stmt *statement = NULL;
	int r = db_prepare(sqlite, "SELECT min(id), total(covered_ms), "
			   "(SELECT covered_ms FROM span WHERE tier = ?1 "
			   "AND layout IS NULL ORDER BY id LIMIT 1) FROM span "
			   "WHERE tier = ?1 AND layout IS NULL", &statement);

	if (r < 0)
		return r;
	sqlite3_bind_int(statement, 1, (int)tier);
	r = db_step(statement);
	if (r <= 0)
		return r;
	*ret = (struct kept_spans){
		.oldest = sqlite3_column_int64(statement, 0),
		.covered_ms = sqlite3_column_int64(statement, 1),
		.oldest_ms = sqlite3_column_int64(statement, 2),
	};
	return 0;
}

/* Deletes the oldest span if the later ones cover the time to keep. */
static int delete_old_span(sqlite3 *sqlite)
{
	unsigned int i;

	for (i = 0; i < NR_TIERS; i++) {
		struct kept_spans kept = { 0 };
		int r = look_at(sqlite, i, &kept);

		if (r < 0)
			return r;
		if (kept.oldest &&
		    kept.covered_ms - kept.oldest_ms >= tiers[i].keep_ms)
			return delete_span(sqlite, kept.oldest);
	}
	return 0;
}

/* Size */

static int used_bytes(sqlite3 *sqlite, int64_t *ret_used, int64_t *ret_free)
{
	int64_t pages, unused, bytes;
	int r = db_number(sqlite, "PRAGMA page_count", &pages);

	if (r == 0)
		r = db_number(sqlite, "PRAGMA freelist_count", &unused);
	if (r == 0)
		r = db_number(sqlite, "PRAGMA page_size", &bytes);
	if (r < 0)
		return r;
	*ret_used = (pages - unused) * bytes;
	*ret_free = unused * bytes;
	return 0;
}

/*
 * Rows of users may be long, because of their labels and paths. If they exceed
 * their share of the size, the oldest rows of the table that has the most are
 * deleted. Only checked when the file is full, because it reads all of them.
 */
static int shorten_users(sqlite3 *sqlite, uint64_t max_bytes)
{
	const struct shared *largest = NULL;
	int64_t all = 0, bytes, most = 0;
	char measure[200], sql[400];
	size_t i;
	int r;

	for (i = 0; i < ARRAY_SIZE(shared); i++) {
		snprintf(sql, sizeof(sql), "SELECT total(%s) FROM %s%s",
			 shared[i].bytes, shared[i].table,
			 select_from(&shared[i]).users);
		r = db_number(sqlite, sql, &bytes);
		if (r < 0)
			return r;
		all += bytes;
		if (bytes > most) {
			most = bytes;
			largest = &shared[i];
		}
	}
	if (!largest || (uint64_t)all <= max_bytes / QUEUE_USERS_PART)
		return 0;
	snprintf(measure, sizeof(measure), "total(%s)", largest->bytes);
	r = drop_of_most(sqlite, largest, measure, PIECE);
	return r < 0 ? r : 1;
}

static int shorten_minutes(sqlite3 *sqlite)
{
	int64_t nr;
	int r = db_number(sqlite, "SELECT count(*) FROM host_minute", &nr);

	if (r < 0 || nr <= KEEP_MINUTES / FLOOR_SHARE)
		return r;
	r = db_exec(sqlite, "DELETE FROM host_minute WHERE id IN (SELECT id "
		    "FROM host_minute ORDER BY id LIMIT (SELECT count(*) / 8 "
		    "FROM host_minute))");
	return r < 0 ? r : 1;
}

/*
 * Deletes from the finest tier first, down to its floor, then from the next.
 * The rows for plain SQL come before the tier with buckets of the same width.
 * When all tiers are at their floors, the tier with the largest share of its
 * target is next.
 */
static int make_room(sqlite3 *sqlite)
{
	struct kept_spans kept[NR_TIERS] = { 0 };
	unsigned int i, most = 0;
	double share, most_share = 0;
	int r = 0;

	for (i = 0; i < NR_TIERS; i++) {
		if (tiers[i].bucket_ms == 60000)
			r = shorten_minutes(sqlite);
		if (r == 0)
			r = look_at(sqlite, i, &kept[i]);
		if (r != 0)
			return r;
		share = (double)kept[i].covered_ms / (double)tiers[i].keep_ms;
		if (kept[i].oldest && share > 1.0 / FLOOR_SHARE)
			return delete_span(sqlite, kept[i].oldest);
		if (kept[i].oldest && share >= most_share) {
			most = i;
			most_share = share;
		}
	}
	return kept[most].oldest ? delete_span(sqlite, kept[most].oldest) : 0;
}

static int vacuum(sqlite3 *sqlite, int64_t unused)
{
	int64_t used, left;
	int r = db_exec(sqlite, "PRAGMA incremental_vacuum(64)");

	if (r == 0)
		r = used_bytes(sqlite, &used, &left);
	return r < 0 ? r : left < unused;
}

static uint64_t slack_of(const struct db *db, uint64_t max_bytes)
{
	if (!db->path)
		return max_bytes / 8;
	return max_bytes / 2 < SLACK_BYTES ? max_bytes / 2 : SLACK_BYTES;
}

static int hold_size(struct db *db, uint64_t max_bytes)
{
	uint64_t slack = slack_of(db, max_bytes);
	int64_t used, unused;
	int r = used_bytes(db->sqlite, &used, &unused);

	if (r < 0)
		return r;
	if ((uint64_t)used > max_bytes - slack) {
		r = shorten_users(db->sqlite, max_bytes);
		return r != 0 ? r : make_room(db->sqlite);
	}
	if (unused <= MAX_FREE_BYTES &&
	    (uint64_t)(used + unused) <= max_bytes - slack)
		return 0;
	return vacuum(db->sqlite, unused);
}

int prune_step(struct db *db, uint64_t max_bytes)
{
	bool keep_all = max_bytes == STORE_KEEP_ALL;
	int r = db_exec(db->sqlite, "BEGIN IMMEDIATE");

	if (r < 0)
		return r;
	r = db_exec(db->sqlite, "INSERT INTO retention VALUES (1)");
	if (r == 0)
		r = delete_expired(db->sqlite, keep_all);
	if (r == 0 && !keep_all)
		r = delete_shared(db->sqlite);
	if (r == 0 && !keep_all)
		r = delete_old_span(db->sqlite);
	if (r == 0)
		r = hold_size(db, max_bytes);
	if (r > 0) {
		int committed = db_exec(db->sqlite,
					"DELETE FROM retention; COMMIT");

		if (committed == 0)
			return r;
		r = committed;
	}
	db_exec(db->sqlite, "ROLLBACK");
	return r;
}
