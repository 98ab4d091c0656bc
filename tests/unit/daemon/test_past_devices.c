// SPDX-License-Identifier: GPL-2.0-only
/*
 * The past of the IO of containers by device
 *
 * wrap: device_name
 */
#include "tests/unit/past_devices.h"

static void test_two_devices(void **state)
{
	int64_t t;

	(void)state;
	open_store(path, 0);
	for (t = 0; t < 4; t++) {
		const struct used both[] = {
			{ 8, 0, 1000 + 100 * (double)t },
			{ 259, 1, 5000 + 10 * (double)t },
		};

		tick_used(t, both, 2);
	}
	/* Before it is written, and after */
	for (t = 0; t < 2; t++) {
		ask_device("sda", "read_bytes_total", 0, 3, 1);
		assert_int_equal(history.nr, 4);
		must_be(0, 0, "web", 1000);
		must_be(3, 3, "web", 1300);
		ask_device("8:0", "write_bytes_per_second", 0, 3, 1);
		must_be(0, 0, "web", NAN);
		must_be(3, 3, "web", 200);
		ask_device("259:1", "read_ops_per_second", 1, 3, 1);
		must_be(0, 1, "web", 1);
		ask_device("259:1", "write_ops_total", 3, 3, 1);
		must_be(0, 3, "web", 1006);
		ask_device("sdb", "read_bytes_total", 0, 3, 1);
		assert_int_equal(history.nr, 0);
		store_sync(store);
	}
}

/* A tick with one container, whose only device has what @fill sets */
static void tick_of_one(int64_t t_s, const struct used *used,
			void (*fill)(struct model_device *device, int64_t t_s))
{
	const struct box box = { "web", 1, 1 };
	char id[32];
	const struct container_row row = row_of(&box, id);
	struct model_device device = device_of(used);
	const struct system_row host = { .nr_cpus = 4 };
	const struct store_container container = {
		.cgroup_id = 1, .row = &row,
		.devices = &device, .nr_devices = 1,
	};
	const struct store_tick tick = {
		.t_ms = T0 + t_s * 1000,
		.boottime_ns = (uint64_t)(BOOT0 + t_s * 1000) * NS_PER_MS,
		.system = &host,
		.containers = &container,
		.nr_containers = 1,
	};

	fill(&device, t_s);
	assert_int_equal(store_tick(store, &tick), 0);
}

/* A limit, which is lifted in the third tick */
static void set_limits(struct model_device *device, int64_t t_s)
{
	device->row.read_limit_bytes_per_second = t_s < 2 ? 1048577 : NAN;
	device->row.write_limit_ops_per_second = 100;
}

static void test_limits(void **state)
{
	int64_t t;

	(void)state;
	open_store(path, 0);
	for (t = 0; t < 4; t++)
		tick_of_one(t, &(struct used){ 8, 0, 1000 }, set_limits);
	ask_device("8:0", "read_limit_bytes_per_second", 0, 3, 1);
	must_be(0, 0, "web", 1048577);
	must_be(1, 1, "web", 1048577);
	must_be(2, 2, "web", NAN);
	ask_device("8:0", "write_limit_ops_per_second", 0, 3, 1);
	must_be(3, 3, "web", 100);
}

/* What the container has used less has no past of its own. */
static void test_the_busiest_when_there_are_too_many(void **state)
{
	static const struct used first[] = {
		{ 8, 0, 10 }, { 8, 16, 40 }, { 8, 32, 0 }, { 8, 48, 30 },
		{ 8, 64, 20 },
	}, then[] = {
		{ 8, 0, 99999 }, { 8, 16, 50 }, { 8, 32, 60 }, { 8, 48, 70 },
		{ 8, 64, 80 },
	};
	static const double want[] = { 0, 50, 0, 70, 80 };
	unsigned int i;
	char name[8];

	(void)state;
	open_store(path, 0);
	tick_used(0, first, COUNT(first));
	tick_used(1, then, COUNT(then));
	for (i = 0; i < COUNT(want); i++) {
		snprintf(name, sizeof(name), "sd%c", 'a' + (int)i);
		ask_device(name, "read_bytes_total", 1, 1, 1);
		assert_int_equal(history.nr, want[i] > 0);
		if (want[i] > 0)
			must_be(0, 1, "web", want[i]);
	}
}

static void set_operations(struct model_device *device, int64_t t_s)
{
	(void)t_s;
	device->row.write_ops_total = 5;
}

/* Nothing but operations, such as flushes, is IO as well. */
static void test_operations_without_bytes(void **state)
{
	(void)state;
	open_store(path, 0);
	tick_of_one(0, &(struct used){ 8, 0, 0 }, set_operations);
	ask_device("sda", "write_ops_total", 0, 0, 1);
	assert_int_equal(history.nr, 1);
	must_be(0, 0, "web", 5);
}

/* The same device, in another slot of each of them */
static void test_containers_with_other_slots(void **state)
{
	static const struct used of_web[] = { { 8, 0, 90 }, { 8, 16, 1 } };
	static const struct used of_db[] = { { 8, 0, 2 }, { 8, 16, 80 } };
	static const struct use uses[] = {
		{ "db", 2, of_db, 2 }, { "web", 1, of_web, 2 },
	};
	int64_t t;

	(void)state;
	open_store(path, 0);
	for (t = 0; t < 700; t++)
		tick_with(t, uses, 2);
	store_sync(store);
	assert_int_equal(sql_number(path, "SELECT count(*) FROM chunk "
				    "WHERE metric LIKE 'device_\\_%' "
				    "ESCAPE '\\'"), 2 * 4);
	/* One of them from frames, the other from a sealed span */
	for (t = 10; t < 700; t += 680) {
		ask_device("sda", "read_bytes_total", t, t, 1);
		assert_int_equal(history.nr, 2);
		must_be(0, t, "db", 2);
		must_be(1, t, "web", 90);
		ask_device("sdb", "read_bytes_total", t, t, 1);
		must_be(0, t, "db", 80);
		must_be(1, t, "web", 1);
	}
	ask_device("sdb", "read_bytes_total", 0, 699, 60);
	assert_int_equal(history.nr, 2 * 11);
	must_be(0, 40, "db", 80);
}

/* Also with its devices listed in another order, and with coarser tiers */
static void test_after_a_restart(void **state)
{
	static const struct used before[] = { { 8, 0, 90 }, { 8, 16, 10 } };
	static const struct used after[] = { { 8, 16, 4000 }, { 8, 0, 100 } };
	int64_t t;

	(void)state;
	open_store(path, 0);
	for (t = 0; t < 65; t++)
		tick_used(t, before, 2);
	reopen_store(path);
	for (; t < 125; t++)
		tick_used(t, after, 2);
	store_sync(store);
	assert_int_equal(sql_number(path, "SELECT count(*) FROM device"), 2);
	ask_device("sda", "read_bytes_total", 0, 124, 1);
	assert_int_equal(history.nr, 125);
	must_be(64, 64, "web", 90);
	must_be(65, 65, "web", 100);
	ask_device("sdb", "read_bytes_total", 40, 40, 60);
	must_be(0, 40, "web", 4000);
	assert_int_equal(sql_number(path, "SELECT count(*) FROM device "
		"WHERE number = '8:0' AND name = 'sda' AND slot = 1"), 1);
}

/* They go with the containers, and come along when memory is moved. */
static void test_from_memory_to_a_file(void **state)
{
	static const struct used one = { 8, 0, 90 };
	struct store *first;
	int64_t t;

	(void)state;
	open_store(path, 0);
	first = store;
	open_store(path, 0);
	for (t = 0; t < 5; t++)
		tick_used(t, &one, 1);
	store_close(first);
	store_try_again(store);
	while (!status_of().path[0])
		store_sync(store);
	for (; t < 8; t++)
		tick_used(t, &one, 1);
	store_sync(store);
	ask_device("sda", "read_bytes_total", 0, 7, 1);
	assert_int_equal(history.nr, 8);
	assert_int_equal(sql_number(path, "SELECT count(*) FROM device"), 1);
}

/* The others stay where they are, and no other device gets the place. */
static void test_a_lost_slot(void **state)
{
	static const struct used before[] = { { 8, 0, 90 }, { 8, 16, 10 } };
	static const struct used after[] = {
		{ 8, 0, 95 }, { 8, 16, 20 }, { 8, 32, 5 }, { 8, 48, 4 },
	};

	(void)state;
	open_store(path, 0);
	tick_used(0, before, 2);
	close_store();
	change("DELETE FROM device WHERE slot = 1");
	open_store(path, 0);
	tick_used(1, after, 4);
	store_sync(store);
	ask_device("sdb", "read_bytes_total", 0, 1, 1);
	assert_int_equal(history.nr, 2);
	must_be(0, 0, "web", 10);
	must_be(1, 1, "web", 20);
	assert_int_equal(sql_number(path, "SELECT slot FROM device "
				    "WHERE name = 'sda'"), 3);
	assert_int_equal(sql_number(path, "SELECT count(*) FROM device "
				    "WHERE slot = 1"), 0);
	ask_device("sdc", "read_bytes_total", 0, 1, 1);
	assert_int_equal(history.nr, 0);
}

/* Rows that no contmond writes: each costs only itself. */
static void test_slots_that_do_not_exist(void **state)
{
	static const struct used one = { 8, 0, 90 };
	static const char *const names[] = { "sdx", "sdy", "sdz", "sdw" };
	char *why = NULL;
	size_t i;

	(void)state;
	open_store(path, 0);
	tick_used(0, &one, 1);
	close_store();
	change("INSERT INTO device SELECT c, 4, '8:64', 'sdx' FROM container;"
	       "INSERT INTO device SELECT c, 1000000, '8:0', 'sda' "
	       "FROM container;"
	       "INSERT INTO device SELECT c, -1, '8:80', 'sdy' FROM container;"
	       "INSERT INTO device SELECT c, 0, '8:96', 'sdz' FROM container;"
	       "INSERT INTO device SELECT c, 4294967297, '8:112', 'sdw' "
	       "FROM container");
	assert_int_equal(store_open_reader(path, &store, &why), 0);
	for (i = 0; i < COUNT(names); i++) {
		ask_device(names[i], "read_bytes_total", 0, 0, 1);
		assert_int_equal(history.nr, 0);
	}
	ask_device("sda", "read_bytes_total", 0, 0, 1);
	must_be(0, 0, "web", 90);
	close_store();
	open_store(path, 0);
	tick_used(1, &one, 1);
	ask_device("sda", "read_bytes_total", 0, 1, 1);
	assert_int_equal(history.nr, 2);
	assert_int_equal(nr_put_aside(), 0);
}

/* Its slot is not free, but whose it is has been lost. */
static void test_a_damaged_number(void **state)
{
	static const struct used both[] = { { 8, 0, 90 }, { 8, 16, 10 } };

	(void)state;
	open_store(path, 0);
	tick_used(0, both, 2);
	close_store();
	change("UPDATE device SET number = 'x' WHERE name = 'sda'");
	open_store(path, 0);
	assert_int_equal(nr_put_aside(), 0);
	tick_used(1, both, 2);
	store_sync(store);
	ask_device("sdb", "read_bytes_total", 0, 1, 1);
	assert_int_equal(history.nr, 2);
	assert_int_equal(sql_number(path, "SELECT max(slot) FROM device "
				    "WHERE name = 'sda'"), 3);
}

/* An older file that nobody has upgraded yet */
static void test_a_file_without_devices(void **state)
{
	static const struct used one = { 8, 0, 90 };
	char *why = NULL;

	(void)state;
	open_store(path, 0);
	tick_used(0, &one, 1);
	close_store();
	change("DROP TABLE device; PRAGMA user_version = 2");
	assert_int_equal(store_open_reader(path, &store, &why), 0);
	ask_device("sda", "read_bytes_total", 0, 0, 1);
	assert_int_equal(history.nr, 0);
	must_have(0, 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end_test)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(test_two_devices),
		TEST(test_limits),
		TEST(test_the_busiest_when_there_are_too_many),
		TEST(test_operations_without_bytes),
		TEST(test_containers_with_other_slots),
		TEST(test_after_a_restart),
		TEST(test_from_memory_to_a_file),
		TEST(test_a_lost_slot),
		TEST(test_slots_that_do_not_exist),
		TEST(test_a_damaged_number),
		TEST(test_a_file_without_devices),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
