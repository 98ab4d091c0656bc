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

/* Whether it has changed is not measured by time: nothing more is sent. */
static void must_be_unchanged(const char *path, const char *headers)
{
	uint64_t sent = world.traffic.sent_bytes;

	get(path, headers);
	assert_int_equal(status(), 304);
	assert_int_equal(body_length(), 0);
	assert_int_equal(world.traffic.sent_bytes, sent);
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
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
