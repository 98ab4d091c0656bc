// SPDX-License-Identifier: GPL-2.0-only
#include "pending.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

void pending_free(struct pending *pending)
{
	if (!pending)
		return;
	free(pending->rule);
	free(pending->id);
	free(pending->name);
	free(pending->title);
	free(pending->runtime);
	free(pending->cgroup);
	free(pending->reason);
	json_decref(pending->steps_done);
	free(pending);
}

int pending_add(struct enforce *enforce, struct pending *pending)
{
	struct pending **all = reallocarray(enforce->all, enforce->nr + 1,
					    sizeof(*all));

	if (!all) {
		pending_free(pending);
		return -ENOMEM;
	}
	enforce->all = all;
	all[enforce->nr++] = pending;
	return 0;
}

static void add_step(struct act_request *request, enum act_step step)
{
	if (request->nr_steps < ACT_STEPS_MAX)
		request->steps[request->nr_steps++] = step;
}

static double or_0(double number)
{
	return isnan(number) ? 0 : number;
}

void pending_request(const struct pending *pending, struct act_request *ret)
{
	static const struct {
		unsigned int bit;
		enum act_step step;
	} steps[] = {
		{ POLICY_RESTART, ACT_RESTART }, { POLICY_PAUSE, ACT_PAUSE },
		{ POLICY_LIMIT, ACT_LIMIT }, { POLICY_STOP, ACT_STOP },
		{ POLICY_KILL, ACT_KILL }, { POLICY_REMOVE, ACT_REMOVE },
	};
	size_t i;

	*ret = (struct act_request){
		.op = ACT_ACT,
		.decision = pending->decision,
		.container = pending->target.has_engine ? pending->id : NULL,
		.runtime = pending->runtime,
		.cgroup = pending->cgroup,
		.cgroup_id = pending->target.cgroup_id,
		.user_id = pending->user_id,
		.started_ms = pending->target.engine_started_ms,
		.grace_ms = pending->grace_ms,
		.hold_ms = pending->hold_ms,
		.cpu_cores = or_0(pending->limit_cpu_cores),
		.memory_bytes = (int64_t)or_0(pending->limit_memory_bytes),
		.rule = pending->rule,
		.reason = pending->reason,
	};
	for (i = 0; i < ARRAY_SIZE(steps); i++) {
		if (pending->steps & steps[i].bit)
			add_step(ret, steps[i].step);
	}
}

json_t *pending_request_json(const struct pending *pending)
{
	struct act_request request;
	struct buffer text = { 0 };
	json_t *json;

	pending_request(pending, &request);
	act_write_request(&text, &request);
	json = text.failed ? NULL : json_loadb(text.text, text.length, 0,
					       NULL);
	buffer_done(&text);
	return json;
}

bool pending_is_overdue(const struct pending *pending, int64_t boot_ms)
{
	int64_t since_ms = pending->acted_ms + ENFORCE_PATIENCE_MS;

	if (pending->sent_ms < since_ms)
		since_ms = pending->sent_ms;
	return boot_ms >= since_ms + pending->grace_ms + ENFORCE_ACT_MS;
}
