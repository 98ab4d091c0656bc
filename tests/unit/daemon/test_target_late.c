// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a target has not got: a target begins before the file can be opened, and
 * the file knows it; or it was deleted before it could be sent.
 */
#include "tests/unit/store_file.h"

#include "contmond/forward/protocol.h"
#include "contmond/forward/target.h"
#include "contmond/store/event_kinds.h"

static struct target *target;
static uint64_t now_ns;

static void add_events(int nr)
{
	const struct store_event event = { .t_ms = T0,
					   .kind = EVENT_OOM_KILLED };

	while (nr-- > 0)
		assert_int_equal(store_event(store, &event), 0);
	store_sync(store);
}

/* The file has five events, of which the target has got those before @seq. */
static void begin_without_file(int64_t seq)
{
	open_store(path, 0);
	add_events(5);
	store_set_feed_cursor(store, FEED_EVENTS, "t", seq);
	close_store();
	assert_int_equal(rename(path, in_directory("away.db")), 0);
	assert_int_equal(mkdir(path, 0700), 0);
	open_store(path, 0);
	assert_string_equal(status_of().path, "");
}

static void open_file_late(void)
{
	assert_int_equal(rmdir(path), 0);
	assert_int_equal(rename(in_directory("away.db"), path), 0);
	store_try_again(store);
	store_sync(store);
	assert_string_equal(status_of().path, path);
}

static void begin_target(const char *kinds)
{
	struct target_options options = {
		.name = (char *)"t",
		.protocol = &loki_protocol,
		.url = (char *)"http://127.0.0.1/",
		.kinds = (char *)kinds,
		.interval_ms = 1000,
		.timeout_ms = 1000,
		.batch_max_bytes = 1 << 20,
	};

	assert_int_equal(libcurl_load(), 0);
	assert_int_equal(target_new(&options, store, "host", &target), 0);
}

static bool step(void)
{
	bool has_request;

	now_ns += 10 * NS_PER_SECOND;
	has_request = target_step(target, now_ns);
	store_sync(store);
	return has_request;
}

/* What it has done is written, too. */
static void run_without_request(void)
{
	int i;

	for (i = 0; i < 4; i++)
		assert_false(step());
}

static CURLcode answer(CURL *easy, CURLINFO info, ...)
{
	va_list list;

	(void)easy;
	va_start(list, info);
	if (info == CURLINFO_RESPONSE_CODE)
		*va_arg(list, long *) = 204;
	va_end(list);
	return CURLE_OK;
}

#define GONE "the database no longer has them"
#define LATE "the database that has them was opened too late"

/* @why: NULL if none was dropped */
static void must_have_dropped(uint64_t nr, const char *why, int64_t cursor)
{
	const char *said = target->status.drop_reason;

	assert_int_equal(target->status.dropped_ticks, nr);
	assert_string_equal(said ?: "", why ?: "");
	store_sync(store);
	assert_int_equal(sql_number(path, "SELECT seq FROM cursor"), cursor);
}

static void test_what_the_file_has_is_counted(void **state)
{
	(void)state;
	begin_without_file(3);
	begin_target(EVENT_CONTAINER_STARTED);
	run_without_request();
	add_events(2);
	run_without_request();
	open_file_late();
	run_without_request();
	must_have_dropped(3, LATE, 8);
	add_events(1);
	run_without_request();
	must_have_dropped(3, LATE, 9);
	target_free(target);
}

/* What it has got from memory is not sent again after a start, either. */
static void test_a_target_that_has_got_everything(void **state)
{
	(void)state;
	begin_without_file(6);
	begin_target(EVENT_CONTAINER_STARTED);
	run_without_request();
	add_events(2);
	run_without_request();
	open_file_late();
	run_without_request();
	must_have_dropped(0, NULL, 8);
	target_free(target);
}

static void test_it_comes_during_a_request(void **state)
{
	(void)state;
	begin_without_file(3);
	begin_target(NULL);
	run_without_request();
	add_events(2);
	assert_true(step());
	open_file_late();
	curl.easy_getinfo = answer;
	target_finish(target, CURLE_OK);
	assert_int_equal(target->status.delivered_ticks, 2);
	run_without_request();
	must_have_dropped(3, LATE, 8);
	target_free(target);
}

/* It has got nothing yet, so it goes on in the file. */
static void test_a_target_that_begins_later(void **state)
{
	(void)state;
	begin_without_file(3);
	add_events(2);
	open_file_late();
	begin_target(EVENT_CONTAINER_STARTED);
	run_without_request();
	must_have_dropped(0, NULL, 8);
	add_events(1);
	run_without_request();
	must_have_dropped(0, NULL, 9);
	target_free(target);
}

static void delete_events(const char *which)
{
	char sql[100];
	sqlite3 *sqlite;

	snprintf(sql, sizeof(sql), "DELETE FROM event WHERE seq IN (%s)",
		 which);
	close_store();
	assert_int_equal(sqlite3_open(path, &sqlite), SQLITE_OK);
	assert_int_equal(sqlite3_exec(sqlite, sql, NULL, NULL, NULL),
			 SQLITE_OK);
	sqlite3_close(sqlite);
	open_store(path, 0);
}

/* One with other settings, which sends nothing before the old one has ended */
static void follow_target(void)
{
	struct target *old = target;

	begin_target(NULL);
	target_follow(target, old);
	target_free(old);
}

static void run_until_request(void)
{
	int i;

	for (i = 0; !step(); i++)
		assert_true(i < 4);
}

/* A reason belongs to a total, and both outlive a change of the settings. */
static void test_reasons_stay_with_their_totals(void **state)
{
	(void)state;
	open_store(path, 0);
	begin_target(NULL);
	target->status.rejected_rows = 2;
	target->status.rejection = (struct target_reason){ "why, in full",
							   "why" };
	target->status.dropped_ticks = 3;
	target->status.drop_reason = GONE;
	follow_target();
	assert_int_equal(target->status.rejected_rows, 2);
	assert_string_equal(target->status.rejection.full, "why, in full");
	assert_string_equal(target->status.rejection.plain, "why");
	assert_int_equal(target->status.dropped_ticks, 3);
	assert_string_equal(target->status.drop_reason, GONE);
	target_free(target);
}

/* However often it is configured anew meanwhile */
static void test_what_is_gone_is_counted_once(void **state)
{
	int i;

	(void)state;
	open_store(path, 0);
	add_events(6);
	store_set_feed_cursor(store, FEED_EVENTS, "t", 1);
	store_sync(store);
	delete_events("1, 2, 3, 5");
	begin_target(NULL);
	run_until_request();
	must_have_dropped(3, GONE, 4);
	for (i = 0; i < 2; i++) {
		follow_target();
		run_until_request();
		must_have_dropped(3, GONE, 4);
	}
	curl.easy_getinfo = answer;
	target_finish(target, CURLE_OK);
	assert_int_equal(target->status.delivered_ticks, 2);
	must_have_dropped(4, GONE, 7);
	target_free(target);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end_test)
		TEST(test_what_the_file_has_is_counted),
		TEST(test_a_target_that_has_got_everything),
		TEST(test_it_comes_during_a_request),
		TEST(test_a_target_that_begins_later),
		TEST(test_reasons_stay_with_their_totals),
		TEST(test_what_is_gone_is_counted_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
