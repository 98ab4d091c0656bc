// SPDX-License-Identifier: GPL-2.0-only
/* The container that the counters of a network namespace belong to */
#include "tests/unit/model_world.h"

static void put(struct sample *sample, size_t i, uint64_t namespace_id,
		uint64_t start_ns, uint64_t bytes)
{
	struct sample_container *container = &sample->containers[i];

	container->network_namespace = namespace_id;
	container->tally.first_start_ns = start_ns;
	container->network = (struct netdev_stats){
		.is_valid = namespace_id > 0,
		.read_boottime_ns = sample->boottime_ns,
		.all = { .receive_bytes = bytes, .transmit_bytes = 2 * bytes },
	};
}

static const struct container_row *row(size_t i)
{
	return &world.model.containers[i].row;
}

static void test_own_namespaces(void **state)
{
	(void)state;
	put(&world.before, 0, 5, 1, 1000);
	put(&world.now, 0, 5, 1, 3000);
	put(&world.now, 1, 6, 1, 7);
	update();
	assert_string_equal(row(0)->network, "own");
	assert_null(row(0)->network_owner);
	assert_near(row(0)->network_receive_bytes_total, 3000, 0);
	assert_near(row(0)->network_receive_bytes_per_second, 2000, 1e-6);
	assert_near(row(0)->network_transmit_bytes_per_second, 4000, 1e-6);
	/* The first sample has no predecessor */
	assert_near(row(1)->network_transmit_bytes_total, 14, 0);
	assert_true(isnan(row(1)->network_transmit_bytes_per_second));
}

static void test_a_shared_namespace_counts_once(void **state)
{
	(void)state;
	put(&world.now, 0, 5, 20, 1000);
	put(&world.now, 1, 5, 10, 1000);
	update();
	assert_string_equal(row(0)->network, "shared");
	assert_string_equal(row(0)->network_owner, "db");
	assert_true(isnan(row(0)->network_receive_bytes_total));
	assert_string_equal(row(1)->network, "own");
	assert_near(row(1)->network_receive_bytes_total, 1000, 0);
	/* The owner has its newest name. */
	world_name(&world, ID64("b"), "database");
	assert_int_equal(model_name(&world.model, world.names), 0);
	assert_string_equal(row(0)->network_owner, "database");
}

static void test_the_host_and_the_unknown(void **state)
{
	(void)state;
	world.now.host_network_namespace = 5;
	put(&world.now, 0, 5, 1, 1000);
	put(&world.now, 1, 0, 1, 0);
	update();
	assert_string_equal(row(0)->network, "host");
	assert_true(isnan(row(0)->network_receive_bytes_total));
	assert_null(row(1)->network);
	assert_true(isnan(row(1)->network_receive_bytes_total));
}

/* Counters of another namespace are no baseline. */
static void test_another_namespace(void **state)
{
	(void)state;
	put(&world.before, 0, 4, 1, 1000);
	put(&world.now, 0, 5, 1, 3000);
	update();
	assert_near(row(0)->network_receive_bytes_total, 3000, 0);
	assert_true(isnan(row(0)->network_receive_bytes_per_second));
}

/* The owner ends: the next one does not take over its numbers. */
static void test_a_namespace_is_taken_over(void **state)
{
	struct sample third;

	(void)state;
	put(&world.before, 0, 5, 20, 100);
	put(&world.before, 1, 5, 10, 100);
	assert_int_equal(model_update(&world.model, NULL, &world.before,
				      world.names), 0);
	put(&world.now, 0, 5, 20, 1000);
	put(&world.now, 1, 6, 10, 0);	/* it has left the namespace */
	update();
	assert_string_equal(row(0)->network, "own");
	assert_near(row(0)->network_receive_bytes_total, 900, 0);
	assert_near(row(0)->network_receive_bytes_per_second, 900, 1e-6);
	world_sample(&third, 102);
	world_fill(&third, world.web, world.db, 2);
	put(&third, 0, 5, 20, 1500);
	assert_int_equal(model_update(&world.model, &world.now, &third,
				      world.names), 0);
	assert_near(row(0)->network_receive_bytes_total, 1400, 0);
	model_clear(&world.model);
	world_sample_done(&third);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
		TEST(test_own_namespaces),
		TEST(test_a_shared_namespace_counts_once),
		TEST(test_the_host_and_the_unknown),
		TEST(test_another_namespace),
		TEST(test_a_namespace_is_taken_over),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
