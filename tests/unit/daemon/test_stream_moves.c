// SPDX-License-Identifier: GPL-2.0-only
/*
 * /api/v1/events/stream while the store moves to a file where events have other
 * numbers.
 *
 * wrap: view_end
 */
#include "tests/unit/store_file.h"

#include "contmond/serve/events.h"
#include "contmond/store/event_kinds.h"
#include "contmond/store/internal.h"

/* After the next view the store moves to its file, before another view. */
static bool moves_after_view;

void __real_view_end(struct view *view, int r);
void __wrap_view_end(struct view *view, int r);

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

void __wrap_view_end(struct view *view, int r)
{
	__real_view_end(view, r);
	if (!moves_after_view)
		return;
	moves_after_view = false;
	assert_int_equal(rename(in_directory("away.db"), path), 0);
	wait_until_moved();
}

static void begin_stream(const char *last_id, struct reply *ret)
{
	const struct request request = { .last_event_id = last_id };
	static const struct status status = { .host = "machine" };
	const struct facts facts = { .store = store, .status = &status };

	*ret = (struct reply){ 0 };
	events_stream_handle(&facts, &request, ret);
	assert_int_equal(ret->status, 200);
}

/* With a file that has three events already */
static void begin_in_memory(void)
{
	char *directory = (char *)in_directory("store.db");
	int64_t i;

	open_store(path, 0);
	for (i = 0; i < 3; i++)
		happen((double)i);
	close_store();
	assert_int_equal(rename(path, in_directory("away.db")), 0);
	assert_int_equal(mkdir(directory, 0700), 0);
	open_store(path, 0);
	assert_string_equal(status_of().path, "");
	assert_int_equal(rmdir(directory), 0);
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

static void test_between_two_views(void **state)
{
	struct buffer next = { 0 };
	struct reply reply;

	(void)state;
	begin_in_memory();
	happen(20);
	begin_stream(NULL, &reply);
	happen(21);
	moves_after_view = true;
	read_next(&reply, &next);
	assert_false(moves_after_view);
	assert_contains(next.text, "\"t\":21,");
	assert_null(strstr(next.text, "\"t\":20,"));
	happen(22);
	read_next(&reply, &next);
	assert_contains(next.text, "id: 6\n");
	assert_contains(next.text, "\"t\":22,");
	assert_null(strstr(next.text, "\"t\":21,"));
	buffer_done(&next);
	reply_done(&reply);
}

static void begin_in_file(struct reply *ret)
{
	open_store(path, 0);
	tick_one(0, "web", 0);
	happen(1);
	happen(2);
	begin_stream(NULL, ret);
}

static void test_to_a_new_file(void **state)
{
	struct buffer next = { 0 };
	struct reply reply;

	(void)state;
	begin_in_file(&reply);
	assert_int_equal(unlink(path), 0);
	happen(3);
	read_next(&reply, &next);
	assert_contains(next.text, "id: 3\n");
	happen(4);
	read_next(&reply, &next);
	assert_contains(next.text, "id: 4\n");
	assert_null(strstr(next.text, "id: 3\n"));
	buffer_done(&next);
	reply_done(&reply);
}

static void test_to_another_file(void **state)
{
	const char *other = in_directory("other.db");
	struct buffer next = { 0 };
	struct reply reply;
	int64_t i;

	(void)state;
	open_store(other, 0);
	for (i = 0; i < 5; i++)
		happen((double)i);
	close_store();
	begin_in_file(&reply);
	assert_int_equal(rename(other, path), 0);
	happen(3);
	read_next(&reply, &next);
	assert_contains(next.text, "id: 8\n");
	assert_null(strstr(next.text, "id: 5\n"));
	buffer_done(&next);
	reply_done(&reply);
}

/* Nobody asks while it is away. */
static void test_to_the_same_file(void **state)
{
	char *away = strdup(in_directory("away"));
	char *directory = strdup(in_directory("directory"));
	struct buffer next = { 0 };
	struct reply reply;

	(void)state;
	assert_int_equal(mkdir(directory, 0700), 0);
	snprintf(path, sizeof(path), "%s", in_directory("directory/store.db"));
	begin_in_file(&reply);
	assert_int_equal(rename(directory, away), 0);
	happen(3);
	assert_string_equal(status_of().path, "");
	assert_int_equal(rename(away, directory), 0);
	wait_until_moved();
	read_next(&reply, &next);
	assert_contains(next.text, "id: 3\n");
	assert_null(strstr(next.text, "id: 2\n"));
	buffer_done(&next);
	reply_done(&reply);
	free(directory);
	free(away);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end_test)
		TEST(test_from_memory),
		TEST(test_between_two_views),
		TEST(test_to_a_new_file),
		TEST(test_to_another_file),
		TEST(test_to_the_same_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
