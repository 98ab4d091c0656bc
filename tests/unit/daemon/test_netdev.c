// SPDX-License-Identifier: GPL-2.0-only
/* The counters of a network namespace */
#include "tests/unit/daemon.h"

#include <sys/wait.h>

#include "contmond/collect/netdev.h"

#define HEADINGS \
	"Inter-|   Receive                            |  Transmit\n" \
	" face |bytes    packets errs drop fifo frame compressed multicast|" \
	"bytes    packets errs drop fifo colls carrier compressed\n"

static bool parse(const char *lines, struct netdev_stats *stats)
{
	char text[2048];

	netdev_stats_done(stats);
	snprintf(text, sizeof(text), HEADINGS "%s", lines);
	return netdev_parse(text, stats);
}

static void test_sums(void **state)
{
	struct netdev_stats stats = { 0 };

	(void)state;
	assert_true(parse("    lo: 9 9 9 9 9 9 9 9 9 9 9 9 9 9 9 9\n"
			  "  eth0: 1 2 3 4 0 0 0 0 5 6 7 8 0 0 0 0\n"
			  "eth0:1:18446744073709551000 20 30 40 0 0 0 0 50 60 "
			  "70 80 0 0 0 0\n", &stats));
	assert_int_equal(stats.all.receive_bytes, 18446744073709551001ULL);
	assert_int_equal(stats.all.receive_packets, 22);
	assert_int_equal(stats.all.receive_errors, 33);
	assert_int_equal(stats.all.receive_drops, 44);
	assert_int_equal(stats.all.transmit_bytes, 55);
	assert_int_equal(stats.all.transmit_packets, 66);
	assert_int_equal(stats.all.transmit_errors, 77);
	assert_int_equal(stats.all.transmit_drops, 88);
	assert_int_equal(stats.nr_interfaces, 2);
	assert_string_equal(stats.interfaces[1].name, "eth0:1");
	assert_int_equal(netdev_stats_find(&stats, "eth0")->transmit_drops, 8);
	assert_int_equal(netdev_stats_find(&stats, "eth0:1")->transmit_drops,
			 80);
	assert_null(netdev_stats_find(&stats, "lo"));
	assert_true(parse("b: 2 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0\n"
			  "c: 3 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0\n"
			  "a: 1 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0\n", &stats));
	assert_int_equal(netdev_stats_find(&stats, "a")->receive_bytes, 1);
	assert_int_equal(netdev_stats_find(&stats, "b")->receive_bytes, 2);
	assert_int_equal(netdev_stats_find(&stats, "c")->receive_bytes, 3);
	assert_true(parse("", &stats));
	assert_int_equal(stats.nr_interfaces, 0);
	assert_int_equal(stats.all.receive_bytes, 0);
}

/* A copy stays when the other one is gone. */
static void test_copies(void **state)
{
	struct netdev_stats stats = { 0 }, copy;

	(void)state;
	assert_true(parse("eth0: 1 2 3 4 0 0 0 0 5 6 7 8 0 0 0 0\n", &stats));
	assert_int_equal(netdev_stats_copy(&stats, &copy), 0);
	netdev_stats_done(&stats);
	assert_int_equal(netdev_stats_copy(&stats, &stats), 0);
	assert_int_equal(stats.nr_interfaces, 0);
	assert_int_equal(netdev_stats_find(&copy, "eth0")->receive_errors, 3);
	netdev_stats_done(&copy);
}

static void test_invalid_lines(void **state)
{
	static const char *const bad[] = {
		"eth0 1 2 3\n", "eth0: 1 2 3\n", "eth0: x\n", "eth0:\n",
		"eth0: 1 2 3 4 0 0 0 0 5 6 7 8 0 0 0\n",
		"a_name_too_long_: 1 2 3 4 0 0 0 0 5 6 7 8 0 0 0 0\n",
	};
	struct netdev_stats stats = { 0 };
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(bad); i++)
		assert_false(parse(bad[i], &stats));
}

/* Confirmed if the process existed before and after the file was opened */
static void test_a_process_is_followed(void **state)
{
	struct netdev_stats stats;
	struct netdev netdev;
	uint64_t id;

	(void)state;
	netdev_init(&netdev);
	assert_int_equal(netdev_follow(&netdev, getpid(), 7), 0);
	assert_false(netdev.is_confirmed);
	id = netdev.namespace_id;
	assert_true(id > 0);
	assert_int_equal(netdev_follow(&netdev, getpid(), 7), 0);
	assert_true(netdev.is_confirmed);
	netdev_read(&netdev, &stats);
	assert_true(stats.is_valid);
	assert_true(stats.read_boottime_ns > 0);
	netdev_stats_done(&stats);
	/* The same pid, but another process */
	assert_int_equal(netdev_follow(&netdev, getpid(), 8), 0);
	assert_false(netdev.is_confirmed);
	/* The same namespace, but another process */
	assert_int_equal(netdev_follow(&netdev, getppid(), 9), 0);
	assert_int_equal(netdev.namespace_id, id);
	netdev_close(&netdev);
	assert_int_equal(netdev.fd, -1);
}

static void test_no_process(void **state)
{
	struct netdev_stats stats;
	struct netdev netdev;
	pid_t pid = fork();

	(void)state;
	if (pid == 0)
		_exit(0);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	netdev_init(&netdev);
	assert_int_equal(netdev_follow(&netdev, pid, 1), -ENOENT);
	assert_int_equal(netdev.namespace_id, 0);
	netdev_read(&netdev, &stats);
	assert_false(stats.is_valid);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sums),
		cmocka_unit_test(test_copies),
		cmocka_unit_test(test_invalid_lines),
		cmocka_unit_test(test_a_process_is_followed),
		cmocka_unit_test(test_no_process),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
