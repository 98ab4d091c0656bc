// SPDX-License-Identifier: GPL-2.0-only
/*
 * Opening the device, the handshake, the first ioctl.
 *
 * wrap: open close ioctl mmap munmap sysinfo
 */
#include "tests/unit/fake_device.h"

static struct contmon *const untouched = (struct contmon *)&fake;

static void open_must_fail(int r)
{
	struct contmon *c = untouched;

	assert_int_equal(contmon_open("/fake", &c), r);
	assert_ptr_equal(c, untouched);
	assert_int_equal(fake.nr_opened, fake.nr_closed);
}

static void test_open_reports_errors_of_open(void **state)
{
	static const int errors[] = { ENOENT, ENODEV, ENXIO, EACCES, EPERM,
				      EMFILE };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
		fake.open_errno = errors[i];
		open_must_fail(-errors[i]);
	}
	assert_int_equal(fake.nr_ioctls, 0);
}

static void test_open_reports_errors_of_the_handshake(void **state)
{
	static const int errors[] = { ENOTTY, EFAULT, EINVAL, E2BIG, ENOMEM };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
		fake.ioctl_errno = errors[i];
		open_must_fail(-errors[i]);
	}
	assert_int_equal(fake.nr_closed, (int)i);
}

static void test_open_refuses_an_older_driver(void **state)
{
	(void)state;
	fake.info.api_version = 0;
	open_must_fail(-EPROTO);
}

static void test_open_refuses_a_driver_with_short_records(void **state)
{
	(void)state;
	fake.info.max_entry_size = sizeof(struct contmon_task) - 8;
	open_must_fail(-EPROTO);
	fake.info.max_entry_size = 0;
	open_must_fail(-EPROTO);
}

static void test_open_refuses_a_driver_without_entries(void **state)
{
	(void)state;
	fake.info.max_entries = 0;
	open_must_fail(-EPROTO);
}

static void test_open_accepts_a_newer_driver(void **state)
{
	struct contmon *c;

	(void)state;
	fake.info.api_version = CONTMON_API_VERSION + 7;
	fake.info.features = ~0ULL;
	fake.info.task_entry_size = 512;
	assert_int_equal(contmon_open("/fake", &c), 0);
	contmon_close(c);
}

static void test_open_uses_the_device(void **state)
{
	struct contmon *c;

	(void)state;
	assert_int_equal(contmon_open(NULL, &c), 0);
	assert_string_equal(fake.opened_path, "/dev/contmon");
	assert_true(fake.opened_flags & O_CLOEXEC);
	contmon_close(c);
	assert_int_equal(fake.nr_closed, 1);
}

static int open_source(const char *path, const char *forced, int error,
		       enum contmon_source *ret)
{
	struct contmon *c;
	int r;

	if (forced)
		setenv("CONTMON_SOURCE", forced, 1);
	fake.open_errno = error;
	r = contmon_open(path, &c);
	unsetenv("CONTMON_SOURCE");
	if (r < 0)
		return r;
	*ret = contmon_source(c);
	contmon_close(c);
	assert_int_equal(fake.nr_opened, fake.nr_closed);
	return r;
}

static void test_open_chooses_a_source(void **state)
{
	static const struct {
		const char *path, *forced;
		int error, r;
		enum contmon_source source;
	} rows[] = {
		{ NULL, NULL, 0, 0, CONTMON_SOURCE_DRIVER },
		{ NULL, "", 0, 0, CONTMON_SOURCE_DRIVER },
		{ NULL, "driver", 0, 0, CONTMON_SOURCE_DRIVER },
		{ NULL, "procfs", 0, 0, CONTMON_SOURCE_PROCFS },
		{ NULL, NULL, ENOENT, 0, CONTMON_SOURCE_PROCFS },
		{ NULL, "", ENODEV, 0, CONTMON_SOURCE_PROCFS },
		{ NULL, NULL, ENXIO, 0, CONTMON_SOURCE_PROCFS },
		{ NULL, NULL, EACCES, -EACCES, 0 },
		{ NULL, NULL, EMFILE, -EMFILE, 0 },
		{ NULL, "driver", ENOENT, -ENOENT, 0 },
		{ NULL, "/proc", 0, -EINVAL, 0 },
		{ "/fake", "procfs", 0, 0, CONTMON_SOURCE_DRIVER },
		{ CONTMON_PROCFS, NULL, EACCES, 0, CONTMON_SOURCE_PROCFS },
		{ CONTMON_PROCFS, "driver", 0, 0, CONTMON_SOURCE_PROCFS },
		{ "/fake", NULL, ENOENT, -ENOENT, 0 },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		enum contmon_source source;

		assert_int_equal(open_source(rows[i].path, rows[i].forced,
					     rows[i].error, &source),
				 rows[i].r);
		if (rows[i].r == 0)
			assert_int_equal(source, rows[i].source);
	}
}

static void test_open_retries_after_a_signal(void **state)
{
	struct contmon *c;

	(void)state;
	fake.nr_open_eintr = 2;
	fake.nr_eintr = 3;
	assert_int_equal(contmon_open("/fake", &c), 0);
	assert_int_equal(fake.nr_ioctls, 4);
	contmon_close(c);
}

static void test_close_accepts_null(void **state)
{
	(void)state;
	contmon_close(NULL);
	assert_int_equal(fake.nr_closed, 0);
}

static void test_info_is_read_each_time(void **state)
{
	struct contmon_get_info info;
	struct contmon *c;

	(void)state;
	assert_int_equal(contmon_open("/fake", &c), 0);
	fake.info.nr_cpus = 42;
	assert_int_equal(contmon_get_info(c, &info), 0);
	assert_int_equal(info.nr_cpus, 42);
	assert_string_equal((char *)info.release, "fake");
	contmon_close(c);
}

static void test_info_ends_the_release(void **state)
{
	struct contmon_get_info info;
	struct contmon *c;

	(void)state;
	memset(fake.info.release, 'x', sizeof(fake.info.release));
	assert_int_equal(contmon_open("/fake", &c), 0);
	assert_int_equal(contmon_get_info(c, &info), 0);
	assert_int_equal(strlen((char *)info.release),
			 sizeof(info.release) - 1);
	contmon_close(c);
}

static void test_info_is_untouched_by_failure(void **state)
{
	struct contmon_get_info info = { .nr_cpus = 99 };
	struct contmon *c;

	(void)state;
	assert_int_equal(contmon_open("/fake", &c), 0);
	fake.ioctl_errno = ENODEV;
	assert_int_equal(contmon_get_info(c, &info), -ENODEV);
	assert_int_equal(info.nr_cpus, 99);
	contmon_close(c);
}

#define TEST(name) cmocka_unit_test_setup(test_##name, fake_setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(open_reports_errors_of_open),
		TEST(open_reports_errors_of_the_handshake),
		TEST(open_refuses_an_older_driver),
		TEST(open_refuses_a_driver_with_short_records),
		TEST(open_refuses_a_driver_without_entries),
		TEST(open_accepts_a_newer_driver),
		TEST(open_uses_the_device),
		TEST(open_chooses_a_source),
		TEST(open_retries_after_a_signal),
		TEST(close_accepts_null),
		TEST(info_is_read_each_time),
		TEST(info_ends_the_release),
		TEST(info_is_untouched_by_failure),
	};

	return cmocka_run_group_tests_name("device", tests, NULL, NULL);
}
