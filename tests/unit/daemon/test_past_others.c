// SPDX-License-Identifier: GPL-2.0-only
/*
 * The past of the IO of containers on devices that have no past of their own
 *
 * wrap: device_name
 */
#include "tests/unit/past_devices.h"

static double sum_of(const char *metric, int64_t t_s)
{
	static const char *const names[] = { "sda", "sdb", "sdc", "sdd",
					     "sde", "others" };
	double sum = 0;
	size_t i;

	for (i = 0; i < COUNT(names); i++) {
		ask_device(names[i], metric, t_s, t_s, 1);
		if (history.nr > 0)
			sum += history.values[0];
	}
	return sum;
}

/* Five devices, each of which reads ten times its number in a tick */
static void use_five(int64_t t_s)
{
	struct used five[5];
	unsigned int i;

	for (i = 0; i < COUNT(five); i++)
		five[i] = (struct used){ 8, i * 16,
					 10 * (i + 1) * (double)(t_s + 1) };
	tick_used(t_s, five, COUNT(five));
}

/* Together with those that have a slot they are all that was used. */
static void test_others(void **state)
{
	int64_t t;

	(void)state;
	open_store(path, 0);
	for (t = 0; t < 300; t++)
		use_five(t);
	reopen_store(path);
	for (; t < 700; t++)
		use_five(t);
	store_sync(store);
	/* From a sealed span and from frames */
	for (t = 10; t < 700; t += 680) {
		const double n = (double)(t + 1);

		ask_device("others", "read_bytes_total", t, t, 1);
		assert_int_equal(history.nr, 1);
		must_be(0, t, "web", 30 * n);
		ask_device("others", "write_ops_per_second", t, t, 1);
		must_be(0, t, "web", 6);
		assert_near(sum_of("read_bytes_total", t), 150 * n, 0);
		assert_near(sum_of("write_bytes_total", t), 300 * n, 0);
		assert_near(sum_of("read_bytes_per_second", t), 150, 0);
		/* Limits have no sum. */
		ask_device("others", "read_limit_bytes_per_second", t, t, 1);
		must_be(0, t, "web", NAN);
	}
	/* From a coarser tier */
	ask_device("others", "read_bytes_total", 40, 40, 60);
	must_be(0, 40, "web", 30 * 100);
	/* An older contmond did not record them. */
	close_store();
	change("DELETE FROM chunk WHERE metric LIKE 'others\\_%' ESCAPE '\\'");
	open_store(path, 0);
	ask_device("others", "read_bytes_total", 10, 10, 1);
	must_be(0, 10, "web", NAN);
	assert_int_equal(nr_put_aside(), 0);
	assert_int_equal(status_of().damaged, 0);
}

/* Without other devices there are none, which is not the same as 0. */
static void test_no_others(void **state)
{
	static const struct used three[] = {
		{ 8, 0, 10 }, { 8, 16, 40 }, { 8, 32, 20 }, { 8, 48, 0 },
	};
	int64_t t;

	(void)state;
	open_store(path, 0);
	for (t = 0; t < 700; t++)
		tick_used(t, three, COUNT(three) - 2);
	ask_device("others", "read_bytes_total", 0, 699, 1);
	assert_int_equal(history.nr, 0);
	tick_used(t, three, COUNT(three));
	ask_device("others", "read_bytes_total", 700, 700, 1);
	assert_int_equal(history.nr, 1);
	must_be(0, 700, "web", NAN);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end_test)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(test_others),
		TEST(test_no_others),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
