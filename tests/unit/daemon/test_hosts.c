// SPDX-License-Identifier: GPL-2.0-only
#include "tests/unit/daemon.h"

#include "contmond/serve/hosts.h"

static void test_hosts_are_compared_whole(void **state)
{
	(void)state;
	assert_true(hosts_allowed(NULL, "127.0.0.5"));
	assert_true(hosts_allowed("localhost", "127.0.0.1"));
	assert_true(hosts_allowed("LocalHost:9477", "127.0.0.1"));
	assert_true(hosts_allowed("127.0.0.1:80", "localhost"));
	assert_true(hosts_allowed("[::1]:9477", "127.0.0.1"));
	assert_true(hosts_allowed("127.0.0.5:1", "127.0.0.5"));
	assert_false(hosts_allowed("", "127.0.0.1"));
	assert_false(hosts_allowed("evil.example", "127.0.0.1"));
	assert_false(hosts_allowed("localhost.evil.example", "127.0.0.1"));
	assert_false(hosts_allowed("localhost:9477.evil.example", "x"));
	assert_false(hosts_allowed("127.0.0.10", "127.0.0.1"));
	assert_false(hosts_allowed("[::1", "127.0.0.1"));
	assert_false(hosts_allowed("[::1]x", "127.0.0.1"));
	assert_false(hosts_allowed("localhost@evil.example", "127.0.0.1"));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hosts_are_compared_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
