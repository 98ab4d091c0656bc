// SPDX-License-Identifier: GPL-2.0-only
#include "feed.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/util.h"
#include "feed_cursor.h"
#include "internal.h"
#include "past.h"

/* Longer than the name of any target */
#define KEY_SIZE 256

/**
 * struct source - the table of a feed
 * @prefix: of the keys of its cursors
 */
static const struct source {
	const char *table;
	const char *prefix;
	enum value_kind number;
} sources[] = {
	[FEED_EVENTS] = { "event", "events/", VALUE_EVENT },
	[FEED_DECISIONS] = { "audit", "decisions/", VALUE_DECISION },
};

static int64_t offset_of(const struct view *view, enum feed feed)
{
	return feed == FEED_EVENTS ? view->events : view->decisions;
}

/* Reading */

/* The receiver, and the offset from this run's numbers */
struct telling {
	feed_fn *fn;
	void *userdata;
	int64_t offset;
};

static int tell_event(const void *row, void *userdata)
{
	const struct telling *telling = userdata;
	const struct store_event *event = row;
	const struct feed_row told = {
		.seq = (int64_t)event->seq - telling->offset,
		.event = event,
	};

	return telling->fn(&told, telling->userdata);
}

static int tell_decision(const void *row, void *userdata)
{
	const struct telling *telling = userdata;
	const struct store_decision *decision = row;
	const struct feed_row told = {
		.seq = (int64_t)decision->seq - telling->offset,
		.decision = decision,
	};

	return telling->fn(&told, telling->userdata);
}

int store_feed(struct store *store, enum feed feed, int64_t first_seq,
	       size_t max_rows, feed_fn *fn, void *userdata)
{
	struct telling telling = { fn, userdata, 0 };
	struct past_query query = {
		.from_ms = INT64_MIN,
		.to_ms = INT64_MAX,
		.oldest_first = true,
		.max_rows = max_rows,
	};
	struct view view;
	int r = view_begin(store, &view);

	if (r < 0)
		return r;
	telling.offset = offset_of(&view, feed);
	query.after_seq = first_seq - 1 + telling.offset;
	r = feed == FEED_EVENTS ?
	    view_events(&view, &query, tell_event, &telling) :
	    view_decisions(&view, &query, tell_decision, &telling);
	view_end(&view, r);
	return r;
}

/* The next number is never used twice, so SQLite keeps it. */
static int find_range(const struct view *view, enum feed feed,
		      int64_t *ret_first, int64_t *ret_end)
{
	_cleanup_statement_ sqlite3_stmt *statement = NULL;
	const char *table = sources[feed].table;
	char sql[200];
	int r;

	snprintf(sql, sizeof(sql), "SELECT (SELECT min(seq) FROM %s), "
		 "coalesce((SELECT seq FROM sqlite_sequence "
		 "WHERE name = '%s'), 0) + 1", table, table);
	r = db_prepare(view->sqlite, sql, &statement);
	if (r == 0)
		r = db_step(statement);
	if (r < 0)
		return r;
	*ret_end = sqlite3_column_int64(statement, 1) - offset_of(view, feed);
	*ret_first = sqlite3_column_type(statement, 0) == SQLITE_NULL ?
		     *ret_end : sqlite3_column_int64(statement, 0) -
				offset_of(view, feed);
	return 0;
}

int store_feed_range(struct store *store, enum feed feed, int64_t *ret_first,
		     int64_t *ret_end)
{
	struct view view;
	int r = view_begin(store, &view);

	if (r < 0)
		return r;
	r = find_range(&view, feed, ret_first, ret_end);
	view_end(&view, r);
	return r;
}

/* Cursors */

int feed_of_cursor(const char *key)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(sources); i++) {
		if (strncmp(key, sources[i].prefix,
			    strlen(sources[i].prefix)) == 0)
			return (int)i;
	}
	return -1;
}

static void make_key(char key[KEY_SIZE], enum feed feed, const char *target)
{
	snprintf(key, KEY_SIZE, "%s%s", sources[feed].prefix, target);
}

int store_set_feed_cursor(struct store *store, enum feed feed,
			  const char *target, int64_t seq)
{
	char key[KEY_SIZE];

	make_key(key, feed, target);
	return store_add_cursor(store, key, sources[feed].number, seq);
}

int store_feed_cursor(struct store *store, enum feed feed, const char *target,
		      int64_t *ret)
{
	char key[KEY_SIZE];
	struct view view;
	int r = view_begin(store, &view);

	if (r < 0)
		return r;
	make_key(key, feed, target);
	r = view_cursor(&view, key, ret);
	if (r == 0)
		*ret -= offset_of(&view, feed);
	view_end(&view, r == -ENOENT ? 0 : r);
	return r;
}
