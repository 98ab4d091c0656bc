// SPDX-License-Identifier: GPL-2.0-only
/* Code in a file that anybody may have made is never run */
#include "tests/unit/store_file.h"

#include <errno.h>

#include "contmond/store/db.h"

static char *why;

static void exec(const char *sql)
{
	sqlite3 *sqlite;

	assert_int_equal(sqlite3_open(path, &sqlite), SQLITE_OK);
	sqlite3_busy_timeout(sqlite, 60000);
	if (sqlite3_exec(sqlite, sql, NULL, NULL, NULL) != SQLITE_OK)
		fail_msg("%s: %s", sql, sqlite3_errmsg(sqlite));
	sqlite3_close(sqlite);
}

static int64_t number(const char *sql)
{
	sqlite3 *sqlite;
	int64_t number = -1;

	assert_int_equal(sqlite3_open(path, &sqlite), SQLITE_OK);
	sqlite3_busy_timeout(sqlite, 60000);
	assert_int_equal(db_number(sqlite, sql, &number), 0);
	sqlite3_close(sqlite);
	return number;
}

#define NOT_OURS "it is not contmond's"

static void must_say(const char *reason)
{
	assert_string_equal(why, reason);
	free(why);
	why = NULL;
}

/* @reason: NULL if nothing is wrong */
static void must_open(const char *reason)
{
	struct db db;

	assert_int_equal(db_open(path, &db, &why), reason ? -EBADMSG : 0);
	if (reason)
		must_say(reason);
	else
		db_close(&db);
}

static void must_read(const char *reason)
{
	sqlite3 *sqlite;

	assert_int_equal(db_open_file(path, &sqlite, &why),
			 reason ? -EBADMSG : 0);
	if (reason)
		must_say(reason);
	else
		sqlite3_close(sqlite);
}

/* As an import makes it */
static void make_archive(void)
{
	struct store *archive;

	assert_int_equal(store_open_archive(path, &archive, &why), 0);
	store = archive;
	record(0);
	close_store();
}

static void test_triggers(void **state)
{
	static const char *const triggers[] = {
		"CREATE TRIGGER a AFTER INSERT ON clock BEGIN "
		"INSERT INTO fired VALUES (1); END",
		"DROP TRIGGER audit_number; CREATE TRIGGER audit_number "
		"AFTER INSERT ON clock BEGIN INSERT INTO fired VALUES (1); END",
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(triggers); i++) {
		struct store *archive;

		make_archive();
		exec("CREATE TABLE fired (a)");
		exec(triggers[i]);
		must_open(NOT_OURS);
		assert_int_equal(store_open_archive(path, &archive, &why),
				 -EBADMSG);
		must_say(NOT_OURS);
		assert_int_equal(number("SELECT count(*) FROM fired"), 0);
		/* They run only where something is written. */
		must_read(NULL);
		assert_int_equal(unlink(path), 0);
	}
}

#define TO_VERSION_5							\
	"DROP TRIGGER audit_update; DROP TRIGGER audit_delete; "	\
	"DROP TRIGGER audit_replace; DROP TRIGGER audit_number; "	\
	"DROP TABLE retention; DROP TABLE chunk_commands; "

/* They are the same as in a new file. */
static void test_triggers_from_an_upgrade(void **state)
{
	(void)state;
	make_archive();
	exec(TO_VERSION_5 "PRAGMA user_version = 5");
	must_open(NULL);
	assert_int_equal(number("SELECT count(*) FROM sqlite_schema "
				"WHERE type = 'trigger'"), 4);
	must_open(NULL);
}

/* Any spelling of what is named "a" is the same to SQLite. */
#define SPELL(as)	"PRAGMA writable_schema = ON; "			\
			"UPDATE sqlite_schema SET " as " WHERE name = 'a'"

static void test_odd_spelling(void **state)
{
	static const char *const kinds[] = {
		SPELL("type = 'TRIGGER'"),
		SPELL("type = CAST('trigger' AS BLOB)"),
		SPELL("type = 'trigger' || char(0)"),
		SPELL("name = CAST('a' AS BLOB)"),
		SPELL("name = 'a' || char(0)"),
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(kinds); i++) {
		make_archive();
		exec("CREATE TABLE fired (a); CREATE TRIGGER a AFTER INSERT "
		     "ON clock BEGIN INSERT INTO fired VALUES (1); END");
		exec(kinds[i]);
		must_open(NOT_OURS);
		must_read(NOT_OURS);
		assert_int_equal(unlink(path), 0);
	}
}

/* They are computed when a row is read, or written. */
static void test_expressions(void **state)
{
	static const char *const expressions[] = {
		"ALTER TABLE clock ADD COLUMN a TEXT AS (hex(boot_id))",
		"ALTER TABLE clock ADD COLUMN a INT AS (seq + 1) VIRTUAL",
		"CREATE INDEX a ON clock (hex(boot_id))",
		"CREATE INDEX a ON clock (seq) WHERE hex(boot_id) = 'a'",
		"CREATE UNIQUE INDEX a ON clock (boot_id)",
		"ALTER TABLE clock RENAME TO b; "
		"CREATE TABLE clock (a DEFAULT (hex(zeroblob(9))))",
		"DROP INDEX span_open; "
		"CREATE INDEX span_open ON span (tier) WHERE abs(tier) = 1",
		"CREATE INDEX a ON clock (seq) WHERE hex(boot_id) = 'a'; "
		SPELL("type = 'INDEX'"),
		"CREATE INDEX a ON clock (seq) WHERE hex(boot_id) = 'a'; "
		SPELL("name = 'A'"),
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(expressions); i++) {
		make_archive();
		exec(expressions[i]);
		must_read(NOT_OURS);
		must_open(NOT_OURS);
		assert_int_equal(unlink(path), 0);
	}
}

static void test_constraints(void **state)
{
	struct db db;

	(void)state;
	make_archive();
	exec("ALTER TABLE cursor RENAME TO other; CREATE TABLE cursor (target "
	     "TEXT PRIMARY KEY, seq INTEGER NOT NULL CHECK (abs(seq) = 1), "
	     "changed_ms INTEGER NOT NULL) STRICT, WITHOUT ROWID");
	assert_int_equal(db_open(path, &db, &why), 0);
	assert_int_equal(db_exec(db.sqlite, "INSERT INTO cursor VALUES "
				 "('a', 7, 1)"), 0);
	db_close(&db);
}

/* Each has two of the one before: to look at all of them takes for ever. */
#define TWO_OF(n, of)	", a" n " AS (SELECT 1 AS c FROM a" of ", a" of " AS b)"
#define FOUR_OF(n, of)	TWO_OF(n "1", of) TWO_OF(n, n "1")
#define ENDLESS " AS WITH a AS (SELECT 1 AS c)"				\
	FOUR_OF("b", "") FOUR_OF("c", "b") FOUR_OF("d", "c")		\
	FOUR_OF("e", "d") FOUR_OF("f", "e") FOUR_OF("g", "f")		\
	FOUR_OF("h", "g") FOUR_OF("i", "h") FOUR_OF("j", "i")		\
	FOUR_OF("k", "j") FOUR_OF("l", "k") FOUR_OF("m", "l")		\
	FOUR_OF("n", "m") FOUR_OF("o", "n") FOUR_OF("p", "o")		\
	" SELECT 1 FROM ap"

static void test_a_view_in_place_of_a_table(void **state)
{
	(void)state;
	make_archive();
	exec("ALTER TABLE clock RENAME TO other; CREATE VIEW Clock" ENDLESS);
	must_open(NOT_OURS);
	must_read(NOT_OURS);
}

static void test_views_during_an_upgrade(void **state)
{
	(void)state;
	make_archive();
	exec(TO_VERSION_5 "DROP INDEX event_user; "
	     "ALTER TABLE event DROP COLUMN user; "
	     "DROP INDEX audit_user; ALTER TABLE audit DROP COLUMN user; "
	     "DROP INDEX container_user; "
	     "ALTER TABLE container DROP COLUMN user; "
	     "CREATE VIEW a" ENDLESS "; "
	     "CREATE VIEW kinds AS SELECT kind FROM event; "
	     "CREATE VIEW ids AS SELECT id FROM containers; "
	     "PRAGMA user_version = 3");
	must_open(NULL);
	assert_int_equal(number("SELECT count(*) FROM kinds"), 0);
	assert_int_equal(number("SELECT count(*) FROM ids"), 1);
}

static void test_virtual_tables(void **state)
{
	sqlite3 *sqlite;
	int64_t nr;

	(void)state;
	make_archive();
	exec("ALTER TABLE clock RENAME TO other; "
	     "CREATE VIRTUAL TABLE clock USING fts5 (boot_id)");
	must_read("no such module: fts5");
	must_open("no such module: fts5");
	exec("DROP TABLE clock; ALTER TABLE other RENAME TO clock; "
	     "CREATE VIRTUAL TABLE others USING fts5 (boot_id)");
	assert_int_equal(db_open_file(path, &sqlite, &why), 0);
	assert_true(db_number(sqlite, "SELECT count(*) FROM others", &nr) < 0);
	sqlite3_close(sqlite);
}

/* What somebody has added for queries of their own does no harm. */
static void test_additions(void **state)
{
	(void)state;
	make_archive();
	exec("CREATE TABLE notes (t_ms, note); CREATE INDEX mine "
	     "ON event (kind); CREATE VIEW kinds AS SELECT kind FROM event");
	must_read(NULL);
	must_open(NULL);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end_test)
		TEST(test_triggers),
		TEST(test_triggers_from_an_upgrade),
		TEST(test_odd_spelling),
		TEST(test_expressions),
		TEST(test_constraints),
		TEST(test_a_view_in_place_of_a_table),
		TEST(test_views_during_an_upgrade),
		TEST(test_virtual_tables),
		TEST(test_additions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
