// SPDX-License-Identifier: GPL-2.0-only
/* Integers of any size are decoded to what was encoded. */
#include "tests/unit/codec.h"

static void test_varints(void **state)
{
	static const int64_t numbers[] = { 0, 1, -1, 63, 64, -64, -65, 127,
		128, 16383, 16384, INT32_MAX, INT32_MIN, INT64_MAX,
		INT64_MIN };
	struct buffer buffer = { 0 };
	struct reader reader;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(numbers); i++)
		put_signed(&buffer, numbers[i]);
	reader = reader_of(&buffer);
	for (i = 0; i < COUNT(numbers); i++)
		assert_int_equal(get_signed(&reader), numbers[i]);
	assert_false(reader.failed);
	assert_ptr_equal(reader.at, reader.end);
	assert_int_equal(get_varint(&reader), 0);
	assert_true(reader.failed);
	buffer_done(&buffer);
}

static void test_bad_varints(void **state)
{
	static const uint8_t too_long[] = { 255, 255, 255, 255, 255, 255, 255,
					    255, 255, 255, 1 };
	struct reader reader = { too_long, too_long + 11, false };
	struct reader cut = { too_long, too_long + 3, false };
	struct reader counted = { too_long + 10, too_long + 11, false };

	(void)state;
	assert_int_equal(get_varint(&reader), 0);
	assert_true(reader.failed);
	assert_int_equal(get_varint(&cut), 0);
	assert_true(cut.failed);
	assert_int_equal(get_count(&counted, 0), 0);
	assert_true(counted.failed);
	assert_null(get_bytes(&counted, 1));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_varints),
		cmocka_unit_test(test_bad_varints),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
