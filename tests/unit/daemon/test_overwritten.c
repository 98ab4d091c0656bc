// SPDX-License-Identifier: GPL-2.0-only
/*
 * Another program writes into the file while contmond uses it: what is damaged
 * is put aside, and contmond goes on with a new file.
 */
#include "tests/unit/store_file.h"

#include "contmond/store/feed.h"

static void overwrite(off_t at, char byte)
{
	char bytes[4096];
	struct stat st;
	int fd = open(path, O_WRONLY);

	assert_true(fd >= 0);
	assert_int_equal(fstat(fd, &st), 0);
	memset(bytes, byte, sizeof(bytes));
	for (; at < st.st_size; at += (off_t)sizeof(bytes))
		assert_int_equal(pwrite(fd, bytes, sizeof(bytes), at),
				 sizeof(bytes));
	close(fd);
}

/*
 * Ticks until the damage is found, which is at the latest when their span is
 * sealed; then a minute of which nothing may be lost.
 */
static void must_go_on(void)
{
	int64_t t, end_s = 100 + 100 * 20;

	for (t = 100; nr_put_aside() == 0 && t < end_s; t += 100)
		record(t);
	record(t);
	must_have(t, 60);
	assert_string_equal(status_of().path, path);
	assert_string_equal(status_of().why, "");
	reopen_store(path);
	must_have(t, 60);
	assert_int_equal(nr_put_aside(), 1);
}

static void begin_in_use(void)
{
	make_recorded();
	open_store(path, 0);
	record(60);
}

static void test_a_file_of_junk(void **state)
{
	(void)state;
	begin_in_use();
	overwrite(0, '\x5a');
	must_go_on();
}

static void test_a_file_of_zeros(void **state)
{
	(void)state;
	begin_in_use();
	overwrite(0, 0);
	must_go_on();
}

static void test_an_emptied_file(void **state)
{
	(void)state;
	begin_in_use();
	assert_int_equal(truncate(path, 0), 0);
	must_go_on();
}

static void test_a_damaged_middle(void **state)
{
	(void)state;
	begin_in_use();
	overwrite(5 * 8192, '\x5a');
	must_go_on();
}

static void add_events(int nr)
{
	const struct store_event event = { .t_ms = T0, .kind = "oom_killed" };

	while (nr-- > 0)
		assert_int_equal(store_event(store, &event), 0);
	store_sync(store);
}

/* Else a target that has the first ones would take the new ones for them. */
static void test_numbers_of_events(void **state)
{
	const struct store_decision decision = {
		.t_ms = T0, .decision = "d", .state = "acted", .action = "stop",
	};
	int64_t t, first, end;

	(void)state;
	begin_in_use();
	add_events(5);
	assert_int_equal(store_decision(store, &decision), 0);
	store_sync(store);
	overwrite(0, '\x5a');
	for (t = 100; nr_put_aside() == 0 && t < 2100; t += 100)
		record(t);
	add_events(7);
	assert_int_equal(store_decision(store, &decision), 0);
	store_sync(store);
	assert_int_equal(store_feed_range(store, FEED_EVENTS, &first, &end),
			 0);
	assert_int_equal(first, 6);
	assert_int_equal(end, 13);
	assert_int_equal(store_feed_range(store, FEED_DECISIONS, &first, &end),
			 0);
	assert_int_equal(first, 2);
	assert_int_equal(end, 3);
	/* Also if the file is left then */
	assert_int_equal(unlink(path), 0);
	add_events(1);
	assert_int_equal(store_feed_range(store, FEED_EVENTS, &first, &end),
			 0);
	assert_int_equal(end, 14);
}

static void make_put_aside(size_t nr)
{
	char name[64];
	size_t i;

	for (i = 0; i < nr; i++) {
		snprintf(name, sizeof(name), "store.db.2020010%zuT000000Z", i);
		write_file(name, "x");
	}
}

/* Else it would be opened and fail again, each second and for ever. */
static void test_too_many_put_aside(void **state)
{
	int64_t t;

	(void)state;
	make_put_aside(8);
	begin_in_use();
	overwrite(5 * 8192, '\x5a');
	for (t = 100; !status_of().why[0] && t < 2100; t += 100)
		record(t);
	assert_contains(status_of().why, "there are too many already");
	assert_string_equal(status_of().path, "");
	record(3000);
	must_have(3000, 60);
	/* Nor is it used when its turn comes again. */
	store_try_again(store);
	record(4000);
	assert_string_equal(status_of().path, "");
	assert_int_equal(unlink(in_directory("store.db.20200100T000000Z")), 0);
	store_try_again(store);
	record(5000);
	assert_string_equal(status_of().path, path);
	assert_string_equal(status_of().why, "");
	must_have(3000, 60);
	must_have(5000, 60);
	assert_int_equal(nr_put_aside(), 8);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end_test)
		TEST(test_a_file_of_junk),
		TEST(test_a_file_of_zeros),
		TEST(test_an_emptied_file),
		TEST(test_a_damaged_middle),
		TEST(test_numbers_of_events),
		TEST(test_too_many_put_aside),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
