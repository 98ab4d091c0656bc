/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Containers, a policy for them, a contmon-engine that does what the test says,
 * and a list of all rows. Time passes only when the test says so.
 */
#ifndef TESTS_UNIT_ENFORCE_WORLD_H
#define TESTS_UNIT_ENFORCE_WORLD_H

#include "tests/unit/policy_world.h"

#include <jansson.h>

#include "contmond/policy/enforce.h"

#define MAX_ROWS 512

struct row_text {
	char decision[ACT_DECISION_MAX + 1];
	char state[16];
	char reason[512];
	char container[65];
	char title[65];
	char rule[64];
	char action[64];
	char *detail;
	double t_ms;
	bool is_dry_run;
	int64_t user;
};

/*
 * @result: what the engine answers; @is_mute: it does not answer at all;
 *	@is_full: nothing can be sent to it
 * @refusal: what contmon-engine's parser says of the newest request
 * @steps: of that request, each followed by a blank
 * @shows_ended: what has ended stays a candidate
 * @drift_ms: by how much starts seem to be later than they were
 */
static struct {
	struct enforce *enforce;
	struct enforce_target targets[MAX_WORLD];
	struct row_text rows[MAX_ROWS];
	size_t nr_rows;
	char events[4096];
	int64_t user;		/* of the newest event */
	bool is_unwritable;
	bool is_ready;
	bool is_mute;
	bool is_full;
	enum act_result result;
	enum act_code code;
	char asked[MAX_ROWS][ACT_DECISION_MAX + 1];
	size_t nr_asked;
	char refusal[128];
	char steps[64];
	bool shows_ended;
	double drift_ms;
	bool holds;		/* says that a pause or limit is in force */
	bool has_stopped_it;	/* its container is gone after the answer */
} police;

static void on_row(const struct store_decision *row, void *userdata)
{
	struct row_text *text = &police.rows[police.nr_rows++];

	assert_ptr_equal(userdata, &police);
	assert_true(police.nr_rows < MAX_ROWS);
	*text = (struct row_text){
		.t_ms = row->t_ms,
		.is_dry_run = row->dry_run != 0,
		.user = row->user,
		.detail = row->detail ? strdup(row->detail) : NULL,
	};
	snprintf(text->decision, sizeof(text->decision), "%s", row->decision);
	snprintf(text->state, sizeof(text->state), "%s", row->state);
	snprintf(text->reason, sizeof(text->reason), "%s", row->reason);
	snprintf(text->container, sizeof(text->container), "%s",
		 row->container_id);
	snprintf(text->title, sizeof(text->title), "%s", row->container);
	snprintf(text->rule, sizeof(text->rule), "%s", row->rule);
	snprintf(text->action, sizeof(text->action), "%s", row->action);
}

static void on_event(const struct store_event *event, void *userdata)
{
	size_t length = strlen(police.events);

	assert_ptr_equal(userdata, &police);
	snprintf(police.events + length, sizeof(police.events) - length,
		 "%s ", event->kind);
	police.user = event->user;
}

static bool can_write(void *userdata)
{
	(void)userdata;
	return !police.is_unwritable;
}

static bool engine_is_ready(void *userdata)
{
	(void)userdata;
	return police.is_ready;
}

static int engine_send(const struct act_request *request, void *userdata)
{
	struct buffer line = { 0 };
	struct act_parsed parsed;
	size_t i, length = 0;

	(void)userdata;
	if (police.is_full)
		return -ENOBUFS;
	snprintf(police.asked[police.nr_asked++], ACT_DECISION_MAX + 1, "%s",
		 request->decision);
	act_write_request(&line, request);
	act_read_request(line.text, line.length, &parsed);
	snprintf(police.refusal, sizeof(police.refusal), "%s", parsed.why);
	act_parsed_done(&parsed);
	buffer_done(&line);
	for (i = 0; i < request->nr_steps; i++)
		length += (size_t)snprintf(police.steps + length,
					   sizeof(police.steps) - length,
					   "%s ",
					   act_step_name(request->steps[i]));
	return 0;
}

__attribute__((unused))
static struct enforce *new_enforce(const struct policy *policy)
{
	const struct enforce_sink sink = {
		.boot_id = "boot", .decision = on_row, .event = on_event,
		.is_writable = can_write, .userdata = &police,
	};
	const struct enforce_actor actor = {
		.is_ready = engine_is_ready, .send = engine_send,
		.userdata = &police,
	};
	struct enforce *enforce = enforce_new(policy, &sink, &actor);

	assert_non_null(enforce);
	return enforce;
}

__attribute__((unused))
static void begin_police(const char *text)
{
	memset(&police, 0, sizeof(police));
	begin_world(text);
	policy_state_free(world.state);	/* struct enforce has its own */
	world.state = NULL;
	police.enforce = new_enforce(world.policy);
	police.is_ready = true;
	police.has_stopped_it = true;
}

__attribute__((unused))
static void end_police(void)
{
	size_t i;

	for (i = 0; i < police.nr_rows; i++)
		free(police.rows[i].detail);
	enforce_free(police.enforce);
	end_world();
}

/* One with an id as engines make them, which is not its name */
__attribute__((unused))
static struct container_row *add_named(const char *name)
{
	struct container_row *row = add_container(name);
	struct world_container *container = &world.containers[world.nr - 1];

	snprintf(container->id, sizeof(container->id), "%064zx", world.nr);
	world.candidates[world.nr - 1].name = name;
	return row;
}

__attribute__((unused))
static void remove_container(const char *id)
{
	size_t i;

	for (i = 0; i < world.nr; i++) {
		if (strcmp(world.candidates[i].id, id) == 0)
			world.candidates[i].ended_ms = (double)world.now_ms;
	}
}

/* Whether what the newest request asks for is among the containers */
static void answer_all(size_t from)
{
	size_t i, j;

	for (i = from; i < police.nr_asked; i++) {
		struct act_answer answer = ACT_ANSWER_UNKNOWN;

		answer.kind = ACT_FINISHED;
		answer.decision = police.asked[i];
		answer.result = police.result;
		answer.code = police.code;
		answer.why = police.code ? "it says no" : NULL;
		answer.held = police.holds;
		enforce_answer(police.enforce, &answer);
		for (j = 0; j < police.nr_rows && police.has_stopped_it &&
			    police.result == ACT_DONE; j++) {
			if (strcmp(police.rows[j].decision,
				   answer.decision) == 0)
				remove_container(police.rows[j].container);
		}
	}
}

/* Each start makes another cgroup. */
static struct enforce_target target_of(size_t i)
{
	double started_ms = world.containers[i].row.started_ms -
			    police.drift_ms;

	if (!isnan(world.candidates[i].ended_ms))
		return (struct enforce_target){ .has_engine = true };
	return (struct enforce_target){
		.cgroup_id = isnan(started_ms) ? 0 :
			     (uint64_t)started_ms * MAX_WORLD + i,
		.engine_started_ms = 5,
		.has_engine = true,
	};
}

/* One tick after @ms; then the engine answers. */
__attribute__((unused))
static void pass(int64_t ms)
{
	struct enforce_tick tick = { .targets = police.targets };
	struct policy_candidate alive[MAX_WORLD];
	size_t i, nr = 0, asked = police.nr_asked;

	world.now_ms += ms;
	for (i = 0; i < world.nr; i++) {
		world.containers[i].row.uptime_seconds = (WORLD_MS +
			(double)world.now_ms -
			world.containers[i].row.started_ms) / 1e3;
		world.containers[i].row.container =
			world.candidates[i].name ?: world.candidates[i].id;
		if (!isnan(world.candidates[i].ended_ms) &&
		    !police.shows_ended)
			continue;
		police.targets[nr] = target_of(i);
		alive[nr++] = world.candidates[i];
	}
	tick.tick.t_ms = WORLD_MS + world.now_ms;
	tick.tick.boot_ms = world.now_ms;
	tick.tick.candidates = alive;
	tick.tick.nr_candidates = nr;
	assert_int_equal(enforce_tick(police.enforce, &tick), 0);
	if (!police.is_mute)
		answer_all(asked);
}

__attribute__((unused))
static void pass_seconds(unsigned int seconds)
{
	while (seconds-- > 0)
		pass(1000);
}

/* The states of all rows, each followed by a blank; a dry run has a "~". */
__attribute__((unused))
static const char *states(void)
{
	static char text[8192];
	size_t i, length = 0;

	text[0] = '\0';
	for (i = 0; i < police.nr_rows; i++)
		length += (size_t)snprintf(text + length,
					   sizeof(text) - length, "%s%s ",
					   police.rows[i].is_dry_run ? "~" : "",
					   police.rows[i].state);
	return text;
}

__attribute__((unused))
static const struct row_text *last_row(void)
{
	assert_true(police.nr_rows > 0);
	return &police.rows[police.nr_rows - 1];
}

__attribute__((unused))
static void must_be(const char *want)
{
	if (strcmp(states(), want) != 0)
		fail_msg("not %s but %s: %s", want, states(),
			 police.nr_rows ? last_row()->reason : "");
}

/* Tells a new contmond of the @i-th row of the audit. */
__attribute__((unused))
static void resume_row(size_t i)
{
	const struct row_text *row = &police.rows[i];
	const struct store_decision decision = {
		.t_ms = row->t_ms, .decision = row->decision,
		.state = row->state, .action = row->action,
		.dry_run = row->is_dry_run,
		.container_id = row->container,
		.container = row->title, .rule = row->rule,
		.rule_hash = world.policy->rules[0].hash,
		.reason = row->reason, .detail = row->detail,
	};

	assert_int_equal(enforce_resume(police.enforce, &decision), 0);
}

/* A new contmond that has the first @nr rows of the audit; it is @boot_ms */
__attribute__((unused))
static void start_again_at(size_t nr, int64_t boot_ms)
{
	size_t i;

	enforce_free(police.enforce);
	police.enforce = new_enforce(world.policy);
	for (i = 0; i < nr; i++)
		resume_row(i);
	while (police.nr_rows > nr)
		free(police.rows[--police.nr_rows].detail);
	assert_int_equal(enforce_resumed(police.enforce,
					 WORLD_MS + world.now_ms, boot_ms,
					 true), 0);
}

__attribute__((unused))
static void start_again(size_t nr)
{
	start_again_at(nr, world.now_ms);
}

#endif /* TESTS_UNIT_ENFORCE_WORLD_H */
