// SPDX-License-Identifier: GPL-2.0-only
/*
 * `contmon alloc` on a device that returns memory of this test.
 *
 * wrap: open close ioctl mmap munmap sysinfo getpid
 */
#include "tests/unit/fake_device.h"
#include "tests/unit/capture.h"
#include "tests/unit/json_output.h"

#include "contmon/cli/error.h"
#include "contmon/commands.h"

static unsigned char *reserved;
static size_t reserved_bytes;
static size_t dirty_at;	/* index of a byte that is not zero; SIZE_MAX: none */

/* The only process of the fake device with numbers */
pid_t __wrap_getpid(void);

pid_t __wrap_getpid(void)
{
	return 1;
}

static int fake_alloc(struct contmon_alloc *arg)
{
	reserved_bytes = (arg->length_bytes + FAKE_PAGE - 1) / FAKE_PAGE *
			 FAKE_PAGE;
	reserved = calloc(1, reserved_bytes);
	assert_non_null(reserved);
	if (dirty_at < reserved_bytes)
		reserved[dirty_at] = 7;
	arg->length_bytes = reserved_bytes;
	arg->address = (uintptr_t)reserved;
	return 0;
}

static int fake_free(const struct contmon_free *arg)
{
	assert_ptr_equal((void *)(uintptr_t)arg->address, reserved);
	assert_int_equal(arg->length_bytes, reserved_bytes);
	free(reserved);
	reserved = NULL;
	return 0;
}

/* Pages that are not zero are resident. */
static int fake_resident(struct contmon_resident *arg)
{
	const unsigned char *page = (void *)(uintptr_t)arg->address;
	uint64_t at;

	for (at = 0; at < arg->length_bytes; at += FAKE_PAGE)
		if (page[at])
			arg->resident_bytes += FAKE_PAGE;
	return 0;
}

static int other_ioctls(unsigned long request, void *arg)
{
	switch (request) {
	case CONTMON_ALLOC:
		return fake_alloc(arg);
	case CONTMON_FREE:
		return fake_free(arg);
	case CONTMON_RESIDENT:
		return fake_resident(arg);
	default:
		return fake_error(ENOTTY);
	}
}

static int setup(void **state)
{
	dirty_at = SIZE_MAX;
	fake_ioctl = other_ioctls;
	return fake_setup(state);
}

static void test_json(void **state)
{
	json_t *json = json_of(cli_alloc, "alloc --size 100K --step 30000 "
			       "--json");
	size_t i;

	(void)state;
	/* 25 pages, 8 at a time: before, reserved, 4 steps, freed */
	assert_int_equal(json_array_size(json_object_get(json, "rows")), 7);
	assert_string_equal(row_text(json, 0, "phase"), "before");
	assert_row_null(json, 0, "resident_bytes");
	assert_string_equal(row_text(json, 1, "phase"), "reserved");
	assert_int_equal(row_number(json, 1, "resident_bytes"), 0);
	for (i = 2; i < 6; i++) {
		assert_string_equal(row_text(json, i, "phase"), "touched");
		assert_int_equal(row_number(json, i, "touched_bytes"),
				 i < 5 ? (i - 1) * 32768 : 102400);
		assert_int_equal(row_number(json, i, "resident_bytes"),
				 row_number(json, i, "touched_bytes"));
		assert_int_equal(row_number(json, i, "rss_bytes"), 6 << 12);
	}
	assert_string_equal(row_text(json, 6, "phase"), "freed");
	assert_row_null(json, 6, "resident_bytes");
	assert_int_equal(meta_number(json, "pid"), 1);
	assert_int_equal(meta_number(json, "size_bytes"), 102400);
	assert_int_equal(meta_number(json, "step_bytes"), 32768);
	assert_null(reserved);
	json_decref(json);
}

static void test_files_without_permissions(void **state)
{
	json_t *json;

	(void)state;
	json = json_of(cli_alloc, "alloc --size 40K --touch read --json");
	assert_int_equal(json_array_size(json_object_get(json, "rows")), 13);
	assert_int_equal(row_number(json, 11, "touched_bytes"), 40960);
	assert_int_equal(row_number(json, 11, "resident_bytes"), 0);
	json_decref(json);

	dirty_at = 5;
	json = json_of(cli_alloc, "alloc --size 40K --touch none --json");
	assert_int_equal(json_array_size(json_object_get(json, "rows")), 3);
	assert_int_equal(row_number(json, 2, "touched_bytes"), 0);
	json_decref(json);
}

static void test_finds_every_byte_that_is_not_zero(void **state)
{
	static const size_t where[] = { 0, 1, 4095, 4096, 30000, 40959 };
	char message[128];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(where) / sizeof(where[0]); i++) {
		dirty_at = where[i];
		assert_int_equal(capture(cli_alloc, "alloc --size 40K"),
				 CLI_NOT_ZERO);
		snprintf(message, sizeof(message),
			 "contmon: byte at %p is 0x07, not zero\n",
			 (void *)(reserved + where[i]));
		assert_string_equal(captured.err, message);
		free(reserved);
	}
}

static void test_json_has_the_address(void **state)
{
	json_t *json;

	(void)state;
	dirty_at = 8192;
	assert_int_equal(capture(cli_alloc, "alloc --size 40K --json"),
			 CLI_NOT_ZERO);
	json = json_loads(captured.out, 0, NULL);
	assert_int_equal(meta_number(json, "not_zero_address"),
			 (uintptr_t)(reserved + 8192));
	json_decref(json);
	free(reserved);
}

static void test_for_people(void **state)
{
	(void)state;
	assert_int_equal(capture(cli_alloc, "alloc --size 40K"), 0);
	assert_non_null(strstr(captured.out, "process 1: 40.0 KiB, 4.0 KiB at "
			       "a time, touch: write\n"));
	assert_non_null(strstr(captured.out, "touched          40.0 KiB"));
	assert_int_equal(capture(cli_alloc, "alloc --size 40K --no-headings"),
			 0);
	assert_null(strstr(captured.out, "TOUCHED"));
}

#define TEST(name) cmocka_unit_test_setup(test_##name, setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(json),
		TEST(files_without_permissions),
		TEST(finds_every_byte_that_is_not_zero),
		TEST(json_has_the_address),
		TEST(for_people),
	};

	return cmocka_run_group_tests_name("cli_alloc", tests, NULL, NULL);
}
