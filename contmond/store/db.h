/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The database: an SQLite file, or memory if there is no file. Opens, upgrades
 * and checks it, and puts unusable files aside.
 */
#ifndef CONTMOND_STORE_DB_H
#define CONTMOND_STORE_DB_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "entry.h"

#define DB_VERSION 9

/* Readers with db_open_file() may lack what was added after this version. */
#define DB_OLDEST_READ 1

/* Refused because another contmond could use the file by another name */
#define DB_HARD_LINKS "it has hard links, and its log only one of its names"

#define DB_APPLICATION_ID 0x636d6f6e	/* "cmon" */
/* Memory for the pages of a connection */
#define DB_CACHE_KIB 384
#define DB_BUSY_MS 2000

/** struct db_file - what a name led to; @ino is 0 if to nothing */
struct db_file {
	dev_t dev;
	ino_t ino;
};

enum db_file_kind {
	DB_MAIN,
	DB_LOG,
	DB_INDEX,	/* of the log */
	DB_NR_FILES,
};

/**
 * struct db - the writing connection
 * @path: NULL in memory
 * @name: as it was asked for, maybe a link to @path
 * @files: what these names led to when it was opened
 * @lock_fd: held while it is open, so only one contmond writes
 * @unclean: a log was found at opening, so its last user did not close it
 * @base, @spans, @seqs, @events, @decisions: offsets that turn this run's
 *	numbers of containers, spans, ticks, events and audit rows into those of
 *	the database
 * @last_event, @last_decision: numbers of the newest rows
 * @carried: spans up to this one come from a file that is gone. They are not
 *	sealed, because the file may come back, with the same spans
 */
struct db {
	sqlite3 *sqlite;
	char *path;
	char *name;
	struct db_file files[DB_NR_FILES];
	int lock_fd;
	bool unclean;
	sqlite3_stmt *statements[NR_STATEMENTS];
	int64_t base;
	int64_t spans;
	int64_t seqs;
	int64_t events;
	int64_t decisions;
	int64_t last_event;
	int64_t last_decision;
	int64_t carried;
};

/**
 * db_open() - open or create the database
 * @path: NULL for memory; a link is followed, so that the log is next to the
 *	file
 * @ret_why: after a failure, what went wrong; malloced
 *
 * Returns -EBUSY if another contmond uses it, -EBADMSG if it is damaged or not
 * a database of contmond, -EPROTO if a newer contmond created it, -EMLINK if it
 * has hard links, -EROFS, -ENOSPC, -EACCES, -EIO, -ENOMEM, ...
 */
int db_open(const char *path, struct db *ret, char **ret_why);
void db_close(struct db *db);

/** db_note_files() - part of opening: where they are. -ENOMEM */
int db_note_files(struct db *db, const char *name);

/**
 * db_has_moved() - was its file removed, renamed or replaced by another?
 *
 * Or the log or its index, in which others would miss what is written, or a
 * link that leads to it.
 */
bool db_has_moved(const struct db *db);

/** db_has_name() - do others find its file as before, and as well its log? */
bool db_has_name(const struct db *db);
bool db_has_log(const struct db *db);

/**
 * db_copy_log() - copy the log to a file without it, for whoever has renamed it
 *
 * Returns false if a part may be missing, because somebody is reading the file
 * or the disk is full. Without that part the file is damaged.
 */
bool db_copy_log(struct db *db);

/** db_empty_log() - before one without its name is closed; without readers */
void db_empty_log(struct db *db);

/** db_open_reader() - open a second connection that only reads */
int db_open_reader(const struct db *db, sqlite3 **ret);

/**
 * db_open_file() - open a database to read it, while another program may write
 * it
 *
 * Neither creates a log nor upgrades the file. Returns -EINVAL if it is not a
 * regular file; other errors are those of db_open().
 */
int db_open_file(const char *path, sqlite3 **ret, char **ret_why);

/**
 * db_put_aside() - rename the files of a database that is not open
 * @ret_name: the new name; malloced
 *
 * Returns -ENOSPC, and renames nothing, if too many were put aside already.
 */
int db_put_aside(const char *path, char **ret_name);

/** db_check() - check the integrity of the whole file. Returns -EBADMSG, ... */
int db_check(sqlite3 *sqlite);

/** statements_prepare() - prepare for db_write(); part of opening */
int statements_prepare(struct db *db);

/** db_write() - run the statement of an entry */
int db_write(struct db *db, const struct entry *entry);

/** db_exec() - run plain SQL */
int db_exec(sqlite3 *sqlite, const char *sql);

/** db_number() - the first column of the first row; 0 if there is none */
int db_number(sqlite3 *sqlite, const char *sql, int64_t *ret);

/**
 * db_prepare() - prepare a constant statement; an SQL error becomes -EBADMSG
 */
int db_prepare(sqlite3 *sqlite, const char *sql, sqlite3_stmt **ret);

/** db_step() - 1 for a row, 0 at the end, else a negative errno */
int db_step(sqlite3_stmt *statement);

/** db_errno() - error of the connection's last failure */
int db_errno(sqlite3 *sqlite);

/** db_bytes() - total size of its files */
uint64_t db_bytes(const struct db *db);

/**
 * db_migrate() - bring a database to a version
 * @steps: from version 1 to 2, from 2 to 3, ...
 *
 * All steps are done, or none. Returns -EPROTO if it is newer than @version.
 */
int db_migrate(sqlite3 *sqlite, const char *const *steps, int version);

/** db_upgrade() - migrate any older version to DB_VERSION */
int db_upgrade(sqlite3 *sqlite);

static inline void statement_p(sqlite3_stmt **statement)
{
	sqlite3_finalize(*statement);
}

#define _cleanup_statement_ _cleanup_(statement_p)

#endif /* CONTMOND_STORE_DB_H */
