// SPDX-License-Identifier: GPL-2.0-only
/*
 * One thread samples, another one answers. It is also run with TSan.
 *
 * wrap: contmon_reuse contmon_limits_update
 * wrap: contmon_open contmon_source contmon_close contmon_get_info
 * wrap: contmon_snapshot_tasks
 * wrap: contmon_snapshot_cgroups contmon_get_system contmon_paths_new
 * wrap: contmon_paths_free contmon_paths_root contmon_paths_find
 * wrap: contmon_paths_keep contmon_limits_new contmon_limits_get
 * wrap: contmon_limits_free contmon_events_open contmon_events_close
 * wrap: contmon_events_fd contmon_events_next
 * wrap: names_client_new names_client_free udev_watch_new udev_watch_free
 */
#include "tests/unit/fake_pipeline.h"

#include <pthread.h>

#include "contmond/serve/routes.h"

#define PREFIX "/api/v1"

static pthread_t client_thread;
static bool is_over, is_stuck, has_failed;

static unsigned int ask(const char *path)
{
	const struct request request = { .path = path, .authorized = true };
	struct reply reply = { 0 };
	unsigned int code;

	routes_handle(facts, &request, &reply);
	code = reply.status;
	reply_done(&reply);
	return code;
}

/* Every endpoint that uses the newest sample, or data about it */
static void ask_all(void)
{
	static const char *const paths[] = {
		PREFIX "/health", PREFIX "/info", PREFIX "/containers",
		PREFIX "/processes", PREFIX "/system", "/metrics",
		PREFIX "/events", PREFIX "/containers/ended",
	};
	size_t i;

	for (i = 0; i < COUNT(paths); i++) {
		if (ask(paths[i]) != 200)
			__atomic_store_n(&has_failed, true, __ATOMIC_RELAXED);
	}
}

static void *ask_until_over(void *userdata)
{
	(void)userdata;
	while (!__atomic_load_n(&is_over, __ATOMIC_RELAXED))
		ask_all();
	return NULL;
}

static void *ask_once(void *userdata)
{
	(void)userdata;
	ask_all();
	return NULL;
}

static void begin(void *(*function)(void *userdata))
{
	assert_int_equal(pthread_create(&client_thread, NULL, function, NULL),
			 0);
}

static bool twenty_samples(void)
{
	return status->samples_total >= 20;
}

static void rename_web(int i)
{
	const struct container_info name = {
		.id = ID64("a"),
		.name = i % 2 ? "web" : "shop",
		.image = "image:1",
	};

	assert_int_equal(names_set(client.names, &name), 0);
	client.fn(true, client.userdata);
}

/* Samples, names and answers are handled in parallel. */
static void test_parallel_samples_and_answers(void **state)
{
	int i;

	(void)state;
	run_until(event, two_samples);
	begin(ask_until_over);
	for (i = 0; !twenty_samples(); i++) {
		rename_web(i);
		assert_true(sd_event_run(event, 10000) >= 0);
	}
	__atomic_store_n(&is_over, true, __ATOMIC_RELAXED);
	assert_int_equal(pthread_join(client_thread, NULL), 0);
	assert_false(has_failed);
}

/* All answers come while the sample is still being read. */
static void answer_meanwhile(void)
{
	struct timespec patience;

	host.reading = NULL;
	clock_gettime(CLOCK_REALTIME, &patience);
	patience.tv_sec += 300;
	begin(ask_once);
	is_stuck = pthread_timedjoin_np(client_thread, NULL, &patience) != 0;
}

static void test_answer_does_not_wait_for_sample(void **state)
{
	(void)state;
	has_failed = false;
	run_until(event, two_samples);
	host.reading = answer_meanwhile;
	run_until(event, three_samples);
	assert_null(host.reading);
	assert_false(is_stuck);
	assert_false(has_failed);
}


int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(test_parallel_samples_and_answers),
		TEST(test_answer_does_not_wait_for_sample),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
