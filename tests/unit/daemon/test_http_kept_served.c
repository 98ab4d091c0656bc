// SPDX-License-Identifier: GPL-2.0-only
/*
 * Answers that are made once for all: over sockets, and while samples arrive
 *
 * wrap: containers_handle gzip_pack
 */
#include "tests/unit/server.h"

#include "contmond/serve/containers.h"
#include "contmond/serve/etag.h"
#include "base/gzip.h"

#define NR_THREADS 8
#define NR_CHANGES 200

static _Atomic int nr_made, nr_packed;

endpoint_fn __real_containers_handle, __wrap_containers_handle;
int __real_gzip_pack(const char *bytes, size_t length, char **ret,
		     size_t *ret_length);
int __wrap_gzip_pack(const char *bytes, size_t length, char **ret,
		     size_t *ret_length);

void __wrap_containers_handle(const struct facts *facts,
			      const struct request *request,
			      struct reply *reply)
{
	nr_made++;
	__real_containers_handle(facts, request, reply);
}

int __wrap_gzip_pack(const char *bytes, size_t length, char **ret,
		     size_t *ret_length)
{
	nr_packed++;
	return __real_gzip_pack(bytes, length, ret, ret_length);
}

static int setup_counting(void **state)
{
	nr_made = nr_packed = 0;
	return setup(state);
}

static void etag_of_answer(char ret[ETAG_MAX])
{
	const char *etag = strcasestr(got.bytes, "\r\nETag: ");

	assert_non_null(etag);
	snprintf(ret, ETAG_MAX, "%.*s", (int)strcspn(etag + 8, "\r"),
		 etag + 8);
}

static void test_one_answer_for_all_methods_and_codings(void **state)
{
	static const char path[] = "/api/v1/containers";
	char etag[ETAG_MAX], other[ETAG_MAX], header[128], length[64];

	(void)state;
	talk("HEAD /api/v1/containers HTTP/1.1\r\n" HOST "\r\n");
	etag_of_answer(etag);
	assert_int_equal(body_length(), 0);
	get(path, "");
	etag_of_answer(other);
	assert_string_equal(etag, other);
	snprintf(length, sizeof(length), "Content-Length: %zu", body_length());
	get(path, "Accept-Encoding: gzip\r\n");
	etag_of_answer(other);
	assert_string_equal(etag, other);
	assert_true(has_header("Content-Encoding: gzip"));
	get(path, "Accept-Encoding: gzip\r\n");
	snprintf(header, sizeof(header), "If-None-Match: %s\r\n", etag);
	get(path, header);
	assert_int_equal(status(), 304);
	assert_int_equal(body_length(), 0);
	talk("HEAD /api/v1/containers HTTP/1.1\r\n" HOST "\r\n");
	assert_true(has_header(length));
	assert_int_equal(nr_made, 1);
	assert_int_equal(nr_packed, 1);
	get("/api/v1/containers?container=web", "");
	assert_int_equal(nr_made, 2);
	assert_int_equal(world.kept.nr, 2);
}

/* As at the address and at the socket, which have threads of their own */
static void test_one_answer_for_both_servers(void **state)
{
	const struct http_options options = { .traffic = &world.traffic };
	struct sockaddr_storage address = { 0 };
	struct sockaddr_in *in = (struct sockaddr_in *)&address;
	socklen_t length = sizeof(*in);
	char etag[ETAG_MAX], other[ETAG_MAX];
	struct http *second;
	int fd;

	(void)state;
	get("/api/v1/containers", "Accept-Encoding: gzip\r\n");
	etag_of_answer(etag);
	in->sin_family = AF_INET;
	in->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	fd = listen_open(&address, length);
	assert_true(fd >= 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)in, &length), 0);
	port = in->sin_port;
	assert_int_equal(http_new(event, fd, &options, handle, NULL, &second),
			 0);
	get("/api/v1/containers", "Accept-Encoding: gzip\r\n");
	etag_of_answer(other);
	assert_string_equal(etag, other);
	assert_int_equal(nr_made, 1);
	assert_int_equal(nr_packed, 1);
	http_free(second);
}

static void test_formats_of_metrics(void **state)
{
	static const char openmetrics[] =
		"Accept: application/openmetrics-text; version=1.0.0\r\n";
	int i;

	(void)state;
	for (i = 0; i < 2; i++) {
		get("/metrics", "");
		assert_true(has_header("Content-Type: text/plain; "
				       "version=0.0.4; charset=utf-8"));
		assert_null(strstr(body(), "# EOF"));
		get("/metrics", openmetrics);
		assert_contains(body(), "# EOF");
	}
	assert_int_equal(world.kept.nr, 2);
}

/* Parameters that a path ignores make no answer of their own. */
static void test_parameters_of_metrics(void **state)
{
	(void)state;
	get("/metrics?a=1", "");
	get("/metrics?a=2&b", "");
	get("/metrics", "");
	assert_int_equal(status(), 200);
	assert_int_equal(world.kept.nr, 1);
}

/* Whoever asked first: each gets what it would get alone. */
static void test_rights_are_not_shared(void **state)
{
	static const char *const refused[] = {
		"/api/v1/processes", "/api/v1/commands",
		"/api/v1/variables/commands",
	};
	struct http_options options = { .host = "127.0.0.1" };
	int i;
	size_t j;

	(void)state;
	for (i = 0; i < 4; i++) {
		options.hides_processes = i % 2;
		assert_int_equal(http_set_options(http, &options), 0);
		get("/api/v1/containers?container=web", "");
		assert_contains(body(), i % 2 ? "\"command\":null" :
						"\"command\":\"run\"");
		for (j = 0; j < COUNT(refused); j++) {
			get(refused[j], "");
			assert_int_equal(status(), i % 2 ? 403 : 200);
		}
	}
	assert_int_equal(nr_made, 2);
	options.hides_processes = false;
	options.token = "0123456789abcdef";
	assert_int_equal(http_set_options(http, &options), 0);
	get("/api/v1/containers?container=web", "");
	assert_int_equal(status(), 401);
	get("/metrics", "");
	assert_int_equal(status(), 401);
}

/* In threads of their own, while samples arrive */

static _Atomic bool is_over;

static void *change(void *userdata)
{
	int i;

	(void)userdata;
	for (i = 0; i < NR_CHANGES; i++) {
		pthread_rwlock_wrlock(&world.lock);
		world.status.samples_total++;
		world.model.system.processes++;
		http_kept_renew(&world.kept);
		pthread_rwlock_unlock(&world.lock);
		usleep(500);
	}
	is_over = true;
	return NULL;
}

/* What was there before must be in it. Returns what is wrong, or NULL. */
static void *watch(void *userdata)
{
	const struct request request = {
		.path = "/api/v1/system", .authorized = true,
	};
	static const char key[] = "\"processes\":";
	const char *wrong = NULL, *text;
	double before;
	size_t length;
	int i;

	(void)userdata;
	for (i = 0; !is_over && !wrong; i++) {
		struct reply one = { 0 };

		facts_hold(&world.facts);
		before = world.model.system.processes;
		facts_release(&world.facts);
		routes_handle(&world.facts, &request, &one);
		etag_apply(&request, &one);
		if (i % 2)
			http_kept_packed(one.kept, &length);
		text = strstr(reply_body(&one, &length), key);
		if (!text || strtod(text + strlen(key), NULL) < before)
			wrong = "it is older";
		reply_done(&one);
		usleep(100);	/* readers come first in this lock */
	}
	return (void *)wrong;
}

static void test_nobody_gets_what_is_over(void **state)
{
	pthread_t threads[NR_THREADS], changer;
	void *wrong;
	size_t i;

	(void)state;
	is_over = false;
	assert_int_equal(pthread_create(&changer, NULL, change, NULL), 0);
	for (i = 0; i < NR_THREADS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, watch,
						NULL), 0);
	for (i = 0; !is_over; i++) {
		get("/api/v1/system", i % 2 ? "Accept-Encoding: gzip\r\n" :
					      "");
		assert_int_equal(status(), 200);
	}
	for (i = 0; i < NR_THREADS; i++) {
		pthread_join(threads[i], &wrong);
		assert_null(wrong);
	}
	pthread_join(changer, NULL);
}

#define COUNTING_TEST(name) \
	cmocka_unit_test_setup_teardown(name, setup_counting, teardown)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		COUNTING_TEST(test_one_answer_for_all_methods_and_codings),
		COUNTING_TEST(test_one_answer_for_both_servers),
		COUNTING_TEST(test_formats_of_metrics),
		COUNTING_TEST(test_parameters_of_metrics),
		COUNTING_TEST(test_rights_are_not_shared),
		COUNTING_TEST(test_nobody_gets_what_is_over),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
