// SPDX-License-Identifier: GPL-2.0-only
/* Valid and invalid answers of the container engine. */
#include "tests/unit/daemon.h"

#include "contmon-engine/parse.h"

#define OFFER(newest, oldest) "{\"ApiVersion\":\"" newest "\"," \
	"\"MinAPIVersion\":\"" oldest "\"}"

static void test_versions(void **state)
{
	static const struct {
		const char *text;
		int error;
		unsigned int minor;
	} cases[] = {
		{ OFFER("1.41", "1.24"), 0, 41 },
		{ "{\"ApiVersion\":\"1.24\"}", 0, 24 },
		{ OFFER("1.99", "1.44"), 0, 51 },
		/* an engine that has dropped all versions that we know */
		{ OFFER("1.99", "1.60"), 0, 60 },
		{ "{\"ApiVersion\":\"1.23\"}", -EPROTO, 0 },
		{ "{\"ApiVersion\":\"2.0\"}", -EPROTO, 0 },
		{ "{\"ApiVersion\":\"x\"}", -EBADMSG, 0 },
		{ "{\"ApiVersion\":1.5}", -EBADMSG, 0 },
		{ OFFER("1.50", "x"), -EBADMSG, 0 },
		{ "{}", -EBADMSG, 0 },
		{ "", -EBADMSG, 0 },
		{ "[1]", -EBADMSG, 0 },
	};
	struct engine_version version;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		assert_int_equal(parse_version(cases[i].text,
					       strlen(cases[i].text),
					       &version), cases[i].error);
		if (!cases[i].error)
			assert_int_equal(version.minor, cases[i].minor);
	}
}

static void test_times(void **state)
{
	(void)state;
	assert_int_equal(parse_time_ms("2023-11-14T22:13:20Z"), 1700000000000);
	assert_int_equal(parse_time_ms("2023-11-14T22:13:20.5Z"),
			 1700000000500);
	assert_int_equal(parse_time_ms("2023-11-15T00:13:20.123456789+02:00"),
			 1700000000123);
	assert_int_equal(parse_time_ms("2023-11-14T16:43:20-05:30"),
			 1700000000000);
	assert_int_equal(parse_time_ms("0001-01-01T00:00:00Z"), 0);
	assert_int_equal(parse_time_ms("yesterday"), 0);
	assert_int_equal(parse_time_ms(""), 0);
	assert_int_equal(parse_time_ms(NULL), 0);
}

static void test_runtimes(void **state)
{
	static const struct {
		const char *components;
		const char *runtime;
	} rows[] = {
		{ "null", "docker" },
		{ "[{\"Name\":\"Engine\"},{\"Name\":\"runc\"}]", "docker" },
		{ "[{\"Name\":\"Podman Engine\"},{\"Name\":\"Conmon\"}]",
		  "podman" },
		{ "[{},5,{\"Name\":null}]", "docker" },
	};
	struct engine_version version;
	char text[256];
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(rows); i++) {
		sprintf(text, "{\"ApiVersion\":\"1.44\",\"Components\":%s}",
			rows[i].components);
		assert_int_equal(parse_version(text, strlen(text), &version),
				 0);
		assert_string_equal(version.runtime, rows[i].runtime);
	}
}

static struct description description;

static int listed(const char *text)
{
	return parse_listed(text, strlen(text), &description);
}

static int inspected(const char *text)
{
	return parse_inspected(text, strlen(text), &description);
}

static void test_containers_that_are_invalid(void **state)
{
	static const char *const texts[] = {
		"", "{", "5", "null", "[]", "{}", "{\"Id\":5}",
		"{\"Id\":null}", "{\"Id\":\"\"}", "{\"Id\":\"../x\"}",
		"{\"Id\":\"a b\"}", "<html>",
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(texts); i++) {
		assert_int_equal(listed(texts[i]), -EBADMSG);
		assert_int_equal(inspected(texts[i]), -EBADMSG);
	}
}

static void test_a_container_of_a_list(void **state)
{
	const struct container_info *name = &description.name;

	(void)state;
	assert_int_equal(listed("{\"Id\":\"abc\",\"Names\":[\"/x/link\","
				"\"/web\"],\"Image\":\"nginx\",\"ImageID\":"
				"\"sha256:0\",\"Command\":\"run\",\"State\":"
				"\"running\",\"Created\":1700000000,\"Labels\":"
				"{\"k\":\"v\",\"n\":5}}"), 0);
	assert_true(description.alive);
	assert_string_equal(name->id, "abc");
	assert_string_equal(name->name, "web");
	assert_string_equal(name->image, "nginx");
	assert_string_equal(name->image_id, "sha256:0");
	assert_string_equal(name->command, "run");
	assert_string_equal(name->state, "running");
	assert_int_equal(name->created_ms, 1700000000000);
	assert_int_equal(name->nr_labels, 1);
	assert_string_equal(name->labels[0].value, "v");
	/* Not in a list */
	assert_null(name->health);
	assert_int_equal(name->started_ms, 0);
	assert_int_equal(name->exit_code, -1);
	assert_int_equal(name->oom_killed, -1);
	assert_int_equal(name->restarts, -1);
	assert_int_equal(name->anonymous_volumes, -1);
	description_done(&description);
}

static void test_times_of_lists(void **state)
{
	static const struct {
		const char *created;
		int64_t ms;
	} rows[] = {
		{ "7", 7000 }, { "-7", 0 }, { "9223372036854775807", 0 },
		{ "99999999999999999999", 0 }, { "\"7\"", 0 },
	};
	char text[128];
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(rows); i++) {
		sprintf(text, "{\"Id\":\"a\",\"Created\":%s}",
			rows[i].created);
		assert_int_equal(listed(text), 0);
		assert_int_equal(description.name.created_ms, rows[i].ms);
		description_done(&description);
	}
}

#define STATE(more) "{\"Id\":\"abc\",\"Name\":\"/web\",\"State\":{" more \
	",\"StartedAt\":\"2023-11-14T22:13:21Z\"," \
	"\"FinishedAt\":\"2023-11-14T22:13:22Z\",\"ExitCode\":137," \
	"\"OOMKilled\":true},\"RestartCount\":3,\"Image\":\"sha256:0\"," \
	"\"Config\":{\"Image\":\"nginx\"}}"

static void test_an_inspected_container(void **state)
{
	const struct container_info *name = &description.name;

	(void)state;
	assert_int_equal(inspected(STATE("\"Status\":\"running\",\"Pid\":7,"
					 "\"Health\":{\"Status\":"
					 "\"healthy\"}")), 0);
	assert_true(description.alive);
	assert_int_equal(description.pid, 7);
	assert_string_equal(name->name, "web");
	assert_string_equal(name->image, "nginx");
	assert_string_equal(name->image_id, "sha256:0");
	assert_string_equal(name->health, "healthy");
	assert_int_equal(name->started_ms, 1700000001000);
	assert_int_equal(name->oom_killed, 1);
	assert_int_equal(name->restarts, 3);
	/* of the previous run */
	assert_int_equal(name->finished_ms, 0);
	assert_int_equal(name->began_ms, 0);
	assert_int_equal(name->exit_code, -1);
	description_done(&description);
}

static void test_a_container_that_has_ended(void **state)
{
	const struct container_info *name = &description.name;

	(void)state;
	assert_int_equal(inspected(STATE("\"Status\":\"exited\",\"Pid\":7,"
					 "\"Health\":{\"Status\":"
					 "\"none\"}")), 0);
	assert_false(description.alive);
	assert_true(description.pid <= 0);
	assert_null(name->health);
	assert_int_equal(name->started_ms, 0);
	assert_int_equal(name->began_ms, 1700000001000);
	assert_int_equal(name->finished_ms, 1700000002000);
	assert_int_equal(name->exit_code, 137);
	description_done(&description);
}

static void test_messages_are_short(void **state)
{
	const struct container_info *name = &description.name;

	(void)state;
	assert_int_equal(inspected("{\"Id\":\"abc\",\"Name\":5,\"Args\":5,"
				   "\"State\":[],\"Config\":{\"Labels\":"
				   "null}}"), 0);
	assert_string_equal(name->id, "abc");
	assert_false(description.alive);
	assert_null(name->name);
	assert_null(name->command);
	assert_int_equal(name->exit_code, -1);
	assert_int_equal(name->nr_labels, 0);
	description_done(&description);
}

/* A protected container stays so, however many labels it has. */
static void test_our_labels_are_kept(void **state)
{
	const struct container_info *name = &description.name;
	char text[4096] = "{\"Id\":\"abc\",\"Labels\":{";
	size_t i;

	(void)state;
	for (i = 0; i < 2 * NAME_LABELS_MAX; i++)
		sprintf(text + strlen(text), "\"k%zu\":\"v\",", i);
	strcat(text, "\"contmon.protect\":\"yes\"}}");
	assert_int_equal(listed(text), 0);
	assert_int_equal(name->nr_labels, NAME_LABELS_MAX);
	assert_string_equal(name->labels[0].key, "contmon.protect");
	assert_string_equal(name->labels[1].key, "k0");
	description_done(&description);
}

/* Invalid UTF-8 only affects the text that it is in. */
static void test_bytes_that_are_not_utf8(void **state)
{
	(void)state;
	assert_int_equal(listed("{\"Id\":\"abc\",\"Command\":\"a\xff\","
				"\"Names\":[\"/web\"]}"), 0);
	assert_string_equal(description.name.name, "web");
	assert_string_equal(description.name.command, "a\xef\xbf\xbd");
	description_done(&description);
}

static void test_events_that_are_invalid(void **state)
{
	static const char *const texts[] = { "", "{", "[]", "5", "null" };
	char id[NAME_ID_MAX + 1];
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(texts); i++)
		assert_int_equal(parse_event(texts[i], strlen(texts[i]), id),
				 -EBADMSG);
	assert_int_equal(parse_event("{}", 2, id), 0);
}

static void test_events_that_matter(void **state)
{
	static const struct {
		const char *action;
		int r;
	} rows[] = {
		{ "start", 1 }, { "die", 1 }, { "died", 1 }, { "oom", 1 },
		{ "rename", 1 }, { "health_status: unhealthy", 1 },
		{ "health_status", 1 }, { "exec_start: sh", 0 }, { "top", 0 },
		{ "", 0 },
	};
	char text[256], id[NAME_ID_MAX + 1];
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(rows); i++) {
		sprintf(text, "{\"Type\":\"container\",\"Action\":\"%s\","
			"\"Actor\":{\"ID\":\"abc\"}}", rows[i].action);
		assert_int_equal(parse_event(text, strlen(text), id),
				 rows[i].r);
		if (rows[i].r)
			assert_string_equal(id, "abc");
	}
}

static void test_a_layer(void **state)
{
	static const struct {
		const char *text;
		int64_t bytes;
	} cases[] = {
		{ "{\"Id\":\"a\",\"SizeRw\":7}", 7 },
		{ "{\"SizeRw\":0,\"Id\":\"a\"}", 0 },
		{ "{\"Id\":\"b\",\"SizeRw\":7}", -1 },
		{ "{\"SizeRw\":7}", -1 }, { "{\"Id\":\"a\"}", -1 },
		{ "{\"Id\":\"a\",\"SizeRw\":-1}", -1 },
		{ "{\"Id\":\"a\",\"SizeRw\":\"7\"}", -1 },
		{ "{\"Id\":\"a\",\"SizeRw\":", -1 }, { "[]", -1 },
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++)
		assert_int_equal(parse_layer(cases[i].text,
					     strlen(cases[i].text), "a"),
				 cases[i].bytes);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_versions),
		cmocka_unit_test(test_times),
		cmocka_unit_test(test_runtimes),
		cmocka_unit_test(test_containers_that_are_invalid),
		cmocka_unit_test(test_a_container_of_a_list),
		cmocka_unit_test(test_times_of_lists),
		cmocka_unit_test(test_an_inspected_container),
		cmocka_unit_test(test_a_container_that_has_ended),
		cmocka_unit_test(test_messages_are_short),
		cmocka_unit_test(test_our_labels_are_kept),
		cmocka_unit_test(test_bytes_that_are_not_utf8),
		cmocka_unit_test(test_events_that_are_invalid),
		cmocka_unit_test(test_events_that_matter),
		cmocka_unit_test(test_a_layer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
