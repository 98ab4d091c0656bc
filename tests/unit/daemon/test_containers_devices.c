// SPDX-License-Identifier: GPL-2.0-only
/*
 * IO of containers by device
 *
 * wrap: device_name
 */
#include "tests/unit/api.h"

#include "contmond/model/arrived.h"

int __wrap_device_name(unsigned int major, unsigned int minor,
		       char ret[DEVICE_NAME_MAX]);

int __wrap_device_name(unsigned int major, unsigned int minor,
		       char ret[DEVICE_NAME_MAX])
{
	(void)minor;
	if (major != 8)
		return -ENOENT;
	strcpy(ret, "sda");
	return 0;
}

static const char *const keys[] = {
	"t", "container", "device", "device_name", "read_bytes_total",
	"write_bytes_total", "read_ops_total", "write_ops_total",
	"discard_bytes_total", "discard_ops_total",
	"read_bytes_per_second", "write_bytes_per_second",
	"read_ops_per_second", "write_ops_per_second",
	"read_max_bytes_per_second", "write_max_bytes_per_second",
	"read_max_ops_per_second", "write_max_ops_per_second",
	"read_limit_bytes_per_second", "write_limit_bytes_per_second",
	"read_limit_ops_per_second", "write_limit_ops_per_second",
};

static struct sample_container *web_in(struct sample *sample)
{
	size_t i;

	for (i = 0; i < sample->nr_containers; i++) {
		if (sample->containers[i].scope == world.web)
			return &sample->containers[i];
	}
	fail();
	return NULL;
}

/* web has used one device and has limits of another one; db has nothing. */
static void give_web_devices(void)
{
	struct sample_container *web = web_in(&world.now);

	web->stats.devices = calloc(1, sizeof(*web->stats.devices));
	web->stats.nr_devices = 1;
	web->stats.devices[0] = (struct device_io){
		.major = 8, .read_bytes = 5, .discard_ops = 6,
	};
	web->settings.devices = calloc(2, sizeof(*web->settings.devices));
	web->settings.nr_devices = 2;
	web->settings.devices[0] = (struct device_limits){
		.major = 259,
		.own = { 1, 2, 3, 4 },
		.effective = { 1, 2, 3, 4 },
	};
	web->settings.devices[1] = (struct device_limits){
		.major = 8,
		.own = { CONTMON_UNLIMITED, 200, CONTMON_UNLIMITED,
			 CONTMON_UNLIMITED },
		.effective = { 100, 200, CONTMON_UNLIMITED,
			       CONTMON_UNLIMITED },
	};
}

static void must_be_null(json_t *row, const char *key)
{
	assert_true(json_is_null(json_object_get(row, key)));
}

static void test_devices(void **state)
{
	json_t *rows, *row;

	(void)state;
	give_web_devices();
	rows = rows_of("/api/v1/containers/devices", "");
	must_have_keys(rows, keys, COUNT(keys));
	assert_int_equal(json_array_size(rows), 2);
	row = json_array_get(rows, 0);
	assert_string_equal(text_at(row, "container"), "web");
	assert_string_equal(text_at(row, "device"), "8:0");
	assert_string_equal(text_at(row, "device_name"), "sda");
	assert_near(number_at(row, "read_bytes_total"), 5, 0);
	assert_near(number_at(row, "discard_ops_total"), 6, 0);
	must_be_null(row, "read_max_bytes_per_second");
	assert_near(number_at(row, "read_limit_bytes_per_second"), 100, 0);
	assert_near(number_at(row, "write_max_bytes_per_second"), 200, 0);
	must_be_null(row, "write_limit_ops_per_second");
	must_be_null(row, "read_bytes_per_second");
	row = json_array_get(rows, 1);
	assert_string_equal(text_at(row, "device"), "259:0");
	must_be_null(row, "device_name");
	assert_near(number_at(row, "read_bytes_total"), 0, 0);
	assert_near(number_at(row, "write_max_ops_per_second"), 4, 0);
}

static void use(struct sample_container *web, const struct device_io *devices,
		size_t nr)
{
	web->stats.devices = calloc(nr, sizeof(*devices));
	web->stats.nr_devices = nr;
	memcpy(web->stats.devices, devices, nr * sizeof(*devices));
}

/* Two seconds later; 8:16 is new, and 8:32 has begun again at 0. */
static void test_rates(void **state)
{
	static const struct device_io before[] = {
		{ .major = 8, .minor = 32, .read_bytes = 500, .read_ops = 5 },
		{ .major = 8, .read_bytes = 1000, .write_bytes = 50,
		  .read_ops = 10, .write_ops = 1 },
	}, now[] = {
		{ .major = 8, .read_bytes = 5000, .write_bytes = 50,
		  .read_ops = 20, .write_ops = 7 },
		{ .major = 8, .minor = 16, .write_bytes = 400 },
		{ .major = 8, .minor = 32, .read_bytes = 100, .read_ops = 6 },
	};
	struct sample later;
	json_t *rows, *row;

	(void)state;
	use(web_in(&world.now), before, COUNT(before));
	world_sample(&later, 103);
	world_fill(&later, world.web, world.db, 3);
	use(web_in(&later), now, COUNT(now));
	world_tick(&world, &later);
	rows = rows_of("/api/v1/containers/devices", "container=web");
	must_have_keys(rows, keys, COUNT(keys));
	row = json_array_get(rows, 0);
	assert_near(number_at(row, "read_bytes_per_second"), 2000, 0);
	assert_near(number_at(row, "write_bytes_per_second"), 0, 0);
	assert_near(number_at(row, "read_ops_per_second"), 5, 0);
	assert_near(number_at(row, "write_ops_per_second"), 3, 0);
	row = json_array_get(rows, 1);
	assert_near(number_at(row, "write_bytes_per_second"), 200, 0);
	row = json_array_get(rows, 2);
	must_be_null(row, "read_bytes_per_second");
	assert_near(number_at(row, "read_ops_per_second"), 0.5, 0);
	/* The store has them, too. */
	rows = rows_of("/api/v1/series", "device=8:0&container=web&"
		       "metric=read_bytes_total&from=1700000000000"
		       "&to=1700000200000");
	assert_int_equal(json_array_size(rows), 3);
	row = json_array_get(rows, 2);
	assert_string_equal(text_at(row, "container"), "web");
	assert_near(number_at(row, "v"), 5000, 0);
	world_forget(&world, &later);
}

/* Its io.stat could not be read before. */
static void test_no_rates_without_a_reading_before(void **state)
{
	static const struct device_io now = { .major = 8, .read_bytes = 5000 };
	struct sample later;
	json_t *row;

	(void)state;
	web_in(&world.now)->stats.valid &= ~CGROUP_STATS_ALL_IO;
	world_sample(&later, 103);
	world_fill(&later, world.web, world.db, 3);
	use(web_in(&later), &now, 1);
	world_tick(&world, &later);
	row = json_array_get(rows_of("/api/v1/containers/devices",
				     "container=web"), 0);
	assert_near(number_at(row, "read_bytes_total"), 5000, 0);
	must_be_null(row, "read_bytes_per_second");
	must_be_null(row, "write_ops_per_second");
	world_forget(&world, &later);
}

static void test_parameters(void **state)
{
	(void)state;
	give_web_devices();
	assert_int_equal(json_array_size(
		rows_of("/api/v1/containers/devices", "container=db")), 0);
	assert_int_equal(json_array_size(
		rows_of("/api/v1/containers/devices", "container=web")), 2);
	assert_int_equal(get("/api/v1/containers/devices", "limit=1"), 400);
}

/* Its title comes first, but its numbers are in no sample. */
static void test_a_container_that_no_sample_has(void **state)
{
	struct scope *new = world_scope(300, ID64("0"));

	(void)state;
	give_web_devices();
	assert_int_equal(arrived_add(&world.model, new, world.names), 0);
	assert_int_equal(json_array_size(
		rows_of("/api/v1/containers/devices", "")), 2);
	assert_int_equal(json_array_size(
		rows_of("/api/v1/containers/devices",
			"container=000000000000")), 0);
	arrived_remove(&world.model, new->cgroup_id);
	scope_unref(new);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(test_devices),
		TEST(test_rates),
		TEST(test_no_rates_without_a_reading_before),
		TEST(test_parameters),
		TEST(test_a_container_that_no_sample_has),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
