// SPDX-License-Identifier: GPL-2.0-only
#include "tests/unit/fake_engine.h"

#include <unistd.h>

#include "contmon-engine/fetch.h"

static struct fake_engine fake;
static int result;
static bool is_done;

static int on_data(const char *bytes, size_t nr_bytes, void *userdata)
{
	(void)bytes;
	(void)nr_bytes;
	(void)userdata;
	return 0;
}

static void on_done(int error, long status, void *userdata)
{
	(void)userdata;
	result = error < 0 ? error : (int)status;
	is_done = true;
}

static bool has_answer(void)
{
	return is_done;
}

static int get(sd_event *event, struct fetcher *fetcher)
{
	const struct fetch_request request = {
		.path = "/_ping", .data = on_data, .done = on_done,
	};

	is_done = false;
	assert_int_equal(fetch_begin(fetcher, &request, NULL), 0);
	run_until(event, has_answer);
	return result;
}

/* Between two connections a socket may have become somebody else's. */
static void test_whose_socket_it_is(void **state)
{
	struct fetcher *fetcher, *other;
	sd_event *event;

	(void)state;
	assert_true(sd_event_new(&event) >= 0);
	fake_engine_start(&fake, event, in_directory("docker.sock"));
	assert_int_equal(fetcher_new(event, in_directory("docker.sock"),
				     &fetcher), 0);
	assert_int_equal(fetcher_new(event, in_directory("docker.sock"),
				     &other), 0);
	fetcher_expect(fetcher, getuid());
	assert_int_equal(get(event, fetcher), 200);
	fetcher_expect(other, getuid() + 1);
	assert_int_equal(get(event, other), -ESTALE);
	fetcher_free(fetcher);
	fetcher_free(other);
	fake_engine_stop(&fake);
	sd_event_unref(event);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_whose_socket_it_is,
						make_directory,
						remove_directory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
