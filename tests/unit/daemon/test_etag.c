// SPDX-License-Identifier: GPL-2.0-only
#include "tests/unit/server.h"

#include "contmond/serve/etag.h"

/* The header with which a client asks whether the last answer is still true */
static void if_none_match(char *ret, size_t size)
{
	const char *etag = strcasestr(got.bytes, "\r\nETag: ");

	assert_non_null(etag);
	snprintf(ret, size, "If-None-Match: \"x\", %.*s\r\n",
		 (int)strcspn(etag + 8, "\r"), etag + 8);
}

/*
 * Whether it has changed is not measured by time: nothing more is sent. The
 * length is that of the answer that the client has, as RFC 9110 wants it.
 */
static void must_be_unchanged(const char *path, const char *headers)
{
	char length[64], packed_length[64], gzip[256];
	uint64_t sent;

	get(path, "");
	snprintf(length, sizeof(length), "Content-Length: %zu", body_length());
	get(path, "Accept-Encoding: gzip\r\n");
	snprintf(packed_length, sizeof(packed_length), "Content-Length: %zu",
		 body_length());
	sent = world.traffic.sent_bytes;
	get(path, headers);
	assert_int_equal(status(), 304);
	assert_int_equal(body_length(), 0);
	assert_true(has_header(length));
	snprintf(gzip, sizeof(gzip), "Accept-Encoding: gzip\r\n%s", headers);
	get(path, gzip);
	assert_int_equal(status(), 304);
	assert_int_equal(body_length(), 0);
	assert_true(has_header(packed_length));
	assert_false(has_header("Content-Encoding: gzip"));
	assert_int_equal(world.traffic.sent_bytes, sent);
}

/* What comes next on the connection is the next answer, and not the body. */
static void test_a_connection_goes_on(void **state)
{
	const char *second;

	(void)state;
	talk("GET /app.js HTTP/1.1\r\n" HOST "If-None-Match: *\r\n\r\n"
	     "GET /api/v1/variables/hosts HTTP/1.1\r\n" HOST
	     "Connection: close\r\n\r\n");
	assert_int_equal(status(), 304);
	assert_memory_equal(body(), "HTTP/1.1 200 ", 13);
	second = strstr(body(), "\r\n\r\n");
	assert_non_null(second);
	assert_memory_equal(second + 4, "{\"rows\":[", 9);
}

static void test_an_answer_until_it_changes(void **state)
{
	static const char past[] = "/api/v1/series?metric=cpu_cores"
		"&from=1700000000000&to=1700000101999&step=1000";
	char containers[128], series[128];
	struct sample later;

	(void)state;
	get("/api/v1/containers", "");
	assert_true(has_header("Cache-Control: no-store"));
	if_none_match(containers, sizeof(containers));
	get(past, "");
	if_none_match(series, sizeof(series));
	must_be_unchanged("/api/v1/containers", containers);
	must_be_unchanged("/api/v1/containers", "If-None-Match: *\r\n");
	must_be_unchanged(past, series);
	must_be_unchanged("/app.js", "If-None-Match: *\r\n");
	get("/api/v1/containers", series);
	assert_int_equal(status(), 200);
	world_sample(&later, 102);
	world_fill(&later, world.web, world.db, 2);
	pthread_rwlock_wrlock(&world.lock);
	world_tick(&world, &later);
	pthread_rwlock_unlock(&world.lock);
	get("/api/v1/containers", containers);
	assert_int_equal(status(), 200);
	must_be_unchanged(past, series);
	pthread_rwlock_wrlock(&world.lock);
	world_forget(&world, &later);
	pthread_rwlock_unlock(&world.lock);
	get("/api/v1/containers", "If-None-Match: *\r\n");
	assert_int_equal(status(), 503);
	get("/metrics", "If-None-Match: *\r\n");
	assert_int_equal(status(), 200);
}

static void test_what_is_known(void **state)
{
	static const struct {
		const char *header;
		bool is_known;
	} cases[] = {
		{ NULL, false },
		{ "", false },
		{ "*", true },
		{ "W/\"1\"", true },
		{ "\"1\"", true },
		{ "\"0\", W/\"1\"", true },
		{ "W/\"11\"", false },
		{ "1", false },
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		const struct request request = {
			.if_none_match = cases[i].header,
		};

		assert_int_equal(etag_is_known(&request, "W/\"1\""),
				 cases[i].is_known);
	}
}

static void test_different_texts(void **state)
{
	char a[ETAG_MAX], b[ETAG_MAX];

	(void)state;
	etag_make(a, "abc", 3);
	etag_make(b, "abc", 3);
	assert_string_equal(a, b);
	etag_make(b, "abd", 3);
	assert_string_not_equal(a, b);
	etag_make(b, "abc", 2);
	assert_string_not_equal(a, b);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_is_known),
		cmocka_unit_test(test_different_texts),
		TEST(test_an_answer_until_it_changes),
		TEST(test_a_connection_goes_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
