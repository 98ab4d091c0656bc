// SPDX-License-Identifier: GPL-2.0-only
/* Rows of the audit: only added, and deleted by retention alone */
#include "tests/unit/store_file.h"

#include "contmond/store/db.h"
#include "contmond/store/move.h"
#include "contmond/store/prune.h"

#define MAX_ROWS 100000		/* STORE.md */

#define DECISION "INSERT INTO audit (t_ms, decision, state, action, dry_run) "

static sqlite3 *open_file(void)
{
	sqlite3 *sqlite;

	assert_int_equal(sqlite3_open(path, &sqlite), SQLITE_OK);
	sqlite3_busy_timeout(sqlite, 60000);
	return sqlite;
}

static void must_refuse(sqlite3 *sqlite, const char *sql)
{
	assert_int_equal(sqlite3_exec(sqlite, sql, NULL, NULL, NULL),
			 SQLITE_CONSTRAINT);
	assert_contains(sqlite3_errmsg(sqlite), "of the audit");
}

/* Any other program, and a mistake of contmond's */
static void test_rows_are_only_added(void **state)
{
	static const char *const refused[] = {
		"UPDATE audit SET reason = 'none'",
		"UPDATE OR IGNORE audit SET seq = seq + 1",
		"DELETE FROM audit",
		"DELETE FROM audit WHERE user = 0",
		"INSERT INTO audit (seq, t_ms, decision, state, action, "
		"dry_run) VALUES (1, 1, 'a', 'a', 'a', 0) "
		"ON CONFLICT (seq) DO UPDATE SET state = 'b'",
		"INSERT OR REPLACE INTO audit (seq, t_ms, decision, state, "
		"action, dry_run) VALUES (1, 1, 'a', 'b', 'a', 0)",
		"REPLACE INTO audit SELECT seq, t_ms, decision, 'b', action, "
		"dry_run, c, container_id, container, rule, rule_hash, reason, "
		"detail, user FROM audit",
		/* With it, no row could be added any more. */
		"INSERT INTO audit (seq, t_ms, decision, state, action, "
		"dry_run) VALUES (-1, 1, 'a', 'planned', 'a', 0)",
	};
	sqlite3 *sqlite;
	size_t i;

	(void)state;
	open_store(path, 0);
	close_store();
	sqlite = open_file();
	assert_int_equal(db_exec(sqlite, DECISION
				 "VALUES (1, 'a', 'planned', 'stop', 0)"), 0);
	for (i = 0; i < COUNT(refused); i++)
		must_refuse(sqlite, refused[i]);
	assert_int_equal(db_exec(sqlite, DECISION
				 "VALUES (2, 'b', 'planned', 'stop', 0)"), 0);
	sqlite3_close(sqlite);
	assert_int_equal(sql_number(path, "SELECT count(*) FROM audit "
				    "WHERE state <> 'planned'"), 0);
	assert_int_equal(sql_number(path, "SELECT max(seq) FROM audit"), 2);
	assert_int_equal(sql_number(path, "SELECT min(seq) FROM audit"), 1);
}

/* It may delete, but only until its transaction ends. */
static void test_retention_deletes(void **state)
{
	struct db db;
	char *why = NULL, sql[200];
	int r;

	(void)state;
	assert_int_equal(db_open(path, &db, &why), 0);
	snprintf(sql, sizeof(sql), "WITH RECURSIVE n (i) AS (SELECT 1 UNION "
		 "ALL SELECT i + 1 FROM n WHERE i < %d) " DECISION
		 "SELECT i, 'a', 'planned', 'stop', 0 FROM n", MAX_ROWS + 300);
	assert_int_equal(db_exec(db.sqlite, sql), 0);
	do {
		r = prune_step(&db, STORE_MAX_BYTES);
		must_refuse(db.sqlite, "DELETE FROM audit");
	} while (r == 1);
	assert_int_equal(r, 0);
	db_close(&db);
	assert_int_equal(sql_number(path, "SELECT count(*) FROM audit"),
			 MAX_ROWS);
	assert_int_equal(sql_number(path, "SELECT min(seq) FROM audit"), 301);
	assert_int_equal(sql_number(path, "SELECT count(*) FROM retention"),
			 0);
}

/* The file is back: it has a row that the other one has, too. */
static void test_rows_of_a_file_that_is_back(void **state)
{
	static const char common[] =
		"INSERT INTO layout VALUES (1, 'a'); "
		"INSERT INTO span (id, tier, base, layout) VALUES (1, 0, 0, 1);"
		"INSERT INTO frame VALUES (1, 0, 1, 1, 1, x'', NULL); "
		DECISION "VALUES (1, 'a', 'planned', 'stop', 0)";
	struct db from, to;
	char *why = NULL;

	(void)state;
	assert_int_equal(db_open(NULL, &from, &why), 0);
	assert_int_equal(db_open(path, &to, &why), 0);
	assert_int_equal(db_exec(from.sqlite, common), 0);
	assert_int_equal(db_exec(to.sqlite, common), 0);
	assert_int_equal(db_exec(from.sqlite, DECISION
				 "VALUES (2, 'a', 'gone', 'stop', 0)"), 0);
	assert_int_equal(move_all(&from, &to), 0);
	db_close(&from);
	db_close(&to);
	assert_int_equal(sql_number(path, "SELECT count(*) FROM audit"), 2);
	assert_int_equal(sql_number(path, "SELECT count(*) FROM audit "
				    "WHERE seq = 2 AND state = 'gone'"), 1);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end_test)
		TEST(test_rows_are_only_added),
		TEST(test_retention_deletes),
		TEST(test_rows_of_a_file_that_is_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
