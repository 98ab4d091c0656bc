// SPDX-License-Identifier: GPL-2.0-only
#include "tests/unit/daemon.h"

#include "base/gzip.h"
#include "tests/unit/gunzip.h"

#define SIZE (1 << 20)

static char plain[SIZE], unpacked[SIZE];

/* Returns how long it was when packed. */
static size_t pack_and_unpack(size_t length)
{
	size_t packed_length;
	char *packed;

	assert_int_equal(gzip_pack(plain, length, &packed, &packed_length), 0);
	assert_int_equal(gunzip(packed, packed_length, unpacked,
				sizeof(unpacked)), length);
	assert_memory_equal(unpacked, plain, length);
	free(packed);
	return packed_length;
}

static void test_what_repeats_becomes_short(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < SIZE; i++)
		plain[i] = "container_cpu_usage_seconds_total "[i % 34];
	assert_true(pack_and_unpack(SIZE) < SIZE / 100);
}

/* What cannot be packed still finds room. */
static void test_noise_stays_what_it_is(void **state)
{
	uint32_t random = 1;
	size_t i;

	(void)state;
	for (i = 0; i < SIZE; i++) {
		random = random * 1664525 + 1013904223;
		plain[i] = (char)(random >> 24);
	}
	assert_true(pack_and_unpack(SIZE) < SIZE + SIZE / 100);
	pack_and_unpack(1);
	pack_and_unpack(0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_repeats_becomes_short),
		cmocka_unit_test(test_noise_stays_what_it_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
