// SPDX-License-Identifier: GPL-2.0-only
#include "tests/unit/api.h"

static const char *const info_keys[] = {
	"version", "api_version", "source", "source_reason", "driver_release",
	"driver_api_version", "host", "kernel", "boot_id", "nr_cpus",
	"interval_ms", "history_seconds", "forward",
	"engines",
};

static void test_keys(void **state)
{
	(void)state;
	must_have_keys(rows_of("/api/v1/info", ""), info_keys,
		       COUNT(info_keys));
}

static void test_without_a_device(void **state)
{
	json_t *row;

	(void)state;
	world.status.source = NULL;
	world.status.driver_release[0] = '\0';
	row = json_array_get(rows_of("/api/v1/info", ""), 0);
	assert_true(json_is_null(json_object_get(row, "driver_release")));
	assert_true(json_is_null(json_object_get(row, "nr_cpus")));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(test_keys),
		TEST(test_without_a_device),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
