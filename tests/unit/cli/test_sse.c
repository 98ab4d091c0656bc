// SPDX-License-Identifier: GPL-2.0-only
/* Server-sent events, in parts of any size */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "contmon/past/sse.h"

static char seen[256];

static int see(const char *data, size_t length, void *userdata)
{
	const char *stop = userdata;
	size_t used = strlen(seen);

	snprintf(seen + used, sizeof(seen) - used, "[%.*s]", (int)length, data);
	return stop && strncmp(data, stop, length) == 0 ? -ECANCELED : 0;
}

/* Whole, and in parts of each size */
static void must_see(const char *text, const char *want, const char *last_id)
{
	size_t part, at, length = strlen(text);

	for (part = 1; part <= length; part++) {
		struct sse sse = { 0 };

		seen[0] = '\0';
		for (at = 0; at < length; at += part)
			assert_int_equal(sse_feed(&sse, text + at,
				part < length - at ? part : length - at, see,
				NULL), 0);
		assert_string_equal(seen, want);
		assert_string_equal(sse.last_id, last_id);
		sse_begin(&sse);
	}
}

static void test_events(void **state)
{
	(void)state;
	must_see("retry: 3000\nid: 41\n\nid: 42\ndata: {\"a\":1}\n\n:\n",
		 "[{\"a\":1}]", "42");
	must_see("id: 1\r\ndata: a\r\ndata:b\r\n\r\n", "[a\nb]", "1");
	must_see("data: a\n\ndata:  b\n\nid\n\n", "[a][ b]", "");
	must_see(": comment\nevent: x\ndata\ndatum: y\n\ndata: c\n\n", "[c]",
		 "");
	must_see("", "", "");
}

/* A part of an event is none; it comes again after the last whole one. */
static void test_a_new_connection(void **state)
{
	struct sse sse = { 0 };

	(void)state;
	seen[0] = '\0';
	assert_int_equal(sse_feed(&sse, "retry: 50\nid: 7\ndata: a\n\nid: 8\n"
				  "data: b", 35, see, NULL), 0);
	assert_string_equal(seen, "[a]");
	assert_string_equal(sse.last_id, "7");
	sse_begin(&sse);
	assert_int_equal(sse_feed(&sse, "data: c\n\n", 9, see, NULL), 0);
	assert_string_equal(seen, "[a][c]");
	assert_string_equal(sse.last_id, "7");
	assert_int_equal(sse.retry_ms, 50);
	sse_begin(&sse);
}

static void test_odd_values(void **state)
{
	struct sse sse = { .retry_ms = 9, .last_id = "5", .id = "5" };
	const char text[] = "retry: x\nretry: 99999999999\nretry: 0\n"
			    "id: 12345678901234567890123456789012345\n\n";

	(void)state;
	assert_int_equal(sse_feed(&sse, text, strlen(text), see, NULL), 0);
	assert_int_equal(sse.retry_ms, 9);
	assert_string_equal(sse.last_id, "5");
	sse_begin(&sse);
}

static void test_stopping(void **state)
{
	struct sse sse = { 0 };
	char stop[] = "b";

	(void)state;
	seen[0] = '\0';
	assert_int_equal(sse_feed(&sse, "data: a\n\ndata: b\n\ndata: c\n\n", 27,
				  see, stop), -ECANCELED);
	assert_string_equal(seen, "[a][b]");
	sse_begin(&sse);
}

/* Nobody's memory is filled with an event that has no end. */
static void test_an_event_without_an_end(void **state)
{
	static char line[1 << 16] = "data: ";
	struct sse sse = { 0 };
	size_t i;
	int r = 0;

	(void)state;
	seen[0] = '\0';
	memset(line + 6, 'x', sizeof(line) - 7);
	line[sizeof(line) - 1] = '\n';
	for (i = 0; i < 64 && r == 0; i++)
		r = sse_feed(&sse, line, sizeof(line), see, NULL);
	assert_int_equal(r, -EMSGSIZE);
	assert_in_range(i, 2, 17);
	assert_string_equal(seen, "");
	sse_begin(&sse);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_events),
		cmocka_unit_test(test_a_new_connection),
		cmocka_unit_test(test_odd_values),
		cmocka_unit_test(test_stopping),
		cmocka_unit_test(test_an_event_without_an_end),
	};

	return cmocka_run_group_tests_name("sse", tests, NULL, NULL);
}
