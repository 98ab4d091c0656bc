// SPDX-License-Identifier: GPL-2.0-only
#include "act_protocol.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "json_text.h"
#include "util.h"

#define CONTAINER_ID_LENGTH 64

/* Words */

static const char *const steps[] = {
	[ACT_STOP] = "stop", [ACT_KILL] = "kill", [ACT_REMOVE] = "remove",
	[ACT_RESTART] = "restart", [ACT_PAUSE] = "pause",
	[ACT_LIMIT] = "limit",
};

static const char *const ops[] = {
	[ACT_ACT] = "act", [ACT_INSPECT] = "inspect", [ACT_UNDO] = "undo",
};

static int find_word(const char *const *words, size_t nr, const char *word,
		     size_t *ret)
{
	size_t i;

	for (i = 0; word && i < nr; i++) {
		if (strcmp(words[i], word) == 0) {
			*ret = i;
			return 0;
		}
	}
	return -EINVAL;
}

const char *act_step_name(enum act_step step)
{
	return steps[step];
}

int act_step_find(const char *name, enum act_step *ret)
{
	size_t i;

	if (find_word(steps, ARRAY_SIZE(steps), name, &i) < 0)
		return -EINVAL;
	*ret = (enum act_step)i;
	return 0;
}

/* Reading */

/* Only the first mistake is reported. */
__attribute__((format(printf, 2, 3)))
static bool wrong(struct act_parsed *parsed, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(parsed->why, sizeof(parsed->why), format, arguments);
	va_end(arguments);
	return false;
}

static bool has(const struct act_parsed *parsed, const char *key)
{
	const json_t *value = json_object_get(parsed->json, key);

	return value && !json_is_null(value);
}

static bool read_text(struct act_parsed *parsed, const char *key,
		      size_t max_bytes, const char **ret)
{
	const json_t *value = json_object_get(parsed->json, key);
	const char *text = json_string_value(value);

	if (!has(parsed, key))
		return true;
	if (!text || !*text)
		return wrong(parsed, "%s: not a text", key);
	if (strlen(text) > max_bytes)
		return wrong(parsed, "%s: over %zu bytes", key, max_bytes);
	*ret = text;
	return true;
}

static bool read_number(struct act_parsed *parsed, const char *key,
			int64_t min, int64_t max, int64_t *ret)
{
	const json_t *value = json_object_get(parsed->json, key);

	if (!has(parsed, key))
		return true;
	if (!json_is_integer(value))
		return wrong(parsed, "%s: not a whole number", key);
	if (json_integer_value(value) < min || json_integer_value(value) > max)
		return wrong(parsed, "%s: not from %lld to %lld", key,
			     (long long)min, (long long)max);
	*ret = json_integer_value(value);
	return true;
}

static bool read_decision(struct act_parsed *parsed)
{
	const char *text = NULL;
	size_t length;

	if (!read_text(parsed, "decision", ACT_DECISION_MAX, &text))
		return false;
	length = text ? strlen(text) : 0;
	if (length == 0 ||
	    strspn(text, "0123456789abcdefghijklmnopqrstuvwxyz"
		   "ABCDEFGHIJKLMNOPQRSTUVWXYZ_.-") != length)
		return wrong(parsed, "decision: not up to %d letters, digits "
			     "and ._-", ACT_DECISION_MAX);
	strcpy(parsed->decision, text);
	parsed->request.decision = parsed->decision;
	return true;
}

/* A name would not do: by now it may belong to another container. */
static bool read_container(struct act_parsed *parsed)
{
	const char **id = &parsed->request.container;

	if (!read_text(parsed, "container", CONTAINER_ID_LENGTH, id))
		return false;
	if (*id && (strlen(*id) != CONTAINER_ID_LENGTH ||
		    strspn(*id, "0123456789abcdef") != CONTAINER_ID_LENGTH))
		return wrong(parsed, "container: not an id of %d hex digits",
			     CONTAINER_ID_LENGTH);
	return true;
}

/* Is it "", "." or ".."? */
static bool is_no_name(const char *part, size_t length)
{
	return length <= 2 && strspn(part, ".") >= length;
}

static bool read_cgroup(struct act_parsed *parsed)
{
	const char **path = &parsed->request.cgroup;
	const char *part;
	int64_t id = 0;

	if (!read_text(parsed, "cgroup", ACT_CGROUP_MAX, path) ||
	    !read_number(parsed, "cgroup_id", 1, INT64_MAX, &id))
		return false;
	parsed->request.cgroup_id = (uint64_t)id;
	for (part = *path; part && *part; part += strcspn(part, "/")) {
		if (*part++ != '/' || is_no_name(part, strcspn(part, "/")))
			return wrong(parsed, "cgroup: not an absolute path, or "
				     "one with '.', '..' or an empty part");
	}
	return true;
}

static bool fits_after(const struct act_request *request, enum act_step step)
{
	if (request->nr_steps == 0)
		return true;
	return step <= ACT_REMOVE &&
	       request->steps[request->nr_steps - 1] < step;
}

static bool read_steps(struct act_parsed *parsed)
{
	struct act_request *request = &parsed->request;
	const json_t *array = json_object_get(parsed->json, "steps");
	const json_t *item;
	enum act_step step;
	size_t i;

	json_array_foreach(array, i, item) {
		if (act_step_find(json_string_value(item), &step) < 0)
			return wrong(parsed, "steps: unknown step");
		if (!fits_after(request, step))
			return wrong(parsed, "steps: not one, and not stop, "
				     "kill, remove in this order");
		request->steps[request->nr_steps++] = step;
	}
	if (request->nr_steps == 0)
		return wrong(parsed, "steps: none");
	return true;
}

static bool read_limits(struct act_parsed *parsed)
{
	struct act_request *request = &parsed->request;
	const json_t *cores = json_object_get(parsed->json, "cpu_cores");

	if (has(parsed, "cpu_cores")) {
		request->cpu_cores = json_number_value(cores);
		if (!(request->cpu_cores >= ACT_CPU_CORES_MIN &&
		      request->cpu_cores <= ACT_CPU_CORES_MAX))
			return wrong(parsed, "cpu_cores: not from 0.01 on");
	}
	if (!read_number(parsed, "memory_bytes", ACT_MEMORY_BYTES_MIN,
			 INT64_MAX, &request->memory_bytes))
		return false;
	if (request->steps[0] == ACT_LIMIT && request->cpu_cores == 0 &&
	    request->memory_bytes == 0)
		return wrong(parsed, "limit: neither cpu_cores nor "
			     "memory_bytes");
	return true;
}

static bool read_truth(struct act_parsed *parsed, const char *key, bool *ret)
{
	const json_t *value = json_object_get(parsed->json, key);

	if (has(parsed, key) && !json_is_boolean(value))
		return wrong(parsed, "%s: neither true nor false", key);
	*ret = json_is_true(value);
	return true;
}

static bool has_target(struct act_parsed *parsed)
{
	const struct act_request *request = &parsed->request;

	if (request->container || (request->cgroup && request->cgroup_id))
		return true;
	return wrong(parsed, "neither container, nor cgroup and cgroup_id");
}

static bool read_act(struct act_parsed *parsed)
{
	struct act_request *request = &parsed->request;

	request->grace_ms = ACT_GRACE_MS;
	request->hold_ms = ACT_HOLD_MS;
	return read_steps(parsed) &&
	       read_number(parsed, "user_id", 0, UINT32_MAX,
			   &request->user_id) &&
	       read_number(parsed, "started_ms", 0, INT64_MAX,
			   &request->started_ms) &&
	       read_number(parsed, "grace_ms", ACT_GRACE_MS_MIN,
			   ACT_GRACE_MS_MAX, &request->grace_ms) &&
	       read_number(parsed, "hold_ms", ACT_HOLD_MS_MIN,
			   ACT_HOLD_MS_MAX, &request->hold_ms) &&
	       read_limits(parsed) &&
	       read_text(parsed, "runtime", ACT_TEXT_MAX, &request->runtime) &&
	       read_text(parsed, "rule", ACT_TEXT_MAX, &request->rule) &&
	       read_text(parsed, "reason", ACT_TEXT_MAX, &request->reason) &&
	       read_truth(parsed, "anonymous_volumes_ok",
			  &request->anonymous_volumes_ok);
}

static bool read_request(struct act_parsed *parsed)
{
	struct act_request *request = &parsed->request;
	const char *text = NULL;
	size_t op;

	if (!json_is_object(parsed->json))
		return wrong(parsed, "not a JSON object");
	if (!read_decision(parsed) || !read_text(parsed, "op", 16, &text))
		return false;
	if (find_word(ops, ARRAY_SIZE(ops), text, &op) < 0)
		return wrong(parsed, "op: not act, inspect or undo");
	request->op = (enum act_op)op;
	request->user_id = -1;
	if (op == ACT_UNDO)
		return true;
	if (!read_container(parsed) || !read_cgroup(parsed) ||
	    !has_target(parsed))
		return false;
	return op == ACT_INSPECT || read_act(parsed);
}

int act_read_request(const char *line, size_t length, struct act_parsed *ret)
{
	*ret = (struct act_parsed){
		.json = json_loadb(line, length, JSON_REJECT_DUPLICATES, NULL),
	};
	return read_request(ret) ? 0 : -EBADMSG;
}

void act_parsed_done(struct act_parsed *parsed)
{
	json_decref(parsed->json);
	parsed->json = NULL;
}

/* Writing */

static void put_act(json_t *object, const struct act_request *request)
{
	json_t *array = json_array();
	size_t i;

	for (i = 0; i < request->nr_steps; i++)
		json_array_append_new(array,
				      json_string(steps[request->steps[i]]));
	json_object_set_new(object, "steps", array);
	if (request->container && request->user_id >= 0)
		json_object_set_new(object, "user_id",
				    json_integer(request->user_id));
	json_object_set_new(object, "started_ms", request->started_ms ?
			    json_integer(request->started_ms) : json_null());
	json_object_set_new(object, "grace_ms",
			    json_integer(request->grace_ms));
	json_object_set_new(object, "hold_ms", json_integer(request->hold_ms));
	if (request->cpu_cores > 0)
		json_object_set_new(object, "cpu_cores",
				    json_real(request->cpu_cores));
	if (request->memory_bytes > 0)
		json_object_set_new(object, "memory_bytes",
				    json_integer(request->memory_bytes));
	json_put_text(object, "runtime", request->runtime, ACT_TEXT_MAX);
	json_put_text(object, "rule", request->rule, ACT_TEXT_MAX);
	json_put_text(object, "reason", request->reason, ACT_TEXT_MAX);
	json_object_set_new(object, "anonymous_volumes_ok",
			    json_boolean(request->anonymous_volumes_ok));
}

void act_write_request(struct buffer *to, const struct act_request *request)
{
	json_auto_t *object = json_pack("{s:s, s:s, s:s?}", "op",
					ops[request->op], "decision",
					request->decision, "container",
					request->container);

	/* Without its cgroup, the request could mean another container. */
	if (request->cgroup &&
	    json_object_set_new(object, "cgroup",
				json_string(request->cgroup)) < 0) {
		to->failed = true;
		return;
	}
	if (request->cgroup_id)
		json_object_set_new(object, "cgroup_id", json_integer(
				    (json_int_t)request->cgroup_id));
	if (request->op == ACT_ACT)
		put_act(object, request);
	json_put_line(to, object);
}
