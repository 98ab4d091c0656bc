// SPDX-License-Identifier: GPL-2.0-only
#include "tests/unit/api.h"

#include <fcntl.h>
#include <math.h>
#include <sys/resource.h>

#include "contmond/collect/self.h"

static json_t *self_row(void)
{
	json_t *rows = rows_of("/api/v1/self", "");

	assert_int_equal(json_array_size(rows), 1);
	return json_array_get(rows, 0);
}

static void test_process(void **state)
{
	struct self before, after;
	struct rlimit limit;
	int fd;

	(void)state;
	self_read(&before);
	fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	assert_true(fd >= 0);
	self_read(&after);
	close(fd);
	assert_near(after.open_fds, before.open_fds + 1, 0);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
	assert_near(after.max_fds, (double)limit.rlim_cur, 0);
	assert_true(after.threads >= 1);
	assert_true(after.rss_bytes > 0);
	assert_true(after.rss_peak_bytes >= after.rss_bytes);
	assert_true(after.cpu_user_seconds >= before.cpu_user_seconds);
	assert_true(after.cpu_user_seconds + after.cpu_system_seconds > 0);
}

static void test_samples(void **state)
{
	json_t *row;

	(void)state;
	world.status.samples_missed_total = 3;
	world.status.runs_missed_total = 4;
	world.status.sample_seconds_total = 0.5;
	world.status.last_sample_seconds = 0.25;
	row = self_row();
	assert_near(number_at(row, "samples_total"), 2, 0);
	assert_near(number_at(row, "samples_missed_total"), 3, 0);
	assert_near(number_at(row, "runs_missed_total"), 4, 0);
	assert_near(number_at(row, "sample_seconds_total"), 0.5, 0);
	assert_near(number_at(row, "last_sample_seconds"), 0.25, 0);
	world.status.samples_total = 0;
	assert_true(json_is_null(json_object_get(self_row(),
						 "last_sample_seconds")));
}

static void test_requests(void **state)
{
	json_t *row;

	(void)state;
	traffic_answered(&world.traffic, 200);
	traffic_answered(&world.traffic, 200);
	traffic_answered(&world.traffic, 304);
	traffic_answered(&world.traffic, 404);
	traffic_answered(&world.traffic, 401);
	traffic_answered(&world.traffic, 503);
	atomic_store(&world.traffic.sent_bytes, 1234);
	atomic_store(&world.traffic.clients, 5);
	atomic_store(&world.traffic.streams, 1);
	row = self_row();
	assert_near(number_at(row, "requests_total"), 6, 0);
	assert_near(number_at(row, "requests_2xx_total"), 2, 0);
	assert_near(number_at(row, "requests_3xx_total"), 1, 0);
	assert_near(number_at(row, "requests_4xx_total"), 2, 0);
	assert_near(number_at(row, "requests_5xx_total"), 1, 0);
	assert_near(number_at(row, "sent_bytes_total"), 1234, 0);
	assert_near(number_at(row, "clients"), 5, 0);
	assert_near(number_at(row, "streams"), 1, 0);
}

static void test_store(void **state)
{
	struct store_status status;
	json_t *row;

	(void)state;
	store_sync(world.store);
	store_get_status(world.store, &status);
	row = self_row();
	assert_near(number_at(row, "store_waiting"), 0, 0);
	assert_near(number_at(row, "store_waiting_bytes"), 0, 0);
	assert_near(number_at(row, "store_lost_total"), 0, 0);
	assert_near(number_at(row, "store_lost_of_users_total"), 0, 0);
	assert_near(number_at(row, "store_removed_total"), 0, 0);
	assert_true(status.commits > 0);
	assert_near(number_at(row, "store_commits_total"),
		    (double)status.commits, 0);
	assert_true(number_at(row, "store_commit_seconds_total") > 0);
	assert_true(number_at(row, "store_commit_seconds_total") >=
		    number_at(row, "store_slowest_commit_seconds"));
	assert_true(number_at(row, "store_slowest_commit_seconds") >=
		    number_at(row, "store_last_commit_seconds"));
	assert_near(number_at(row, "store_max_bytes"),
		    (double)status.max_bytes, 0);
}

/* The same numbers, by their names in Prometheus */
static void test_metrics(void **state)
{
	const struct request request = { .path = "/metrics",
					 .authorized = true };

	(void)state;
	traffic_answered(&world.traffic, 200);
	traffic_answered(&world.traffic, 404);
	world.status.sample_seconds_total = 0.5;
	routes_handle(&world.facts, &request, &reply);
	assert_contains(reply.body.text, "# TYPE contmon_http_requests_total "
			"counter\n"
			"contmon_http_requests_total{code=\"200\"} 1\n"
			"contmon_http_requests_total{code=\"404\"} 1\n#");
	assert_contains(reply.body.text, "\ncontmon_samples_total 2\n");
	assert_contains(reply.body.text,
			"\ncontmon_sample_seconds_total 0.5\n");
	assert_contains(reply.body.text, "\nprocess_open_fds ");
	assert_contains(reply.body.text, "\nprocess_start_time_seconds 1");
	assert_contains(reply.body.text, "\ncontmon_store_commits_total ");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(test_process),
		TEST(test_samples),
		TEST(test_requests),
		TEST(test_store),
		TEST(test_metrics),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
