// SPDX-License-Identifier: GPL-2.0-only
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/siphash.h"
#include "base/util.h"

/* Of the texts 00, 00 01, and so on, as the authors publish them */
static void test_the_vectors_of_the_authors(void **state)
{
	static const struct {
		size_t length;
		uint64_t hash;
	} vectors[] = {
		{ 0, UINT64_C(0x726fdb47dd0e0e31) },
		{ 1, UINT64_C(0x74f839c593dc67fd) },
		{ 7, UINT64_C(0xab0200f58b01d137) },
		{ 8, UINT64_C(0x93f5f5799a932462) },
		{ 15, UINT64_C(0xa129ca6149be45e5) },
	};
	uint8_t bytes[16];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)i;
	for (i = 0; i < ARRAY_SIZE(vectors); i++)
		assert_true(siphash(bytes, bytes, vectors[i].length) ==
			    vectors[i].hash);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_vectors_of_the_authors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
