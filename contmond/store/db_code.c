// SPDX-License-Identifier: GPL-2.0-only
/*
 * Code in a file that anybody may have made. SQLite would run it for whoever
 * reads or writes a table, maybe for ever.
 *
 * What can be switched off is: views, which are for other programs, constraints
 * with CHECK, of which contmond has none, and modules of virtual tables. The
 * triggers are needed where rows are written. They, and what cannot be switched
 * off, must be what contmond's own schema has.
 */
#include "db_code.h"

#include <errno.h>

#include "base/util.h"
#include "db.h"

int db_switch_off_code(sqlite3 *sqlite, bool writes)
{
	sqlite3_db_config(sqlite, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_db_config(sqlite, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	sqlite3_db_config(sqlite, SQLITE_DBCONFIG_ENABLE_VIEW, 0, NULL);
	sqlite3_db_config(sqlite, SQLITE_DBCONFIG_ENABLE_TRIGGER, (int)writes,
			  NULL);
	sqlite3_drop_modules(sqlite, NULL);
	return db_exec(sqlite, "PRAGMA ignore_check_constraints = ON");
}

/* Does a query of @sqlite have a row for a text? Or -EBADMSG, ... */
static int has_row(sqlite3 *sqlite, const char *sql, const char *text)
{
	_cleanup_statement_ sqlite3_stmt *statement = NULL;
	int r = db_prepare(sqlite, sql, &statement);

	if (r < 0)
		return r;
	sqlite3_bind_text(statement, 1, text, -1, SQLITE_STATIC);
	return db_step(statement);
}

/* Each text that a query of @sqlite has must be in contmond's schema. */
static int must_have_all(sqlite3 *ours, sqlite3 *sqlite, const char *sql,
			 const char *table)
{
	_cleanup_statement_ sqlite3_stmt *texts = NULL;
	int r = db_prepare(sqlite, sql, &texts);

	if (r == 0 && table)
		sqlite3_bind_text(texts, 1, table, -1, SQLITE_STATIC);
	while (r == 0 && (r = db_step(texts)) == 1) {
		r = has_row(ours, "SELECT 1 FROM sqlite_schema WHERE sql = ?1",
			    (const char *)sqlite3_column_text(texts, 0));
		if (r >= 0)
			r = r == 1 ? 0 : -EBADMSG;
	}
	return r;
}

/* Columns that are generated, or whose default is; indices of expressions */
static const char code_of_table[] =
	"SELECT 1 FROM pragma_table_xinfo(?1) "
	"WHERE hidden > 1 OR (dflt_value NOT NULL AND dflt_value <> '0') "
	"UNION ALL SELECT 1 FROM pragma_index_list(?1) AS l, "
	"pragma_index_xinfo(l.name) AS x WHERE x.cid = -2";

/*
 * Indices that can make a row be refused, or with conditions. NULL if the case
 * of letters in the name is not the same everywhere.
 */
static const char conditions_of_table[] =
	"SELECT s.sql FROM pragma_index_list(?1) AS l "
	"LEFT JOIN sqlite_schema AS s ON s.type = 'index' AND s.name = l.name "
	"WHERE l.partial OR (l.\"unique\" AND l.origin = 'c')";

/*
 * It is switched off. But to say what columns it has, and for an INSERT, SQLite
 * would go through all that it is made of, maybe for ever.
 */
static const char is_view[] = "SELECT 1 FROM sqlite_schema "
	"WHERE type = 'view' AND name = ?1 COLLATE NOCASE";

static int check_table(sqlite3 *ours, sqlite3 *sqlite, const char *table)
{
	int r = has_row(sqlite, is_view, table);

	if (r == 0)
		r = has_row(sqlite, code_of_table, table);
	if (r != 0)
		return r < 0 ? r : -EBADMSG;
	return must_have_all(ours, sqlite, conditions_of_table, table);
}

/* Other tables are not used. */
static int check_tables(sqlite3 *ours, sqlite3 *sqlite)
{
	_cleanup_statement_ sqlite3_stmt *tables = NULL;
	int r = db_prepare(ours, "SELECT name FROM sqlite_schema "
			   "WHERE type = 'table'", &tables);

	while (r == 0 && (r = db_step(tables)) == 1)
		r = check_table(ours, sqlite, (const char *)
				sqlite3_column_text(tables, 0));
	return r;
}

/*
 * SQLite reads types and names in any case of letters, and up to a NUL. So that
 * the rest can compare them, types and the ends of names are as SQLite writes
 * them.
 */
static const char odd_rows[] =
	"SELECT 1 FROM sqlite_schema WHERE typeof(name) <> 'text' "
	"OR instr(name, char(0)) > 0 "
	"OR type IN ('table', 'index', 'view', 'trigger') IS NOT TRUE";

static int check(sqlite3 *ours, sqlite3 *sqlite, bool writes)
{
	int r = has_row(sqlite, odd_rows, NULL);

	if (r != 0)
		return r < 0 ? r : -EBADMSG;
	r = db_exec(ours, schema_sql);
	if (r == 0 && writes)
		r = must_have_all(ours, sqlite, "SELECT sql FROM sqlite_schema "
				  "WHERE type = 'trigger'", NULL);
	return r == 0 ? check_tables(ours, sqlite) : r;
}

int db_check_code(sqlite3 *sqlite, bool writes)
{
	sqlite3 *ours;
	int r = sqlite3_open(":memory:", &ours) == SQLITE_OK ?
		check(ours, sqlite, writes) : -ENOMEM;

	sqlite3_close(ours);
	return r;
}
