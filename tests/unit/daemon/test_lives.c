// SPDX-License-Identifier: GPL-2.0-only
/* Containers that ended, and what is known about them */
#include "tests/unit/lives.h"

#include "contmond/store/internal.h"

static void test_a_container_that_ends(void **state)
{
	const struct box boxes[] = { { "alpha", 1, 4096 }, { "beta", 2, 7 } };
	int i;

	(void)state;
	for (i = 0; i < 10; i++)
		tick_at(T0 + i * 1000, BOOT0 + i * 1000, boxes, 2);
	tick_at(T0 + 10000, BOOT0 + 10000, boxes + 1, 1);
	look(0, 100, true);
	assert_int_equal(nr_found, 1);
	assert_string_equal(found[0].title, "alpha");
	assert_near(found[0].first_ms, T0, 0.5);
	assert_near(found[0].ended_ms, T0 + 9000, 0.5);
	/* The start of this run, not its creation */
	assert_near(found[0].final.started_ms, 4096, 0.5);
	assert_near(found[0].final.cpu_seconds, 4096, 1e-9);
	assert_near(found[0].final.memory_peak_bytes, 4096, 1e-9);
	assert_near(found[0].final.write_ops, 4096, 1e-9);
	assert_true(isnan(found[0].final.exit_code));
	look(0, 100, false);
	assert_int_equal(nr_found, 2);
	assert_string_equal(found[0].title, "beta");
	assert_true(isnan(found[0].ended_ms));
	look(0, 5, true);
	assert_int_equal(nr_found, 0);
	look(20, 50, false);
	assert_int_equal(nr_found, 1);
}

/* A reported end takes precedence over ticks. */
static void test_an_end_that_is_reported(void **state)
{
	const struct box box = { "alpha", 1, 100 };
	char id[32];
	struct container_row row = row_of(&box, id);
	const struct store_container who = { .cgroup_id = 1, .row = &row,
					     .labels = "{\"a\":\"b\"}" };
	struct store_final final;

	(void)state;
	tick_at(T0, BOOT0, &box, 1);
	tick_at(T0 + 1000, BOOT0 + 1000, NULL, 0);
	store_final_init(&final);
	final.ended_ms = (double)T0 + 400;
	final.exit_code = 137;
	final.oom_killed = 1;
	final.cpu_seconds = 123.5;
	assert_int_equal(store_end(store, &who, &final), 0);
	look(0, 100, true);
	assert_int_equal(nr_found, 1);
	assert_near(found[0].ended_ms, T0 + 400, 0.5);
	assert_near(found[0].final.exit_code, 137, 0);
	assert_near(found[0].final.oom_killed, 1, 0);
	assert_near(found[0].final.cpu_seconds, 123.5, 1e-9);
	assert_near(found[0].final.write_ops, 100, 1e-9);
	assert_string_equal(found[0].labels, "{\"a\":\"b\"}");
	/* More is known later; earlier facts are kept. */
	store_final_init(&final);
	final.ended_ms = (double)T0 + 400;
	final.restarts = 3;
	assert_int_equal(store_end(store, &who, &final), 0);
	look(0, 100, true);
	assert_int_equal(nr_found, 1);
	assert_near(found[0].final.restarts, 3, 0);
	assert_near(found[0].final.exit_code, 137, 0);
}

static void rename_alpha(const char *title, bool is_named)
{
	const struct box box = { title, 1, 100 };
	char id[32];
	struct container_row row = row_of(&box, id);
	const struct store_container who = { .cgroup_id = 1, .row = &row,
					     .is_named = is_named };

	if (!is_named)
		row.image = NULL;
	store_rename(store, &who);
}

static void assert_title(const char *title)
{
	look(0, 100, false);
	assert_int_equal(nr_found, 1);
	assert_string_equal(found[0].title, title);
}

/* An engine removes a container before the next tick. */
static void test_the_name_from_an_engine_stays(void **state)
{
	(void)state;
	tick_one(0, "3f1c2b", 1);
	rename_alpha("3f1c2b-77", false);
	assert_title("3f1c2b-77");
	rename_alpha("alpha", true);
	assert_title("alpha");
	rename_alpha("3f1c2b", false);
	assert_title("alpha");
	tick_one(1, "3f1c2b", 1);
	assert_title("alpha");
	rename_alpha("omega", true);
	assert_title("omega");
	/* No engine has been asked yet after a restart. */
	reopen_store(path);
	rename_alpha("3f1c2b", false);
	assert_title("omega");
	assert_string_equal(found[0].image, "image");
	rename_alpha("alpha", true);
	assert_title("alpha");
}

/* What an engine of root's, or of another user, tells of it */
static void tell_alpha(const char *title, int64_t user_id)
{
	const struct box box = { title, 1, 100 };
	char id[32];
	struct container_row row = row_of(&box, id);
	const struct store_container who = { .cgroup_id = 1, .row = &row,
					     .is_named = true,
					     .is_roots = user_id == 0,
					     .user_id = user_id };

	store_rename(store, &who);
}

/* Root has mapped it to a user, whose engine can claim it. */
static void test_what_an_engine_of_root_told(void **state)
{
	size_t i;

	(void)state;
	tick_one(0, "3f1c2b", 1);
	assert_false(store_is_roots(store, 1));
	tell_alpha("own@1000", 1000);
	reopen_store(path);
	assert_false(store_is_roots(store, 1));
	tell_alpha("mine@1000", 1000);
	assert_title("mine@1000");
	tell_alpha("alpha", 0);
	for (i = 0; i < 2; i++) {
		assert_true(store_is_roots(store, 1));
		tell_alpha("evil@1000", 1000);
		assert_title("alpha");
		reopen_store(path);
	}
}

/* 50 ms between two ticks: no tick has seen it, but it is recorded. */
static void test_a_container_that_lives_between_ticks(void **state)
{
	const struct box box = { "flash", 9, 1 };
	char id[32];
	struct container_row row = row_of(&box, id);
	const struct store_container who = { .cgroup_id = 9, .row = &row };
	struct store_final final;

	(void)state;
	tick_at(T0, BOOT0, NULL, 0);
	store_final_init(&final);
	final.started_ms = (double)T0 + 100;
	final.ended_ms = (double)T0 + 150;
	final.exit_code = 0;
	final.cpu_seconds = 0.031;
	assert_int_equal(store_end(store, &who, &final), 0);
	tick_at(T0 + 1000, BOOT0 + 1000, NULL, 0);
	look(0, 10, true);
	assert_int_equal(nr_found, 1);
	assert_string_equal(found[0].title, "flash");
	assert_near(found[0].final.started_ms, T0 + 100, 0.5);
	assert_near(found[0].final.cpu_seconds, 0.031, 1e-9);
	assert_near(found[0].final.exit_code, 0, 0);
	assert_int_equal(sql_number(path, "SELECT count(*) FROM final"), 1);
}

/*
 * While contmond or the host was off. The clock was set back before: the end is
 * in the last tick, not at the largest time.
 */
static void test_an_end_that_nobody_saw(void **state)
{
	static const char *const boots[] = { "boot-1", "boot-2" };
	const struct box boxes[] = { { "db", 2, 1 }, { "web", 1, 1 } };
	size_t i;
	int t;

	(void)state;
	for (i = 0; i < 2; i++) {
		tick_at(T0 + 3600000, BOOT0, boxes, 2);
		for (t = 0; t < 70; t++)
			tick_at(T0 + t * 1000, BOOT0 + t * 1000, boxes, 2);
		boot_id = boots[i];
		reopen_store(path);
		boot_id = boots[0];
		tick_at(T0 + 80000, BOOT0 + 80000, boxes, 1);
		store_sync(store);
		assert_int_equal(sql_number(path, "SELECT max(ended_ms) "
					    "FROM container"), T0 + 69000);
		assert_int_equal(sql_number(path, "SELECT max(ended_ms) "
					    "FROM final"), T0 + 69000);
		close_store();
		assert_int_equal(unlink(path), 0);
		open_store(path, 0);
	}
}

/* A container may have been created long before it was started again. */
static void test_a_start_before_the_host_was_off(void **state)
{
	const struct box boxes[] = {
		{ "old", 1, (double)T0 - BOOT0 - 1 },
		{ "new", 2, (double)T0 - BOOT0 },
	};

	(void)state;
	tick_at(T0, BOOT0, boxes, 2);
	boot_id = "boot-2";
	reopen_store(path);
	boot_id = "boot-1";
	assert_int_equal(sql_number(path, "SELECT started_ms FROM final JOIN "
				    "container USING (c) WHERE title = 'old'"),
			 T0);
	assert_int_equal(sql_number(path, "SELECT started_ms FROM final JOIN "
				    "container USING (c) WHERE title = 'new'"),
			 T0 - BOOT0);
}

static void test_containers_keep_their_numbers(void **state)
{
	const struct box boxes[] = { { "alpha", 1, 1 }, { "beta", 2, 1 } };

	(void)state;
	tick_at(T0, BOOT0, boxes, 2);
	reopen_store(path);
	tick_at(T0 + 5000, BOOT0 + 5000, boxes, 1);
	store_sync(store);
	assert_int_equal(sql_number(path, "SELECT count(*) FROM container"),
			 2);
	/* The other one ended while contmond was down. */
	look(0, 10, true);
	assert_int_equal(nr_found, 1);
	assert_string_equal(found[0].title, "beta");
	/* After a boot all containers are new. */
	close_store();
	boot_id = "boot-2";
	open_store(path, 0);
	tick_at(T0 + 60000, 1000, boxes, 1);
	store_sync(store);
	assert_int_equal(sql_number(path, "SELECT count(*) FROM container"),
			 3);
	look(0, 100, true);
	assert_int_equal(nr_found, 2);
	ask("processes", 0, 100, 1);
	assert_int_equal(history.nr, 4);
}

/* All of them end in one tick, whose events follow it. */
static void test_many_that_end_at_once(void **state)
{
	static struct box boxes[MAX_BOXES];
	size_t i;

	(void)state;
	for (i = 0; i < MAX_BOXES; i++)
		boxes[i] = (struct box){ "alpha", i + 1, 1 };
	tick_at(T0, BOOT0, boxes, MAX_BOXES);
	tick_at(T0 + 1000, BOOT0 + 1000, NULL, 0);
	for (i = 0; i < MAX_BOXES; i++) {
		const struct store_event event = {
			.t_ms = (double)T0 + 1000,
			.kind = "container_ended",
			.cgroup_id = i + 1,
		};

		assert_int_equal(store_event(store, &event), 0);
	}
	store_sync(store);
	assert_int_equal(sql_number(path, "SELECT count(DISTINCT c) "
				    "FROM event"), MAX_BOXES);
	/* Only some are remembered after the next tick. */
	assert_int_equal(store->lives.nr, MAX_BOXES);
	tick_at(T0 + 2000, BOOT0 + 2000, NULL, 0);
	assert_true(store->lives.nr <= LIVES_MAX_ENDED);
}

/* Those of a busy host, of which no tick knows */
static void test_many_that_end_one_by_one(void **state)
{
	struct store_final final;
	uint64_t i;

	(void)state;
	tick_at(T0, BOOT0, NULL, 0);
	store_final_init(&final);
	final.ended_ms = (double)T0 + 1;
	for (i = 1; i <= 3 * LIVES_MAX_ENDED; i++) {
		const struct box box = { "flash", i, 1 };
		char id[32];
		struct container_row row = row_of(&box, id);
		const struct store_container who = { .cgroup_id = i,
						     .row = &row };

		assert_int_equal(store_end(store, &who, &final), 0);
		assert_true(store->lives.nr <= LIVES_MAX_ENDED);
	}
	/* The newest are remembered, and all are recorded. */
	assert_int_not_equal(lives_number(&store->lives, i - 1), 0);
	assert_int_not_equal(lives_number(&store->lives, i - 200), 0);
	assert_int_equal(lives_number(&store->lives, 1), 0);
	store_sync(store);
	assert_int_equal(sql_number(path, "SELECT count(*) FROM final"),
			 3 * LIVES_MAX_ENDED);
}

static void end_of(int64_t user_id, uint64_t cgroup_id)
{
	const struct container_row row = { .cgroup = "/service/docker-a" };
	const struct store_container who = { .cgroup_id = cgroup_id,
					     .row = &row, .user_id = user_id };
	struct store_final final;

	store_final_init(&final);
	final.ended_ms = (double)T0 + 1;
	assert_int_equal(store_end(store, &who, &final), 0);
}

/* What the engine reports of root's comes while a user's come and go. */
static void test_many_of_a_user(void **state)
{
	uint64_t i;

	(void)state;
	tick_at(T0, BOOT0, NULL, 0);
	end_of(0, 1);
	end_of(0, 2);
	for (i = 3; i <= 3 * LIVES_MAX_ENDED; i++)
		end_of(998, i);
	assert_int_not_equal(lives_number(&store->lives, 1), 0);
	assert_int_not_equal(lives_number(&store->lives, 2), 0);
	assert_int_equal(lives_number(&store->lives, 3), 0);
	assert_true(store->lives.nr <= 2 + LIVES_MAX_ENDED);
}

/* It has the smallest number, but its end is the newest. */
static void test_one_that_outlives_many(void **state)
{
	const struct container_row row = { .cgroup = "/docker/a" };
	const struct store_container who = { .cgroup_id = 1, .row = &row };
	uint64_t i;

	(void)state;
	tick_at(T0, BOOT0, NULL, 0);
	assert_int_equal(store_begin(store, &who, T0), 0);
	for (i = 2; i <= LIVES_MAX_ENDED + 1; i++)
		end_of(0, i);
	end_of(0, 1);
	assert_int_not_equal(lives_number(&store->lives, 1), 0);
	assert_int_equal(lives_number(&store->lives, 2), 0);
}

/* Its row is added immediately; it has ended if ticks do not contain it. */
static void test_a_container_that_begins_between_ticks(void **state)
{
	const struct box box = { "alpha", 1, 100 };
	char id[32];
	struct container_row row = row_of(&box, id);
	const struct store_container who = { .cgroup_id = 1, .row = &row };
	struct store_final final;

	(void)state;
	tick_at(T0, BOOT0, NULL, 0);
	assert_int_equal(store_begin(store, &who, T0 + 300), 0);
	look(0, 10, false);
	assert_int_equal(nr_found, 1);
	assert_near(found[0].first_ms, T0 + 300, 0.5);
	assert_true(isnan(found[0].ended_ms));
	tick_at(T0 + 1000, BOOT0 + 1000, &box, 1);
	assert_int_equal(store_begin(store, &who, T0 + 1300), 0);
	tick_at(T0 + 2000, BOOT0 + 2000, NULL, 0);
	look(0, 10, true);
	assert_int_equal(nr_found, 1);
	assert_near(found[0].ended_ms, T0 + 1000, 0.5);
	/* A report may have lower numbers than the last tick. */
	store_final_init(&final);
	final.ended_ms = (double)T0 + 1900;
	final.memory_peak_bytes = 7;
	assert_int_equal(store_end(store, &who, &final), 0);
	look(0, 10, true);
	assert_int_equal(nr_found, 1);
	assert_near(found[0].ended_ms, T0 + 1900, 0.5);
	assert_near(found[0].final.memory_peak_bytes, 100, 0);
}

/* Without its cgroup, the container cannot be identified. */
static void test_an_end_of_an_unknown_container(void **state)
{
	static const struct container_row nothing;
	const struct store_container who = { .cgroup_id = 5, .row = &nothing };
	struct store_final final;

	(void)state;
	tick_at(T0, BOOT0, NULL, 0);
	store_final_init(&final);
	final.ended_ms = (double)T0;
	assert_int_equal(store_end(store, &who, &final), 0);
	look(0, 10, false);
	assert_int_equal(nr_found, 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin_opened, end_test)
		TEST(test_a_container_that_ends),
		TEST(test_an_end_that_is_reported),
		TEST(test_the_name_from_an_engine_stays),
		TEST(test_what_an_engine_of_root_told),
		TEST(test_a_container_that_lives_between_ticks),
		TEST(test_a_container_that_begins_between_ticks),
		TEST(test_an_end_of_an_unknown_container),
		TEST(test_an_end_that_nobody_saw),
		TEST(test_a_start_before_the_host_was_off),
		TEST(test_containers_keep_their_numbers),
		TEST(test_many_that_end_at_once),
		TEST(test_many_that_end_one_by_one),
		TEST(test_many_of_a_user),
		TEST(test_one_that_outlives_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
