// SPDX-License-Identifier: GPL-2.0-only
/*
 * Compressed bytes are restored, and damage is noticed. What costs more is
 * smaller, and takes no more memory.
 *
 * wrap: ZSTD_createCCtx ZSTD_createDCtx
 */
#include <zstd.h>

#include "tests/unit/daemon.h"

#include "contmond/store/pack.h"

static ZSTD_CCtx *last_to;
static unsigned int nr_to, nr_from;
static bool is_exhausted;

ZSTD_CCtx *__real_ZSTD_createCCtx(void);
ZSTD_CCtx *__wrap_ZSTD_createCCtx(void);
ZSTD_DCtx *__real_ZSTD_createDCtx(void);
ZSTD_DCtx *__wrap_ZSTD_createDCtx(void);

ZSTD_CCtx *__wrap_ZSTD_createCCtx(void)
{
	nr_to++;
	last_to = is_exhausted ? NULL : __real_ZSTD_createCCtx();
	return last_to;
}

ZSTD_DCtx *__wrap_ZSTD_createDCtx(void)
{
	nr_from++;
	return is_exhausted ? NULL : __real_ZSTD_createDCtx();
}

static void test_packing(void **state)
{
	struct packer *packer = packer_new(EFFORT_LOW);
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
	struct packer *packer = packer_new(EFFORT_LOW);
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

/* Numbers that go up and down a little, as those of a busy host */
static void add_numbers(struct buffer *ret)
{
	uint32_t seed = 1;
	size_t i;

	for (i = 0; i < 256 << 10; i++) {
		seed = seed * 1664525 + 1013904223;
		buffer_putc(ret, (char)((seed >> 24) % 5 * (i / 512 % 3)));
	}
}

static size_t packed_size(enum effort effort, const struct buffer *bytes)
{
	struct packer *packer = packer_new(effort);
	struct buffer packed = { 0 };
	size_t length;

	assert_int_equal(pack(packer, bytes, &packed), 0);
	assert_in_range(ZSTD_sizeof_CCtx(last_to), 1, 1 << 20);
	length = packed.length;
	packer_free(packer);
	buffer_done(&packed);
	return length;
}

static void test_effort(void **state)
{
	struct buffer bytes = { 0 };

	(void)state;
	add_numbers(&bytes);
	assert_true(packed_size(EFFORT_HIGH, &bytes) <
		    packed_size(EFFORT_LOW, &bytes));
	buffer_done(&bytes);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_packing),
		cmocka_unit_test(test_memory),
		cmocka_unit_test(test_effort),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
