// SPDX-License-Identifier: GPL-2.0-only
#include "acts.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "acts_private.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/user_slice.h"
#include "base/util.h"
#include "cgroup.h"
#include "socket_path.h"

#define MINUTE_MS 60000
#define HOUR_MS (60 * MINUTE_MS)

uint64_t acts_now_ms(void)
{
	return clock_boottime_ns() / NS_PER_MS;
}

/* Whose container it is */

/*
 * Could a user have created it: in the user's slice, or in a directory that the
 * user owns, such as that of a service with User= and Delegate=? The owner of
 * the cgroup itself does not count: with LXC, it is a user of a user namespace.
 */
static bool is_cgroup_of_users(const char *cgroup)
{
	_cleanup_free_ char *directory = strdup(cgroup);
	char *slash = directory ? strrchr(directory, '/') : NULL;

	if (user_of_cgroup(cgroup) != 0 || !slash)
		return true;
	*slash = '\0';
	return cgroup_directory_is_users(directory);
}

/* The engine that acts tells, and without one the cgroup. */
static bool is_users(const struct acts *acts, const char *engine,
		     const char *cgroup)
{
	const struct engine_docker *docker = engine ?
		engines_at(acts->engines, engine) : NULL;

	if (docker)
		return !socket_path_is_trusted(engine_docker_user(docker));
	return cgroup && is_cgroup_of_users(cgroup);
}

bool acts_is_about_users(const struct operation *operation)
{
	if (operation->begun && operation->of_users &&
	    !(operation->engine &&
	      engines_at(operation->acts->engines, operation->engine)))
		return true;
	return is_users(operation->acts, operation->engine,
			operation->cgroup ?: request_of(operation)->cgroup);
}

/* The budget */

static unsigned int nr_since(const struct acts *acts, uint64_t ago_ms,
			     bool only_of_users)
{
	uint64_t now_ms = acts_now_ms();
	unsigned int nr = 0;
	size_t i;

	for (i = 0; i < acts->nr_spent && i < ACT_BUDGET_MAX; i++)
		nr += now_ms - acts->spent[i].ms < ago_ms &&
		      (acts->spent[i].of_users || !only_of_users);
	return nr;
}

static bool has_spent(const struct acts *acts, unsigned int budget,
		      uint64_t in_ms, const char *in, char *why, size_t size)
{
	if (nr_since(acts, in_ms, false) < budget)
		return false;
	snprintf(why, size, "the budget of %u act%s in %s is spent", budget,
		 budget == 1 ? "" : "s", in);
	return true;
}

/*
 * The same rule as in contmond: while containers of root run, those of users
 * may spend half of the hourly budget. The limit per minute may lower what an
 * hour really allows.
 */
static bool have_users_spent(const struct acts *acts, char *why, size_t size)
{
	const struct acts_config *config = &acts->config;
	unsigned int of_hour = config->per_hour;

	if (of_hour > 60 * config->per_minute)
		of_hour = 60 * config->per_minute;
	if (!engine_table_has_roots(acts->table) ||
	    nr_since(acts, HOUR_MS, true) < (of_hour + 1) / 2)
		return false;
	snprintf(why, size, "containers of users have spent their half of "
		 "the budget of %u acts in an hour", of_hour);
	return true;
}

bool acts_spend(const struct operation *operation, char *why, size_t size)
{
	struct acts *acts = operation->acts;
	const struct acts_config *config = &acts->config;
	bool of_users = acts_is_about_users(operation);

	if (has_spent(acts, config->per_minute, MINUTE_MS, "a minute", why,
		      size) ||
	    has_spent(acts, config->per_hour, HOUR_MS, "an hour", why, size) ||
	    (of_users && have_users_spent(acts, why, size)))
		return false;
	acts->spent[acts->nr_spent++ % ACT_BUDGET_MAX] = (struct act_spent){
		.ms = acts_now_ms(), .of_users = of_users,
	};
	return true;
}

/* Answers */

void acts_say(struct acts *acts, uint64_t client, const struct buffer *lines)
{
	if (client && acts->listener.say)
		acts->listener.say(client, lines, acts->listener.userdata);
}

void acts_listen(struct acts *acts, const struct acts_listener *listener)
{
	acts->listener = *listener;
}

void acts_write_hello(const struct acts *acts, struct buffer *to)
{
	const struct act_answer hello = {
		.kind = ACT_HELLO,
		.version = ACT_VERSION,
		.per_minute = acts->config.per_minute,
		.per_hour = acts->config.per_hour,
	};

	act_write_answer(to, &hello);
}

static void answer(struct acts *acts, const struct asker *asker,
		   const char *decision, enum act_result result,
		   enum act_code code, const char *why)
{
	struct act_answer one = ACT_ANSWER_UNKNOWN;
	struct buffer line = { 0 };

	one.kind = ACT_FINISHED;
	one.decision = decision;
	one.result = result;
	one.code = code;
	one.why = why;
	act_write_answer(&line, &one);
	acts_say(acts, asker->client, &line);
	buffer_done(&line);
	if (result == ACT_REFUSED && trouble_is_due(&acts->refused))
		log_warn("request '%s' of pid %d user %u refused: %s; refused "
			 "so far: %llu", decision, (int)asker->pid,
			 (unsigned int)asker->uid, why,
			 (unsigned long long)acts->refused.nr);
}

/* Operations */

static void drop(struct acts *acts, struct operation *operation)
{
	TAILQ_REMOVE(&acts->operations, operation, link);
	acts->nr_operations--;
	operation_free(operation);
}

/*
 * Frees finished operations that need not be remembered. Not done when they
 * finish, because their callers still use them.
 */
static int on_reap(sd_event_source *source, void *userdata)
{
	struct acts *acts = userdata;
	struct operation *operation = TAILQ_FIRST(&acts->operations), *next;

	(void)source;
	for (; operation; operation = next) {
		next = TAILQ_NEXT(operation, link);
		if (operation_finished(operation) &&
		    operation->hold.until_ms == 0 &&
		    (!operation->begun ||
		     acts->nr_operations > ACT_DECISIONS_MAX))
			drop(acts, operation);
	}
	return 0;
}

void acts_settled(struct acts *acts)
{
	sd_event_source_set_enabled(acts->reap, SD_EVENT_ONESHOT);
}

static struct operation *find(struct acts *acts, const char *decision)
{
	struct operation *operation;

	TAILQ_FOREACH(operation, &acts->operations, link) {
		bool known = operation->begun || !operation_finished(operation);

		if (known && request_of(operation)->op == ACT_ACT &&
		    strcmp(request_of(operation)->decision, decision) == 0)
			return operation;
	}
	return NULL;
}

static bool same_target(const struct act_request *a,
			const struct act_request *b)
{
	if (a->container || b->container)
		return a->container && b->container &&
		       strcmp(a->container, b->container) == 0;
	return strcmp(a->cgroup, b->cgroup) == 0;
}

static bool holds(const struct act_request *request)
{
	return request->steps[0] == ACT_PAUSE ||
	       request->steps[0] == ACT_LIMIT;
}

/* Before the engine was first reached, its user is unknown: any may match. */
static bool is_of(const struct acts *acts, const char *engine, int64_t user_id)
{
	const struct engine_docker *docker = engines_at(acts->engines, engine);
	uid_t user = docker ? engine_docker_user(docker) : SOCKET_PATH_NO_USER;

	return user == SOCKET_PATH_NO_USER || user_id < 0 || user_id == user ||
	       (user_id == 0 && socket_path_is_trusted(user));
}

/*
 * Two engines may report the same id, and the asker may know only one of them
 * yet. A decision about one container must not be carried out on the other.
 */
const char *acts_engine(const struct acts *acts,
			const struct act_request *request)
{
	const char *engine = request->container ?
		engines_owner(acts->engines, request->container,
			      request->cgroup, request->runtime) : NULL;

	return engine && is_of(acts, engine, request->user_id) ? engine : NULL;
}

/*
 * If two engines report the same id, a user's engine must not be able to block
 * acts on root's container for as long as it likes.
 */
static bool has_other_engine(const struct operation *operation,
			     const char *engine)
{
	return engine && operation->engine &&
	       strcmp(engine, operation->engine) != 0;
}

/*
 * Does another operation for the same target block the request? Says why, or
 * NULL.
 */
static const char *is_in_the_way(const struct operation *operation,
				 const struct act_request *request,
				 const char *engine)
{
	const struct act_request *other = request_of(operation);

	if (request->op == ACT_INSPECT || other->op == ACT_INSPECT ||
	    !same_target(request, other) || has_other_engine(operation, engine))
		return NULL;
	if (!operation_finished(operation) || operation->hold.order)
		return "another decision about it is under way";
	return operation->hold.until_ms > 0 && holds(request) &&
	       other->steps[0] == request->steps[0] ?
	       "an earlier decision still holds it" : NULL;
}

/*
 * A user's engine decides how long a step takes and whether a pause ever ends,
 * and a user can create any number of cgroups. So users together may fill only
 * half of the places.
 */
static const char *is_full(const struct acts *acts,
			   const struct act_request *request,
			   const char *engine)
{
	bool users = is_users(acts, engine, request->cgroup);
	size_t share = users ? 2 : 1, nr_under_way = 0, nr_held = 0;
	const struct operation *operation;

	TAILQ_FOREACH(operation, &acts->operations, link) {
		if (users && !acts_is_about_users(operation))
			continue;
		nr_under_way += !operation_finished(operation);
		nr_held += operation->hold.until_ms > 0;
	}
	if (nr_under_way >= ACT_UNDER_WAY_MAX / share)
		return "too many decisions are under way";
	return holds(request) && nr_held >= ACT_HELD_MAX / share ?
	       "too many pauses and limits are in force" : NULL;
}

/* Why the request must wait, or NULL */
static const char *is_busy(const struct acts *acts,
			   const struct act_request *request)
{
	const char *engine = acts_engine(acts, request), *why = NULL;
	const struct operation *operation;

	TAILQ_FOREACH(operation, &acts->operations, link) {
		why = is_in_the_way(operation, request, engine);
		if (why)
			return why;
	}
	return is_full(acts, request, engine);
}

static void begin(struct acts *acts, const struct asker *asker,
		  struct act_parsed *parsed, const char *line, size_t length)
{
	char decision[ACT_DECISION_MAX + 1];
	struct operation *operation;
	int r;

	strcpy(decision, parsed->decision);
	r = operation_new(acts, parsed, line, length, &operation);
	if (r < 0) {
		answer(acts, asker, decision, ACT_REFUSED, ACT_ERROR,
		       strerror(-r));
		return;
	}
	operation->asker = *asker;
	TAILQ_INSERT_TAIL(&acts->operations, operation, link);
	acts->nr_operations++;
	operation_start(operation);
}

/* Sends the answers given so far; later ones follow as they happen. */
static void repeat(struct acts *acts, const struct asker *asker,
		   struct operation *operation)
{
	struct act_answer last;
	struct buffer lines = { 0 };
	struct json_t *json;

	operation->asker = *asker;
	buffer_append(&lines, &operation->said);
	if (operation_finished(operation) &&
	    act_read_answer(operation->last, strlen(operation->last), &last,
			    &json) == 0) {
		last.repeated = true;
		hold_show(operation, &last);
		act_write_answer(&lines, &last);
		json_decref(json);
	}
	acts_say(acts, asker->client, &lines);
	buffer_done(&lines);
}

static void undo(struct acts *acts, const struct asker *asker,
		 const char *decision)
{
	struct operation *operation = find(acts, decision);

	if (operation && !operation_finished(operation))
		answer(acts, asker, decision, ACT_REFUSED, ACT_BUSY,
		       "the decision is still under way");
	else if (operation && operation->hold.until_ms > 0)
		hold_undo(operation, asker);
	else
		answer(acts, asker, decision, ACT_DONE, ACT_NO_CODE,
		       "there is nothing to undo");
}

static void ask(struct acts *acts, const struct asker *asker,
		struct act_parsed *parsed, const char *line, size_t length)
{
	const struct act_request *request = &parsed->request;
	struct operation *known = NULL;
	const char *why = NULL;

	if (request->op == ACT_ACT)
		known = find(acts, request->decision);
	if (request->op != ACT_UNDO && !known)
		why = is_busy(acts, request);
	if (why)
		answer(acts, asker, request->decision, ACT_REFUSED, ACT_BUSY,
		       why);
	else if (known && !same_target(request, request_of(known)))
		answer(acts, asker, request->decision, ACT_REFUSED,
		       ACT_INVALID, "this decision was about another target");
	else if (known)
		repeat(acts, asker, known);
	else if (request->op == ACT_UNDO)
		undo(acts, asker, request->decision);
	else
		begin(acts, asker, parsed, line, length);
}

void acts_ask(struct acts *acts, const struct asker *asker, const char *line,
	      size_t length)
{
	struct act_parsed parsed;

	if (act_read_request(line, length, &parsed) < 0)
		answer(acts, asker, parsed.decision, ACT_REFUSED, ACT_INVALID,
		       parsed.why);
	else
		ask(acts, asker, &parsed, line, length);
	act_parsed_done(&parsed);
}

/* Lifecycle */

int acts_new(sd_event *event, const struct acts_config *config,
	     const struct engines *engines,
	     const struct engine_table *table, struct acts **ret)
{
	struct acts *acts = calloc(1, sizeof(*acts));
	int r;

	if (!acts)
		return -ENOMEM;
	TAILQ_INIT(&acts->operations);
	acts->event = sd_event_ref(event);
	acts->config = *config;
	acts->engines = engines;
	acts->table = table;
	r = sd_event_add_defer(event, &acts->reap, on_reap, acts);
	if (r < 0) {
		acts_free(acts);
		return r;
	}
	acts_load(acts);
	*ret = acts;
	return 0;
}

void acts_free(struct acts *acts)
{
	struct operation *operation;

	if (!acts)
		return;
	while ((operation = TAILQ_FIRST(&acts->operations)))
		drop(acts, operation);
	sd_event_source_disable_unref(acts->reap);
	sd_event_unref(acts->event);
	free(acts);
}
