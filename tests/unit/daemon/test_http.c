// SPDX-License-Identifier: GPL-2.0-only
/* The server, over real sockets on loopback. */
#include "tests/unit/server.h"
#include "tests/unit/gunzip.h"

#define BEARER "Authorization: Bearer "
#define TOKEN "0123456789abcdef"

static void test_get(void **state)
{
	(void)state;
	get("/api/v1/health", "");
	assert_int_equal(status(), 200);
	assert_true(has_header("Content-Type: application/json"));
	assert_true(has_header("Cache-Control: no-store"));
	assert_true(has_header("X-Content-Type-Options: nosniff"));
	assert_true(has_header("Referrer-Policy: no-referrer"));
	assert_true(has_header("Cross-Origin-Resource-Policy: same-origin"));
	assert_null(strcasestr(got.bytes, "Access-Control-"));
	assert_contains(got.bytes, "default-src 'self'; base-uri 'none'");
	assert_contains(body(), "{\"rows\":[{\"status\":\"ok\",");
	assert_false(got.closed);
}

static void test_head(void **state)
{
	char length[64];

	(void)state;
	get("/api/v1/containers", "");
	snprintf(length, sizeof(length), "Content-Length: %zu", body_length());
	talk("HEAD /api/v1/containers HTTP/1.1\r\n" HOST "\r\n");
	assert_int_equal(status(), 200);
	assert_true(has_header(length));
	assert_int_equal(body_length(), 0);
}

static void test_methods(void **state)
{
	static const char *const methods[] = { "POST", "PUT", "DELETE",
					       "OPTIONS", "PATCH", "NONSENSE" };
	char request[256];
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(methods); i++) {
		snprintf(request, sizeof(request), "%s /api/v1/health HTTP/1.1"
			 "\r\n" HOST "\r\n", methods[i]);
		talk(request);
		assert_int_equal(status(), 405);
		assert_true(has_header("Allow: GET, HEAD"));
		assert_string_equal(body(),
				    "{\"error\":\"GET and HEAD only\"}\n");
		assert_null(strcasestr(got.bytes, "Access-Control-"));
	}
	talk("POST /api/v1/health HTTP/1.1\r\n" HOST
	     "Content-Length: 3\r\n\r\nabc");
	assert_int_equal(status(), 405);
}

static void test_get_with_a_body(void **state)
{
	(void)state;
	talk("GET /api/v1/health HTTP/1.1\r\n" HOST
	     "Content-Length: 3\r\n\r\nabc");
	assert_int_equal(status(), 200);
}

static void test_keep_alive_and_pipelining(void **state)
{
	static const char request[] =
		"GET /api/v1/health HTTP/1.1\r\n" HOST "\r\n"
		"GET /nope HTTP/1.1\r\n" HOST "\r\n"
		"GET /api/v1/info HTTP/1.1\r\n" HOST
		"Connection: close\r\n\r\n";
	const char *second, *third;

	(void)state;
	talk(request);
	assert_int_equal(status(), 200);
	second = strstr(got.bytes + 1, "HTTP/1.1 404");
	assert_non_null(second);
	third = strstr(second, "HTTP/1.1 200");
	assert_non_null(third);
	assert_contains(third, "\"boot_id\"");
	assert_true(got.closed);
}

static void test_many_connections_at_once(void **state)
{
	static const char request[] =
		"GET /api/v1/health HTTP/1.1\r\n" HOST "\r\n";
	int fds[40];
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(fds); i++) {
		fds[i] = open_client();
		client_send(fds[i], request, sizeof(request) - 1);
	}
	for (i = 0; i < COUNT(fds); i++) {
		receive(fds[i]);
		assert_int_equal(status(), 200);
		close(fds[i]);
	}
}

/* Clients that do not read their answers must not use up memory. */
static void test_answers_that_are_not_read(void **state)
{
	static const char request[] = "GET /big HTTP/1.1\r\n" HOST "\r\n";
	int fds[3];
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(fds); i++) {
		fds[i] = open_client();
		client_send(fds[i], request, sizeof(request) - 1);
		client_wait(fds[i], POLLIN);
	}
	get("/api/v1/health", "");
	assert_int_equal(status(), 503);
	assert_contains(body(), "too many unread answers");
	for (i = 0; i < COUNT(fds); i++)
		close(fds[i]);
	do
		get("/api/v1/health", "");
	while (status() == 503);
	assert_int_equal(status(), 200);
}

/* What was answered is counted before a client can have the answer. */
static void test_traffic(void **state)
{
	struct traffic *traffic = &world.traffic;
	uint64_t bytes;
	int fd;

	(void)state;
	get("/api/v1/containers", "");
	bytes = body_length();
	assert_int_equal(traffic->sent_bytes, bytes);
	get("/api/v1/containers", "Accept-Encoding: gzip\r\n");
	assert_true(body_length() < bytes);
	bytes += body_length();
	get("/index.html", "");
	bytes += body_length();
	talk("HEAD /api/v1/containers HTTP/1.1\r\n" HOST "\r\n");
	get("/nope", "");
	bytes += body_length();
	talk("POST /nope HTTP/1.1\r\n" HOST "\r\n");
	bytes += body_length();
	assert_int_equal(traffic->sent_bytes, bytes);
	assert_int_equal(traffic_requests(traffic, 200, 200), 4);
	assert_int_equal(traffic_requests(traffic, 404, 404), 1);
	assert_int_equal(traffic_requests(traffic, 400, 499), 2);
	fd = open_client();
	client_send(fd, "GET / HTTP/1.1\r\n" HOST "\r\n",
		    strlen("GET / HTTP/1.1\r\n" HOST "\r\n"));
	receive(fd);
	assert_true(traffic->clients > 0);
	close(fd);
	http_free(http);
	http = NULL;
	assert_int_equal(traffic->clients, 0);
}

static void test_a_request_in_small_pieces(void **state)
{
	static const char request[] =
		"GET /api/v1/health HTTP/1.1\r\n" HOST "\r\n";
	int fd = open_client();
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(request) - 1; i++)
		client_send(fd, &request[i], 1);
	receive(fd);
	assert_int_equal(status(), 200);
	close(fd);
}

static void test_query_strings(void **state)
{
	(void)state;
	get("/api/v1/containers?container=w%65b&fields=container", "");
	assert_contains(body(), "{\"rows\":[{\"container\":\"web\"}]");
	get("/api/v1/containers?container=x&container=db&fields=container",
	    "");
	assert_contains(body(), "{\"rows\":[{\"container\":\"db\"}]");
	world_name(&world, ID64("a"), "a b");
	assert_int_equal(model_name(&world.model, world.names), 0);
	get("/api/v1/containers?container=a+b&fields=container", "");
	assert_contains(body(), "{\"rows\":[{\"container\":\"a b\"}]");
	get("/api/v1/containers?container=a%20b&fields=container", "");
	assert_contains(body(), "{\"rows\":[{\"container\":\"a b\"}]");
	get("/api/v1/containers?container=web%00x", "");
	assert_int_equal(status(), 400);
	get("/api/v1/health%00x", "");
	assert_int_equal(status(), 400);
	get("/api/v1/containers?container", "");
	assert_int_equal(status(), 200);
}

static void test_huge_requests(void **state)
{
	size_t length = 200000;
	char *request = malloc(length);
	int fd = open_client();

	(void)state;
	memset(request, 'a', length);
	memcpy(request, "GET /", 5);
	client_send(fd, request, length);
	receive(fd);
	close(fd);
	assert_int_equal(status(), 414);
	memcpy(request, "GET / HTTP/1.1\r\nX: ", 19);
	fd = open_client();
	client_send(fd, request, length);
	receive(fd);
	close(fd);
	assert_int_equal(status(), 431);
	free(request);
	get("/api/v1/health", "");
	assert_int_equal(status(), 200);
}

/* Each gets an error, or the connection ends; others do not notice. */
static void test_bad_requests(void **state)
{
	static const struct {
		const char *text;
		int status;
	} requests[] = {
		{ "\r\n\r\n\r\n", 0 },
		{ "GET\r\n\r\n", 0 },
		{ "GET / HTTP/9.9\r\n\r\n", 505 },
		{ "GET / HTTP/1.1\r\nbad header\r\n\r\n", 400 },
		{ "\x16\x03\x01\x02", 0 },
		{ "GET / HTTP/1.1\r\n" HOST "Content-Length: x\r\n\r\n",
		  400 },
		{ "GET / HTTP/1.1\r\n" HOST "Content-Length: -1\r\n\r\n",
		  400 },
	};
	int fds[COUNT(requests)];
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(requests); i++) {
		fds[i] = open_client();
		client_send(fds[i], requests[i].text,
			    strlen(requests[i].text));
	}
	get("/api/v1/health", "");
	assert_int_equal(status(), 200);
	for (i = 0; i < COUNT(requests); i++) {
		receive(fds[i]);
		assert_int_equal(status(), requests[i].status);
		assert_true(got.closed);
		close(fds[i]);
	}
}

static void test_hosts(void **state)
{
	const struct http_options any = { .host = NULL };

	(void)state;
	talk("GET /api/v1/health HTTP/1.1\r\nHost: evil.example\r\n\r\n");
	assert_int_equal(status(), 403);
	talk("GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n");
	assert_int_equal(status(), 403);
	talk("GET /api/v1/health HTTP/1.1\r\nHost: localhost\r\n\r\n");
	assert_int_equal(status(), 200);
	talk("GET /api/v1/health HTTP/1.0\r\n\r\n");
	assert_int_equal(status(), 200);
	assert_int_equal(http_set_options(http, &any), 0);
	talk("GET /api/v1/health HTTP/1.1\r\nHost: any.example\r\n\r\n");
	assert_int_equal(status(), 200);
}

/* Even if they are the same, or no host is checked */
static void test_more_than_one_host(void **state)
{
	static const char *const lines[] = {
		"GET /api/v1/health HTTP/1.1\r\nHost: localhost\r\n"
			"Host: evil.example\r\n\r\n",
		"GET / HTTP/1.1\r\nHost: localhost\r\nhOST: localhost\r\n"
			"\r\n",
		"GET http://localhost/ HTTP/1.1\r\nHost: localhost\r\n"
			"Host: localhost\r\n\r\n",
	};
	const struct http_options any = { .host = NULL };
	size_t i;

	(void)state;
	for (i = 0; i < 2 * COUNT(lines); i++) {
		talk(lines[i % COUNT(lines)]);
		assert_int_equal(status(), 400);
		assert_contains(body(), "more than one Host header");
		assert_int_equal(http_set_options(http, &any), 0);
	}
}

/* The host of the request line replaces that of the header. */
static void test_absolute_targets(void **state)
{
	static char long_host[400] = "http://";
	static const struct {
		const char *target, *host;
		int status;
	} cases[] = {
		{ "http://localhost/api/v1/health", "localhost", 200 },
		{ "HTTP://localhost:9477/api/v1/health", "evil.example", 200 },
		{ "http://[::1]:1/api/v1/containers?limit=5", "localhost",
		  400 },
		{ "http://localhost", "localhost", 200 },
		{ "http://localhost/nope", "localhost", 404 },
		{ "http://evil.example/api/v1/health", "localhost", 403 },
		{ "http://a@localhost/api/v1/health", "localhost", 403 },
		{ "http:///api/v1/health", "localhost", 403 },
		{ long_host, "localhost", 403 },
		{ "https://localhost/api/v1/health", "localhost", 404 },
	};
	char request[600];
	size_t i;

	(void)state;
	memset(long_host + 7, 'a', sizeof(long_host) - 8);
	for (i = 0; i < COUNT(cases); i++) {
		snprintf(request, sizeof(request), "GET %s HTTP/1.1\r\n"
			 "Host: %s\r\n\r\n", cases[i].target, cases[i].host);
		talk(request);
		if (status() != cases[i].status)
			fail_msg("%s: %d", cases[i].target, status());
	}
}

static void test_tokens(void **state)
{
	static const struct {
		const char *path, *header;
		int status;
	} cases[] = {
		{ "/api/v1/health", "", 401 },
		{ "/api/v1/health", BEARER TOKEN "\r\n", 200 },
		{ "/api/v1/health", BEARER "x\r\n", 401 },
		{ "/api/v1/series?metric=x", "", 401 },
		{ "/metrics", "", 401 },
		{ "/metrics", BEARER TOKEN "\r\n", 200 },
		{ "/nope", "", 401 },
		{ "/nope", BEARER TOKEN "\r\n", 404 },
		{ "/", "", 200 },
		{ "/app.js", "", 200 },
	};
	const struct http_options options = { .token = TOKEN };
	size_t i;

	(void)state;
	assert_int_equal(http_set_options(http, &options), 0);
	for (i = 0; i < COUNT(cases); i++) {
		get(cases[i].path, cases[i].header);
		assert_int_equal(status(), cases[i].status);
		if (status() == 401)
			assert_true(has_header("WWW-Authenticate: Bearer"));
	}
}

static void test_gzip(void **state)
{
	static char plain[256 * 1024], unpacked[256 * 1024];
	size_t length;

	(void)state;
	get("/api/v1/containers", "");
	length = body_length();
	memcpy(plain, body(), length);
	get("/api/v1/containers", "Accept-Encoding: gzip\r\n");
	assert_int_equal(status(), 200);
	assert_true(has_header("Content-Encoding: gzip"));
	assert_true(has_header("Vary: Accept-Encoding"));
	assert_true(body_length() < length);
	assert_int_equal(gunzip(body(), body_length(), unpacked,
				sizeof(unpacked)), length);
	assert_memory_equal(unpacked, plain, length);
	get("/api/v1/containers", "Accept-Encoding: *, gzip;q=0\r\n");
	assert_false(has_header("Content-Encoding: gzip"));
	assert_int_equal(body_length(), length);
	get("/api/v1/health", "Accept-Encoding: gzip\r\n");
	assert_false(has_header("Content-Encoding: gzip"));
}

static void test_page(void **state)
{
	static const struct {
		const char *path, *type;
	} files[] = {
		{ "/", "text/html; charset=utf-8" },
		{ "/index.html", "text/html; charset=utf-8" },
		{ "/app.js", "text/javascript; charset=utf-8" },
		{ "/style.css", "text/css; charset=utf-8" },
		{ "/icon.svg", "image/svg+xml" },
		{ "/uplot.js", "text/javascript; charset=utf-8" },
		{ "/uplot.css", "text/css; charset=utf-8" },
	};
	char line[128], headers[256], *etag;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(files); i++) {
		get(files[i].path, "");
		assert_int_equal(status(), 200);
		assert_true(body_length() > 0);
		snprintf(line, sizeof(line), "Content-Type: %s",
			 files[i].type);
		assert_true(has_header(line));
		assert_true(has_header("Cache-Control: no-cache"));
	}
	etag = strcasestr(got.bytes, "\r\nETag: ");
	assert_non_null(etag);
	snprintf(headers, sizeof(headers), "If-None-Match: %.*s\r\n",
		 (int)strcspn(etag + 8, "\r"), etag + 8);
	get("/uplot.css", headers);
	assert_int_equal(status(), 304);
	assert_int_equal(body_length(), 0);
	get("/app.js", headers);
	assert_int_equal(status(), 200);
}

static void test_unknown_paths(void **state)
{
	static const char *const paths[] = {
		"/x", "/api", "/api/v2/health", "/../etc/passwd",
		"/%2e%2e/etc/passwd", "/api/v1/containers/web", "//",
		"/metrics/", "%2fmetrics", "/api/v1%2fhealth",
		"/api/v1%2Fhealth?container=a", "/%2f",
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(paths); i++) {
		get(paths[i], "");
		assert_int_equal(status(), 404);
		assert_contains(body(), "{\"error\":");
	}
	/* Other characters are what they mean, and so is a slash in a value. */
	get("/api/v1/%68ealth", "");
	assert_int_equal(status(), 200);
	get("/api/v1/containers?container=a%2fb", "");
	assert_int_equal(status(), 200);
	get("/api/v1/health", "");
	assert_int_equal(status(), 200);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(test_get),
		TEST(test_head),
		TEST(test_methods),
		TEST(test_get_with_a_body),
		TEST(test_keep_alive_and_pipelining),
		TEST(test_many_connections_at_once),
		TEST(test_answers_that_are_not_read),
		TEST(test_traffic),
		TEST(test_a_request_in_small_pieces),
		TEST(test_query_strings),
		TEST(test_huge_requests),
		TEST_IMPATIENT(test_bad_requests),
		TEST(test_hosts),
		TEST(test_more_than_one_host),
		TEST(test_absolute_targets),
		TEST(test_tokens),
		TEST(test_gzip),
		TEST(test_page),
		TEST(test_unknown_paths),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
