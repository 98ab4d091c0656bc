// SPDX-License-Identifier: GPL-2.0-only
/* A file for numbers that were recorded elsewhere */
#include "tests/unit/store_file.h"

#include "contmond/store/internal.h"

static void open_archive(void)
{
	char *why;

	assert_int_equal(store_open_archive(path, &store, &why), 0);
}

static void must_refuse(int error, const char *why)
{
	struct store *opened;
	char *said;

	assert_int_equal(store_open_archive(path, &opened, &said), error);
	assert_string_equal(said, why);
	free(said);
	assert_int_equal(nr_put_aside(), 0);
}

/* Ticks of a minute, far longer than ticks are kept in contmond's store */
static void test_nothing_is_deleted(void **state)
{
	int64_t t;

	(void)state;
	open_archive();
	for (t = 0; t < 2500; t++) {
		tick_one(t * 60, "web", (double)t);
		if (t % 100 == 0)
			store_sync(store);
	}
	store_sync(store);
	close_store();
	assert_int_equal(sql_number(path, "SELECT count(*) FROM span "
				    "WHERE tier = 0"), 5);
	/* The frames of sealed spans are not needed. */
	assert_in_range(sql_number(path, "SELECT count(*) FROM frame "
				   "WHERE span IN (SELECT id FROM span "
				   "WHERE tier = 0)"), 1, 700);
	open_archive();
	ask("processes", 0, 2500 * 60, 1);
	assert_int_equal(history.nr, 2500);
	assert_int_equal(history.resolution_ms, 0);
}

/* However slow the disk is; test_queue.c has what comes of it. */
static void test_nothing_is_lost(void **state)
{
	(void)state;
	open_archive();
	assert_true(store->queue.waits);
	close_store();
	unlink(path);
	open_store(path, 0);
	assert_false(store->queue.waits);
}

static void test_other_files(void **state)
{
	FILE *file;

	(void)state;
	make_recorded();
	must_refuse(-EEXIST, "it was not made by an import");
	open_store(path, 0);
	must_refuse(-EEXIST, "it was not made by an import");
	close_store();
	unlink(path);
	file = fopen(path, "w");
	fputs("something else", file);
	fclose(file);
	must_refuse(-EBADMSG, "file is not a database");
	unlink(path);
	assert_int_equal(mkdir(path, 0700), 0);
	must_refuse(-EINVAL, "it is not a regular file");
	rmdir(path);
}

/* Names that SQLite takes for a URI, and for no file */
static void test_odd_names(void **state)
{
	static const char *const names[] = {
		"file:store.db?mode=rw", "file:store.db", ":memory:",
	};
	_cleanup_free_ char *directory = getcwd(NULL, 0);
	size_t i;

	(void)state;
	make_recorded();
	assert_int_equal(chdir(in_directory(".")), 0);
	for (i = 0; i < COUNT(names); i++) {
		snprintf(path, sizeof(path), "%s", names[i]);
		open_archive();
		record(3600);
		close_store();
		assert_int_equal(access(names[i], F_OK), 0);
		open_archive();
		must_have(3600, 60);
		close_store();
	}
	path[0] = '\0';
	must_refuse(-ENOENT, "No such file or directory");
	assert_int_equal(access("-lock", F_OK), -1);
	/* Nothing has come into contmond's file. */
	snprintf(path, sizeof(path), "%s", in_directory("store.db"));
	open_store(path, 0);
	must_have(3600, 0);
	must_have(0, 60);
	assert_int_equal(chdir(directory), 0);
}

/* As long as it is open */
static void test_in_use(void **state)
{
	(void)state;
	open_archive();
	record(0);
	must_refuse(-EBUSY, "in use by another contmond");
	close_store();
	open_archive();
	must_have(0, 60);
}

/* contmond may read an archive, and even use it; then it is no longer one. */
static void test_used_by_contmond(void **state)
{
	(void)state;
	open_archive();
	record(0);
	close_store();
	make_recorded();
	must_refuse(-EEXIST, "it was not made by an import");
}

/* What was gained since @before, which may be unknown, in @gained_ms */
static void gain(int64_t t_s, double cpu_seconds, double before,
		 uint32_t gained_ms)
{
	const struct box box = { "web", 1, 0 };
	char id[32], other[32];
	struct container_row row = row_of(&box, id), old = row_of(&box, other);
	const struct store_container container = { .cgroup_id = 1,
		.row = &row, .before = isnan(before) ? NULL : &old };
	struct system_row host = { .nr_cpus = 4 };
	const struct store_tick tick = {
		.t_ms = T0 + t_s * 1000,
		.boottime_ns = (uint64_t)(BOOT0 + t_s * 1000) * NS_PER_MS,
		.system = &host,
		.containers = &container,
		.nr_containers = 1,
		.gained_ms = gained_ms,
	};

	row.cpu_seconds_total = cpu_seconds;
	old.cpu_seconds_total = before;
	assert_int_equal(store_tick(store, &tick), 0);
}

static void must_have_gains(void)
{
	ask("cpu_cores", 0, 60, 1);
	assert_int_equal(history.nr, 4);
	must_be(0, 0, "web", 0.5);
	must_be(1, 10, "web", 0.25);
	must_be(2, 20, "web", NAN);
	must_be(3, 30, "web", 2);
}

/* They are those given, when read from memory, from frames and from chunks. */
static void test_gains(void **state)
{
	int64_t t;

	(void)state;
	open_archive();
	gain(0, 100, 95, 10000);
	gain(10, 200, 199.75, 1000);
	gain(20, 300, NAN, 10000);
	gain(30, 400, 380, 10000);
	must_have_gains();
	store_sync(store);
	must_have_gains();
	close_store();
	open_archive();
	must_have_gains();
	for (t = 100; t < 10000; t += 10)
		gain(t, (double)t, (double)t - 10, 10000);
	store_sync(store);
	assert_int_equal(sql_number(path, "SELECT layout IS NULL FROM span "
				    "WHERE tier = 0 ORDER BY id"), 1);
	must_have_gains();
	/* The sum of the times in which they were gained counts. */
	ask("cpu_cores", -60, 0, 60);
	assert_int_equal(history.nr, 1);
	assert_near(history.values[0], (5 + 0.25 + 20) / 21, 0.001);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_nothing_is_deleted,
						begin, end_test),
		cmocka_unit_test_setup_teardown(test_nothing_is_lost,
						begin, end_test),
		cmocka_unit_test_setup_teardown(test_other_files, begin,
						end_test),
		cmocka_unit_test_setup_teardown(test_odd_names, begin,
						end_test),
		cmocka_unit_test_setup_teardown(test_in_use, begin, end_test),
		cmocka_unit_test_setup_teardown(test_used_by_contmond, begin,
						end_test),
		cmocka_unit_test_setup_teardown(test_gains, begin, end_test),
	};

	return cmocka_run_group_tests_name("archive", tests, NULL, NULL);
}
