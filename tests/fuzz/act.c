// SPDX-License-Identifier: GPL-2.0-only
/*
 * Both sides of the protocol of acts: a request that is valid keeps within the
 * bounds of the contract, and a parsed line that is written again must be
 * parsed to the same.
 */
#include "fuzz.h"

#include <errno.h>
#include <jansson.h>

#include "base/act_protocol.h"

static int same(const char *a, const char *b)
{
	return a ? b && strcmp(a, b) == 0 : !b;
}

static void check_target(const struct act_request *request)
{
	const char *path = request->cgroup;

	if (request->op == ACT_UNDO)
		return;
	MUST(request->container || (path && request->cgroup_id > 0));
	if (request->container)
		MUST(strspn(request->container, "0123456789abcdef") == 64 &&
		     strlen(request->container) == 64);
	if (path)
		MUST(path[0] == '/' && path[1] && !strstr(path, "//") &&
		     !strstr(path, "/../") && !strstr(path, "/./") &&
		     strlen(path) <= ACT_CGROUP_MAX);
}

static void check_steps(const struct act_request *request)
{
	size_t i;

	MUST(request->nr_steps >= 1 && request->nr_steps <= ACT_STEPS_MAX);
	for (i = 1; i < request->nr_steps; i++)
		MUST(request->steps[i] <= ACT_REMOVE &&
		     request->steps[i] > request->steps[i - 1]);
	MUST(request->grace_ms >= ACT_GRACE_MS_MIN &&
	     request->grace_ms <= ACT_GRACE_MS_MAX);
	MUST(request->hold_ms >= ACT_HOLD_MS_MIN &&
	     request->hold_ms <= ACT_HOLD_MS_MAX);
	if (request->steps[0] == ACT_LIMIT)
		MUST(request->cpu_cores > 0 || request->memory_bytes > 0);
}

static void check_again(const struct act_request *request)
{
	struct buffer line = { 0 };
	struct act_parsed again;

	act_write_request(&line, request);
	MUST(!line.failed);
	MUST(act_read_request(line.text, line.length, &again) == 0);
	MUST(again.request.op == request->op);
	MUST(same(again.request.container, request->container));
	MUST(again.request.nr_steps == request->nr_steps);
	MUST(again.request.started_ms == request->started_ms);
	MUST(same(again.request.reason, request->reason));
	act_parsed_done(&again);
	buffer_done(&line);
}

static void check_request(const char *text, size_t size)
{
	struct act_parsed parsed;
	int r = act_read_request(text, size, &parsed);

	MUST(r == 0 || (r == -EBADMSG && parsed.why[0]));
	MUST(strlen(parsed.decision) <= ACT_DECISION_MAX);
	if (r == 0) {
		MUST(parsed.decision[0]);
		check_target(&parsed.request);
		if (parsed.request.op == ACT_ACT)
			check_steps(&parsed.request);
		check_again(&parsed.request);
	}
	act_parsed_done(&parsed);
}

static void check_answer(const char *text, size_t size)
{
	struct act_answer answer, again;
	struct json_t *json, *json_again;
	struct buffer line = { 0 };

	if (act_read_answer(text, size, &answer, &json) < 0)
		return;
	if (answer.kind != ACT_MESSAGE_UNKNOWN) {
		act_write_answer(&line, &answer);
		MUST(act_read_answer(line.text, line.length, &again,
				     &json_again) == 0);
		MUST(again.kind == answer.kind &&
		     again.result == answer.result &&
		     again.code == answer.code);
		json_decref(json_again);
		buffer_done(&line);
	}
	json_decref(json);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size);

	check_request(text, size);
	check_answer(text, size);
	free(text);
	return 0;
}
