// SPDX-License-Identifier: GPL-2.0-only
/* What a target keeps in memory while it cannot be reached */
#include "tests/unit/store_file.h"

#include "contmond/forward/protocol.h"
#include "contmond/forward/target.h"
#include "contmond/store/event_kinds.h"

static struct target *target;
static uint64_t now_ns;
static long status;

static CURLcode answer(CURL *easy, CURLINFO info, ...)
{
	va_list list;

	(void)easy;
	va_start(list, info);
	if (info == CURLINFO_RESPONSE_CODE)
		*va_arg(list, long *) = status;
	va_end(list);
	return CURLE_OK;
}

static void add_event(int64_t t_ms)
{
	const struct store_event event = { .t_ms = (double)(T0 + t_ms),
					   .kind = EVENT_OOM_KILLED };

	assert_int_equal(store_event(store, &event), 0);
	store_sync(store);
}

static int begin_target(void **state)
{
	struct target_options options = {
		.name = (char *)"t",
		.protocol = &jsonline_protocol,
		.url = (char *)"http://127.0.0.1/",
		.interval_ms = 1000,
		.timeout_ms = 1000,
		.batch_max_bytes = 1 << 20,
		.compress = COMPRESS_NONE,
	};

	if (begin(state) < 0)
		return -1;
	open_store(path, 0);
	store_set_feed_cursor(store, FEED_EVENTS, "t", 1);
	add_event(1);
	add_event(2);
	assert_int_equal(libcurl_load(), 0);
	assert_int_equal(target_new(&options, store, "host", &target), 0);
	curl.easy_getinfo = answer;
	now_ns = clock_monotonic_ns();
	return 0;
}

static int end(void **state)
{
	target_free(target);
	return end_test(state);
}

static void run_until_request(void)
{
	int i;

	for (i = 0; i < 4; i++) {
		now_ns += 1000 * NS_PER_SECOND;
		if (target_step(target, now_ns))
			return;
		store_sync(store);
	}
	fail_msg("no request");
}

static void finish(CURLcode result, long answered)
{
	status = answered;
	target_finish(target, result);
	store_sync(store);
}

/* The events that are in the next request: "12" are the first two. */
static const char *sent(void)
{
	static char ret[10];
	const struct rows_range *range = &target->ranges[0];
	const struct parcel *parcel = &target->parcel;
	size_t length, nr = 0, i;

	for (i = range->first; i < range->end; i++) {
		const char *row = parcel_rows(parcel, i, i + 1, &length);
		int event;

		for (event = 1; event <= 3; event++) {
			char t_ms[32];

			snprintf(t_ms, sizeof(t_ms), "%lld",
				 (long long)T0 + event);
			if (memmem(row, length, t_ms, strlen(t_ms)))
				ret[nr++] = (char)('0' + event);
		}
	}
	ret[nr] = '\0';
	return ret;
}

static void test_nothing(void **state)
{
	(void)state;
	run_until_request();
	assert_string_equal(sent(), "12");
	finish(CURLE_COULDNT_CONNECT, 0);
	assert_null(target->parcel.rows.text);
	assert_null(target->body.text);
	assert_int_equal(target->status.delivered_ticks, 0);

	add_event(3);
	run_until_request();
	assert_string_equal(sent(), "123");
	finish(CURLE_OK, 503);
	assert_null(target->parcel.rows.text);

	run_until_request();
	finish(CURLE_OK, 204);
	assert_int_equal(target->status.delivered_ticks, 3);
	assert_int_equal(target->status.dropped_ticks, 0);
	assert_int_equal(target->status.failed_requests, 2);
}

static void delete_event(int seq)
{
	char sql[100];
	sqlite3 *sqlite;

	snprintf(sql, sizeof(sql), "DELETE FROM event WHERE seq = %d", seq);
	assert_int_equal(sqlite3_open(path, &sqlite), SQLITE_OK);
	sqlite3_busy_timeout(sqlite, 5000);
	assert_int_equal(sqlite3_exec(sqlite, sql, NULL, NULL, NULL),
			 SQLITE_OK);
	sqlite3_close(sqlite);
}

/* One in the middle of what waits, then the first one: each counts once. */
static void test_what_is_deleted_meanwhile(void **state)
{
	(void)state;
	add_event(3);
	run_until_request();
	finish(CURLE_COULDNT_CONNECT, 0);
	delete_event(2);
	run_until_request();
	assert_string_equal(sent(), "13");
	assert_int_equal(target->status.dropped_ticks, 0);
	finish(CURLE_OPERATION_TIMEDOUT, 0);
	delete_event(1);
	run_until_request();
	assert_string_equal(sent(), "3");
	assert_int_equal(target->status.dropped_ticks, 2);
	finish(CURLE_OK, 500);
	run_until_request();
	finish(CURLE_OK, 204);
	assert_int_equal(target->status.delivered_ticks, 1);
	assert_int_equal(target->status.dropped_ticks, 2);
}

/* The half that was delivered must not be sent again. */
static void test_the_rest_of_a_request(void **state)
{
	(void)state;
	run_until_request();
	finish(CURLE_OK, 400);
	run_until_request();
	finish(CURLE_OK, 204);
	add_event(3);
	run_until_request();
	assert_string_equal(sent(), "2");
	finish(CURLE_COULDNT_CONNECT, 0);
	run_until_request();
	assert_string_equal(sent(), "2");
	finish(CURLE_OK, 204);
	run_until_request();
	assert_string_equal(sent(), "3");
	assert_int_equal(target->status.delivered_ticks, 2);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin_target, end)
		TEST(test_nothing),
		TEST(test_what_is_deleted_meanwhile),
		TEST(test_the_rest_of_a_request),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
