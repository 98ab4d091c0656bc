// SPDX-License-Identifier: GPL-2.0-only
/*
 * The calls for the host and for memory
 *
 * wrap: open close ioctl mmap munmap sysinfo
 */
#include "tests/unit/open_device.h"

static int other_ioctls(unsigned long request, void *arg)
{
	struct contmon_get_system *system = arg;
	struct contmon_alloc *alloc = arg;
	struct contmon_resident *resident = arg;

	switch (request) {
	case CONTMON_GET_SYSTEM:
		system->ram_total_bytes = 12345;
		return 0;
	case CONTMON_ALLOC:
		if (alloc->length_bytes == 0)
			return fake_error(EINVAL);
		alloc->length_bytes = 8192;
		alloc->address = 0x7000;
		return 0;
	case CONTMON_FREE:
		return 0;
	case CONTMON_RESIDENT:
		assert_int_equal(resident->address, 0x7000);
		resident->resident_bytes = 4096;
		return 0;
	default:
		return fake_error(ENOTTY);
	}
}

static void test_system_has_swap_beside_the_driver(void **state)
{
	struct contmon_system system = { 0 };

	(void)state;
	fake_ioctl = other_ioctls;
	assert_int_equal(contmon_get_system(c, CONTMON_SYSTEM_ALL, 0, &system),
			 0);
	assert_int_equal(system.kernel.ram_total_bytes, 12345);
	assert_int_equal(system.kernel.size, sizeof(system.kernel));
	assert_int_equal(system.kernel.fields, CONTMON_SYSTEM_ALL);
	assert_int_equal(system.swap_total_bytes, 5 * 4096);
	assert_int_equal(system.swap_free_bytes, 3 * 4096);
}

static void test_system_is_untouched_by_failure(void **state)
{
	struct contmon_system system = { .swap_free_bytes = 99 };

	(void)state;
	assert_int_equal(contmon_get_system(c, 0, 0, &system), -ENOTTY);
	fake_ioctl = other_ioctls;
	fake.sysinfo_errno = EFAULT;
	assert_int_equal(contmon_get_system(c, 0, 0, &system), -EFAULT);
	assert_int_equal(system.swap_free_bytes, 99);
}

static void test_memory_is_reserved_and_freed(void **state)
{
	uint64_t length, resident;
	void *address;

	(void)state;
	fake_ioctl = other_ioctls;
	assert_int_equal(contmon_alloc(c, 5000, &address, &length), 0);
	assert_ptr_equal(address, 0x7000);
	assert_int_equal(length, 8192);
	assert_int_equal(contmon_alloc(c, 5000, &address, NULL), 0);
	assert_int_equal(contmon_resident(c, address, length, &resident), 0);
	assert_int_equal(resident, 4096);
	assert_int_equal(contmon_free(c, address, length), 0);
}

static void test_memory_is_untouched_by_failure(void **state)
{
	uint64_t number = 99;
	void *address = &number;

	(void)state;
	fake_ioctl = other_ioctls;
	assert_int_equal(contmon_alloc(c, 0, &address, &number), -EINVAL);
	fake_ioctl = NULL;
	assert_int_equal(contmon_resident(c, address, 1, &number), -ENOTTY);
	assert_int_equal(contmon_free(c, address, 1), -ENOTTY);
	assert_ptr_equal(address, &number);
	assert_int_equal(number, 99);
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(test_##name, setup_open, teardown_open)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(system_has_swap_beside_the_driver),
		TEST(system_is_untouched_by_failure),
		TEST(memory_is_reserved_and_freed),
		TEST(memory_is_untouched_by_failure),
	};

	return cmocka_run_group_tests_name("system", tests, NULL, NULL);
}
