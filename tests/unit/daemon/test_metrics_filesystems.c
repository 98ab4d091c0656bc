// SPDX-License-Identifier: GPL-2.0-only
/* The host's disks in /metrics, and what containers have written. */
#include "tests/unit/metrics.h"

#include "contmond/serve/metrics_filesystems.h"

static const struct metric usage = {
	.name = "container_fs_usage_bytes", .help = "Used.",
};

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
	metrics_filesystems_limit(&e, &disks);
	assert_true(metrics_filesystems_usage(&e, &disks, &usage));
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
	metrics_filesystems_limit(&e, &none);
	assert_false(metrics_filesystems_usage(&e, &none, &usage));
	assert_int_equal(body.length, 0);
	buffer_done(&body);
}

#define WEB "{id=\"/system.slice/docker-" ID64("a") ".scope\"," \
	"image=\"image:1\",name=\"web\"}"

/* One family for the host's file systems and for layers, known or not */
static void test_layers(void **state)
{
	struct container_info name = {
		.id = ID64("a"), .name = "web", .image = "image:1",
		.layer_bytes = 0, .layer_ms = 1700000001500,
	};
	struct filesystems *disks = &world.now.filesystems;
	const char *text;

	(void)state;
	disks->nr = 1;
	disks->entries[0].major = 4000;
	disks->entries[0].used_bytes = 7;
	text = get(NULL);
	assert_null(strstr(text, "\ncontainer_fs_usage_bytes" WEB));
	assert_null(strstr(text, "_layer_"));
	assert_int_equal(names_set(world.names, &name), 0);
	assert_int_equal(model_name(&world.model, world.names), 0);
	text = get(NULL);
	assert_contains(text, "\n# TYPE container_fs_usage_bytes gauge\n"
			"container_fs_usage_bytes{id=\"/\",device=\"4000:0\"} "
			"7\ncontainer_fs_usage_bytes" WEB " 0\n#");
	assert_contains(text, "\ncontmon_container_writable_layer_time_seconds"
			WEB " 1700000001.5\n");
	name.layer_bytes = -1;
	assert_int_equal(names_set(world.names, &name), 0);
	assert_int_equal(model_name(&world.model, world.names), 0);
	assert_null(strstr(get(NULL), "_layer_"));
	disks->nr = 0;
	name.layer_bytes = 5;
	assert_int_equal(names_set(world.names, &name), 0);
	assert_int_equal(model_name(&world.model, world.names), 0);
	assert_contains(get(NULL), "\n# TYPE container_fs_usage_bytes gauge\n"
			"container_fs_usage_bytes" WEB " 5\n");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_disks),
		cmocka_unit_test(test_no_disk),
		cmocka_unit_test_setup_teardown(test_layers, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
