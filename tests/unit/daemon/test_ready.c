// SPDX-License-Identifier: GPL-2.0-only
/*
 * The clock and the store say what the test wants.
 *
 * wrap: clock_boottime_ns store_range
 */
#include "tests/unit/api.h"

#include "base/clock.h"
#include "contmond/store/past.h"

static uint64_t now_ns = 101 * SECOND_NS;
static int range_error;

uint64_t __wrap_clock_boottime_ns(void);
uint64_t __wrap_clock_boottime_ns(void)
{
	return now_ns;
}

int __wrap_store_range(struct store *store, int64_t *first, int64_t *last);
int __wrap_store_range(struct store *store, int64_t *first, int64_t *last)
{
	(void)store;
	(void)first;
	(void)last;
	return range_error;
}

static json_t *ready_row(unsigned int status)
{
	static const char *const keys[] = {
		"ready", "reason", "error", "last_sample_ms",
		"sample_age_seconds",
	};

	assert_int_equal(get("/api/v1/ready", ""), status);
	must_have_keys(json_object_get(answer, "rows"), keys, COUNT(keys));
	return json_array_get(json_object_get(answer, "rows"), 0);
}

static void must_refuse(const char *reason, const char *error)
{
	json_t *row = ready_row(503);

	assert_near(number_at(row, "ready"), 0, 0);
	assert_string_equal(text_at(row, "reason"), reason);
	assert_string_equal(text_at(row, "error"), error);
}

static void test_ready(void **state)
{
	json_t *row;

	(void)state;
	now_ns = 103 * SECOND_NS;
	row = ready_row(200);
	assert_near(number_at(row, "ready"), 1, 0);
	assert_true(json_is_null(json_object_get(row, "reason")));
	assert_true(json_is_null(json_object_get(row, "error")));
	assert_near(number_at(row, "last_sample_ms"), 1700000101000.0, 0);
	assert_near(number_at(row, "sample_age_seconds"), 2, 1e-6);
}

static void test_before_the_first_sample(void **state)
{
	(void)state;
	model_clear(&world.model);
	world.status.samples_total = 0;
	must_refuse("starting", "nothing has been sampled yet");
	assert_true(json_is_null(json_object_get(ready_row(503),
						 "last_sample_ms")));
}

static void test_without_a_source(void **state)
{
	(void)state;
	model_clear(&world.model);
	strcpy(world.status.reason, "it is gone");
	must_refuse("no_samples", "it is gone");
}

/* A few late samples are no failure; a minute without one is. */
static void test_stale(void **state)
{
	(void)state;
	now_ns = 131 * SECOND_NS;
	ready_row(200);
	now_ns += SECOND_NS;
	must_refuse("stale", "the newest sample is 31 s old");
	world.status.interval_ms = 60000;
	ready_row(200);
	now_ns = (101 + 181) * SECOND_NS;
	must_refuse("stale", "the newest sample is 181 s old");
}

static void test_store(void **state)
{
	(void)state;
	now_ns = 101 * SECOND_NS;
	range_error = -ENOENT;
	ready_row(200);
	range_error = -EBADMSG;
	must_refuse("store",
		    "the past cannot be read: its database is damaged");
	range_error = 0;
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(test_ready),
		TEST(test_before_the_first_sample),
		TEST(test_without_a_source),
		TEST(test_stale),
		TEST(test_store),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
