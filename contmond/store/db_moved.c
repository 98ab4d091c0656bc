// SPDX-License-Identifier: GPL-2.0-only
/* Names that do not lead to the files of a database any more */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/util.h"
#include "db.h"

/* Malloced, or NULL without memory */
static char *name_of(const struct db *db, enum db_file_kind kind)
{
	static const char *const ends[] = { [DB_LOG] = "-wal",
					    [DB_INDEX] = "-shm" };
	char *name;

	if (kind == DB_MAIN)
		return strdup(db->name);
	return asprintf(&name, "%s%s", db->path, ends[kind]) < 0 ? NULL : name;
}

static struct db_file look_at(const char *name)
{
	struct stat st;

	if (stat(name, &st) < 0)
		return (struct db_file){ 0 };
	return (struct db_file){ st.st_dev, st.st_ino };
}

int db_note_files(struct db *db, const char *name)
{
	enum db_file_kind kind;

	db->name = strdup(name);
	for (kind = DB_MAIN; db->name && kind < DB_NR_FILES; kind++) {
		_cleanup_free_ char *file = name_of(db, kind);

		if (!file)
			return -ENOMEM;
		db->files[kind] = look_at(file);
	}
	return db->name ? 0 : -ENOMEM;
}

static bool is_there(const struct db *db, enum db_file_kind kind)
{
	const struct db_file *before = &db->files[kind];
	_cleanup_free_ char *name = name_of(db, kind);
	struct db_file now;

	if (!name || before->ino == 0)
		return true;	/* It is not known. */
	now = look_at(name);
	return now.dev == before->dev && now.ino == before->ino;
}

bool db_has_name(const struct db *db)
{
	int moved = 0;

	if (db->path)
		sqlite3_file_control(db->sqlite, "main", SQLITE_FCNTL_HAS_MOVED,
				     &moved);
	return !moved;
}

bool db_has_log(const struct db *db)
{
	return !db->path || is_there(db, DB_LOG);
}

bool db_has_moved(const struct db *db)
{
	return db->path && !(db_has_name(db) && is_there(db, DB_MAIN) &&
			     is_there(db, DB_LOG) && is_there(db, DB_INDEX));
}

bool db_copy_log(struct db *db)
{
	int r;

	sqlite3_busy_timeout(db->sqlite, 0);
	r = sqlite3_wal_checkpoint_v2(db->sqlite, NULL,
				      SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
	sqlite3_busy_timeout(db->sqlite, DB_BUSY_MS);
	return r == SQLITE_OK;
}

/*
 * SQLite leaves the log of such a file where it is, and another file of that
 * name would be read with it.
 */
void db_empty_log(struct db *db)
{
	sqlite3_file *log = NULL;

	sqlite3_file_control(db->sqlite, "main", SQLITE_FCNTL_JOURNAL_POINTER,
			     &log);
	if (log && log->pMethods)
		log->pMethods->xTruncate(log, 0);
}
