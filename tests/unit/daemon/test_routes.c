// SPDX-License-Identifier: GPL-2.0-only
#include "tests/unit/api.h"

/* Returns the status without a token. */
static unsigned int ask_unauthorized(const char *path)
{
	const struct request request = { .path = path };

	reply_done(&reply);
	routes_handle(&world.facts, &request, &reply);
	return reply.status;
}

static void test_unknown_paths(void **state)
{
	(void)state;
	assert_int_equal(get("/api/v1/nope", ""), 404);
	assert_string_equal(text_at(answer, "error"),
			    "no such path; see /api/v1");
	assert_int_equal(get("/api/v1/", ""), 404);
	assert_int_equal(get("/api/v1/health/", ""), 404);
}

/* The index is made from the table, so no route is left out here. */
static void test_only_the_page_is_public(void **state)
{
	static const char *const page[] = {
		"/", "/index.html", "/app.js", "/style.css", "/icon.svg",
		"/uplot.js", "/uplot.css",
	};
	json_t *rows = rows_of("/api/v1", ""), *row;
	size_t i, j, nr_public = 0;

	(void)state;
	json_array_foreach(rows, i, row) {
		const char *path = text_at(row, "path");
		bool is_page = false;

		for (j = 0; j < COUNT(page); j++)
			is_page |= strcmp(path, page[j]) == 0;
		assert_int_equal(ask_unauthorized(path), is_page ? 200 : 401);
		nr_public += is_page;
	}
	assert_int_equal(nr_public, COUNT(page));
	assert_true(i > nr_public);
	assert_int_equal(ask_unauthorized("/api/v1/nope"), 401);
}

static void test_the_index(void **state)
{
	static const char *const keys[] = { "path", "parameters", "help" };

	(void)state;
	must_have_keys(rows_of("/api/v1", ""), keys, COUNT(keys));
}

static void test_unknown_parameters(void **state)
{
	(void)state;
	assert_int_equal(get("/api/v1/processes", "limits=5"), 400);
	assert_string_equal(text_at(answer, "error"),
			    "unknown parameter: limits; this path takes: "
			    "container,limit,pid,sort");
	assert_int_equal(get("/api/v1/containers", "container=web&x="), 400);
	assert_int_equal(get("/api/v1/series", "metric=cpu_cores&Step=1"),
			 400);
	assert_int_equal(get("/api/v1/health", "x=1"), 400);
	assert_string_equal(text_at(answer, "error"),
			    "unknown parameter: x; this path takes none");
}

static void test_paths_without_parameters_ignore_all(void **state)
{
	static const char *const paths[] = { "/metrics", "/", "/app.js" };
	struct request request = { .authorized = true };
	size_t i;

	(void)state;
	assert_int_equal(request_add(&request, "v", "1"), 0);
	for (i = 0; i < COUNT(paths); i++) {
		request.path = paths[i];
		reply_done(&reply);
		routes_handle(&world.facts, &request, &reply);
		assert_int_equal(reply.status, 200);
	}
	request_done(&request);
}

static void test_paths_that_need_a_sample(void **state)
{
	(void)state;
	model_clear(&world.model);
	strcpy(world.status.reason, "no device");
	assert_int_equal(get("/api/v1/containers", ""), 503);
	assert_string_equal(text_at(answer, "error"),
			    "nothing sampled yet: no device");
	assert_int_equal(get("/api/v1/processes", ""), 503);
	assert_int_equal(get("/api/v1/system", ""), 503);
	assert_int_equal(get("/api/v1/series", "metric=cpu_cores"), 200);
	assert_int_equal(get("/api/v1/health", ""), 503);
	assert_non_null(json_object_get(answer, "rows"));
	assert_int_equal(get("/api/v1/info", ""), 200);
}

static void test_processes_are_hidden(void **state)
{
	static const char *const paths[] = {
		"/api/v1/processes", "/api/v1/processes/past",
		"/api/v1/commands", "/api/v1/commands/past",
		"/api/v1/commands/series",
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(paths); i++) {
		hides_processes = false;
		assert_int_equal(get(paths[i], ""), 200);
		hides_processes = true;
		assert_int_equal(get(paths[i], ""), 403);
		assert_contains(text_at(answer, "error"), "open_on_loopback");
	}
	assert_int_equal(get("/api/v1/containers", ""), 200);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(test_unknown_paths),
		TEST(test_only_the_page_is_public),
		TEST(test_the_index),
		TEST(test_unknown_parameters),
		TEST(test_paths_without_parameters_ignore_all),
		TEST(test_paths_that_need_a_sample),
		TEST(test_processes_are_hidden),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
