// SPDX-License-Identifier: GPL-2.0-only
/*
 * The file is removed, renamed or replaced by another while it is in use:
 * contmond goes on with the file of that name.
 */
#include "tests/unit/store_file.h"

static void begin_in_use(void)
{
	open_store(path, 0);
	record(0);
}

static void must_be_in_use(const char *name, uint64_t removed)
{
	assert_string_equal(status_of().path, name);
	assert_string_equal(status_of().why, "");
	assert_string_equal(status_of().put_aside, "");
	assert_int_equal(status_of().lost, 0);
	assert_int_equal(status_of().removed, removed);
	assert_int_equal(access(name, F_OK), 0);
}

/* The frames after it are changes to those that were in the old file. */
static void test_a_removed_file(void **state)
{
	(void)state;
	begin_in_use();
	assert_int_equal(unlink(path), 0);
	record(60);
	must_be_in_use(path, 1);
	must_have(60, 60);
	reopen_store(path);
	must_have(60, 60);
	record(120);
	must_have(60, 60);
	must_have(120, 60);
}

static void test_removed_with_its_log(void **state)
{
	(void)state;
	begin_in_use();
	assert_int_equal(unlink(path), 0);
	assert_int_equal(unlink(in_directory("store.db-wal")), 0);
	assert_int_equal(unlink(in_directory("store.db-shm")), 0);
	assert_int_equal(unlink(in_directory("store.db-lock")), 0);
	record(60);
	must_be_in_use(path, 1);
	reopen_store(path);
	must_have(60, 60);
}

static void test_removed_twice(void **state)
{
	(void)state;
	begin_in_use();
	assert_int_equal(unlink(path), 0);
	record(60);
	assert_int_equal(unlink(path), 0);
	record(120);
	must_be_in_use(path, 2);
	reopen_store(path);
	must_have(120, 60);
}

/* Whoever has renamed it has everything that was written. */
static void test_a_renamed_file(void **state)
{
	const char *old = in_directory("old.db");

	(void)state;
	begin_in_use();
	assert_int_equal(rename(path, old), 0);
	record(60);
	must_be_in_use(path, 1);
	assert_int_equal(sql_number(old, "SELECT count(*) FROM frame "
				    "WHERE span = 1"), 60);
	close_store();
	open_store(old, 0);
	must_have(0, 60);
	must_have(60, 0);
}

/* Others would miss what is written to a log without a name. */
static void begin_without(const char *name)
{
	begin_in_use();
	assert_int_equal(unlink(in_directory(name)), 0);
	record(60);
	must_be_in_use(path, 1);
	assert_int_equal(access(in_directory(name), F_OK), 0);
	assert_int_equal(sql_number(path, "SELECT count(*) FROM frame "
				    "JOIN span ON id = span WHERE tier = 0"),
			 120);
	reopen_store(path);
	must_have(0, 60);
	must_have(60, 60);
	assert_int_equal(sql_number(path, "SELECT integrity_check = 'ok' "
				    "FROM pragma_integrity_check"), 1);
}

static void test_a_removed_log(void **state)
{
	(void)state;
	begin_without("store.db-wal");
}

static void test_a_removed_index(void **state)
{
	(void)state;
	begin_without("store.db-shm");
}

static void set_link(const char *link, const char *to)
{
	const char *draft = in_directory("draft");

	assert_int_equal(symlink(to, draft), 0);
	assert_int_equal(rename(draft, link), 0);
}

/* The file that it led to is whole, with its log. */
static void test_a_link_that_is_set_to_another(void **state)
{
	char *link = strdup(in_directory("link.db"));
	char *other = strdup(in_directory("other.db"));

	(void)state;
	set_link(link, "store.db");
	open_store(link, 0);
	record(0);
	must_be_in_use(path, 0);
	set_link(link, "other.db");
	record(60);
	must_be_in_use(other, 1);
	must_have(60, 60);
	assert_int_equal(sql_number(path, "SELECT count(*) FROM frame "
				    "JOIN span ON id = span WHERE tier = 0"),
			 60);
	set_link(link, "store.db");
	record(120);
	must_be_in_use(path, 2);
	must_have(0, 60);
	must_have(120, 60);
	free(other);
	free(link);
}

/* A part of its log would be missing in it. */
static void test_a_renamed_file_that_is_read(void **state)
{
	const char *old = in_directory("old.db");
	sqlite3 *reader;

	(void)state;
	begin_in_use();
	assert_int_equal(sqlite3_open(path, &reader), SQLITE_OK);
	assert_int_equal(sqlite3_exec(reader, "BEGIN; SELECT * FROM frame",
				      NULL, NULL, NULL), SQLITE_OK);
	record(60);
	assert_int_equal(rename(path, old), 0);
	record(120);
	assert_contains(status_of().why, "busy");
	must_have(120, 60);
	assert_int_equal(sqlite3_exec(reader, "COMMIT", NULL, NULL, NULL),
			 SQLITE_OK);
	sqlite3_close(reader);
	while (status_of().why[0])
		usleep(1000);
	must_be_in_use(path, 1);
	must_have(120, 60);
	close_store();
	open_store(old, 0);
	must_have(0, 60);
	must_have(60, 60);
	assert_int_equal(sql_number(old, "SELECT integrity_check = 'ok' "
				    "FROM pragma_integrity_check"), 1);
}

static void test_a_removed_directory(void **state)
{
	char *directory = strdup(in_directory("directory"));
	char *file = strdup(in_directory("directory/store.db"));

	(void)state;
	assert_int_equal(mkdir(directory, 0700), 0);
	open_store(file, 0);
	record(0);
	remove_tree(directory);
	record(60);
	assert_contains(status_of().why, "No such file or directory");
	assert_string_equal(status_of().path, "");
	assert_int_equal(status_of().removed, 1);
	must_have(60, 60);
	assert_int_equal(mkdir(directory, 0700), 0);
	store_try_again(store);
	record(120);
	must_be_in_use(file, 1);
	reopen_store(file);
	must_have(60, 60);
	must_have(120, 60);
	free(file);
	free(directory);
}

/* In sealed spans and in others */
static int64_t nr_ticks(const char *file)
{
	return sql_number(file, "SELECT total(end_seq - begin_seq) "
			  "FROM span WHERE tier = 0 AND layout IS NULL") +
	       sql_number(file, "SELECT count(*) FROM frame "
			  "JOIN span ON id = span "
			  "WHERE tier = 0 AND layout IS NOT NULL");
}

/* Nothing is in it twice, and what happened meanwhile is added. */
static void come_back_after(int64_t minutes)
{
	const struct container_row row = { .id = "web-1", .container = "web" };
	const struct store_container who = { .cgroup_id = 1, .row = &row };
	char *directory = strdup(in_directory("directory"));
	char *away = strdup(in_directory("away"));
	char *file = strdup(in_directory("directory/store.db"));
	struct store_final final;
	int64_t t;
	size_t i;

	assert_int_equal(mkdir(directory, 0700), 0);
	open_store(file, 0);
	record(0);
	assert_int_equal(rename(directory, away), 0);
	for (t = 1; t < minutes; t++)
		record(60 * t);
	assert_string_equal(status_of().path, "");
	store_final_init(&final);
	final.ended_ms = (double)(T0 + 60000 * minutes);
	assert_int_equal(store_end(store, &who, &final), 0);
	store_sync(store);
	assert_int_equal(rename(away, directory), 0);
	store_try_again(store);
	store_sync(store);
	must_be_in_use(file, 1);
	assert_int_equal(sql_number(file, "SELECT count(*) FROM container "
				    "WHERE ended_ms IS NOT NULL"), 1);
	record(60 * minutes);
	reopen_store(file);
	for (t = 0; t <= minutes; t++)
		must_have(60 * t, 60);
	/* One a second, also of the coarser tiers */
	ask_with("read_bytes_total", 0, 60 * minutes, 60, HISTORY_MEAN, true);
	assert_true(history.nr > (size_t)minutes - 1);
	for (i = 0; i < history.nr; i++)
		assert_near(history.values[i], 1, 0.01);
	assert_int_equal(nr_ticks(file), 60 * (minutes + 1));
	assert_int_equal(sql_number(file, "SELECT count(*) FROM container"),
			 1);
	remove_tree(directory);
	close_store();
	free(file);
	free(away);
	free(directory);
}

static void test_a_directory_that_comes_back(void **state)
{
	(void)state;
	come_back_after(2);
	/* By then, a span was complete. */
	come_back_after(25);
}

/* Numbers of containers, spans and ticks are those of the other run. */
static void test_another_database(void **state)
{
	const char *other = in_directory("other.db");

	(void)state;
	open_store(other, 0);
	record(1000);
	close_store();
	begin_in_use();
	assert_int_equal(rename(other, path), 0);
	record(60);
	must_be_in_use(path, 1);
	must_have(60, 60);
	must_have(1000, 60);
	reopen_store(path);
	must_have(60, 60);
	must_have(1000, 60);
	assert_int_equal(sql_number(path, "SELECT count(*) FROM frame "
		"WHERE span NOT IN (SELECT id FROM span)"), 0);
}

static void test_a_file_that_is_no_database(void **state)
{
	(void)state;
	begin_in_use();
	write_file("text", "this is no database, but another text, which is "
		   "longer than the header of a database would be, so that "
		   "it is read.");
	assert_int_equal(rename(in_directory("text"), path), 0);
	record(60);
	assert_string_equal(status_of().path, path);
	assert_int_equal(status_of().removed, 1);
	assert_int_equal(nr_put_aside(), 1);
	must_have(60, 60);
}

/* An end that comes after it is that of a container before it. */
static void test_a_container_that_ends(void **state)
{
	const struct container_row row = { .id = "web-1", .container = "web" };
	const struct store_container who = { .cgroup_id = 1, .row = &row };
	struct store_final final;

	(void)state;
	begin_in_use();
	assert_int_equal(unlink(path), 0);
	store_final_init(&final);
	final.ended_ms = (double)(T0 + 60000);
	final.exit_code = 3;
	assert_int_equal(store_end(store, &who, &final), 0);
	store_sync(store);
	must_be_in_use(path, 1);
	assert_int_equal(sql_number(path, "SELECT count(*) FROM container "
		"JOIN final USING (c) WHERE exit_code = 3 AND id = 'web-1' "
		"AND container.ended_ms IS NOT NULL"), 1);
}

static void test_at_the_end(void **state)
{
	(void)state;
	begin_in_use();
	assert_int_equal(unlink(path), 0);
	tick_one(60, "web", 60);
	close_store();
	open_store(path, 0);
	ask("processes", 60, 60, 1);
	assert_int_equal(history.nr, 1);
}

/* What is added to another file is not what its user asked for. */
static void test_an_archive(void **state)
{
	char *why;

	(void)state;
	assert_int_equal(store_open_archive(path, &store, &why), 0);
	record(0);
	assert_int_equal(unlink(path), 0);
	record(60);
	assert_contains(status_of().why, "was removed or replaced");
	assert_int_equal(access(path, F_OK), -1);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end_test)
		TEST(test_a_removed_file),
		TEST(test_removed_with_its_log),
		TEST(test_removed_twice),
		TEST(test_a_renamed_file),
		TEST(test_a_removed_log),
		TEST(test_a_removed_index),
		TEST(test_a_link_that_is_set_to_another),
		TEST(test_a_renamed_file_that_is_read),
		TEST(test_a_removed_directory),
		TEST(test_a_directory_that_comes_back),
		TEST(test_another_database),
		TEST(test_a_file_that_is_no_database),
		TEST(test_a_container_that_ends),
		TEST(test_at_the_end),
		TEST(test_an_archive),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
