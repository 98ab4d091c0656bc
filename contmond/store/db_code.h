/* SPDX-License-Identifier: GPL-2.0-only */
/* Code in a database that could be run; part of opening it */
#ifndef CONTMOND_STORE_DB_CODE_H
#define CONTMOND_STORE_DB_CODE_H

#include <sqlite3.h>
#include <stdbool.h>

/* What creates the tables, views and triggers of the newest version */
extern const char schema_sql[] __attribute__((visibility("hidden")));

/** db_switch_off_code() - as far as that is possible, whatever the file has */
int db_switch_off_code(sqlite3 *sqlite, bool writes);

/**
 * db_check_code() - does it have code of others that is not switched off?
 *
 * Returns -EBADMSG if so, or an error of reading it.
 */
int db_check_code(sqlite3 *sqlite, bool writes);

#endif /* CONTMOND_STORE_DB_CODE_H */
