// SPDX-License-Identifier: GPL-2.0-only
/* The bytes of a message; in tests/daemon/forward.py, Prometheus decodes it. */
#include <snappy-c.h>

#include "tests/unit/forward.h"

/* { __name__="contmon_system_load1", host="host 1" } 0.5 at the tick */
static const char golden[] =
	"\x0a\x51"				/* timeseries, 81 bytes */
	"\x0a\x20\x0a\x08__name__\x12\x14" "contmon_system_load1"
	"\x0a\x0e\x0a\x04host\x12\x06host 1"
	"\x0a\x0b\x0a\x04site\x12\x03" "a=b"
	"\x12\x10"				/* sample, 16 bytes */
	"\x09\x00\x00\x00\x00\x00\x00\xe0\x3f"	/* 0.5 */
	"\x10\xfb\xd0\x95\xff\xbc\x31";		/* milliseconds */

static void test_message(void **state)
{
	struct buffer rows = { 0 }, body = { 0 };
	char unpacked[256];
	size_t length = sizeof(unpacked);

	(void)state;
	assert_int_equal(remote_write_protocol.load(), 0);
	write_with(&rows, &remote_write_protocol, &site_options, NULL,
		   "contmon_system_load1", 0.5);
	assert_int_equal(rows.length, sizeof(golden) - 1);
	assert_memory_equal(rows.text, golden, rows.length);
	remote_write_protocol.write_body(&body, &tick, &site_options,
					 rows.text, rows.length);
	assert_int_equal(snappy_uncompress(body.text, body.length, unpacked,
					   &length), SNAPPY_OK);
	assert_int_equal(length, rows.length);
	assert_memory_equal(unpacked, golden, length);
	buffer_done(&rows);
	buffer_done(&body);
}

static void test_answers(void **state)
{
	(void)state;
	assert_int_equal(remote_write_protocol.judge("out of order sample\n"),
			 VERDICT_STALE);
	assert_int_equal(remote_write_protocol.judge("out of bounds\n"),
			 VERDICT_REFUSED);
	assert_int_equal(remote_write_protocol.judge("label name is empty\n"),
			 VERDICT_BAD);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_message),
		cmocka_unit_test(test_answers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
