// SPDX-License-Identifier: GPL-2.0-only
/*
 * /api/v1/events/stream while the store moves from memory to its file, where
 * events have other numbers.
 */
#include "tests/unit/store_file.h"

#include "contmond/serve/events.h"
#include "contmond/store/event_kinds.h"

static void happen(double t_ms)
{
	const struct store_event event = { .t_ms = t_ms,
					   .kind = EVENT_OOM_KILLED };

	assert_int_equal(store_event(store, &event), 0);
	store_sync(store);
}

/* What comes next, in @ret */
static void read_next(struct reply *reply, struct buffer *ret)
{
	buffer_done(ret);
	*ret = (struct buffer){ 0 };
	assert_int_equal(reply->more.next(reply->more.state, ret), 0);
}

static void wait_until_moved(void)
{
	while (!status_of().path[0]) {
		store_try_again(store);
		store_sync(store);
		usleep(1000);
	}
}

static void begin_stream(const char *last_id, struct reply *ret)
{
	const struct request request = { .last_event_id = last_id };
	const struct facts facts = { .store = store };

	*ret = (struct reply){ 0 };
	events_stream_handle(&facts, &request, ret);
	assert_int_equal(ret->status, 200);
}

/* With a file that has three events already */
static void begin_in_memory(void)
{
	char *folder = (char *)in_directory("store.db");
	int64_t i;

	open_store(path, 0);
	for (i = 0; i < 3; i++)
		happen((double)i);
	close_store();
	assert_int_equal(rename(path, in_directory("away.db")), 0);
	assert_int_equal(mkdir(folder, 0700), 0);
	open_store(path, 0);
	assert_string_equal(status_of().path, "");
	assert_int_equal(rmdir(folder), 0);
}

static void test_from_memory(void **state)
{
	struct buffer next = { 0 };
	struct reply reply, later;

	(void)state;
	begin_in_memory();
	happen(20);
	begin_stream(NULL, &reply);
	happen(21);
	read_next(&reply, &next);
	assert_contains(next.text, "id: 2\n");
	assert_int_equal(rename(in_directory("away.db"), path), 0);
	wait_until_moved();
	/* What was there before is not new. */
	read_next(&reply, &next);
	assert_int_equal(next.length, 0);
	happen(22);
	read_next(&reply, &next);
	assert_contains(next.text, "id: 6\n");
	assert_null(strstr(next.text, "id: 5\n"));
	/* Who asks only now has the new numbers. */
	begin_stream("4", &later);
	read_next(&later, &next);
	assert_contains(next.text, "id: 5\n");
	assert_contains(next.text, "id: 6\n");
	assert_null(strstr(next.text, "id: 4\n"));
	buffer_done(&next);
	reply_done(&reply);
	reply_done(&later);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end_test)
		TEST(test_from_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
