/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The database: a file of SQLite, or memory when there is no file. Opening,
 * upgrading, checking it; putting aside what cannot be read.
 */
#ifndef CONTMOND_STORE_DB_H
#define CONTMOND_STORE_DB_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "entry.h"

#define DB_VERSION 1
#define DB_APPLICATION_ID 0x636d6f6e	/* "cmon" */

/**
 * struct db - the connection that writes
 * @path: NULL in memory
 * @lock_fd: held while it is open: one contmond writes
 * @unclean: when it was opened there was a log: its last user did not close it
 * @base, @spans, @seqs: what a run's numbers of containers, spans and ticks
 *	become by adding them
 */
struct db {
	sqlite3 *sqlite;
	char *path;
	int lock_fd;
	bool unclean;
	sqlite3_stmt *statements[NR_STATEMENTS];
	int64_t base;
	int64_t spans;
	int64_t seqs;
};

/**
 * db_open() - open or make the database
 * @path: or NULL for memory
 * @ret_why: after a failure, what went wrong; malloced
 *
 * Returns -EBUSY when another contmond uses it, -EBADMSG when it is damaged
 * or not contmond's, -EPROTO when a newer contmond made it, -EROFS, -ENOSPC,
 * -EACCES, -EIO, -ENOMEM, ...
 */
int db_open(const char *path, struct db *ret, char **ret_why);
void db_close(struct db *db);

/** db_open_reader() - a second connection, that only reads */
int db_open_reader(const struct db *db, sqlite3 **ret);

/**
 * db_open_file() - read a database that another program may be writing
 *
 * Nothing is written, not even a log, and nothing upgraded. Errors are those
 * of db_open().
 */
int db_open_file(const char *path, sqlite3 **ret, char **ret_why);

/**
 * db_put_aside() - rename the files of a database that is not open
 * @ret_name: its new name; malloced
 *
 * Returns -ENOSPC when there are too many already: then it stays.
 */
int db_put_aside(const char *path, char **ret_name);

/** db_check() - is the whole file sound? Returns -EBADMSG, ... */
int db_check(sqlite3 *sqlite);

/** statements_prepare() - for db_write(); part of opening */
int statements_prepare(struct db *db);

/** db_write() - run the statement of an entry */
int db_write(struct db *db, const struct entry *entry);

/** db_exec() - run plain SQL */
int db_exec(sqlite3 *sqlite, const char *sql);

/** db_number() - the first column of the first row, 0 when there is none */
int db_number(sqlite3 *sqlite, const char *sql, int64_t *ret);

/** db_prepare() - statements are text of this program: returns -EBADMSG */
int db_prepare(sqlite3 *sqlite, const char *sql, sqlite3_stmt **ret);

/** db_step() - 1 for a row, 0 at the end, else a negative errno */
int db_step(sqlite3_stmt *statement);

/** db_errno() - of the last failure of a connection */
int db_errno(sqlite3 *sqlite);

/** db_bytes() - of all its files */
uint64_t db_bytes(const struct db *db);

/**
 * db_migrate() - bring a database to a version
 * @steps: what makes version 2 of 1, 3 of 2, ...
 *
 * All or nothing. Returns -EPROTO when it is newer than @version.
 */
int db_migrate(sqlite3 *sqlite, const char *const *steps, int version);

static inline void statement_p(sqlite3_stmt **statement)
{
	sqlite3_finalize(*statement);
}

#define _cleanup_statement_ _cleanup_(statement_p)

#endif /* CONTMOND_STORE_DB_H */
