// SPDX-License-Identifier: GPL-2.0-only
/* A store without a thread, for a file that another program writes. */
#include "store.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/util.h"
#include "history.h"
#include "internal.h"
#include "past.h"

static int begin_reading(struct store *store, const char *path, char **ret_why)
{
	struct writer *writer = &store->writer;

	*writer = (struct writer){
		.queue = &store->queue,
		.db.lock_fd = -1,
	};
	pthread_mutex_init(&writer->read_lock, NULL);
	pthread_mutex_init(&writer->events_lock, NULL);
	store->has_writer = true;
	store->read_path = strdup(path);
	if (!store->read_path)
		return -ENOMEM;
	/* Before it is opened: what changes in between is noticed. */
	if (stat(path, &store->read_file) < 0)
		store->read_file = (struct stat){ 0 };
	return db_open_file(path, &writer->reader, ret_why);
}

static bool is_same(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

static bool has_changed(const struct stat *old, const struct stat *now)
{
	return old->st_size != now->st_size ||
	       old->st_mtim.tv_sec != now->st_mtim.tv_sec ||
	       old->st_mtim.tv_nsec != now->st_mtim.tv_nsec;
}

/* Was it opened as one that does not change, and is or was written since? */
static bool is_outdated(sqlite3 *sqlite, const struct stat *old,
			const struct stat *now)
{
	const char *path = sqlite3_db_filename(sqlite, "main");
	char log[4096];

	if (!path || !sqlite3_uri_boolean(path, "immutable", 0))
		return false;
	snprintf(log, sizeof(log), "%s-wal", path);
	return has_changed(old, now) || access(log, F_OK) == 0;
}

/*
 * SQLite itself looks neither whether such a file has changed, nor whether
 * there is another one of its name. One that is gone can still be read, and
 * so can one whose successor cannot be read yet.
 */
int reader_renew(struct store *store)
{
	struct writer *writer = &store->writer;
	_cleanup_free_ char *why = NULL;
	sqlite3 *renewed;
	struct stat now;
	bool same;
	int r;

	if (!store->read_path || stat(store->read_path, &now) < 0)
		return 0;
	same = is_same(&store->read_file, &now);
	if (same && !is_outdated(writer->reader, &store->read_file, &now))
		return 0;
	r = db_open_file(store->read_path, &renewed, &why);
	if (r < 0)
		return same ? r : 0;
	sqlite3_close(writer->reader);
	writer->reader = renewed;
	store->read_file = now;
	return 0;
}

/* Percentages refer to the last known number of CPUs. */
static int find_nr_cpus(struct store *store)
{
	const struct column *column = table_find(&system_table, "nr_cpus");
	struct history_query query = {
		.columns = &column,
		.nr_columns = 1,
		.is_system = true,
		.step_ms = 1000,
		.max_rows = 1,
	};
	struct history history = { 0 };
	int r = store_range(store, &query.from_ms, &query.to_ms);

	if (r == -ENOENT)
		return 0;
	query.from_ms = query.to_ms - query.step_ms;
	if (r == 0)
		r = store_history(store, &query, &history);
	if (r < 0)
		return r;
	if (history.nr > 0)
		store->nr_cpus = history.values[0];
	history_done(&history);
	return 0;
}

int store_open_reader(const char *path, struct store **ret, char **ret_why)
{
	struct store *store = store_new(0, "");
	char *why = NULL;
	int r = store ? begin_reading(store, path, &why) : -ENOMEM;

	if (r == 0)
		r = find_nr_cpus(store);
	if (r < 0) {
		store_close(store);
		*ret_why = why ?: strdup(r == -EBADMSG ? "it is damaged" :
					 strerror(-r));
		return *ret_why ? r : -ENOMEM;
	}
	*ret = store;
	return 0;
}
