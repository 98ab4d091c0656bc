// SPDX-License-Identifier: GPL-2.0-only
/*
 * How often the networks of a sample are read
 *
 * wrap: netdev_follow netdev_read
 */
#include "tests/unit/daemon.h"

#include "contmond/collect/networks.h"

#define HOST_NAMESPACE 1
#define NR_CONTAINERS 6

static struct scope scopes[NR_CONTAINERS];
static struct sample_container containers[NR_CONTAINERS];
static struct sample sample;
static struct sample_source source;
static uint64_t namespaces[NR_CONTAINERS];	/* by pid; 0: it is gone */
static int nr_reads[10];			/* of each namespace */
static bool is_unreadable;
static int host_errno;

int __wrap_netdev_follow(struct netdev *netdev, int32_t pid,
			 uint64_t start_ns);
void __wrap_netdev_read(const struct netdev *netdev, struct netdev_stats *ret);

int __wrap_netdev_follow(struct netdev *netdev, int32_t pid, uint64_t start_ns)
{
	const bool is_host = netdev == &source.host_netdev;

	(void)start_ns;
	if (is_host && host_errno)
		return -host_errno;
	netdev->namespace_id = is_host ? HOST_NAMESPACE : namespaces[pid];
	netdev->is_confirmed = true;
	return netdev->namespace_id ? 0 : -ENOENT;
}

void __wrap_netdev_read(const struct netdev *netdev, struct netdev_stats *ret)
{
	*ret = (struct netdev_stats){ .is_valid = !is_unreadable };
	if (ret->is_valid) {
		ret->interfaces = calloc(1, sizeof(*ret->interfaces));
		assert_non_null(ret->interfaces);
		ret->nr_interfaces = 1;
		ret->all.receive_bytes = 100 * netdev->namespace_id;
	}
	nr_reads[netdev->namespace_id]++;
}

static int setup(void **state)
{
	static const uint64_t in[NR_CONTAINERS] = {
		7, 5, HOST_NAMESPACE, 7, 0, 7,
	};
	size_t i;

	(void)state;
	is_unreadable = false;
	host_errno = 0;
	memset(nr_reads, 0, sizeof(nr_reads));
	memcpy(namespaces, in, sizeof(in));
	memset(containers, 0, sizeof(containers));
	for (i = 0; i < NR_CONTAINERS; i++) {
		containers[i].scope = &scopes[i];
		containers[i].tally.processes = 1;
		containers[i].tally.first_pid = (int32_t)i;
		netdev_init(&scopes[i].netdev);
	}
	sample = (struct sample){
		.containers = containers, .nr_containers = NR_CONTAINERS,
	};
	netdev_init(&source.host_netdev);
	return 0;
}

static int teardown(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < NR_CONTAINERS; i++)
		netdev_stats_done(&containers[i].network);
	netdev_stats_done(&sample.host_network);
	return 0;
}

static void must_have(size_t i, uint64_t id)
{
	const struct netdev_stats *stats = &containers[i].network;

	assert_int_equal(containers[i].network_namespace, id);
	assert_true(stats->is_valid);
	assert_int_equal(stats->all.receive_bytes, 100 * id);
	assert_int_equal(stats->nr_interfaces, 1);
}

/* As in pods: three containers in one, another one in the host's. */
static void test_each_namespace_is_read_once(void **state)
{
	(void)state;
	assert_int_equal(networks_read(&source, &sample), 0);
	assert_int_equal(nr_reads[HOST_NAMESPACE], 1);
	assert_int_equal(nr_reads[5], 1);
	assert_int_equal(nr_reads[7], 1);
	must_have(0, 7);
	must_have(1, 5);
	must_have(3, 7);
	must_have(5, 7);
	/* Each has its own copy. */
	assert_ptr_not_equal(containers[0].network.interfaces,
			     containers[5].network.interfaces);
	assert_int_equal(containers[2].network_namespace, HOST_NAMESPACE);
	assert_false(containers[2].network.is_valid);
	assert_int_equal(containers[4].network_namespace, 0);
	assert_false(containers[4].network.is_valid);
}

/* The first one that is left reads for the others. */
static void test_one_that_has_no_process(void **state)
{
	(void)state;
	containers[0].tally.processes = 0;
	assert_int_equal(networks_read(&source, &sample), 0);
	assert_int_equal(containers[0].network_namespace, 0);
	assert_false(containers[0].network.is_valid);
	assert_int_equal(nr_reads[7], 1);
	must_have(3, 7);
	must_have(5, 7);
}

static void test_a_file_that_cannot_be_read(void **state)
{
	(void)state;
	is_unreadable = true;
	assert_int_equal(networks_read(&source, &sample), 0);
	assert_int_equal(nr_reads[7], 1);
	assert_int_equal(containers[5].network_namespace, 7);
	assert_false(containers[5].network.is_valid);
}

/* Any of them may be in the host's. */
static void test_a_host_that_is_unknown(void **state)
{
	size_t i;

	(void)state;
	host_errno = EACCES;
	assert_int_equal(networks_read(&source, &sample), 0);
	for (i = 0; i < NR_CONTAINERS; i++) {
		assert_int_equal(containers[i].network_namespace, 0);
		assert_false(containers[i].network.is_valid);
	}
	assert_int_equal(sample.host_network_namespace, 0);
	assert_false(sample.host_network.is_valid);
	assert_int_equal(source.shortage, 0);
	host_errno = EMFILE;
	assert_int_equal(networks_read(&source, &sample), 0);
	assert_false(containers[2].network.is_valid);
	assert_int_equal(source.shortage, -EMFILE);
	/* It is tried again. */
	host_errno = 0;
	assert_int_equal(networks_read(&source, &sample), 0);
	must_have(1, 5);
	assert_false(containers[2].network.is_valid);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
		TEST(test_each_namespace_is_read_once),
		TEST(test_one_that_has_no_process),
		TEST(test_a_file_that_cannot_be_read),
		TEST(test_a_host_that_is_unknown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
