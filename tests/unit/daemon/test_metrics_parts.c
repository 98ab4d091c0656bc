// SPDX-License-Identifier: GPL-2.0-only
/*
 * Interfaces of containers in /metrics, which containers name as they like, and
 * what cgroup v1 has
 */
#include "tests/unit/metrics.h"

#include "contmond/serve/metrics_parts.h"

#define OF_WEB(metric, more) metric \
	"{id=\"/system.slice/docker-" ID64("a") ".scope\",image=\"image:1\"," \
	"name=\"web\"" more "} "
#define RECEIVED(interface) OF_WEB("container_network_receive_bytes_total", \
				   ",interface=\"" interface "\"")

static int begin(void **state)
{
	int r = setup(state);

	world.exposed.series_max = 100000;
	return r;
}

static const char *update_and_get(void)
{
	assert_int_equal(model_update(&world.model, NULL, &world.now,
				      world.names), 0);
	return get(NULL);
}

/* Of web: "e000", "e001", ..., which have received 0, 1, ... bytes */
static struct netdev_interface *put_interfaces(size_t nr)
{
	struct sample_container *web = &world.now.containers[0];
	struct netdev_stats *network = &web->network;
	unsigned int i;

	web->network_namespace = 5;
	network->is_valid = true;
	free(network->interfaces);
	network->interfaces = calloc(nr, sizeof(*network->interfaces));
	assert_non_null(network->interfaces);
	network->nr_interfaces = nr;
	for (i = 0; i < nr; i++) {
		snprintf(network->interfaces[i].name, NETDEV_NAME_SIZE,
			 "e%03u", i % 1000);
		network->interfaces[i].counters.receive_bytes = i;
	}
	return network->interfaces;
}

/* Names may have any bytes but a slash; no two may become the same. */
static void test_names_that_are_no_text(void **state)
{
	struct netdev_interface *interfaces = put_interfaces(4);
	const char *text;

	(void)state;
	strcpy(interfaces[0].name, "e\xff");
	strcpy(interfaces[1].name, "e\xfe\xc3");
	strcpy(interfaces[2].name, "\xc3\xa9\xef\xbf\xbd\\xff");
	memset(interfaces[3].name, 0xfd, NETDEV_NAME_SIZE - 1);
	text = update_and_get();
	assert_contains(text, RECEIVED("e/ff") "0\n");
	assert_contains(text, RECEIVED("e/fe/c3") "1\n");
	assert_contains(text, RECEIVED("\xc3\xa9\xef\xbf\xbd\\\\xff") "2\n");
	assert_contains(text, RECEIVED("/fd/fd/fd/fd/fd/fd/fd/fd/fd/fd/fd/fd"
				       "/fd/fd/fd") "3\n");
}

/* A container may make as many as it likes. */
static void test_many_interfaces(void **state)
{
	const char *text;

	(void)state;
	put_interfaces(PARTS_MAX_INTERFACES);
	text = update_and_get();
	assert_contains(text, RECEIVED("e000") "0\n");
	assert_contains(text, RECEIVED("e255") "255\n");
	put_interfaces(PARTS_MAX_INTERFACES + 1);
	text = update_and_get();
	assert_null(strstr(text, "interface="));
	assert_contains(text, "\ncontainer_processes{");
}

/* cpu.shares as it is, and files of blkio without that of operations */
static void test_cgroup1(void **state)
{
	static const struct device_io io = {
		.major = 4095, .minor = 7, .read_bytes = 5, .write_ops = 6,
	};
	struct sample_container *web = &world.now.containers[0];
	const char *text;

	(void)state;
	web->stats.devices = malloc(sizeof(io));
	*web->stats.devices = io;
	web->stats.nr_devices = 1;
	web->stats.valid &= ~CGROUP_STATS_IO_OPS;
	settings_init(&web->settings);
	web->settings.due_boottime_ns = 1;
	web->settings.cpu_weight = 200;
	text = update_and_get();
	assert_contains(text, OF_WEB("container_spec_cpu_shares", "")
			"5219\n");
	web->settings.cpu_shares = 2048;
	text = update_and_get();
	assert_contains(text, OF_WEB("container_spec_cpu_shares", "")
			"2048\n");
	assert_contains(text, OF_WEB("container_fs_reads_bytes_total",
				     ",device=\"4095:7\"") "5\n");
	assert_null(strstr(text, OF_WEB("container_fs_writes_total",
					",device=\"4095:7\"")));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, teardown)
		TEST(test_names_that_are_no_text),
		TEST(test_many_interfaces),
		TEST(test_cgroup1),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
