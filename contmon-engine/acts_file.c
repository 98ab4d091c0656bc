// SPDX-License-Identifier: GPL-2.0-only
/*
 * What must outlive contmon-engine: decisions and their outcomes, pauses and
 * limits in force, and how much of the budget is spent. Times count from boot,
 * because the file does not survive a reboot.
 */
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "acts_private.h"
#include "base/log.h"
#include "base/util.h"
#include "socket_path.h"

#define FILE_VERSION 1

/* Much more than is ever written */
#define MAX_BYTES (8 * 1024 * 1024)

/* Writing */

static json_t *lines_of(const struct buffer *said)
{
	json_t *array = json_array();
	const char *line = said->length ? said->text : "", *end;

	for (; (end = strchr(line, '\n')); line = end + 1)
		json_array_append_new(array, json_loadb(
			line, (size_t)(end - line), 0, NULL));
	return array;
}

static void put_limit(json_t *object, const char *key,
		      const struct limit *limit)
{
	if (*limit->set)
		json_object_set_new(object, key, json_pack(
			"{s:s, s:s}", "before", limit->before, "set",
			limit->set));
}

static void put_asker(json_t *object, const struct asker *asker)
{
	if (asker->uid == SOCKET_PATH_NO_USER)
		return;
	json_object_set_new(object, "asker_pid", json_integer(asker->pid));
	json_object_set_new(object, "asker_uid", json_integer(asker->uid));
}

static json_t *to_json(const struct operation *operation)
{
	const struct hold *hold = &operation->hold;
	json_t *object = json_pack("{s:o?, s:o?, s:o?, "
		"s:I, s:I, s:I, s:I, s:b}",
		"request", json_loads(operation->line, 0, NULL),
		"said", lines_of(&operation->said),
		"last", json_loads(operation->last ?: "null", JSON_DECODE_ANY,
				   NULL),
		"at", (json_int_t)operation->at,
		"kill_from_ms", (json_int_t)operation->kill_from_ms,
		"until_ms", (json_int_t)hold->until_ms,
		"cgroup_id", (json_int_t)operation->cgroup_id,
		"of_users", operation->of_users);

	if (object)
		put_asker(object, &operation->asker);
	if (object && operation->engine)
		json_object_set_new(object, "engine",
				    json_string(operation->engine));
	if (object && operation->cgroup)
		json_object_set_new(object, "cgroup",
				    json_string(operation->cgroup));
	if (object)
		put_limit(object, "cpu", &hold->cpu);
	if (object)
		put_limit(object, "memory", &hold->memory);
	return object;
}

/* Most have finished and do not change: their JSON is made only once. */
static json_t *keep(struct operation *operation)
{
	bool changes = !operation_finished(operation) ||
		       operation->hold.until_ms > 0;

	if (changes)
		return to_json(operation);
	if (!operation->kept)
		operation->kept = to_json(operation);
	return json_incref(operation->kept);
}

/* Oldest first, so that the oldest is again the first to be overwritten */
static void spent_to_json(const struct acts *acts, json_t *acted,
			  json_t *of_users)
{
	size_t i = acts->nr_spent > ACT_BUDGET_MAX ?
		   acts->nr_spent - ACT_BUDGET_MAX : 0;

	for (; i < acts->nr_spent; i++) {
		const struct act_spent *spent =
			&acts->spent[i % ACT_BUDGET_MAX];

		json_array_append_new(acted,
				      json_integer((json_int_t)spent->ms));
		json_array_append_new(of_users, json_boolean(spent->of_users));
	}
}

static json_t *all_to_json(struct acts *acts)
{
	json_t *operations = json_array(), *acted = json_array();
	json_t *of_users = json_array();
	struct operation *operation;

	spent_to_json(acts, acted, of_users);
	TAILQ_FOREACH(operation, &acts->operations, link) {
		if (operation->begun)
			json_array_append_new(operations, keep(operation));
	}
	return json_pack("{s:i, s:o, s:o, s:o}", "version", FILE_VERSION,
			 "acted_ms", acted, "acted_of_users", of_users,
			 "deeds", operations);
}

/* Replaces the file atomically */
static int replace(const char *path, const json_t *json)
{
	_cleanup_free_ char *draft = NULL;
	_cleanup_close_ int fd = -1;

	if (!json || asprintf(&draft, "%s.new", path) < 0)
		return -ENOMEM;
	fd = open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC |
		  O_NOFOLLOW, 0600);
	if (fd < 0)
		return -errno;
	if (json_dumpfd(json, fd, JSON_COMPACT) < 0)
		return -EIO;
	return rename(draft, path) < 0 ? -errno : 0;
}

int acts_save(struct acts *acts)
{
	json_auto_t *json = all_to_json(acts);
	int r = replace(acts->config.file, json);

	if (r < 0 && !acts->save_failed)
		log_err("%s: %s", acts->config.file, strerror(-r));
	acts->save_failed = r < 0;
	return r;
}

/* Reading */

static uint64_t number_at(const json_t *object, const char *key)
{
	json_int_t number = json_integer_value(json_object_get(object, key));

	return number > 0 ? (uint64_t)number : 0;
}

static const char *text_at(const json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}

static void read_limit(const json_t *object, struct limit *ret)
{
	const char *before = text_at(object, "before");
	const char *set = text_at(object, "set");

	if (!before || !set || strlen(before) >= sizeof(ret->before) ||
	    strlen(set) >= sizeof(ret->set))
		return;
	strcpy(ret->before, before);
	strcpy(ret->set, set);
}

/* One answer as it was sent, or NULL if it is not an answer */
static char *read_line(const json_t *json)
{
	_cleanup_free_ char *text = json_dumps(json, JSON_COMPACT);
	struct act_answer answer;
	struct json_t *parsed;
	char *line = NULL;

	if (!text || act_read_answer(text, strlen(text), &answer, &parsed) < 0)
		return NULL;
	json_decref(parsed);
	return asprintf(&line, "%s\n", text) < 0 ? NULL : line;
}

static void read_said(struct operation *operation, const json_t *array)
{
	const json_t *item;
	size_t i;

	json_array_foreach(array, i, item) {
		_cleanup_free_ char *line = read_line(item);

		if (line && i < ACT_STEPS_MAX)
			buffer_puts(&operation->said, line);
	}
}

/* For the log. A file of an older version does not say it. */
static void read_asker(struct asker *asker, const json_t *object)
{
	const json_t *uid = json_object_get(object, "asker_uid");
	json_int_t user = json_integer_value(uid);
	uint64_t pid = number_at(object, "asker_pid");

	asker->pid = pid <= INT_MAX ? (pid_t)pid : 0;
	asker->uid = json_is_integer(uid) && user >= 0 &&
		     user < SOCKET_PATH_NO_USER ?
		     (uid_t)user : SOCKET_PATH_NO_USER;
}

/* A file of an older version does not say it: then the grace begins anew. */
static void read_grace(struct operation *operation, const json_t *object)
{
	uint64_t ms = number_at(object, "kill_from_ms");
	uint64_t most_ms = operation_grace_end_ms(operation);

	if (operation_has_step(operation, ACT_STOP))
		operation->kill_from_ms = ms > 0 && ms < most_ms ? ms : most_ms;
}

static bool read_operation(struct operation *operation, const json_t *object)
{
	const char *cgroup = text_at(object, "cgroup");
	const char *engine = text_at(object, "engine");
	const json_t *last = json_object_get(object, "last");

	if (number_at(object, "at") >= request_of(operation)->nr_steps)
		return false;
	operation->begun = operation->sent = operation->resumed = true;
	operation->of_users = json_is_true(json_object_get(object, "of_users"));
	operation->at = number_at(object, "at");
	read_asker(&operation->asker, object);
	read_grace(operation, object);
	operation->hold.until_ms = number_at(object, "until_ms");
	operation->cgroup_id = number_at(object, "cgroup_id");
	read_limit(json_object_get(object, "cpu"), &operation->hold.cpu);
	read_limit(json_object_get(object, "memory"), &operation->hold.memory);
	read_said(operation, json_object_get(object, "said"));
	if (engine)
		operation->engine = strdup(engine);
	if (cgroup && request_of(operation)->container) {
		free(operation->cgroup);
		operation->cgroup = strdup(cgroup);
	}
	if (json_is_object(last))
		operation->last = read_line(last);
	return !json_is_object(last) || operation->last;
}

static bool load_operation(struct acts *acts, const json_t *object)
{
	_cleanup_free_ char *line = json_dumps(
		json_object_get(object, "request"), JSON_COMPACT);
	struct act_parsed parsed;
	struct operation *operation;

	if (!line)
		return false;
	if (act_read_request(line, strlen(line), &parsed) < 0 ||
	    parsed.request.op != ACT_ACT) {
		act_parsed_done(&parsed);
		return false;
	}
	if (operation_new(acts, &parsed, line, strlen(line), &operation) < 0)
		return false;
	if (!read_operation(operation, object)) {
		operation_free(operation);
		return false;
	}
	TAILQ_INSERT_TAIL(&acts->operations, operation, link);
	acts->nr_operations++;
	return true;
}

/* Files of older versions do not record whose containers they were. */
static void load_spent(struct acts *acts, const json_t *json)
{
	const json_t *of_users = json_object_get(json, "acted_of_users");
	uint64_t now_ms = acts_now_ms();
	const json_t *item;
	size_t i;

	json_array_foreach(json_object_get(json, "acted_ms"), i, item) {
		json_int_t ms = json_integer_value(item);
		bool valid = ms > 0 && (uint64_t)ms <= now_ms;

		if (i == ACT_BUDGET_MAX)
			break;
		/* If its time is unknown, it counts as an act of now. */
		acts->spent[acts->nr_spent++] = (struct act_spent){
			.ms = valid ? (uint64_t)ms : now_ms,
			.of_users = json_is_true(json_array_get(of_users, i)),
		};
	}
}

static void load_all(struct acts *acts, const json_t *json)
{
	size_t i, nr_bad = 0;
	const json_t *item;

	load_spent(acts, json);
	json_array_foreach(json_object_get(json, "deeds"), i, item) {
		if (i >= ACT_DECISIONS_MAX + ACT_HELD_MAX +
			 ACT_UNDER_WAY_MAX || !load_operation(acts, item))
			nr_bad++;
	}
	if (nr_bad > 0)
		log_warn("%s: %zu entries are invalid", acts->config.file,
			 nr_bad);
}

/* Refuses links, and files larger than any that is written */
static json_t *read_file(const char *path, int *ret_error)
{
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC |
				      O_NOFOLLOW | O_NONBLOCK);
	json_t *json = NULL;
	struct stat st;

	*ret_error = fd < 0 ? -errno : -EBADMSG;
	if (fd < 0)
		return NULL;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) &&
	    st.st_size <= MAX_BYTES)
		json = json_loadfd(fd, 0, NULL);
	if (number_at(json, "version") == FILE_VERSION &&
	    json_is_array(json_object_get(json, "acted_ms")) &&
	    json_is_array(json_object_get(json, "deeds")))
		return json;
	json_decref(json);
	return NULL;
}

static void start_again(struct acts *acts)
{
	struct operation *operation = TAILQ_FIRST(&acts->operations), *next;

	for (; operation; operation = next) {
		next = TAILQ_NEXT(operation, link);
		if (operation->hold.until_ms > 0)
			hold_continue(operation);
		if (operation_finished(operation))
			continue;
		log_info("decision %s: continued after a restart",
			 request_of(operation)->decision);
		operation_start(operation);
	}
}

/* The file cannot be read: assume that the whole budget is spent. */
static void assume_spent(struct acts *acts)
{
	while (acts->nr_spent < acts->config.per_hour)
		acts->spent[acts->nr_spent++].ms = acts_now_ms();
}

void acts_load(struct acts *acts)
{
	int error;
	json_auto_t *json = read_file(acts->config.file, &error);

	if (json) {
		load_all(acts, json);
		start_again(acts);
	} else if (error != -ENOENT) {
		log_err("%s: %s; earlier pauses and limits are not undone, "
			"and nothing is done for an hour", acts->config.file,
			strerror(-error));
		assume_spent(acts);
	}
}
