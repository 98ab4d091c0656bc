// SPDX-License-Identifier: GPL-2.0-only
/* Events and decisions in their order, and how far a target has come */
#include "tests/unit/store_file.h"

#include "contmond/store/event_kinds.h"
#include "contmond/store/feed.h"

static void add_events(int first, int end)
{
	struct store_event event = { .kind = EVENT_OOM_KILLED,
				     .comm = "java" };
	int i;

	for (i = first; i < end; i++) {
		event.t_ms = (double)(T0 + i);
		event.pid = i;
		assert_int_equal(store_event(store, &event), 0);
	}
	store_sync(store);
}

static void add_decision(const char *id)
{
	const struct store_decision decision = { .t_ms = T0, .decision = id,
		.state = "planned", .action = "stop" };

	assert_int_equal(store_decision(store, &decision), 0);
	store_sync(store);
}

/* What was told: event @pid has the number @seq, and in the database @stored */
struct heard {
	int64_t seq;
	double stored;
	double pid;
	size_t nr;
};

static int hear(const struct feed_row *row, void *userdata)
{
	struct heard *heard = userdata;

	assert_null(row->decision);
	assert_int_equal(row->seq, heard->seq++);
	assert_true(row->event->seq == heard->stored++);
	assert_true(row->event->pid == heard->pid++);
	heard->nr++;
	return 0;
}

static void must_have_events(struct heard heard, size_t max_rows, size_t nr)
{
	assert_int_equal(store_feed(store, FEED_EVENTS, heard.seq, max_rows,
				    hear, &heard), 0);
	assert_int_equal(heard.nr, nr);
}

static void must_range(enum feed feed, int64_t first, int64_t end)
{
	int64_t is_first, is_end;

	assert_int_equal(store_feed_range(store, feed, &is_first, &is_end), 0);
	assert_int_equal(is_first, first);
	assert_int_equal(is_end, end);
}

static void test_events(void **state)
{
	(void)state;
	must_range(FEED_EVENTS, 1, 1);
	must_have_events((struct heard){ 1, 1, 1, 0 }, 10, 0);
	add_events(1, 6);
	must_range(FEED_EVENTS, 1, 6);
	must_have_events((struct heard){ 1, 1, 1, 0 }, 10, 5);
	must_have_events((struct heard){ 3, 3, 3, 0 }, 2, 2);
	must_have_events((struct heard){ 6, 6, 6, 0 }, 10, 0);
	sql_number(path, "DELETE FROM event RETURNING seq");
	must_range(FEED_EVENTS, 6, 6);
}

static int hear_decision(const struct feed_row *row, void *userdata)
{
	assert_null(row->event);
	assert_string_equal(row->decision->decision, userdata);
	assert_int_equal(row->seq, 2);
	return 0;
}

static void test_decisions(void **state)
{
	(void)state;
	add_decision("d1");
	add_decision("d2");
	must_range(FEED_DECISIONS, 1, 3);
	must_range(FEED_EVENTS, 1, 1);
	assert_int_equal(store_feed(store, FEED_DECISIONS, 2, 9, hear_decision,
				    (void *)"d2"), 0);
}

static int refuse(const struct feed_row *row, void *userdata)
{
	(void)row;
	(*(size_t *)userdata)++;
	return -ENOMEM;
}

static void test_an_error_ends_it(void **state)
{
	size_t nr = 0;

	(void)state;
	add_events(1, 4);
	assert_int_equal(store_feed(store, FEED_EVENTS, 1, 9, refuse, &nr),
			 -ENOMEM);
	assert_int_equal(nr, 1);
}

/* One for each feed, and one for ticks */
static void test_cursors(void **state)
{
	int64_t seq;

	(void)state;
	assert_int_equal(store_feed_cursor(store, FEED_EVENTS, "t", &seq),
			 -ENOENT);
	store_set_cursor(store, "t", 5);
	store_set_feed_cursor(store, FEED_EVENTS, "t", 7);
	store_set_feed_cursor(store, FEED_DECISIONS, "t", 8);
	store_set_feed_cursor(store, FEED_DECISIONS, "t", 9);
	store_sync(store);
	reopen_store(path);
	assert_int_equal(store_feed_cursor(store, FEED_EVENTS, "t", &seq), 0);
	assert_int_equal(seq, 7);
	assert_int_equal(store_feed_cursor(store, FEED_DECISIONS, "t", &seq),
			 0);
	assert_int_equal(seq, 9);
	assert_int_equal(store_cursor(store, "t", &seq), 0);
	assert_int_equal(seq, 5);
}

static void rename_file(const char *from, const char *to)
{
	char a[600], b[600];

	snprintf(a, sizeof(a), "%s%s", path, from);
	snprintf(b, sizeof(b), "%s%s", path, to);
	assert_int_equal(rename(a, b), 0);
}

/* What was in memory follows what a database has that is opened late. */
static void test_a_late_database(void **state)
{
	int64_t seq;

	(void)state;
	add_events(1, 6);
	add_decision("old");
	close_store();
	rename_file("", ".away");
	assert_int_equal(mkdir(path, 0700), 0);
	open_store(path, 0);
	add_events(1, 4);
	must_have_events((struct heard){ 1, 1, 1, 0 }, 10, 3);
	store_set_feed_cursor(store, FEED_EVENTS, "t", 3);
	assert_int_equal(rmdir(path), 0);
	rename_file(".away", "");
	store_try_again(store);
	store_sync(store);
	must_range(FEED_EVENTS, -4, 4);
	must_range(FEED_DECISIONS, 0, 1);
	must_have_events((struct heard){ 1, 6, 1, 0 }, 10, 3);
	assert_int_equal(sql_number(path, "SELECT seq FROM cursor"), 8);
	assert_int_equal(store_feed_cursor(store, FEED_EVENTS, "t", &seq), 0);
	assert_int_equal(seq, 3);
	add_events(4, 5);
	store_set_feed_cursor(store, FEED_EVENTS, "t", 5);
	must_have_events((struct heard){ 4, 9, 4, 0 }, 10, 1);
	reopen_store(path);
	assert_int_equal(store_feed_cursor(store, FEED_EVENTS, "t", &seq), 0);
	assert_int_equal(seq, 10);
}

/* Numbers go on, so that nobody gets anything twice. */
static void test_a_removed_database(void **state)
{
	int64_t seq;

	(void)state;
	add_events(1, 6);
	add_decision("old");
	store_set_feed_cursor(store, FEED_EVENTS, "t", 4);
	store_sync(store);
	assert_int_equal(unlink(path), 0);
	add_events(6, 8);
	must_range(FEED_EVENTS, 6, 8);
	must_range(FEED_DECISIONS, 2, 2);
	must_have_events((struct heard){ 6, 6, 6, 0 }, 10, 2);
	assert_int_equal(store_feed_cursor(store, FEED_EVENTS, "t", &seq), 0);
	assert_int_equal(seq, 4);
	store_set_feed_cursor(store, FEED_EVENTS, "t", 8);
	store_sync(store);
	assert_int_equal(sql_number(path, "SELECT seq FROM cursor"), 8);
}

static void test_a_database_that_comes_back(void **state)
{
	char *directory = strdup(in_directory("directory"));
	char *away = strdup(in_directory("away"));
	char *file = strdup(in_directory("directory/store.db"));
	int64_t seq;

	(void)state;
	assert_int_equal(mkdir(directory, 0700), 0);
	reopen_store(file);
	tick_one(0, "web", 0);
	add_events(1, 6);
	store_set_feed_cursor(store, FEED_EVENTS, "t", 4);
	store_sync(store);
	assert_int_equal(rename(directory, away), 0);
	add_events(6, 8);
	assert_string_equal(status_of().path, "");
	must_have_events((struct heard){ 6, 6, 6, 0 }, 10, 2);
	assert_int_equal(store_feed_cursor(store, FEED_EVENTS, "t", &seq), 0);
	assert_int_equal(seq, 4);
	store_set_feed_cursor(store, FEED_EVENTS, "t", 8);
	store_sync(store);
	assert_int_equal(rename(away, directory), 0);
	store_try_again(store);
	store_sync(store);
	assert_string_equal(status_of().path, file);
	must_range(FEED_EVENTS, 1, 8);
	must_have_events((struct heard){ 1, 1, 1, 0 }, 10, 7);
	/* Before anything else is delivered */
	reopen_store(file);
	assert_int_equal(store_feed_cursor(store, FEED_EVENTS, "t", &seq), 0);
	assert_int_equal(seq, 8);
	free(file);
	free(away);
	free(directory);
}

/* What it had is not taken for what only the old one has. */
static void test_another_database(void **state)
{
	struct heard heard = { 9, 12, 9, 0 };
	const char *other = in_directory("other.db");

	(void)state;
	add_events(1, 4);
	close_store();
	assert_int_equal(rename(path, other), 0);
	open_store(path, 0);
	add_events(1, 9);
	assert_int_equal(rename(other, path), 0);
	add_events(9, 11);
	must_range(FEED_EVENTS, -2, 11);
	assert_int_equal(store_feed(store, FEED_EVENTS, 5, 10, hear, &heard),
			 0);
	assert_int_equal(heard.nr, 2);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin_opened, end_test)
		TEST(test_events),
		TEST(test_decisions),
		TEST(test_an_error_ends_it),
		TEST(test_cursors),
		TEST(test_a_late_database),
		TEST(test_a_removed_database),
		TEST(test_a_database_that_comes_back),
		TEST(test_another_database),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
