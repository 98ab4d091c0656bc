// SPDX-License-Identifier: GPL-2.0-only
/* Compressed bytes are restored, and damage is noticed. */
#include "tests/unit/daemon.h"

#include "contmond/store/pack.h"

static void test_packing(void **state)
{
	struct packer *packer = packer_new();
	struct buffer text = { 0 }, packed = { 0 };
	struct reader reader;
	size_t i;

	(void)state;
	for (i = 0; i < 1000; i++)
		buffer_puts(&text, "the same again ");
	assert_int_equal(pack(packer, &text, &packed), 0);
	assert_true(packed.length < 200);
	assert_int_equal(unpack(packer, packed.text, packed.length, &reader),
			 0);
	assert_memory_equal(reader.at, text.text, text.length);
	/* Any bit error is found. */
	for (i = 0; i < packed.length * 8; i++) {
		packed.text[i / 8] ^= (char)(1 << i % 8);
		if (unpack(packer, packed.text, packed.length, &reader) == 0)
			assert_memory_equal(reader.at, text.text, text.length);
		packed.text[i / 8] ^= (char)(1 << i % 8);
	}
	assert_int_equal(unpack(packer, packed.text, packed.length - 1,
				&reader), -EBADMSG);
	assert_int_equal(unpack(packer, "", 0, &reader), -EBADMSG);
	packer_free(packer);
	buffer_done(&text);
	buffer_done(&packed);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_packing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
