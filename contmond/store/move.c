// SPDX-License-Identifier: GPL-2.0-only
#include "move.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/util.h"
#include "feed_cursor.h"
#include "numbers.h"
#include "resume.h"

/* The spans being written, and the frames that later ones of them need */
#define OPEN_SPANS "SELECT max(id) FROM span WHERE layout IS NOT NULL " \
	"GROUP BY tier"
#define LAST_KEY(span) "(SELECT max(moment) FROM frame WHERE span = " span \
	" AND key)"

/* Running containers, and those that ended recently */
#define CURRENT "SELECT c FROM container WHERE ended_ms IS NULL OR " \
	"ended_ms >= (SELECT max(last_ms) FROM container) - 60000"

/*
 * The tables, and the kinds of their columns: c, s, q: number of a container,
 * span or tick; e, a: of an event or an audit row; t: what a cursor counts; b:
 * the base of container numbers; l: the layout; -: a number assigned by the new
 * database; m: the row of the host's minute; .: anything else.
 *
 * @changes: if the file is back, rows of @from are newer than its own
 * @open: selects rows that entries still to be written depend on; NULL for none
 */
static const struct table_move {
	const char *name;
	const char *columns;
	bool changes;
	const char *open;
} tables[] = {
	{ "layout", "-.", false, "SELECT * FROM layout" },
	/* Without its first frames, a span starts with a later tick. */
	{ "span", "s.blqq.....", false, "SELECT id, tier, base, layout, "
		"coalesce((SELECT max(seq) + 1 FROM frame WHERE span = id "
		"AND moment < " LAST_KEY("id") "), begin_seq), end_seq, "
		"begin_ms, end_ms, covered_ms, bytes, moments "
		"FROM span WHERE id IN (" OPEN_SPANS ")" },
	{ "frame", "s.q....", false, "SELECT * FROM frame AS f "
		"WHERE span IN (" OPEN_SPANS ") "
		"AND moment >= " LAST_KEY("f.span") },
	{ "chunk", "-s...", false, NULL },
	{ "chunk_processes", "-s..", false, NULL },
	{ "chunk_commands", "-s..", false, NULL },
	{ "container", "c...............", true,
		"SELECT * FROM container WHERE c IN (" CURRENT ")" },
	{ "final", "c................", true,
		"SELECT * FROM final WHERE c IN (" CURRENT ")" },
	{ "device", "c...", false,
		"SELECT * FROM device WHERE c IN (" CURRENT ")" },
	{ "clock", "q....", false,
		"SELECT * FROM clock ORDER BY seq DESC LIMIT 1" },
	{ "event", "e..c.....", false, NULL },
	{ "audit", "a.....c.......", false, NULL },
	{ "cursor", ".t.", true, "SELECT * FROM cursor" },
	{ "host_minute", "m.....", false,
		"SELECT * FROM host_minute ORDER BY id DESC LIMIT 1" },
	{ "container_minute", "-mc...", false, NULL },
};

/* Has the file come back? It has if the newest tick of @to is also in @from. */
static int is_back(struct db *from, struct db *to)
{
	_cleanup_statement_ sqlite3_stmt *newest = NULL, *find = NULL;
	int i, r = db_prepare(to->sqlite, "SELECT span, moment, seq, t_ms "
			      "FROM frame WHERE span = (SELECT max(id) "
			      "FROM span WHERE tier = 0 AND layout IS NOT NULL)"
			      " ORDER BY moment DESC LIMIT 1", &newest);

	if (r == 0)
		r = db_prepare(from->sqlite, "SELECT 1 FROM frame "
			       "WHERE span = ?1 AND moment = ?2 AND seq = ?3 "
			       "AND t_ms = ?4", &find);
	if (r == 0)
		r = db_step(newest);
	if (r <= 0)
		return r;
	for (i = 0; i < 4; i++)
		sqlite3_bind_value(find, i + 1,
				   sqlite3_column_value(newest, i));
	return db_step(find);
}

static int find_offsets(struct db *to, int64_t *ret_minutes)
{
	int r = db_number(to->sqlite, "SELECT max(c) FROM container",
			  &to->base);

	if (r == 0)
		r = db_number(to->sqlite, "SELECT max(id) FROM span",
			      &to->spans);
	if (r == 0)
		r = db_number(to->sqlite, "SELECT max("
			      "coalesce((SELECT max(seq) FROM frame), 0), "
			      "coalesce((SELECT max(end_seq) - 1 FROM span), 0)"
			      ", coalesce((SELECT max(seq) FROM clock), 0))",
			      &to->seqs);
	if (r == 0)
		r = db_number(to->sqlite, "SELECT max(id) FROM host_minute",
			      ret_minutes);
	if (r == 0)
		r = numbers_last(to->sqlite, "event", &to->events);
	if (r == 0)
		r = numbers_last(to->sqlite, "audit", &to->decisions);
	return r;
}

static int64_t offset_of(const struct db *to, char kind, int64_t minutes)
{
	switch (kind) {
	case 'c':
	case 'b':
		return to->base;
	case 's':
		return to->spans;
	case 'q':
		return to->seqs;
	case 'e':
		return to->events;
	case 'a':
		return to->decisions;
	default:
		return minutes;
	}
}

/* The layout's text is the same in both, but its number may differ. */
static int find_layout(struct db *from, struct db *to, int64_t id,
		       int64_t *ret)
{
	_cleanup_statement_ sqlite3_stmt *get = NULL, *find = NULL;
	int r = db_prepare(from->sqlite,
			   "SELECT columns FROM layout WHERE id = ?1", &get);

	if (r == 0)
		r = db_prepare(to->sqlite,
			       "SELECT id FROM layout WHERE columns = ?1",
			       &find);
	if (r < 0)
		return r;
	sqlite3_bind_int64(get, 1, id);
	r = db_step(get);
	if (r < 0)
		return r;
	sqlite3_bind_value(find, 1, sqlite3_column_value(get, 0));
	r = db_step(find);
	*ret = r == 1 ? sqlite3_column_int64(find, 0) : 0;
	return r < 0 ? r : 0;
}

static char kind_of_cursor(sqlite3_stmt *get)
{
	switch (feed_of_cursor((const char *)sqlite3_column_text(get, 0))) {
	case FEED_EVENTS:
		return 'e';
	case FEED_DECISIONS:
		return 'a';
	default:
		return 'q';
	}
}

static int bind_column(struct db *from, struct db *to, sqlite3_stmt *get,
		       sqlite3_stmt *put, int i, char kind, int64_t minutes)
{
	int64_t number = sqlite3_column_int64(get, i);
	int r = 0;

	if (kind == '.' || sqlite3_column_type(get, i) == SQLITE_NULL) {
		sqlite3_bind_value(put, i + 1, sqlite3_column_value(get, i));
		return 0;
	}
	if (kind == '-')
		return 0;
	if (kind == 't')
		kind = kind_of_cursor(get);
	if (kind == 'l')
		r = find_layout(from, to, number, &number);
	else
		number += offset_of(to, kind, minutes);
	sqlite3_bind_int64(put, i + 1, number);
	return r;
}

static int prepare_put(struct db *to, const struct table_move *table,
		       bool back, sqlite3_stmt **ret)
{
	char sql[200];
	size_t i, length;

	/*
	 * Existing rows can only be those of a file that is back or, in any
	 * file, those of cursors, which have names. To insert one of the audit
	 * is an error even with IGNORE.
	 */
	snprintf(sql, sizeof(sql), "INSERT OR %s INTO %s SELECT ",
		 back && table->changes ? "REPLACE" : "IGNORE", table->name);
	for (i = 0; table->columns[i]; i++)
		strcat(sql, i ? ", ?" : "?");
	length = strlen(sql);
	if (table->columns[0] == 'a')
		snprintf(sql + length, sizeof(sql) - length, " WHERE NOT "
			 "EXISTS (SELECT 1 FROM audit WHERE seq = ?1)");
	return db_prepare(to->sqlite, sql, ret);
}

static int copy_rows(struct db *from, struct db *to,
		     const struct table_move *table, const char *sql,
		     bool back, int64_t minutes)
{
	_cleanup_statement_ sqlite3_stmt *get = NULL, *put = NULL;
	int i, r = db_prepare(from->sqlite, sql, &get);

	if (r == 0)
		r = prepare_put(to, table, back, &put);
	while (r == 0 && (r = db_step(get)) == 1) {
		r = 0;
		for (i = 0; table->columns[i] && r == 0; i++)
			r = bind_column(from, to, get, put, i,
					table->columns[i], minutes);
		if (r == 0)
			r = db_step(put);
		sqlite3_reset(put);
		sqlite3_clear_bindings(put);
	}
	return r;
}

static int copy_table(struct db *from, struct db *to,
		      const struct table_move *table, bool only_open,
		      bool back, int64_t minutes)
{
	char sql[100];

	if (only_open)
		return table->open ? copy_rows(from, to, table, table->open,
					       back, minutes) : 0;
	snprintf(sql, sizeof(sql), "SELECT * FROM %s", table->name);
	return copy_rows(from, to, table, sql, back, minutes);
}

static int carry_last(const struct db *from, struct db *to)
{
	int r = numbers_go_on(to->sqlite, "event",
			      from->last_event + to->events);

	if (r == 0)
		r = numbers_go_on(to->sqlite, "audit",
				  from->last_decision + to->decisions);
	if (r == 0)
		r = numbers_last(to->sqlite, "event", &to->last_event);
	return r < 0 ? r : numbers_last(to->sqlite, "audit",
					&to->last_decision);
}

/*
 * Running containers now have a row from @from. If it is 0, those of @to
 * continue.
 */
static int end_old(struct db *to)
{
	char sql[400];

	snprintf(sql, sizeof(sql), "UPDATE container SET ended_ms = "
		 RESUME_SEEN_MS("id <= %lld") " WHERE ended_ms IS NULL "
		 "AND c <= %lld", (long long)to->spans, (long long)to->base);
	return db_exec(to->sqlite, sql);
}

/* The numbers of this run may already differ from those of @from. */
static void add_offsets(const struct db *from, struct db *to)
{
	to->base += from->base;
	to->spans += from->spans;
	to->seqs += from->seqs;
	to->events += from->events;
	to->decisions += from->decisions;
}

static int move(struct db *from, struct db *to, bool only_open)
{
	int64_t minutes = 0;
	size_t i;
	int back, r = db_exec(to->sqlite, "BEGIN IMMEDIATE");

	if (r < 0)
		return r;
	back = is_back(from, to);
	r = back < 0 ? back : 0;
	if (back == 0)
		r = find_offsets(to, &minutes);
	for (i = 0; i < ARRAY_SIZE(tables) && r == 0; i++)
		r = copy_table(from, to, &tables[i], only_open, back > 0,
			       minutes);
	if (r == 0)
		r = carry_last(from, to);
	if (r == 0)
		r = end_old(to);
	if (r == 0)
		r = db_exec(to->sqlite, "COMMIT");
	if (r < 0)
		sqlite3_exec(to->sqlite, "ROLLBACK", NULL, NULL, NULL);
	else
		add_offsets(from, to);
	return r;
}

int move_all(struct db *from, struct db *to)
{
	return move(from, to, false);
}

int move_open(struct db *from, struct db *to)
{
	int r = move(from, to, true);

	return r < 0 ? r : db_number(to->sqlite, "SELECT max(id) FROM span",
				     &to->carried);
}
