// SPDX-License-Identifier: GPL-2.0-only
/* The host's disks in /metrics. */
#include "tests/unit/world.h"

#include "contmond/serve/metrics_filesystems.h"

static void test_disks(void **state)
{
	const struct filesystems disks = {
		.nr = 2,
		.entries = {
			/* No host has disks of these numbers. */
			{ .major = 4000, .minor = 1, .size_bytes = 1ULL << 40,
			  .used_bytes = 7 },
			{ .major = 4000, .minor = 2, .size_bytes = 9 },
		},
	};
	struct buffer body = { 0 };
	const struct exposition e = { .body = &body };

	(void)state;
	metrics_filesystems(&e, &disks);
	assert_contains(body.text, "# TYPE container_fs_limit_bytes gauge\n"
			"container_fs_limit_bytes{id=\"/\",device=\"4000:1\"} "
			"1099511627776\n"
			"container_fs_limit_bytes{id=\"/\",device=\"4000:2\"} "
			"9\n");
	assert_contains(body.text, "# TYPE container_fs_usage_bytes gauge\n"
			"container_fs_usage_bytes{id=\"/\",device=\"4000:1\"} "
			"7\n"
			"container_fs_usage_bytes{id=\"/\",device=\"4000:2\"} "
			"0\n");
	buffer_done(&body);
}

/* A family without samples is an error to those who read it. */
static void test_no_disk(void **state)
{
	const struct filesystems none = { 0 };
	struct buffer body = { 0 };
	const struct exposition e = { .body = &body, .openmetrics = true };

	(void)state;
	metrics_filesystems(&e, &none);
	assert_int_equal(body.length, 0);
	buffer_done(&body);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_disks),
		cmocka_unit_test(test_no_disk),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
