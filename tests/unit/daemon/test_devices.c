// SPDX-License-Identifier: GPL-2.0-only
/*
 * Lines of io.stat and io.max, and names of devices
 *
 * wrap: readlink
 */
#include "tests/unit/daemon.h"

#include <contmon.h>

#include "contmond/collect/devices.h"

static const char *link_target;

ssize_t __wrap_readlink(const char *path, char *ret, size_t size);

ssize_t __wrap_readlink(const char *path, char *ret, size_t size)
{
	assert_string_equal(path, "/sys/dev/block/8:17");
	if (!link_target) {
		errno = ENOENT;
		return -1;
	}
	assert_true(strlen(link_target) < size);
	memcpy(ret, link_target, strlen(link_target));
	return (ssize_t)strlen(link_target);
}

static bool parse(const char *text, struct device_io *ret)
{
	char line[256];

	snprintf(line, sizeof(line), "%s", text);
	return devices_parse_stat(line, ret);
}

static void test_io(void **state)
{
	struct device_io io;

	(void)state;
	assert_true(parse("8:17 rbytes=1 wbytes=2 rios=3 wios=4 dbytes=5 "
			  "dios=6 cost.usage=7", &io));
	assert_int_equal(io.major, 8);
	assert_int_equal(io.minor, 17);
	assert_int_equal(io.read_bytes, 1);
	assert_int_equal(io.write_bytes, 2);
	assert_int_equal(io.read_ops, 3);
	assert_int_equal(io.write_ops, 4);
	assert_int_equal(io.discard_bytes, 5);
	assert_int_equal(io.discard_ops, 6);
	assert_true(parse("7:0 ", &io));
	assert_int_equal(io.read_bytes, 0);
	assert_false(parse("", &io));
	assert_false(parse("(unknown) rbytes=1", &io));
}

static void test_limits(void **state)
{
	struct device_limits *limits = NULL;
	char own[] = "8:0 rbps=10 wbps=max\nnonsense\n";
	char above[] = "8:0 rbps=20 wbps=30 riops=40 wiops=50\n";
	size_t nr = 0;

	(void)state;
	assert_int_equal(devices_parse_max(own, true, &limits, &nr), 0);
	assert_int_equal(devices_parse_max(above, false, &limits, &nr), 0);
	assert_int_equal(nr, 1);
	assert_int_equal(limits[0].own.read_bytes, 10);
	assert_int_equal(limits[0].own.write_bytes, CONTMON_UNLIMITED);
	assert_int_equal(limits[0].own.read_ops, CONTMON_UNLIMITED);
	assert_int_equal(limits[0].effective.read_bytes, 10);
	assert_int_equal(limits[0].effective.write_bytes, 30);
	assert_int_equal(limits[0].effective.read_ops, 40);
	assert_int_equal(limits[0].effective.write_ops, 50);
	free(limits);
}

static void test_names(void **state)
{
	char name[DEVICE_NAME_MAX];

	(void)state;
	link_target = "../../devices/pci0000:00/ata1/block/sda/sda1";
	assert_int_equal(device_name(8, 17, name), 0);
	assert_string_equal(name, "sda1");
	link_target = "../block/a-name-that-no-kernel-would-ever-give-it";
	assert_int_equal(device_name(8, 17, name), -ENOENT);
	link_target = NULL;
	assert_int_equal(device_name(8, 17, name), -ENOENT);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_io),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
