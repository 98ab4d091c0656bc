// SPDX-License-Identifier: GPL-2.0-only
#include "db.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/directory.h"
#include "base/util.h"
#include "db_code.h"

/* Of a file that is new. Most chunks are small, so few pages are half empty. */
#define PAGE_BYTES "4096"
#define TEXT(x) TEXT_(x)
#define TEXT_(x) #x

/* Opening */

static int configure(sqlite3 *sqlite, bool writes)
{
	int r;

	sqlite3_extended_result_codes(sqlite, 0);
	sqlite3_busy_timeout(sqlite, DB_BUSY_MS);
	r = db_switch_off_code(sqlite, writes);
	if (r < 0)
		return r;
	/*
	 * A small cache suffices, because the kernel's page cache has the rest.
	 * It grows with each container that ends, until it is full.
	 */
	sqlite3_db_config(sqlite, SQLITE_DBCONFIG_LOOKASIDE, NULL, 512, 64);
	/* SQLite converts cache_size with the page size of that moment. */
	return db_exec(sqlite, "PRAGMA page_size = " PAGE_BYTES "; "
		       "PRAGMA cache_size = -" TEXT(DB_CACHE_KIB) "; "
		       "PRAGMA mmap_size = 0; PRAGMA temp_store = MEMORY; "
		       "PRAGMA cell_size_check = ON;");
}

static int make_new(sqlite3 *sqlite)
{
	int r = db_exec(sqlite, "PRAGMA auto_vacuum = INCREMENTAL; "
			"PRAGMA journal_mode = WAL; BEGIN IMMEDIATE");

	if (r == 0)
		r = db_exec(sqlite, schema_sql);
	if (r == 0)
		r = db_exec(sqlite,
			    "PRAGMA application_id = " TEXT(DB_APPLICATION_ID)
			    "; PRAGMA user_version = " TEXT(DB_VERSION)
			    "; COMMIT");
	return r;
}

static int check_id(sqlite3 *sqlite)
{
	int64_t id;
	int r = db_number(sqlite, "PRAGMA application_id", &id);

	return r == 0 && id != DB_APPLICATION_ID ? -EBADMSG : r;
}

static int use_old(sqlite3 *sqlite)
{
	int r = check_id(sqlite);

	if (r == 0)
		r = db_check_code(sqlite, true);
	if (r < 0)
		return r;
	r = db_upgrade(sqlite);
	if (r < 0)
		return r;
	return db_exec(sqlite, "PRAGMA journal_mode = WAL");
}

static int open_sqlite(struct db *db, const char *path)
{
	int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE |
		    SQLITE_OPEN_FULLMUTEX;
	int64_t tables = 0;
	int r;

	if (sqlite3_open_v2(path, &db->sqlite, flags, NULL) != SQLITE_OK)
		return db->sqlite ? db_errno(db->sqlite) : -ENOMEM;
	r = configure(db->sqlite, true);
	if (r == 0)
		r = db_number(db->sqlite,
			      "SELECT count(*) FROM sqlite_schema", &tables);
	if (r == 0)
		r = tables > 0 ? use_old(db->sqlite) : make_new(db->sqlite);
	if (r == 0)
		r = db_exec(db->sqlite, "PRAGMA wal_autocheckpoint = 0; "
			    "PRAGMA journal_size_limit = 4194304");
	return r == 0 ? statements_prepare(db) : r;
}

static int take_lock(struct db *db)
{
	_cleanup_free_ char *name = NULL;

	if (asprintf(&name, "%s-lock", db->path) < 0)
		return -ENOMEM;
	db->lock_fd = open(name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW,
			   0640);
	if (db->lock_fd < 0)
		return -errno;
	return flock(db->lock_fd, LOCK_EX | LOCK_NB) < 0 ? -errno : 0;
}

static bool has_log(const char *path)
{
	char name[4096];
	struct stat st;

	snprintf(name, sizeof(name), "%s-wal", path);
	return stat(name, &st) == 0 && st.st_size > 0;
}

/* SQLite reports no error if an intact file belongs to another program. */
static const char *why_bad(sqlite3 *sqlite)
{
	int error = sqlite ? sqlite3_errcode(sqlite) : SQLITE_OK;

	if (error == SQLITE_CORRUPT)
		return "it is damaged";
	return error > 0 && error < SQLITE_ROW ? sqlite3_errmsg(sqlite) :
						 "it is not contmond's";
}

static const char *reason(sqlite3 *sqlite, int r)
{
	switch (r) {
	case -EBUSY:
	case -EWOULDBLOCK:
		return "in use by another contmond";
	case -EPROTO:
		return "a newer contmond made it";
	case -EINVAL:
		return "it is not a regular file";
	case -EMLINK:
		return DB_HARD_LINKS;
	case -EBADMSG:
		return why_bad(sqlite);
	default:
		return strerror(-r);
	}
}

/*
 * The file's lock must not depend on how its name is spelled. The name gets a
 * slash, because SQLite takes "file:..." for a URI, which may mean another
 * file, and ":memory:" for no file.
 */
static int name_file(const char *path, char **ret)
{
	_cleanup_free_ char *followed = NULL;
	int r = *path ? directory_follow(path, &followed) : -ENOENT;
	char *name;

	if (r < 0)
		return r;
	if (asprintf(&name, "%s%s", *followed == '/' ? "" : "./",
		     followed) < 0)
		return -ENOMEM;
	*ret = name;
	return 0;
}

/* The log and the lock are found by the name of the file. */
static int check_links(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISREG(st.st_mode) &&
	       st.st_nlink > 1 ? -EMLINK : 0;
}

int db_open(const char *path, struct db *ret, char **ret_why)
{
	struct db db = { .lock_fd = -1 };
	int r = 0;

	if (path) {
		r = name_file(path, &db.path);
		if (r == 0)
			r = check_links(db.path);
		if (r == 0)
			r = take_lock(&db);
		if (r == -EWOULDBLOCK)
			r = -EBUSY;
	}
	if (r == 0) {
		db.unclean = path && has_log(db.path);
		r = open_sqlite(&db, db.path ?: ":memory:");
	}
	if (r == 0 && path)
		r = db_note_files(&db, path);
	if (r < 0) {
		*ret_why = strdup(reason(db.sqlite, r));
		db_close(&db);
		return *ret_why ? r : -ENOMEM;
	}
	*ret = db;
	return 0;
}

void db_close(struct db *db)
{
	size_t i;

	for (i = 0; i < NR_STATEMENTS; i++)
		sqlite3_finalize(db->statements[i]);
	sqlite3_close(db->sqlite);
	if (db->lock_fd >= 0)
		close(db->lock_fd);
	free(db->name);
	free(db->path);
	*db = (struct db){ .lock_fd = -1 };
}

int db_open_reader(const struct db *db, sqlite3 **ret)
{
	int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_FULLMUTEX;
	sqlite3 *sqlite;
	int r;

	if (sqlite3_open_v2(db->path, &sqlite, flags, NULL) != SQLITE_OK) {
		r = sqlite ? db_errno(sqlite) : -ENOMEM;
		sqlite3_close(sqlite);
		return r;
	}
	/* Only one connection may write and checkpoint. */
	sqlite3_db_config(sqlite, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
	r = configure(sqlite, false);
	if (r == 0)
		r = db_exec(sqlite, "PRAGMA query_only = ON; "
			    "PRAGMA wal_autocheckpoint = 0");
	if (r < 0) {
		sqlite3_close(sqlite);
		return r;
	}
	*ret = sqlite;
	return 0;
}

/* Files of other programs */

static int check_version(sqlite3 *sqlite)
{
	int64_t version;
	int r = check_id(sqlite);

	if (r == 0)
		r = db_number(sqlite, "PRAGMA user_version", &version);
	if (r < 0 || (version >= DB_OLDEST_READ && version <= DB_VERSION))
		return r;
	return version > DB_VERSION ? -EPROTO : -EBADMSG;
}

/*
 * A URI, because only a URI can declare that a file does not change. Without a
 * log contmond is not running, and SQLite must not create one: in a read-only
 * directory it could not, and elsewhere it would leave the log behind. The log
 * is next to the file, not next to a symbolic link to it, so @path must be
 * absolute and free of links.
 */
static char *uri_of(const char *path)
{
	struct buffer uri = { 0 };
	char log[4096];
	const char *c;

	snprintf(log, sizeof(log), "%s-wal", path);
	buffer_puts(&uri, "file://");
	for (c = path; *c; c++) {
		if (strchr("%?#", *c))
			buffer_printf(&uri, "%%%02x", (unsigned int)*c);
		else
			buffer_putc(&uri, *c);
	}
	buffer_puts(&uri, access(log, F_OK) == 0 ? "?mode=ro" :
						   "?mode=ro&immutable=1");
	if (!uri.failed)
		return uri.text;
	buffer_done(&uri);
	return NULL;
}

/* Opening a FIFO, SQLite would wait for a writer. */
static int check_file(const char *path)
{
	struct stat st;

	/* For these, SQLite would only report "unable to open". */
	if (access(path, R_OK) < 0 || stat(path, &st) < 0)
		return -errno;
	return S_ISREG(st.st_mode) ? 0 : -EINVAL;
}

static int open_file(const char *path, sqlite3 **ret)
{
	_cleanup_free_ char *real = realpath(path, NULL), *uri = NULL;
	int flags = SQLITE_OPEN_READONLY | SQLITE_OPEN_URI |
		    SQLITE_OPEN_FULLMUTEX;
	int r = real ? check_file(real) : -errno;

	if (r < 0)
		return r;
	uri = uri_of(real);
	if (!uri)
		return -ENOMEM;
	if (sqlite3_open_v2(uri, ret, flags, NULL) != SQLITE_OK)
		return *ret ? db_errno(*ret) : -ENOMEM;
	sqlite3_db_config(*ret, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
	r = configure(*ret, false);
	if (r == 0)
		r = check_version(*ret);
	return r == 0 ? db_check_code(*ret, false) : r;
}

int db_open_file(const char *path, sqlite3 **ret, char **ret_why)
{
	sqlite3 *sqlite = NULL;
	int r = open_file(path, &sqlite);

	if (r < 0) {
		bool no_index = sqlite3_errcode(sqlite) == SQLITE_CANTOPEN;

		/* Every reader must write to the index file of the log. */
		if (no_index)
			r = -EROFS;
		*ret_why = strdup(no_index ? "its log cannot be read where "
				  "no file can be made" : reason(sqlite, r));
		sqlite3_close(sqlite);
		return *ret_why ? r : -ENOMEM;
	}
	*ret = sqlite;
	return 0;
}

/* Damage */

int db_check(sqlite3 *sqlite)
{
	_cleanup_statement_ sqlite3_stmt *statement = NULL;
	int r = db_prepare(sqlite, "PRAGMA quick_check(1)", &statement);
	const char *text;

	if (r == 0)
		r = db_step(statement);
	if (r < 0)
		return r;
	text = (const char *)sqlite3_column_text(statement, 0);
	return r == 1 && text && strcmp(text, "ok") == 0 ? 0 : -EBADMSG;
}

uint64_t db_bytes(const struct db *db)
{
	static const char *const ends[] = { "", "-wal", "-shm" };
	uint64_t bytes = 0;
	int64_t pages = 0, page = 0;
	size_t i;

	if (!db->path) {
		db_number(db->sqlite, "PRAGMA page_count", &pages);
		db_number(db->sqlite, "PRAGMA page_size", &page);
		return (uint64_t)(pages * page);
	}
	for (i = 0; i < ARRAY_SIZE(ends); i++) {
		char name[4096];
		struct stat st;

		snprintf(name, sizeof(name), "%s%s", db->path, ends[i]);
		if (stat(name, &st) == 0)
			bytes += (uint64_t)st.st_size;
	}
	return bytes;
}
