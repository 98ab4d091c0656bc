// SPDX-License-Identifier: GPL-2.0-only
/*
 * Every tick in its order, from frames and from sealed spans
 *
 * wrap: sorted_place
 */
#include "tests/unit/store_file.h"

#include "base/sorted.h"
#include "contmond/store/ticks.h"

#define NR_TICKS 1500
/* The first tick after a restart of the store has no rates. */
#define RESTART_AT 650

/* Number of the containers in tick @i, and the value of each number */
static size_t boxes_in(int64_t i)
{
	return i % 10 == 3 ? 1 : 2;
}

static double value_in(int64_t i)
{
	return (double)(4096 * (10 + i));
}

static void add_ticks(int64_t first, int64_t end)
{
	int64_t i;

	for (i = first; i < end; i++) {
		const struct box boxes[] = { { "web", 1, value_in(i) },
					     { "db", 2, value_in(i) } };

		tick_at(T0 + i * 1000, BOOT0 + i * 1000, boxes, boxes_in(i));
		if (i % 100 == 99)
			store_sync(store);
	}
	store_sync(store);
}

/* What was told so far; tick @next is expected */
struct heard {
	int64_t next;
	int64_t seq_of_first;
	size_t limit;
	size_t nr;
};

static void must_be_container(const struct tick_row *row, const char *title,
			      int64_t i)
{
	assert_non_null(row->owner);
	assert_string_equal(row->owner->title, title);
	assert_string_equal(row->owner->image, "image");
	assert_true(row->values[0] == value_in(i));
	assert_true(row->values[1] == value_in(i));
	if (i == 0)
		assert_true(isnan(row->values[2]));
	assert_true(isnan(row->values[3]));
}

static int hear(const struct tick *tick, void *userdata)
{
	struct heard *heard = userdata;
	int64_t i = heard->next++;

	assert_int_equal(tick->seq, heard->seq_of_first + i);
	assert_int_equal(tick->stored_seq, tick->seq);
	assert_int_equal(tick->t_ms, T0 + i * 1000);
	assert_int_equal(tick->nr, 1 + boxes_in(i));
	assert_null(tick->rows[0].owner);
	assert_true(tick->rows[0].values[0] == 7);
	must_be_container(&tick->rows[1], "web", i);
	if (boxes_in(i) == 2)
		must_be_container(&tick->rows[2], "db", i);
	if (boxes_in(i) == 2 && boxes_in(i - 1) == 2 && i > 0 &&
	    i != RESTART_AT)
		assert_near(tick->rows[1].values[2], 4096, 1e-6);
	return ++heard->nr == heard->limit;
}

static void listen_from(struct heard *heard)
{
	const struct column *containers[] = {
		table_find(&container_table, "memory_current_bytes"),
		table_find(&container_table, "cpu_seconds_total"),
		table_find(&container_table, "cpu_cores"),
		table_find(&container_table, "memory_faults_total"),
	};
	const struct column *host[] = { table_find(&system_table, "load1") };
	struct ticks_query query = { containers, 4, host, 1, 0 };
	size_t before;

	do {
		before = heard->nr;
		query.first_seq = heard->seq_of_first + heard->next;
		assert_int_equal(store_ticks(store, &query, hear, heard), 0);
	} while (heard->nr > before && heard->nr != heard->limit);
}

static void test_all_ticks(void **state)
{
	struct heard heard = { .seq_of_first = 1 };
	int64_t first, end;

	(void)state;
	assert_int_equal(store_ticks_range(store, &first, &end), 0);
	assert_int_equal(first, 1);
	assert_int_equal(end, 1);
	listen_from(&heard);
	assert_int_equal(heard.nr, 0);
	add_ticks(0, NR_TICKS);
	assert_true(sql_number(path, "SELECT count(*) FROM span WHERE "
			       "tier = 0 AND layout IS NULL") >= 1);
	assert_int_equal(store_ticks_range(store, &first, &end), 0);
	assert_int_equal(first, 1);
	assert_int_equal(end, 1 + NR_TICKS);
	listen_from(&heard);
	assert_int_equal(heard.nr, NR_TICKS);
}

/* Wherever one begins, also within a sealed span */
static void test_from_anywhere(void **state)
{
	static const int64_t places[] = { 1, 299, 599, 600, 601, 1234, 1499 };
	size_t i;

	(void)state;
	add_ticks(0, NR_TICKS);
	for (i = 0; i < ARRAY_SIZE(places); i++) {
		struct heard heard = { places[i], 1, 30, 0 };

		listen_from(&heard);
		assert_int_equal(heard.nr, places[i] == 1499 ? 1 : 30);
	}
}

static int hear_host(const struct tick *tick, void *userdata)
{
	struct heard *heard = userdata;

	assert_int_equal(tick->nr, 1 + boxes_in(heard->next++));
	assert_null(tick->rows[0].owner);
	assert_true(tick->rows[0].values[0] == 7);
	heard->nr++;
	return 0;
}

/* Containers without numbers are told as well. */
static void test_numbers_of_the_host_alone(void **state)
{
	const struct column *host[] = { table_find(&system_table, "load1") };
	struct ticks_query query = { NULL, 0, host, 1, 0 };
	struct heard heard = { .seq_of_first = 1 };
	size_t before;

	(void)state;
	add_ticks(0, NR_TICKS);
	do {
		before = heard.nr;
		query.first_seq = heard.seq_of_first + heard.next;
		assert_int_equal(store_ticks(store, &query, hear_host, &heard),
				 0);
	} while (heard.nr > before);
	assert_int_equal(heard.nr, NR_TICKS);
}

/* Only while the store's own thread rests: there is one place for its order. */
static bool is_counting;
static size_t nr_lookups, nr_comparisons;
static sorted_fn *order_counted;

size_t __real_sorted_place(const void *key, const void *array, size_t nr,
			   size_t size, sorted_fn *order, bool *ret_found);
size_t __wrap_sorted_place(const void *key, const void *array, size_t nr,
			   size_t size, sorted_fn *order, bool *ret_found);

static int count_comparison(const void *key, const void *element)
{
	nr_comparisons++;
	return order_counted(key, element);
}

size_t __wrap_sorted_place(const void *key, const void *array, size_t nr,
			   size_t size, sorted_fn *order, bool *ret_found)
{
	if (!is_counting)
		return __real_sorted_place(key, array, nr, size, order,
					   ret_found);
	nr_lookups++;
	order_counted = order;
	return __real_sorted_place(key, array, nr, size, count_comparison,
				   ret_found);
}

static int count_rows(const struct tick *tick, void *userdata)
{
	size_t *nr = userdata;

	*nr += tick->nr - 1;
	return 0;
}

/* Their owners are not compared one by one. */
static void test_many_containers(void **state)
{
	static struct box boxes[MAX_BOXES];
	struct ticks_query query = { NULL, 0, NULL, 0, 1 };
	size_t i, nr_rows = 0;

	(void)state;
	for (i = 0; i < MAX_BOXES; i++)
		boxes[i] = (struct box){ "web", i + 1, 1 };
	for (i = 0; i < 10; i++)
		tick_at(T0 + (int64_t)i * 1000, BOOT0 + (int64_t)i * 1000,
			boxes, MAX_BOXES);
	store_sync(store);	/* nothing else is looked up from here on */
	nr_lookups = nr_comparisons = 0;
	is_counting = true;
	assert_int_equal(store_ticks(store, &query, count_rows, &nr_rows), 0);
	is_counting = false;
	assert_int_equal(nr_rows, 10 * MAX_BOXES);
	assert_int_equal(nr_lookups, nr_rows);
	assert_in_range(nr_comparisons, nr_rows, nr_rows * 11);
}

static void test_after_a_restart(void **state)
{
	struct heard heard = { .seq_of_first = 1 };
	int64_t seq;

	(void)state;
	add_ticks(0, RESTART_AT);
	store_set_cursor(store, "t", 12);
	reopen_store(path);
	add_ticks(RESTART_AT, 700);
	assert_int_equal(store_cursor(store, "t", &seq), 0);
	assert_int_equal(seq, 12);
	listen_from(&heard);
	assert_int_equal(heard.nr, 700);
}

/* Ticks of a database that is opened late follow those that it has. */
static void test_a_late_database(void **state)
{
	int64_t first, end, seq;
	char command[2000];

	(void)state;
	add_ticks(0, 5);
	close_store();
	snprintf(command, sizeof(command), "mv %s %s.away && mkdir %s", path,
		 path, path);
	assert_int_equal(system(command), 0);
	open_store(path, 0);
	add_ticks(0, 3);
	store_set_cursor(store, "t", 2);
	snprintf(command, sizeof(command), "rmdir %s && mv %s.away %s", path,
		 path, path);
	assert_int_equal(system(command), 0);
	store_try_again(store);
	store_sync(store);
	assert_int_equal(sql_number(path, "SELECT seq FROM cursor"), 7);
	assert_int_equal(store_cursor(store, "t", &seq), 0);
	assert_int_equal(seq, 2);
	assert_int_equal(store_ticks_range(store, &first, &end), 0);
	assert_int_equal(first, -4);
	assert_int_equal(end, 4);
	store_set_cursor(store, "t", 3);
	store_sync(store);
	assert_int_equal(sql_number(path, "SELECT seq FROM cursor"), 8);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin_opened, end_test)
		TEST(test_all_ticks),
		TEST(test_from_anywhere),
		TEST(test_numbers_of_the_host_alone),
		TEST(test_many_containers),
		TEST(test_after_a_restart),
		TEST(test_a_late_database),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
