// SPDX-License-Identifier: GPL-2.0-only
#include "parse.h"

#include <ctype.h>
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/utf8.h"
#include "base/util.h"

/* Length of the names that the engine generates for unnamed volumes */
#define MADE_UP_LENGTH 64

/* The API versions that this file was written for. */
#define OLDEST_MINOR 24
#define NEWEST_MINOR 51

/*
 * Reads all numbers as reals, because no number is too large for them. Invalid
 * UTF-8 affects only the string that contains it.
 */
static json_t *load(const char *text, size_t length)
{
	json_t *json = json_loadb(text, length, JSON_DECODE_INT_AS_REAL, NULL);
	char *mended;

	if (json)
		return json;
	mended = utf8_dup(text, length, SIZE_MAX);
	if (mended)
		json = json_loads(mended, JSON_DECODE_INT_AS_REAL, NULL);
	free(mended);
	return json;
}

static const char *string_at(const json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}

/* A whole number from 0 to 2^53, or -1 */
static int64_t number_at(const json_t *object, const char *key)
{
	const json_t *value = json_object_get(object, key);
	double number = json_number_value(value);

	if (!json_is_number(value) || !(number >= 0 && number <= 0x1p53))
		return -1;
	return (int64_t)number;
}

/* Versions */

const char *const parse_version_keys[] = {
	"ApiVersion", "MinAPIVersion", "Components", "Version", NULL,
};

static bool read_version(const json_t *object, const char *key,
			 struct engine_version *ret)
{
	const char *text = string_at(object, key);

	return text && sscanf(text, "%u.%u", &ret->major, &ret->minor) == 2;
}

static const char *runtime_of(const json_t *object)
{
	json_t *component;
	size_t i;

	json_array_foreach(json_object_get(object, "Components"), i,
			   component) {
		const char *name = string_at(component, "Name");

		if (name && strncmp(name, "Podman", 6) == 0)
			return "podman";
	}
	return "docker";
}

int parse_version(const char *text, size_t length, struct engine_version *ret)
{
	json_auto_t *object = load(text, length);
	const char *engine = string_at(object, "Version") ?: "";
	struct engine_version newest, oldest = { 1, OLDEST_MINOR, NULL, "" };

	if (!read_version(object, "ApiVersion", &newest))
		return -EBADMSG;
	if (newest.major != 1 || newest.minor < OLDEST_MINOR)
		return -EPROTO;
	if (json_object_get(object, "MinAPIVersion") &&
	    (!read_version(object, "MinAPIVersion", &oldest) ||
	     oldest.major != 1))
		return -EBADMSG;
	if (newest.minor > NEWEST_MINOR)
		newest.minor = NEWEST_MINOR;
	*ret = newest.minor < oldest.minor ? oldest : newest;
	ret->runtime = runtime_of(object);
	utf8_copy(ret->engine, sizeof(ret->engine), engine, strlen(engine));
	return 0;
}

/* Times */

static int64_t offset_ms(const char *text)
{
	int hours, minutes;

	if ((*text != '+' && *text != '-') ||
	    sscanf(text + 1, "%2d:%2d", &hours, &minutes) != 2)
		return 0;
	return (*text == '-' ? -1 : 1) * (hours * 60 + minutes) * 60000LL;
}

int64_t parse_time_ms(const char *text)
{
	struct tm tm = { 0 };
	int64_t ms = 0, place = 100;
	int length = 0;
	time_t seconds;

	if (!text || sscanf(text, "%4d-%2d-%2dT%2d:%2d:%2d%n", &tm.tm_year,
			    &tm.tm_mon, &tm.tm_mday, &tm.tm_hour, &tm.tm_min,
			    &tm.tm_sec, &length) != 6)
		return 0;
	tm.tm_year -= 1900;
	tm.tm_mon -= 1;
	seconds = timegm(&tm);
	text += length;
	if (*text == '.') {
		while (isdigit((unsigned char)*++text)) {
			ms += (*text - '0') * place;
			place /= 10;
		}
	}
	ms += seconds * 1000LL - offset_ms(text);
	return ms > 0 ? ms : 0;
}

/* Containers */

const char *const parse_listed_keys[] = {
	"Id", "Names", "Image", "ImageID", "Command", "Created", "State",
	"Labels", NULL,
};

const char *const parse_inspected_keys[] = {
	"Id", "Name", "Image", "Path", "Args", "Created", "State", "Config",
	"RestartCount", "Mounts", NULL,
};

const char *const parse_layer_keys[] = { "Id", "SizeRw", NULL };

const char *const parse_event_keys[] = { "Type", "Action", "Actor", NULL };

void description_done(struct description *description)
{
	json_decref(description->json);
	description->json = NULL;
}

static void add_labels(struct description *description, const json_t *labels,
		       bool is_ours)
{
	struct container_info *name = &description->name;
	const char *key;
	json_t *value;

	json_object_foreach((json_t *)labels, key, value) {
		if ((strncmp(key, "contmon.", 8) == 0) != is_ours)
			continue;
		if (name->nr_labels == NAME_LABELS_MAX)
			break;
		if (json_is_string(value) && strlen(key) <= NAME_LABEL_KEY_MAX)
			description->labels[name->nr_labels++] =
				(struct name_label){
					key, json_string_value(value) };
	}
}

/* Labels that protect the container are never among those left out. */
static void set_labels(struct description *description, const json_t *labels)
{
	description->name.labels = description->labels;
	add_labels(description, labels, true);
	add_labels(description, labels, false);
}

static bool is_alive(const char *state)
{
	static const char *const states[] = {
		"running", "paused", "restarting", "stopping",
	};
	size_t i;

	for (i = 0; state && i < ARRAY_SIZE(states); i++) {
		if (strcmp(states[i], state) == 0)
			return true;
	}
	return false;
}

/* Completes @name from the state of the container */
static int finish(struct description *description)
{
	struct container_info *name = &description->name;

	if (!names_is_id(name->id)) {
		description_done(description);
		return -EBADMSG;
	}
	description->alive = is_alive(name->state);
	if (description->alive) {
		name->finished_ms = 0;
	} else {
		name->began_ms = name->started_ms;
		name->started_ms = description->pid = 0;
	}
	if (name->finished_ms == 0) {
		name->began_ms = 0;
		name->exit_code = -1;
	}
	if (name->health && strcmp(name->health, "none") == 0)
		name->health = NULL;
	return 0;
}

/* A name with a second slash is an alias in another container. */
static const char *own_name(const json_t *names)
{
	size_t i;
	json_t *name;

	json_array_foreach((json_t *)names, i, name) {
		const char *text = json_string_value(name);

		if (text && !strchr(text + (*text == '/'), '/'))
			return text + (*text == '/');
	}
	return NULL;
}

int parse_listed(const char *text, size_t length, struct description *ret)
{
	json_t *json = load(text, length);
	int64_t created_s = number_at(json, "Created");

	*ret = (struct description){
		.json = json,
		.name = {
			.id = string_at(json, "Id"),
			.name = own_name(json_object_get(json, "Names")),
			.image = string_at(json, "Image"),
			.image_id = string_at(json, "ImageID"),
			.command = string_at(json, "Command"),
			.state = string_at(json, "State"),
			.created_ms = created_s > 0 ? created_s * 1000 : 0,
			.exit_code = -1,
			.oom_killed = -1,
			.restarts = -1,
			.anonymous_volumes = -1,
			.layer_bytes = -1,
		},
	};
	set_labels(ret, json_object_get(json, "Labels"));
	return finish(ret);
}

static void set_command(struct description *description)
{
	const json_t *json = description->json;
	const char *path = string_at(json, "Path");
	char *text = description->command;
	size_t size = sizeof(description->command), length, i;
	json_t *argument;

	if (!path)
		return;
	length = (size_t)snprintf(text, size, "%s", path);
	json_array_foreach(json_object_get(json, "Args"), i, argument) {
		if (length >= size)
			break;
		length += (size_t)snprintf(text + length, size - length, " %s",
					   json_string_value(argument) ?: "");
	}
	description->name.command = text;
}

static int64_t truth_at(const json_t *object, const char *key)
{
	const json_t *value = json_object_get(object, key);

	return json_is_boolean(value) ? json_is_true(value) : -1;
}

/* Volumes */

static bool is_anonymous(const json_t *mount)
{
	const char *type = string_at(mount, "Type");
	const char *name = string_at(mount, "Name");

	return type && strcmp(type, "volume") == 0 &&
	       (!name || !*name || (strlen(name) == MADE_UP_LENGTH &&
			  strspn(name, "0123456789abcdef") == MADE_UP_LENGTH));
}

/* An entry that cannot be read counts as anonymous. */
static int64_t volumes_in(const json_t *mounts)
{
	const json_t *mount;
	size_t i;

	if (!json_is_array(mounts))
		return -1;
	json_array_foreach(mounts, i, mount) {
		if (!*(string_at(mount, "Type") ?: ""))
			return -1;
		if (is_anonymous(mount))
			return 1;
	}
	return 0;
}

int parse_inspected(const char *text, size_t length, struct description *ret)
{
	json_t *json = load(text, length);
	const json_t *config = json_object_get(json, "Config");
	const json_t *state = json_object_get(json, "State");
	const json_t *health = json_object_get(state, "Health");
	const char *name = string_at(json, "Name");

	*ret = (struct description){
		.json = json,
		.pid = number_at(state, "Pid"),
		.name = {
			.id = string_at(json, "Id"),
			.name = name && *name == '/' ? name + 1 : name,
			.image = string_at(config, "Image"),
			.image_id = string_at(json, "Image"),
			.state = string_at(state, "Status"),
			.health = string_at(health, "Status"),
			.created_ms = parse_time_ms(string_at(json, "Created")),
			.started_ms = parse_time_ms(
				string_at(state, "StartedAt")),
			.finished_ms = parse_time_ms(
				string_at(state, "FinishedAt")),
			.exit_code = number_at(state, "ExitCode"),
			.oom_killed = truth_at(state, "OOMKilled"),
			.restarts = number_at(json, "RestartCount"),
			.anonymous_volumes = volumes_in(
				json_object_get(json, "Mounts")),
			.layer_bytes = -1,
		},
	};
	set_command(ret);
	set_labels(ret, json_object_get(config, "Labels"));
	return finish(ret);
}

/* Engines that could not measure it say -1. */
int64_t parse_layer(const char *text, size_t length, const char *id)
{
	json_auto_t *json = load(text, length);
	const char *is = string_at(json, "Id");

	return is && strcmp(is, id) == 0 ? number_at(json, "SizeRw") : -1;
}

/* Events */

/* Includes Podman's names where they differ */
static const char *const actions[] = {
	"create", "start", "restart", "die", "died", "stop", "pause",
	"unpause", "rename", "update", "oom", "destroy", "remove",
};

static bool is_about_published(const char *action)
{
	static const char health[] = "health_status";
	size_t i;

	for (i = 0; i < ARRAY_SIZE(actions); i++) {
		if (strcmp(actions[i], action) == 0)
			return true;
	}
	/* Docker appends the status to the name of this event. */
	return strncmp(action, health, sizeof(health) - 1) == 0;
}

int parse_event(const char *text, size_t length, char ret_id[NAME_ID_MAX + 1])
{
	json_auto_t *object = load(text, length);
	const char *type = string_at(object, "Type");
	const char *action = string_at(object, "Action");
	const char *id = string_at(json_object_get(object, "Actor"), "ID");

	if (!json_is_object(object))
		return -EBADMSG;
	if (!type || strcmp(type, "container") != 0 || !action ||
	    !is_about_published(action) || !names_is_id(id))
		return 0;
	strcpy(ret_id, id);
	return 1;
}
