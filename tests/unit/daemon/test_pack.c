// SPDX-License-Identifier: GPL-2.0-only
/*
 * Compressed bytes are restored, and damage is noticed.
 *
 * wrap: ZSTD_createCCtx ZSTD_createDCtx
 */
#include <zstd.h>

#include "tests/unit/daemon.h"

#include "contmond/store/pack.h"

static unsigned int nr_to, nr_from;
static bool is_exhausted;

ZSTD_CCtx *__real_ZSTD_createCCtx(void);
ZSTD_CCtx *__wrap_ZSTD_createCCtx(void);
ZSTD_DCtx *__real_ZSTD_createDCtx(void);
ZSTD_DCtx *__wrap_ZSTD_createDCtx(void);

ZSTD_CCtx *__wrap_ZSTD_createCCtx(void)
{
	nr_to++;
	return is_exhausted ? NULL : __real_ZSTD_createCCtx();
}

ZSTD_DCtx *__wrap_ZSTD_createDCtx(void)
{
	nr_from++;
	return is_exhausted ? NULL : __real_ZSTD_createDCtx();
}

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

/* Most only pack or only unpack, and all do so now and then. */
static void test_memory(void **state)
{
	struct packer *packer = packer_new();
	struct buffer text = { 0 }, packed = { 0 };
	struct reader reader;
	unsigned int i;

	(void)state;
	nr_to = nr_from = 0;
	buffer_puts(&text, "text");
	for (i = 1; i <= 2; i++) {
		assert_int_equal(pack(packer, &text, &packed), 0);
		assert_int_equal(pack(packer, &text, &packed), 0);
		assert_int_equal(nr_to, i);
		assert_int_equal(nr_from, i - 1);
		assert_int_equal(unpack(packer, packed.text, packed.length,
					&reader), 0);
		assert_memory_equal(reader.at, "text", 4);
		assert_int_equal(nr_from, i);
		packer_rest(packer);
	}
	is_exhausted = true;
	assert_int_equal(pack(packer, &text, &packed), -ENOMEM);
	assert_int_equal(unpack(packer, packed.text, packed.length, &reader),
			 -ENOMEM);
	is_exhausted = false;
	assert_int_equal(unpack(packer, packed.text, packed.length, &reader),
			 0);
	packer_free(packer);
	buffer_done(&text);
	buffer_done(&packed);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_packing),
		cmocka_unit_test(test_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
