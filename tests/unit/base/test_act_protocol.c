// SPDX-License-Identifier: GPL-2.0-only
/* Requests to contmon-engine: what is valid, and what is told of the rest */
#include "tests/unit/daemon.h"

#include <jansson.h>

#include "base/act_protocol.h"

#define ID "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define ACT "{\"op\":\"act\",\"decision\":\"d\","
#define ON_ID ACT "\"container\":\"" ID "\","
#define ON_CGROUP ACT "\"cgroup\":\"/a/b\",\"cgroup_id\":7,"
#define STOP "\"steps\":[\"stop\"]"

static struct act_parsed parsed;

static int teardown(void **state)
{
	(void)state;
	act_parsed_done(&parsed);
	return 0;
}

static const struct act_request *read_line(const char *line)
{
	act_parsed_done(&parsed);
	if (act_read_request(line, strlen(line), &parsed) < 0)
		fail_msg("%s: %s", line, parsed.why);
	return &parsed.request;
}

static void test_defaults(void **state)
{
	const struct act_request *request = read_line(ON_ID STOP "}");

	(void)state;
	assert_int_equal(request->op, ACT_ACT);
	assert_string_equal(request->decision, "d");
	assert_string_equal(request->container, ID);
	assert_null(request->cgroup);
	assert_int_equal(request->started_ms, 0);
	assert_int_equal(request->user_id, -1);
	assert_int_equal(request->nr_steps, 1);
	assert_int_equal(request->grace_ms, 10000);
	assert_int_equal(request->hold_ms, 600000);
	assert_false(request->anonymous_volumes_ok);
}

static void test_all_steps_in_order(void **state)
{
	const struct act_request *request = read_line(ON_ID
		"\"steps\":[\"stop\",\"kill\",\"remove\"],"
		"\"anonymous_volumes_ok\":true,\"started_ms\":5}");

	(void)state;
	assert_int_equal(request->nr_steps, 3);
	assert_int_equal(request->steps[0], ACT_STOP);
	assert_int_equal(request->steps[1], ACT_KILL);
	assert_int_equal(request->steps[2], ACT_REMOVE);
	assert_true(request->anonymous_volumes_ok);
	read_line(ON_ID "\"steps\":[\"stop\",\"remove\"]}");
	read_line(ON_ID "\"steps\":[\"restart\"],\"unknown\":[1]}");
	read_line(ON_CGROUP "\"steps\":[\"kill\"],\"container\":null}");
	read_line(ON_ID "\"steps\":[\"limit\"],\"cpu_cores\":1}");
	read_line(ON_ID "\"steps\":[\"limit\"],\"memory_bytes\":6291456}");
	read_line("{\"op\":\"undo\",\"decision\":\"A.z_9-\"}");
	read_line("{\"op\":\"inspect\",\"decision\":\"d\",\"container\":\"" ID
		  "\"}");
}

static void test_what_is_invalid(void **state)
{
	static const struct {
		const char *line;
		const char *why;
	} cases[] = {
		{ "", "not a JSON object" },
		{ "[]", "not a JSON object" },
		{ "{\"op\":", "not a JSON object" },
		{ "{\"op\":\"undo\",\"op\":\"undo\"}", "not a JSON object" },
		{ "{\"op\":\"undo\",\"decision\":\"\xff\"}",
		  "not a JSON object" },
		{ "{}", "decision: " },
		{ "{\"op\":\"undo\",\"decision\":\"a/b\"}", "decision: not" },
		{ "{\"op\":\"undo\",\"decision\":5}", "decision: not a text" },
		{ "{\"op\":\"rm\",\"decision\":\"d\"}", "op: " },
		{ "{\"decision\":\"d\"}", "op: " },
		{ ACT STOP "}", "neither container, nor cgroup" },
		{ ACT "\"cgroup\":\"/a\"," STOP "}", "neither container" },
		{ ACT "\"container\":\"web\"," STOP "}", "container: not" },
		{ ACT "\"container\":\"../" ID "\"," STOP "}", "container: " },
		{ ON_ID "\"steps\":[]}", "steps: none" },
		{ ON_ID "\"steps\":\"stop\"}", "steps: none" },
		{ ON_ID "\"steps\":[5]}", "steps: unknown" },
		{ ON_ID "\"steps\":[\"rm\"]}", "steps: unknown" },
		{ ON_ID "\"steps\":[\"kill\",\"stop\"]}", "steps: not" },
		{ ON_ID "\"steps\":[\"kill\",\"kill\"]}", "steps: not" },
		{ ON_ID "\"steps\":[\"stop\",\"restart\"]}", "steps: not" },
		{ ON_ID "\"steps\":[\"pause\",\"limit\"]}", "steps: not" },
		{ ON_ID "\"steps\":[\"stop\",\"kill\",\"remove\",\"stop\"]}",
		  "steps: not" },
		{ ON_ID "\"steps\":[\"limit\"]}", "limit: neither" },
		{ ON_ID "\"steps\":[\"limit\"],\"cpu_cores\":0}",
		  "cpu_cores: " },
		{ ON_ID "\"steps\":[\"limit\"],\"memory_bytes\":4096}",
		  "memory_bytes: not from" },
		{ ON_ID STOP ",\"grace_ms\":-1}", "grace_ms: not from" },
		{ ON_ID STOP ",\"grace_ms\":0}", "grace_ms: not from" },
		{ ON_ID STOP ",\"grace_ms\":999}", "grace_ms: not from 1000" },
		{ ON_ID STOP ",\"grace_ms\":3600001}", "grace_ms: not from" },
		{ ON_ID STOP ",\"grace_ms\":1.5}", "grace_ms: not a whole" },
		{ ON_ID STOP ",\"hold_ms\":0}", "hold_ms: not from" },
		{ ON_ID STOP ",\"anonymous_volumes_ok\":1}",
		  "anonymous_volumes_ok: neither" },
		{ ON_CGROUP STOP ",\"reason\":5}", "reason: not a text" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		act_parsed_done(&parsed);
		assert_int_equal(act_read_request(cases[i].line,
						  strlen(cases[i].line),
						  &parsed), -EBADMSG);
		if (strncmp(parsed.why, cases[i].why, strlen(cases[i].why)))
			fail_msg("%s: %s", cases[i].line, parsed.why);
	}
}

static void test_paths_of_cgroups(void **state)
{
	static const char *const good[] = { "/a", "/a/b.c", "/...", "/a/..b" };
	static const char *const bad[] = {
		"/", "a", "//a", "/a/", "/a//b", "/..", "/a/..", "/a/../b",
		"/.", "/a/./b", "../a",
	};
	char line[256];
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(good); i++) {
		snprintf(line, sizeof(line), ACT "\"cgroup\":\"%s\","
			 "\"cgroup_id\":7,\"steps\":[\"kill\"]}", good[i]);
		assert_string_equal(read_line(line)->cgroup, good[i]);
	}
	for (i = 0; i < COUNT(bad); i++) {
		snprintf(line, sizeof(line), ACT "\"cgroup\":\"%s\","
			 "\"cgroup_id\":7,\"steps\":[\"kill\"]}", bad[i]);
		act_parsed_done(&parsed);
		assert_int_equal(act_read_request(line, strlen(line), &parsed),
				 -EBADMSG);
		assert_contains(parsed.why, "cgroup: not an absolute path");
	}
}

static void test_a_request_written_and_read(void **state)
{
	const struct act_request request = {
		.op = ACT_ACT, .decision = "d-1", .container = ID,
		.runtime = "docker", .cgroup = "/x", .cgroup_id = 1ULL << 60,
		.user_id = 1000, .started_ms = 1700000000123,
		.steps = { ACT_STOP, ACT_KILL }, .nr_steps = 2,
		.grace_ms = 1000, .hold_ms = 1000, .cpu_cores = 0.5,
		.memory_bytes = 1 << 30, .rule = "r", .reason = "\xff\n",
		.anonymous_volumes_ok = true,
	};
	const struct act_request *again = &parsed.request;
	struct buffer line = { 0 };

	(void)state;
	act_write_request(&line, &request);
	act_parsed_done(&parsed);
	assert_int_equal(act_read_request(line.text, line.length, &parsed), 0);
	assert_string_equal(again->cgroup, "/x");
	assert_true(again->cgroup_id == request.cgroup_id);
	assert_int_equal(again->user_id, 1000);
	assert_int_equal(again->started_ms, request.started_ms);
	assert_int_equal(again->nr_steps, 2);
	assert_int_equal(again->grace_ms, 1000);
	assert_int_equal(again->hold_ms, 1000);
	assert_near(again->cpu_cores, 0.5, 0);
	assert_int_equal(again->memory_bytes, 1 << 30);
	assert_string_equal(again->runtime, "docker");
	assert_string_equal(again->rule, "r");
	assert_string_equal(again->reason, "\xef\xbf\xbd\n");
	assert_true(again->anonymous_volumes_ok);
	buffer_done(&line);
}

static void test_an_answer_written_and_read(void **state)
{
	struct act_answer answer = ACT_ANSWER_UNKNOWN, again;
	struct buffer line = { 0 };
	struct json_t *json;

	(void)state;
	answer.kind = ACT_FINISHED;
	answer.decision = "d";
	answer.result = ACT_REFUSED;
	answer.code = ACT_VOLUMES;
	answer.why = "it has some";
	answer.populated = 0;
	answer.anonymous_volumes = 1;
	answer.held_until_ms = 5;
	act_write_answer(&line, &answer);
	assert_int_equal(act_read_answer(line.text, line.length, &again,
					 &json), 0);
	assert_int_equal(again.kind, ACT_FINISHED);
	assert_int_equal(again.result, ACT_REFUSED);
	assert_int_equal(again.code, ACT_VOLUMES);
	assert_string_equal(again.why, "it has some");
	assert_int_equal(again.http_status, 0);
	assert_int_equal(again.populated, 0);
	assert_int_equal(again.anonymous_volumes, 1);
	assert_int_equal(again.auto_remove, -1);
	assert_int_equal(again.held_until_ms, 5);
	json_decref(json);
	buffer_done(&line);
}

static void test_answers_of_a_newer_engine(void **state)
{
	static const char line[] = "{\"op\":\"step\",\"decision\":\"d\","
		"\"step\":\"stop\",\"result\":\"new\",\"code\":\"new\"}";
	static const char *const bad[] = {
		"", "{}", "{\"op\":\"hello\"}", "{\"op\":\"step\"}",
		"{\"op\":\"step\",\"decision\":\"d\",\"result\":\"done\"}",
		"{\"op\":\"finished\",\"decision\":\"d\"}",
	};
	struct act_answer answer;
	struct json_t *json;
	size_t i;

	(void)state;
	assert_int_equal(act_read_answer(line, strlen(line), &answer, &json),
			 0);
	assert_int_equal(answer.result, ACT_FAILED);
	assert_int_equal(answer.code, ACT_ERROR);
	json_decref(json);
	for (i = 0; i < COUNT(bad); i++)
		assert_int_equal(act_read_answer(bad[i], strlen(bad[i]),
						 &answer, &json), -EBADMSG);
	assert_int_equal(act_read_answer("{\"op\":\"new\"}", 12, &answer,
					 &json), 0);
	assert_int_equal(answer.kind, ACT_MESSAGE_UNKNOWN);
	json_decref(json);
}

/* A user may call a cgroup as they like, and a part of it like another's. */
static void test_a_cgroup_that_is_no_text(void **state)
{
	const struct act_request request = {
		.decision = "d", .container = ID, .cgroup = "/\xff/docker-" ID,
		.cgroup_id = 7, .steps = { ACT_STOP }, .nr_steps = 1,
	};
	struct buffer line = { 0 };

	(void)state;
	act_write_request(&line, &request);
	assert_true(line.failed);
	buffer_done(&line);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_teardown(name, teardown)
		TEST(test_defaults),
		TEST(test_all_steps_in_order),
		TEST(test_what_is_invalid),
		TEST(test_paths_of_cgroups),
		TEST(test_a_request_written_and_read),
		TEST(test_a_cgroup_that_is_no_text),
		TEST(test_an_answer_written_and_read),
		TEST(test_answers_of_a_newer_engine),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
