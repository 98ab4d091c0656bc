// SPDX-License-Identifier: GPL-2.0-only
/* What an engine says of a container before it is acted on */
#include "tests/unit/daemon.h"

#include "contmon-engine/facts.h"

#define MADE_UP "0123456789abcdef0123456789abcdef" \
	"0123456789abcdef0123456789abcdef"
#define BEGIN "{\"Id\":\"a\",\"State\":{\"Status\":\"paused\"," \
	"\"StartedAt\":\"2023-11-14T22:13:21Z\"}"

static struct facts facts;

static int read_text(const char *text)
{
	return facts_read(text, strlen(text), &facts);
}

static void test_all_of_it(void **state)
{
	(void)state;
	assert_int_equal(read_text(BEGIN ",\"Config\":{\"StopSignal\":"
		"\"SIGRTMIN+3\",\"Labels\":{\"k\":\"v\"}},\"HostConfig\":{"
		"\"AutoRemove\":true,\"RestartPolicy\":{\"Name\":\"always\"}},"
		"\"Mounts\":[]}"), 0);
	assert_true(facts.paused);
	assert_true(facts.description.alive);
	assert_int_equal(facts.started_ms, 1700000001000);
	assert_int_equal(facts.description.name.anonymous_volumes, 0);
	assert_int_equal(facts.auto_remove, 1);
	assert_string_equal(facts.restart_policy, "always");
	assert_string_equal(facts.stop_signal, "SIGRTMIN+3");
	assert_string_equal(facts.description.name.labels[0].key, "k");
	facts_done(&facts);
}

static void test_what_is_unknown(void **state)
{
	(void)state;
	assert_int_equal(read_text(BEGIN "}"), 0);
	assert_int_equal(facts.description.name.anonymous_volumes, -1);
	assert_int_equal(facts.auto_remove, -1);
	assert_null(facts.restart_policy);
	assert_null(facts.stop_signal);
	facts_done(&facts);
	assert_int_equal(read_text("{\"Id\":\"a\"}"), -EBADMSG);
	assert_int_equal(read_text("{}"), -EBADMSG);
	assert_int_equal(read_text(""), -EBADMSG);
}

/* One that has ended began at some time, too. */
static void test_one_that_has_ended(void **state)
{
	(void)state;
	assert_int_equal(read_text("{\"Id\":\"a\",\"State\":{\"Status\":"
		"\"exited\",\"StartedAt\":\"2023-11-14T22:13:21Z\"},"
		"\"Config\":{\"StopSignal\":\"SIGQUIT\"}}"), 0);
	assert_false(facts.description.alive);
	assert_int_equal(facts.started_ms, 1700000001000);
	assert_string_equal(facts.stop_signal, "SIGQUIT");
	facts_done(&facts);
}

static void test_volumes(void **state)
{
	static const struct {
		const char *mounts;
		int anonymous;
	} cases[] = {
		{ "{\"Type\":\"bind\",\"Source\":\"/x\"}", 0 },
		{ "{\"Type\":\"volume\",\"Name\":\"data\"}", 0 },
		{ "{\"Type\":\"volume\",\"Name\":\"" MADE_UP "\"}", 1 },
		{ "{\"Type\":\"volume\"}", 1 },
		{ "{\"Type\":\"tmpfs\"},{\"Type\":\"volume\",\"Name\":\""
		  MADE_UP "\"}", 1 },
		{ "{\"Name\":\"data\"}", -1 },
		{ "5", -1 },
	};
	char text[512];
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		snprintf(text, sizeof(text), BEGIN ",\"Mounts\":[%s]}",
			 cases[i].mounts);
		assert_int_equal(read_text(text), 0);
		assert_int_equal(facts.description.name.anonymous_volumes,
				 cases[i].anonymous);
		facts_done(&facts);
	}
}

static void test_messages(void **state)
{
	static const char text[] = "{\"message\":\"No such container\"}";
	char message[8] = "x";

	(void)state;
	facts_message(text, strlen(text), message, sizeof(message));
	assert_string_equal(message, "No such");
	facts_message(NULL, 0, message, sizeof(message));
	assert_string_equal(message, "");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all_of_it),
		cmocka_unit_test(test_what_is_unknown),
		cmocka_unit_test(test_one_that_has_ended),
		cmocka_unit_test(test_volumes),
		cmocka_unit_test(test_messages),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
