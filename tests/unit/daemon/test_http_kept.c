// SPDX-License-Identifier: GPL-2.0-only
/*
 * Answers that are made once for all
 *
 * wrap: clock_monotonic_ns gzip_pack
 */
#include "tests/unit/daemon.h"

#include <pthread.h>
#include <zlib.h>

#include "base/clock.h"
#include "base/gzip.h"
#include "contmond/serve/http_kept.h"

#define NR_THREADS 8
#define TEN_MIB (10U << 20)

static struct http_kept kept;
static _Atomic uint64_t later_ns;
static _Atomic int nr_made, nr_packed, nr_asking;

uint64_t __real_clock_monotonic_ns(void);
uint64_t __wrap_clock_monotonic_ns(void);
int __real_gzip_pack(const char *bytes, size_t length, char **ret,
		     size_t *ret_length);
int __wrap_gzip_pack(const char *bytes, size_t length, char **ret,
		     size_t *ret_length);

uint64_t __wrap_clock_monotonic_ns(void)
{
	return __real_clock_monotonic_ns() + later_ns;
}

int __wrap_gzip_pack(const char *bytes, size_t length, char **ret,
		     size_t *ret_length)
{
	nr_packed++;
	return __real_gzip_pack(bytes, length, ret, ret_length);
}

static int setup(void **state)
{
	(void)state;
	http_kept_init(&kept);
	nr_made = nr_packed = nr_asking = 0;
	later_ns = 0;
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	http_kept_done(&kept);
	return 0;
}

/* What an endpoint would do: a body of @size bytes */
static void make(struct reply *reply, unsigned int status, size_t size)
{
	nr_made++;
	reply->status = status;
	reply->content_type = "application/json";
	while (reply->body.length < size)
		buffer_printf(&reply->body, "%d %-63zu", nr_made,
			      reply->body.length);
}

/* Asks for @path, with the parameter @key, and makes what is not kept. */
static bool ask(const char *path, const char *key, const char *value,
		struct reply *ret)
{
	struct request request = { .path = path, .authorized = true };
	struct http_kept_answer *making;
	bool is_kept;

	if (key)
		assert_int_equal(request_add(&request, key, value), 0);
	is_kept = http_kept_get(&kept, &request, 0, HTTP_KEPT_ANY_AGE, ret,
				&making);
	if (!is_kept) {
		make(ret, 200, 2000);
		http_kept_put(making, ret);
	}
	request_done(&request);
	return is_kept;
}

/* The same, and forgets the answer */
static bool is_kept(const char *path, const char *key, const char *value)
{
	struct reply one = { 0 };
	bool r = ask(path, key, value, &one);

	reply_done(&one);
	return r;
}

static void *ask_with_others(void *userdata)
{
	static const struct request request = { .path = "/a" };
	struct reply *one = userdata;
	struct http_kept_answer *making;

	nr_asking++;
	if (http_kept_get(&kept, &request, 0, HTTP_KEPT_ANY_AGE, one, &making))
		return NULL;
	while (nr_asking < NR_THREADS)
		sched_yield();
	make(one, 200, 2000);
	http_kept_put(making, one);
	return NULL;
}

static void test_made_once_for_all_who_ask_at_once(void **state)
{
	struct reply replies[NR_THREADS] = { 0 };
	pthread_t threads[NR_THREADS];
	size_t i, length;

	(void)state;
	for (i = 0; i < NR_THREADS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL,
						ask_with_others,
						&replies[i]), 0);
	for (i = 0; i < NR_THREADS; i++)
		pthread_join(threads[i], NULL);
	assert_int_equal(nr_made, 1);
	for (i = 0; i < NR_THREADS; i++) {
		assert_int_equal(replies[i].status, 200);
		assert_ptr_equal(reply_body(&replies[i], &length),
				 reply_body(&replies[0], &length));
		assert_string_equal(replies[i].etag, replies[0].etag);
		assert_int_equal(replies[i].etag[0], 'W');
	}
	for (i = 0; i < NR_THREADS; i++)
		reply_done(&replies[i]);
	assert_int_equal(kept.nr, 1);
}

/* Returns what is wrong, or NULL. */
static void *ask_in_vain(void *userdata)
{
	static const struct request request = { .path = "/a" };
	struct http_kept_answer *making;
	struct reply one = { 0 };
	const char *wrong = NULL;

	(void)userdata;
	nr_asking++;
	if (http_kept_get(&kept, &request, 0, HTTP_KEPT_ANY_AGE, &one,
			  &making))
		return "it is kept";
	while (nr_asking < NR_THREADS)
		sched_yield();
	make(&one, 404, 10);
	http_kept_put(making, &one);
	if (one.kept || one.status != 404 || one.body.length < 10)
		wrong = "it is another answer";
	reply_done(&one);
	return (void *)wrong;
}

static void test_errors_are_not_kept(void **state)
{
	pthread_t threads[NR_THREADS];
	void *wrong;
	size_t i;

	(void)state;
	for (i = 0; i < NR_THREADS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL,
						ask_in_vain, NULL), 0);
	for (i = 0; i < NR_THREADS; i++) {
		pthread_join(threads[i], &wrong);
		assert_null(wrong);
	}
	assert_int_equal(nr_made, NR_THREADS);
	assert_int_equal(kept.nr, 0);
	assert_int_equal(kept.nr_bytes, 0);
}

static void test_what_has_changed_is_made_again(void **state)
{
	struct reply before = { 0 }, after = { 0 };
	size_t length, packed_length;

	(void)state;
	assert_false(ask("/a", NULL, NULL, &before));
	assert_int_equal(kept.nr_bytes, reply_body(&before, &length) ? length :
								       0);
	http_kept_renew(&kept);
	assert_int_equal(kept.nr, 0);
	assert_int_equal(kept.nr_bytes, 0);
	assert_false(ask("/a", NULL, NULL, &after));
	assert_string_not_equal(before.etag, after.etag);
	/* Whoever has the old one can still read and compress it. */
	assert_memory_equal(reply_body(&before, &length), "1 0 ", 4);
	assert_memory_equal(reply_body(&after, &length), "2 0 ", 4);
	assert_non_null(http_kept_packed(before.kept, &packed_length));
	assert_int_equal(kept.nr_bytes, length);
	reply_done(&before);
	reply_done(&after);
	assert_true(is_kept("/a", NULL, NULL));
}

/* It may be about what was before, so those who ask later do not get it. */
static void test_a_change_while_it_is_made(void **state)
{
	static const struct request request = { .path = "/a",
						.authorized = true };
	struct http_kept_answer *making;
	struct reply before = { 0 };

	(void)state;
	assert_false(http_kept_get(&kept, &request, 0, HTTP_KEPT_ANY_AGE,
				   &before, &making));
	make(&before, 200, 2000);
	http_kept_renew(&kept);
	http_kept_put(making, &before);
	assert_int_equal(kept.nr, 0);
	assert_false(is_kept("/a", NULL, NULL));
	reply_done(&before);
}

static void test_what_tells_requests_apart(void **state)
{
	struct request request = { .path = "/a", .authorized = true };
	struct http_kept_answer *making;
	struct reply one = { 0 };
	int i;

	(void)state;
	for (i = 0; i < 2; i++) {
		assert_int_equal(is_kept("/a", NULL, NULL), i);
		assert_int_equal(is_kept("/ab", NULL, NULL), i);
		assert_int_equal(is_kept("/a", "b", ""), i);
		assert_int_equal(is_kept("/a", "", "b"), i);
		assert_int_equal(is_kept("/a", "b", "c"), i);
		assert_int_equal(is_kept("/a", "bc", ""), i);
	}
	assert_false(http_kept_get(&kept, &request, 1, HTTP_KEPT_ANY_AGE, &one,
				   &making));
	http_kept_put(making, &one);
	request.authorized = false;
	assert_false(http_kept_get(&kept, &request, 0, HTTP_KEPT_ANY_AGE, &one,
				   &making));
	http_kept_put(making, &one);
	request.authorized = request.hides_processes = true;
	assert_false(http_kept_get(&kept, &request, 0, HTTP_KEPT_ANY_AGE, &one,
				   &making));
	http_kept_put(making, &one);
}

/* The oldest makes room. */
static void test_as_many_as_allowed(void **state)
{
	char path[16];
	int i;

	(void)state;
	for (i = 0; i <= HTTP_KEPT_MAX_ANSWERS; i++) {
		snprintf(path, sizeof(path), "/%d", i);
		assert_false(is_kept(path, NULL, NULL));
	}
	assert_int_equal(kept.nr, HTTP_KEPT_MAX_ANSWERS);
	for (i = 1; i <= HTTP_KEPT_MAX_ANSWERS; i++) {
		snprintf(path, sizeof(path), "/%d", i);
		assert_true(is_kept(path, NULL, NULL));
	}
	assert_false(is_kept("/0", NULL, NULL));
	assert_false(is_kept("/1", NULL, NULL));
}

static void keep(const char *path, size_t size)
{
	const struct request request = { .path = path, .authorized = true };
	struct http_kept_answer *making;
	struct reply one = { 0 };
	size_t length;

	assert_false(http_kept_get(&kept, &request, 0, HTTP_KEPT_ANY_AGE, &one,
				   &making));
	make(&one, 200, size);
	http_kept_put(making, &one);
	assert_non_null(reply_body(&one, &length));
	assert_true(length >= size);
	assert_true(kept.nr_bytes <= HTTP_KEPT_MAX_BYTES);
	reply_done(&one);
}

static void test_as_large_as_allowed(void **state)
{
	(void)state;
	keep("/a", TEN_MIB);
	keep("/b", TEN_MIB);
	keep("/c", TEN_MIB);
	assert_int_equal(kept.nr, 3);
	keep("/d", TEN_MIB);
	assert_int_equal(kept.nr, 3);
	keep("/larger", HTTP_KEPT_MAX_BYTES + 1);
	assert_int_equal(kept.nr, 3);
	assert_true(is_kept("/b", NULL, NULL));
	assert_true(is_kept("/d", NULL, NULL));
	assert_false(is_kept("/a", NULL, NULL));
}

static bool is_kept_for(uint64_t max_age_ms)
{
	const struct request request = { .path = "/a" };
	struct http_kept_answer *making;
	struct reply one = { 0 };
	bool r = http_kept_get(&kept, &request, 0, max_age_ms, &one, &making);

	if (!r) {
		make(&one, 200, 100);
		http_kept_put(making, &one);
	}
	reply_done(&one);
	return r;
}

static void test_not_longer_than_asked_for(void **state)
{
	(void)state;
	assert_false(is_kept_for(60000));
	assert_true(is_kept_for(60000));
	later_ns += 60000 * NS_PER_MS;
	assert_false(is_kept_for(60000));
	http_kept_renew(&kept);
	assert_false(is_kept_for(HTTP_KEPT_ANY_AGE));
	later_ns += 3600 * NS_PER_SECOND;
	assert_true(is_kept_for(HTTP_KEPT_ANY_AGE));
}

static void test_compressed_once(void **state)
{
	struct reply one = { 0 }, other = { 0 };
	char unpacked[4096];
	size_t length, packed_length;
	uLongf room = sizeof(unpacked);
	z_stream stream = { 0 };
	const char *packed;

	(void)state;
	ask("/a", NULL, NULL, &one);
	ask("/a", NULL, NULL, &other);
	packed = http_kept_packed(one.kept, &packed_length);
	assert_ptr_equal(http_kept_packed(other.kept, &length), packed);
	assert_int_equal(length, packed_length);
	assert_int_equal(nr_packed, 1);
	assert_int_equal(inflateInit2(&stream, 15 + 16), Z_OK);
	stream.next_in = (Bytef *)packed;
	stream.avail_in = (uInt)packed_length;
	stream.next_out = (Bytef *)unpacked;
	stream.avail_out = (uInt)room;
	assert_int_equal(inflate(&stream, Z_FINISH), Z_STREAM_END);
	assert_memory_equal(unpacked, reply_body(&one, &length),
			    stream.total_out);
	assert_int_equal(stream.total_out, length);
	assert_int_equal(kept.nr_bytes, length + packed_length);
	inflateEnd(&stream);
	reply_done(&one);
	reply_done(&other);
}

/* A slow client that gets it compressed does not hold the rest. */
static void test_what_nobody_needs(void **state)
{
	struct reply plain = { 0 }, packed = { 0 };
	struct http_kept_answer *share;
	size_t length, packed_length;
	const char *bytes;

	(void)state;
	ask("/a", NULL, NULL, &plain);
	ask("/a", NULL, NULL, &packed);
	share = packed.kept;
	bytes = http_kept_packed(share, &packed_length);
	http_kept_only_packed(share);
	packed.kept = NULL;
	assert_non_null(http_kept_body(share, &length));
	reply_done(&plain);
	/* Somebody may still ask for it. */
	assert_true(ask("/a", NULL, NULL, &plain));
	http_kept_renew(&kept);
	assert_non_null(http_kept_body(share, &length));
	reply_done(&plain);
	assert_null(http_kept_body(share, &length));
	assert_ptr_equal(http_kept_packed(share, &length), bytes);
	assert_int_equal(length, packed_length);
	http_kept_unref_packed(share);
	reply_done(&packed);
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(test_made_once_for_all_who_ask_at_once),
		TEST(test_errors_are_not_kept),
		TEST(test_what_has_changed_is_made_again),
		TEST(test_a_change_while_it_is_made),
		TEST(test_what_tells_requests_apart),
		TEST(test_as_many_as_allowed),
		TEST(test_as_large_as_allowed),
		TEST(test_not_longer_than_asked_for),
		TEST(test_compressed_once),
		TEST(test_what_nobody_needs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
