// SPDX-License-Identifier: GPL-2.0-only
/*
 * A new database, databases of other versions, and two programs with one file
 */
#include "tests/unit/store_file.h"

#include "contmond/store/db.h"

static void test_a_new_file(void **state)
{
	struct stat st;

	(void)state;
	make_recorded();
	/* Closed properly: one file has everything. */
	assert_int_equal(access(in_directory("store.db-wal"), F_OK), -1);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(sql_number(path, "PRAGMA application_id"),
			 DB_APPLICATION_ID);
	assert_int_equal(sql_number(path, "PRAGMA user_version"), DB_VERSION);
	assert_int_equal(sql_number(path, "PRAGMA auto_vacuum"), 2);
	open_store(path, 0);
	assert_string_equal(status_of().path, path);
	assert_string_equal(status_of().why, "");
	must_have(0, 60);
}

static void test_in_memory(void **state)
{
	(void)state;
	open_store(NULL, 0);
	record(0);
	must_have(0, 60);
	assert_string_equal(status_of().path, "");
	assert_string_equal(status_of().why, "");
}

/* Versions */

static const char *const steps[] = {
	"ALTER TABLE thing ADD COLUMN colour TEXT; "
	"UPDATE thing SET colour = 'red'",
	"CREATE TABLE other (a)",
};

static const char *const broken_steps[] = {
	"ALTER TABLE thing ADD COLUMN colour TEXT",
	"INSERT INTO nowhere VALUES (1)",
};

static sqlite3 *make_old(int version)
{
	sqlite3 *sqlite;
	char sql[64];

	assert_int_equal(sqlite3_open(":memory:", &sqlite), SQLITE_OK);
	assert_int_equal(db_exec(sqlite, "CREATE TABLE thing (name TEXT); "
				 "INSERT INTO thing VALUES ('a')"), 0);
	if (version == 2)
		db_exec(sqlite, steps[0]);
	snprintf(sql, sizeof(sql), "PRAGMA user_version = %d", version);
	assert_int_equal(db_exec(sqlite, sql), 0);
	return sqlite;
}

static void test_each_older_version_is_upgraded(void **state)
{
	int64_t number;
	int version;

	(void)state;
	for (version = 1; version <= 3; version++) {
		sqlite3 *sqlite = make_old(version);

		if (version == 3)
			db_exec(sqlite, "ALTER TABLE thing ADD COLUMN colour");
		assert_int_equal(db_migrate(sqlite, steps, 3), 0);
		assert_int_equal(db_number(sqlite, "PRAGMA user_version",
					   &number), 0);
		assert_int_equal(number, 3);
		assert_int_equal(db_number(sqlite, "SELECT count(colour) "
			"FROM thing WHERE name = 'a'", &number), 0);
		assert_int_equal(number, version < 3);
		sqlite3_close(sqlite);
	}
}

static void test_an_upgrade_is_all_or_nothing(void **state)
{
	sqlite3 *sqlite = make_old(1);
	int64_t number;

	(void)state;
	assert_int_equal(db_migrate(sqlite, broken_steps, 3), -EBADMSG);
	assert_int_equal(db_number(sqlite, "PRAGMA user_version", &number), 0);
	assert_int_equal(number, 1);
	assert_int_equal(db_number(sqlite, "SELECT count(*) FROM "
		"pragma_table_info('thing')", &number), 0);
	assert_int_equal(number, 1);
	sqlite3_close(sqlite);
}

static void test_newer_and_other_versions(void **state)
{
	sqlite3 *sqlite = make_old(4);

	(void)state;
	assert_int_equal(db_migrate(sqlite, steps, 3), -EPROTO);
	sqlite3_close(sqlite);
	sqlite = make_old(0);
	assert_int_equal(db_migrate(sqlite, steps, 3), -EBADMSG);
	sqlite3_close(sqlite);
}

/* Files of older versions */

#define NO_COMMANDS "DROP TABLE chunk_commands; "
#define REPLACES NO_COMMANDS "DROP TRIGGER audit_replace; "		\
	"DROP TRIGGER audit_number; "
#define NO_TRIGGERS REPLACES "DROP TRIGGER audit_update; DROP TRIGGER "	\
	"audit_delete; DROP TABLE retention; "
#define NO_OWNERS NO_TRIGGERS "DROP INDEX container_user; "		\
	"ALTER TABLE container DROP COLUMN user; "			\
	"DROP INDEX audit_user; ALTER TABLE audit DROP COLUMN user; "
#define NO_USERS NO_OWNERS "DROP INDEX event_user; ALTER TABLE event "	\
	"DROP COLUMN user; "
#define NO_DEVICES NO_USERS "DROP TABLE device; "
#define VIEW NO_DEVICES "DROP VIEW deletions; CREATE VIEW deletions "	\
	"(id, container_id, reason, ts) AS "

static const struct {
	int version;
	const char *sql;	/* from the newest version to that one */
} olds[] = {
	{ 1, VIEW "SELECT seq, container_id, reason, datetime(t_ms / 1000, "
	     "'unixepoch') FROM audit WHERE state = 'verified' AND NOT "
	     "dry_run AND action IN ('stop', 'kill', 'remove')" },
	{ 1, VIEW "SELECT e.seq, e.container_id, coalesce(p.reason, "
	     "e.reason), datetime(e.t_ms / 1000, 'unixepoch') FROM audit AS e "
	     "LEFT JOIN audit AS p ON p.decision = e.decision AND p.state = "
	     "'planned' WHERE e.state = 'verified' AND NOT e.dry_run AND "
	     "e.action NOT IN ('notify', 'restart', 'pause', 'limit')" },
	{ 2, NO_DEVICES },
	{ 3, NO_USERS },
	{ 4, NO_OWNERS },
	{ 5, NO_TRIGGERS },
	{ 6, REPLACES },
	{ 7, NO_COMMANDS },
	{ 8, "" },
};

static void make_older(size_t i)
{
	char sql[64];
	sqlite3 *sqlite;

	make_recorded();
	snprintf(sql, sizeof(sql), "PRAGMA user_version = %d",
		 olds[i].version);
	assert_int_equal(sqlite3_open(path, &sqlite), SQLITE_OK);
	assert_int_equal(db_exec(sqlite, olds[i].sql), 0);
	assert_int_equal(db_exec(sqlite, sql), 0);
	sqlite3_close(sqlite);
}

/* Those of an older version stay in its file. */
static void remove_comments(char *text)
{
	char *begin = text;

	while ((begin = strstr(begin, "--"))) {
		char *end = begin + strcspn(begin, "\n");

		while (begin > text && strchr("\t ", begin[-1]))
			begin--;
		memmove(begin, end, strlen(end) + 1);
	}
}

static char *schema_of(const char *file)
{
	sqlite3_stmt *statement;
	sqlite3 *sqlite;
	char *text;

	assert_int_equal(sqlite3_open(file, &sqlite), SQLITE_OK);
	assert_int_equal(db_prepare(sqlite, "SELECT group_concat(sql, char(10))"
		" FROM (SELECT sql FROM sqlite_schema ORDER BY type, name)",
		&statement), 0);
	assert_int_equal(db_step(statement), 1);
	text = strdup((const char *)sqlite3_column_text(statement, 0));
	remove_comments(text);
	sqlite3_finalize(statement);
	sqlite3_close(sqlite);
	return text;
}

static void test_a_file_of_each_older_version(void **state)
{
	char *want, *schema, *why = NULL;
	sqlite3 *sqlite;
	size_t i;

	(void)state;
	make_recorded();
	want = schema_of(path);
	for (i = 0; i < COUNT(olds); i++) {
		assert_int_equal(unlink(path), 0);
		make_older(i);
		/* It can be read as it is. */
		assert_int_equal(db_open_file(path, &sqlite, &why), 0);
		sqlite3_close(sqlite);
		assert_int_equal(sql_number(path, "PRAGMA user_version"),
				 olds[i].version);
		open_store(path, 0);
		must_have(0, 60);
		close_store();
		assert_int_equal(nr_put_aside(), 0);
		assert_int_equal(sql_number(path, "PRAGMA user_version"),
				 DB_VERSION);
		schema = schema_of(path);
		assert_string_equal(schema, want);
		free(schema);
	}
	free(want);
}

static void must_have_rows(const char *table, int64_t nr, int64_t newest)
{
	char sql[200];

	snprintf(sql, sizeof(sql), "SELECT count(*) FROM %s", table);
	assert_int_equal(sql_number(path, sql), nr);
	snprintf(sql, sizeof(sql), "SELECT max(seq) FROM %s", table);
	assert_int_equal(sql_number(path, sql), newest);
	snprintf(sql, sizeof(sql), "SELECT sum(user) FROM %s", table);
	assert_int_equal(sql_number(path, sql), 0);
}

static void must_have_last(const char *table, int64_t last_seq)
{
	char sql[200];

	snprintf(sql, sizeof(sql), "SELECT seq FROM sqlite_sequence "
		 "WHERE name = '%s'", table);
	assert_int_equal(sql_number(path, sql), last_seq);
}

#define ROWS(table, columns, values) "DELETE FROM " table ";"		\
	"INSERT INTO " table " (seq, t_ms, " columns ") VALUES "	\
	"(11, 1, " values "), (12, 2, " values "), (13, 3, " values ");" \
	"DELETE FROM " table " WHERE seq = 13; "

/* They stay, and no number is used twice. */
static void test_numbers_of_an_older_version(void **state)
{
	const struct store_event event = { .t_ms = (double)T0, .kind = "a" };
	const struct store_decision decision = {
		.t_ms = (double)T0, .decision = "a", .state = "a",
		.action = "a",
	};
	sqlite3 *sqlite;

	(void)state;
	make_recorded();
	assert_int_equal(sqlite3_open(path, &sqlite), SQLITE_OK);
	assert_int_equal(db_exec(sqlite, NO_USERS
		ROWS("event", "kind", "'a'")
		ROWS("audit", "decision, state, action, dry_run",
		     "'a', 'a', 'a', 0")
		"PRAGMA user_version = 3"), 0);
	sqlite3_close(sqlite);
	open_store(path, 0);
	close_store();
	must_have_rows("event", 2, 12);
	must_have_last("event", 13);
	must_have_rows("audit", 2, 12);
	must_have_last("audit", 13);
	open_store(path, 0);
	assert_int_equal(store_event(store, &event), 0);
	assert_int_equal(store_decision(store, &decision), 0);
	close_store();
	must_have_rows("event", 3, 14);
	must_have_rows("audit", 3, 14);
}

/* All that was known of them, also in other tables */
static void test_containers_of_an_older_version(void **state)
{
	sqlite3 *sqlite;

	(void)state;
	make_recorded();
	assert_int_equal(sqlite3_open(path, &sqlite), SQLITE_OK);
	assert_int_equal(db_exec(sqlite, NO_OWNERS "PRAGMA user_version = 4; "
		"UPDATE container SET ended_ms = last_ms; "
		"INSERT INTO final (c, ended_ms) SELECT c, 7 FROM container"),
		0);
	sqlite3_close(sqlite);
	open_store(path, 0);
	close_store();
	assert_int_equal(sql_number(path, "SELECT count(*) FROM container "
		"JOIN final USING (c) WHERE title = 'web' AND user = 0 "
		"AND container.ended_ms = last_ms AND final.ended_ms = 7"), 1);
	assert_int_equal(sql_number(path, "SELECT count(*) FROM "
				    "pragma_foreign_key_check"), 0);
}

/* It was not recorded whose they are, so their engines are asked again. */
static void test_one_that_runs_during_an_upgrade(void **state)
{
	const struct box box = { "web@1000", 1, 1 };
	char id[32];
	struct container_row row = row_of(&box, id);
	const struct store_container who = { .cgroup_id = 1, .row = &row,
					     .is_named = true,
					     .user_id = 1000 };
	sqlite3 *sqlite;

	(void)state;
	make_recorded();
	assert_int_equal(sqlite3_open(path, &sqlite), SQLITE_OK);
	assert_int_equal(db_exec(sqlite, NO_OWNERS
				 "PRAGMA user_version = 4"), 0);
	sqlite3_close(sqlite);
	open_store(path, 0);
	store_rename(store, &who);
	close_store();
	assert_int_equal(sql_number(path, "SELECT count(*) FROM container "
		"WHERE title = 'web@1000' AND user = 1000 AND image = 'image'"),
		1);
}

/* Two programs at once */

static void test_two_on_one_file(void **state)
{
	struct store *first;

	(void)state;
	open_store(path, 0);
	first = store;
	record(0);
	open_store(path, 0);
	assert_string_equal(status_of().path, "");
	assert_contains(status_of().why, "in use by another contmond");
	assert_int_equal(nr_put_aside(), 0);
	record(100);
	must_have(100, 60);	/* the second one keeps its own past */
	must_have(0, 0);
	close_store();
	store = first;
	must_have(0, 60);
	record(200);
	must_have(200, 60);
}

/* A link to it is another name, not another lock; the file may be new. */
static void test_two_names_of_one_file(void **state)
{
	char *link = (char *)in_directory("another");
	struct db first, second;
	char *why = NULL;

	(void)state;
	assert_int_equal(symlink("store.db", link), 0);
	assert_int_equal(db_open(link, &first, &why), 0);
	assert_int_equal(access(path, F_OK), 0);
	assert_string_equal(first.path, path);
	assert_int_equal(db_open(path, &second, &why), -EBUSY);
	free(why);
	db_close(&first);
	assert_int_equal(db_open(path, &first, &why), 0);
	assert_int_equal(db_open(link, &second, &why), -EBUSY);
	free(why);
	db_close(&first);
	assert_int_equal(access(in_directory("another-lock"), F_OK), -1);
	assert_int_equal(unlink(link), 0);
	assert_int_equal(symlink("another", link), 0);
	assert_int_equal(db_open(link, &first, &why), -ELOOP);
	free(why);
}

/* Another program that reads with a plain connection */
/* A hard link is not followed, so the other one may have the file open. */
static void test_a_hard_link(void **state)
{
	const char *other = in_directory("another");
	struct store *first;

	(void)state;
	open_store(path, 0);
	first = store;
	record(0);
	assert_int_equal(link(path, other), 0);
	open_store(other, 0);
	assert_string_equal(status_of().path, "");
	assert_contains(status_of().why, "it has hard links");
	assert_int_equal(access(in_directory("another-wal"), F_OK), -1);
	record(100);
	assert_int_equal(unlink(other), 0);
	close_store();
	store = first;
	record(200);
	must_have(0, 60);
	must_have(200, 60);
	assert_int_equal(nr_put_aside(), 0);
}

static void test_a_reader_beside(void **state)
{
	sqlite3 *sqlite;
	int64_t before, after;

	(void)state;
	open_store(path, 0);
	record(0);
	assert_int_equal(sqlite3_open(path, &sqlite), SQLITE_OK);
	assert_int_equal(db_exec(sqlite, "BEGIN"), 0);
	assert_int_equal(db_number(sqlite, "SELECT count(*) FROM frame",
				   &before), 0);
	record(100);
	must_have(100, 60);
	assert_int_equal(db_number(sqlite, "SELECT count(*) FROM frame",
				   &after), 0);
	assert_int_equal(before, after);
	sqlite3_close(sqlite);
}

/* After it has read or written far more */
static void must_have_little_memory(sqlite3 *sqlite)
{
	int used = 0, most;

	assert_int_equal(sqlite3_db_status(sqlite, SQLITE_DBSTATUS_CACHE_USED,
					   &used, &most, 0), SQLITE_OK);
	assert_true(used > DB_CACHE_KIB * 512);
	assert_true(used < DB_CACHE_KIB * 1200);
}

static void test_the_memory_of_a_connection(void **state)
{
	static const char more[] =
		"WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 "
		"FROM n WHERE i < 200) INSERT INTO event (t_ms, kind, detail) "
		"SELECT i, 'a', printf('%.8000c', 'x') FROM n";
	sqlite3 *reader;
	int64_t bytes;
	struct db db;
	char *why;
	int i;

	(void)state;
	for (i = 0; i < 2; i++) {
		assert_int_equal(db_open(path, &db, &why), 0);
		assert_int_equal(db_exec(db.sqlite, more), 0);
		must_have_little_memory(db.sqlite);
		assert_int_equal(db_open_reader(&db, &reader), 0);
		assert_int_equal(db_number(reader, "SELECT sum(length(detail)) "
					   "FROM event", &bytes), 0);
		assert_true(bytes >= 200 * 8000);
		must_have_little_memory(reader);
		sqlite3_close(reader);
		db_close(&db);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end_test)
		TEST(test_a_new_file),
		TEST(test_in_memory),
		TEST(test_each_older_version_is_upgraded),
		TEST(test_an_upgrade_is_all_or_nothing),
		TEST(test_newer_and_other_versions),
		TEST(test_a_file_of_each_older_version),
		TEST(test_numbers_of_an_older_version),
		TEST(test_containers_of_an_older_version),
		TEST(test_one_that_runs_during_an_upgrade),
		TEST(test_two_on_one_file),
		TEST(test_two_names_of_one_file),
		TEST(test_a_hard_link),
		TEST(test_a_reader_beside),
		TEST(test_the_memory_of_a_connection),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
