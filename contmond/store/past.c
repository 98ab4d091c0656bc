// SPDX-License-Identifier: GPL-2.0-only
#include "past.h"

#include <errno.h>
#include <math.h>

#include "base/util.h"
#include "base/words.h"
#include "contmond/model/title.h"
#include "finals.h"
#include "internal.h"

static const char *text(sqlite3_stmt *statement, int i)
{
	return (const char *)sqlite3_column_text(statement, i);
}

static double number(sqlite3_stmt *statement, int i)
{
	return sqlite3_column_type(statement, i) == SQLITE_NULL ? NAN :
	       sqlite3_column_double(statement, i);
}

/**
 * struct row - one row that was read
 * @title, @id: of its container; NULL if unknown. For an event without one
 *	@title is TITLE_HOST, but the event itself has no title
 * @kind: of an event
 * @container, @event, @decision: the row as the caller gets it
 */
struct row {
	const char *title;
	const char *id;
	const char *kind;
	union {
		struct past_container container;
		struct store_event event;
		struct store_decision decision;
	};
};

/* Containers */

#define FINAL_COLUMN 14

static void read_container(sqlite3_stmt *statement, struct row *row)
{
	struct past_container *ret = &row->container;
	double *numbers = (double *)&ret->final;
	size_t i;

	*ret = (struct past_container){
		.cgroup = text(statement, 0),
		.id = text(statement, 1),
		.title = text(statement, 2),
		.runtime = text(statement, 3),
		.pod = text(statement, 4),
		.image = text(statement, 5),
		.command = text(statement, 6),
		.labels = text(statement, 7),
		.created_ms = number(statement, 8),
		.first_ms = number(statement, 9),
		.last_ms = number(statement, 10),
		.ended_ms = number(statement, 11),
		.pid = number(statement, 12),
		.user_id = sqlite3_column_int64(statement, 13),
	};
	for (i = 0; i < STORE_FINAL_NR; i++)
		numbers[i] = isnan(ret->ended_ms) ? NAN :
			     number(statement, FINAL_COLUMN + (int)i);
	row->title = ret->title;
	row->id = ret->id;
}

/* SQLite takes @pid from the row with the maximum. */
#define PIDS "LEFT JOIN (SELECT c, pid, max(id) FROM container_minute " \
	     "GROUP BY c) USING (c) "

#define FINAL(column) ", f." #column

static const char containers_sql[] =
	"SELECT cgroup, id, title, runtime, pod, image, command, labels, "
	"created_ms, first_ms, last_ms, k.ended_ms, %s, %s"
	FINALS(FINAL, FINAL)
	" FROM container AS k LEFT JOIN final AS f USING (c) %s "
	"WHERE first_ms <= ?2 AND (CASE WHEN ?3 THEN "
	"k.ended_ms BETWEEN ?1 AND ?2 ELSE k.ended_ms IS NULL OR "
	"k.ended_ms >= ?1 END) ORDER BY k.ended_ms IS NOT NULL, "
	"k.ended_ms DESC, k.c DESC";

/* Files of older versions do not say whose a container is. */
static int prepare_containers(sqlite3 *sqlite, const struct past_query *query,
			      sqlite3_stmt **ret)
{
	int64_t has_users;
	char sql[1000];
	int r = db_number(sqlite, "SELECT count(*) FROM "
			  "pragma_table_info('container') "
			  "WHERE name = 'user'", &has_users);

	if (r < 0)
		return r;
	snprintf(sql, sizeof(sql), containers_sql,
		 query->with_pids ? "pid" : "NULL", has_users ? "user" : "0",
		 query->with_pids ? PIDS : "");
	r = db_prepare(sqlite, sql, ret);
	if (r < 0)
		return r;
	sqlite3_bind_int64(*ret, 1, query->from_ms);
	sqlite3_bind_int64(*ret, 2, query->to_ms);
	sqlite3_bind_int(*ret, 3, query->ended_only);
	return 0;
}

/* Events and decisions: numbered rows with a time and a container */

static int prepare_numbered(sqlite3 *sqlite, const char *table,
			    const char *columns,
			    const struct past_query *query, sqlite3_stmt **ret)
{
	char sql[400];
	int r;

	snprintf(sql, sizeof(sql), "SELECT %s, k.id, k.title FROM %s "
		 "AS t LEFT JOIN container AS k ON k.c = t.c WHERE seq > ?1 "
		 "AND t_ms BETWEEN ?2 AND ?3 ORDER BY seq %s", columns, table,
		 query->oldest_first ? "" : "DESC");
	r = db_prepare(sqlite, sql, ret);
	if (r < 0)
		return r;
	sqlite3_bind_int64(*ret, 1, query->after_seq);
	sqlite3_bind_int64(*ret, 2, query->from_ms);
	sqlite3_bind_int64(*ret, 3, query->to_ms);
	return 0;
}

static int prepare_events(sqlite3 *sqlite, const struct past_query *query,
			  sqlite3_stmt **ret)
{
	return prepare_numbered(sqlite, "event", "seq, t_ms, kind, t.c, "
				"container, pid, comm, detail", query, ret);
}

static int prepare_decisions(sqlite3 *sqlite, const struct past_query *query,
			     sqlite3_stmt **ret)
{
	return prepare_numbered(sqlite, "audit", "seq, t_ms, decision, state, "
				"action, dry_run, t.c, container_id, "
				"container, rule, rule_hash, reason, detail",
				query, ret);
}

static void read_event(sqlite3_stmt *statement, struct row *row)
{
	row->event = (struct store_event){
		.seq = number(statement, 0),
		.t_ms = number(statement, 1),
		.kind = text(statement, 2),
		.container = text(statement, 9) ?: text(statement, 4),
		.pid = number(statement, 5),
		.comm = text(statement, 6),
		.detail = text(statement, 7),
		.container_id = text(statement, 8),
	};
	row->id = row->event.container_id;
	row->title = row->event.container;
	if (!row->title && !row->id)
		row->title = TITLE_HOST;
	row->kind = row->event.kind;
}

static void read_decision(sqlite3_stmt *statement, struct row *row)
{
	row->decision = (struct store_decision){
		.seq = number(statement, 0),
		.t_ms = number(statement, 1),
		.decision = text(statement, 2),
		.state = text(statement, 3),
		.action = text(statement, 4),
		.dry_run = number(statement, 5),
		.container_id = text(statement, 7),
		.container = text(statement, 8),
		.rule = text(statement, 9),
		.rule_hash = text(statement, 10),
		.reason = text(statement, 11),
		.detail = text(statement, 12),
	};
	row->title = row->decision.container;
	row->id = row->decision.container_id;
}

/* Common to all three */

/**
 * struct kind - how to read one kind of row
 * @prepare: prepares the statement for a query and binds its values
 * @read: reads a row of the statement
 */
struct kind {
	int (*prepare)(sqlite3 *sqlite, const struct past_query *query,
		       sqlite3_stmt **ret);
	void (*read)(sqlite3_stmt *statement, struct row *ret);
};

static int each_row(sqlite3 *sqlite, const struct kind *kind,
		    const struct past_query *query, past_row_fn *fn,
		    void *userdata)
{
	_cleanup_statement_ sqlite3_stmt *statement = NULL;
	_cleanup_words_ struct words containers = { 0 }, kinds = { 0 };
	size_t nr = 0;
	int r = words_init(&containers, query->containers);

	if (r == 0)
		r = words_init(&kinds, query->kinds);
	if (r == 0)
		r = kind->prepare(sqlite, query, &statement);
	while (r >= 0 && nr < query->max_rows &&
	       (r = db_step(statement)) == 1) {
		struct row row = { 0 };

		kind->read(statement, &row);
		if (!title_in_list(&containers, row.title, row.id) ||
		    (row.kind && !words_have(&kinds, row.kind)))
			continue;
		nr++;
		r = fn(&row.container, userdata);
	}
	return r < 0 ? r : 0;
}

static int fetch(struct store *store, const struct kind *kind,
		 const struct past_query *query, past_row_fn *fn,
		 void *userdata)
{
	struct view view;
	int r = view_begin(store, &view);

	if (r < 0)
		return r;
	r = each_row(view.sqlite, kind, query, fn, userdata);
	view_end(&view, r);
	return r;
}

int store_containers(struct store *store, const struct past_query *query,
		     past_row_fn *fn, void *userdata)
{
	static const struct kind kind = { prepare_containers, read_container };

	return fetch(store, &kind, query, fn, userdata);
}

static const struct kind events = { prepare_events, read_event };
static const struct kind decisions = { prepare_decisions, read_decision };

int store_events(struct store *store, const struct past_query *query,
		 past_row_fn *fn, void *userdata)
{
	return fetch(store, &events, query, fn, userdata);
}

int store_decisions(struct store *store, const struct past_query *query,
		    past_row_fn *fn, void *userdata)
{
	return fetch(store, &decisions, query, fn, userdata);
}

static int least_offset(const struct view *view, int64_t since_boottime_ms,
			int64_t *ret_ms)
{
	static const char sql[] =
		"SELECT min(realtime_ms - boottime_ms) FROM clock "
		"WHERE boot_id = ?1 AND seq >= coalesce((SELECT max(seq) "
		"FROM clock WHERE boot_id = ?1 AND boottime_ms <= ?2), 0)";
	_cleanup_statement_ sqlite3_stmt *statement = NULL;
	int r = db_prepare(view->sqlite, sql, &statement);

	if (r < 0)
		return r;
	sqlite3_bind_text(statement, 1, view->store->lives.boot_id, -1,
			  SQLITE_STATIC);
	sqlite3_bind_int64(statement, 2, since_boottime_ms);
	r = db_step(statement);
	if (r < 0)
		return r;
	if (sqlite3_column_type(statement, 0) != SQLITE_INTEGER)
		return -ENOENT;
	*ret_ms = sqlite3_column_int64(statement, 0);
	return 0;
}

int store_least_offset(struct store *store, int64_t since_boottime_ms,
		       int64_t *ret_ms)
{
	struct view view;
	int r = view_begin(store, &view);

	if (r < 0)
		return r;
	r = least_offset(&view, since_boottime_ms, ret_ms);
	view_end(&view, r == -ENOENT ? 0 : r);
	return r;
}

int view_events(const struct view *view, const struct past_query *query,
		past_row_fn *fn, void *userdata)
{
	return each_row(view->sqlite, &events, query, fn, userdata);
}

int view_decisions(const struct view *view, const struct past_query *query,
		   past_row_fn *fn, void *userdata)
{
	return each_row(view->sqlite, &decisions, query, fn, userdata);
}

static int find_place(const struct view *view, struct past_follow *follow)
{
	int64_t *after = &follow->query.after_seq;
	/*
	 * In memory there may be no events yet, although a lost file had some.
	 */
	int r = db_number(view->sqlite, "SELECT seq FROM sqlite_sequence "
			  "WHERE name = 'event'", &follow->newest);

	if (r < 0)
		return r;
	if (follow->moved >= 0 && view->events > follow->moved)
		*after += view->events - follow->moved;
	follow->moved = view->events;
	if (*after < 0)
		*after = follow->newest;
	else if (*after > follow->newest)
		*after = 0;
	return 0;
}

int store_place(struct store *store, struct past_follow *follow)
{
	struct view view;
	int r = view_begin(store, &view);

	if (r < 0)
		return r;
	r = find_place(&view, follow);
	view_end(&view, r);
	return r;
}

int store_next_events(struct store *store, struct past_follow *follow,
		      past_row_fn *fn, void *userdata)
{
	struct view view;
	int r = view_begin(store, &view);

	if (r < 0)
		return r;
	r = find_place(&view, follow);
	if (r == 0 && follow->query.after_seq < follow->newest)
		r = view_events(&view, &follow->query, fn, userdata);
	view_end(&view, r);
	return r;
}

/* The range of the past */

/* Reads the only row. Returns -ENOENT if it is NULL. */
static int step_known(sqlite3_stmt *statement)
{
	int r = db_step(statement);

	if (r < 0)
		return r;
	return sqlite3_column_type(statement, 0) == SQLITE_NULL ? -ENOENT : 0;
}

static int find_range(sqlite3 *sqlite, int64_t *ret_first_ms,
		      int64_t *ret_last_ms)
{
	_cleanup_statement_ sqlite3_stmt *statement = NULL;
	int r = db_prepare(sqlite, "SELECT min(coalesce(begin_ms, (SELECT "
		"min(t_ms) FROM frame WHERE span = s.id))), "
		"max(coalesce(end_ms, (SELECT max(t_ms) FROM frame "
		"WHERE span = s.id))) FROM span AS s", &statement);

	if (r == 0)
		r = step_known(statement);
	if (r < 0)
		return r;
	*ret_first_ms = sqlite3_column_int64(statement, 0);
	*ret_last_ms = sqlite3_column_int64(statement, 1);
	return 0;
}

int store_range(struct store *store, int64_t *ret_first_ms,
		int64_t *ret_last_ms)
{
	struct view view;
	int r = view_begin(store, &view);

	if (r < 0)
		return r;
	r = find_range(view.sqlite, ret_first_ms, ret_last_ms);
	view_end(&view, r == -ENOENT ? 0 : r);
	return r;
}

static int find_last_start(sqlite3 *sqlite, int64_t t_ms, int64_t *ret)
{
	_cleanup_statement_ sqlite3_stmt *statement = NULL;
	int r = db_prepare(sqlite, "SELECT max(realtime_ms) FROM clock "
			   "WHERE step_ms IS NULL AND realtime_ms <= ?1",
			   &statement);

	if (r < 0)
		return r;
	sqlite3_bind_int64(statement, 1, t_ms);
	r = step_known(statement);
	if (r == 0)
		*ret = sqlite3_column_int64(statement, 0);
	return r;
}

int store_last_start(struct store *store, int64_t t_ms, int64_t *ret)
{
	struct view view;
	int r = view_begin(store, &view);

	if (r < 0)
		return r;
	r = find_last_start(view.sqlite, t_ms, ret);
	view_end(&view, r == -ENOENT ? 0 : r);
	return r;
}

/* Cursors */

int view_cursor(const struct view *view, const char *key, int64_t *ret)
{
	_cleanup_statement_ sqlite3_stmt *statement = NULL;
	int r = db_prepare(view->sqlite, "SELECT seq FROM cursor "
			   "WHERE target = ?1", &statement);

	if (r < 0)
		return r;
	sqlite3_bind_text(statement, 1, key, -1, SQLITE_STATIC);
	r = db_step(statement);
	if (r <= 0)
		return r ?: -ENOENT;
	*ret = sqlite3_column_int64(statement, 0);
	return 0;
}

int store_cursor(struct store *store, const char *target, int64_t *ret)
{
	struct view view;
	int r = view_begin(store, &view);

	if (r < 0)
		return r;
	r = view_cursor(&view, target, ret);
	if (r == 0)
		*ret -= view.seqs;
	view_end(&view, r == -ENOENT ? 0 : r);
	return r;
}
