// SPDX-License-Identifier: GPL-2.0-only
/* Calls to SQLite, with its errors translated to errno */
#include "db.h"

#include <errno.h>

#include "base/util.h"

int db_errno(sqlite3 *sqlite)
{
	int error = sqlite3_system_errno(sqlite);

	switch (sqlite3_errcode(sqlite)) {
	case SQLITE_OK:
	case SQLITE_ROW:
	case SQLITE_DONE:
		return 0;
	case SQLITE_FULL:
		return -ENOSPC;
	case SQLITE_READONLY:
		return -EROFS;
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		return -EBADMSG;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
	case SQLITE_PROTOCOL:	/* a lock was not free after many attempts */
		return -EBUSY;
	case SQLITE_CONSTRAINT:
		return -EEXIST;
	case SQLITE_NOMEM:
		return -ENOMEM;
	case SQLITE_PERM:
	case SQLITE_AUTH:
		return -EACCES;
	case SQLITE_CANTOPEN:
		return error > 0 ? -error : -ENOENT;
	case SQLITE_IOERR:
		return error > 0 ? -error : -EIO;
	default:
		/* A table or column is not as expected. */
		return -EBADMSG;
	}
}

int db_exec(sqlite3 *sqlite, const char *sql)
{
	return sqlite3_exec(sqlite, sql, NULL, NULL, NULL) == SQLITE_OK ?
	       0 : db_errno(sqlite);
}

int db_prepare(sqlite3 *sqlite, const char *sql, sqlite3_stmt **ret)
{
	return sqlite3_prepare_v3(sqlite, sql, -1, SQLITE_PREPARE_PERSISTENT,
				  ret, NULL) == SQLITE_OK ?
	       0 : db_errno(sqlite);
}

int db_step(sqlite3_stmt *statement)
{
	switch (sqlite3_step(statement)) {
	case SQLITE_ROW:
		return 1;
	case SQLITE_DONE:
		return 0;
	default:
		return db_errno(sqlite3_db_handle(statement));
	}
}

int db_number(sqlite3 *sqlite, const char *sql, int64_t *ret)
{
	_cleanup_statement_ sqlite3_stmt *statement = NULL;
	int r = db_prepare(sqlite, sql, &statement);

	if (r == 0)
		r = db_step(statement);
	if (r < 0)
		return r;
	*ret = r ? sqlite3_column_int64(statement, 0) : 0;
	return 0;
}
