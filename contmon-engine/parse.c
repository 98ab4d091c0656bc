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

/* The API versions that this file was written against. */
#define OLDEST_MINOR 24
#define NEWEST_MINOR 51

#define MAX_NAME_BYTES 256
#define MAX_IMAGE_BYTES 512
#define MAX_COMMAND_BYTES 512
#define MAX_LABELS 32
#define MAX_LABEL_KEY_BYTES 128
#define MAX_LABEL_VALUE_BYTES 256

/* Versions */

static bool read_version(const json_t *object, const char *key,
			 struct api_version *ret)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text && sscanf(text, "%u.%u", &ret->major, &ret->minor) == 2;
}

int parse_version(const char *text, size_t length, struct api_version *ret)
{
	json_auto_t *object = json_loadb(text, length, 0, NULL);
	struct api_version newest, oldest = { 1, OLDEST_MINOR };

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

static int64_t seconds_to_ms(json_int_t seconds)
{
	return seconds > 0 && seconds <= INT64_MAX / 1000 ? seconds * 1000 : 0;
}

/* Containers */

/* What list and inspect say in different places. */
struct facts_of {
	const char *id;
	const char *name;
	const char *image;
	char *command;
	const char *state;
	int64_t created_ms;
	int64_t started_ms;
	const json_t *labels;
};

void description_done(struct description *description)
{
	free(description->id);
	free(description->record);
	*description = (struct description){ 0 };
}

static bool is_id(const char *id)
{
	size_t length = id ? strlen(id) : 0;

	return length > 0 && length <= ENGINE_ID_MAX &&
	       strspn(id, "0123456789abcdefghijklmnopqrstuvwxyz"
			  "ABCDEFGHIJKLMNOPQRSTUVWXYZ_.-") == length;
}

static json_t *cut(const char *text, size_t max_bytes)
{
	_cleanup_free_ char *copy = NULL;

	if (!text)
		return json_null();
	copy = utf8_dup(text, strlen(text), max_bytes);
	return copy ? json_string(copy) : NULL;
}

static json_t *cut_labels(const json_t *labels)
{
	json_t *kept = json_object(), *value;
	const char *key;

	json_object_foreach((json_t *)labels, key, value) {
		const char *text = json_string_value(value);

		if (json_object_size(kept) == MAX_LABELS)
			break;
		if (text && strlen(key) <= MAX_LABEL_KEY_BYTES)
			json_object_set_new(kept, key,
					    cut(text, MAX_LABEL_VALUE_BYTES));
	}
	return kept;
}

static bool is_alive(const char *state)
{
	return state && (strcmp(state, "running") == 0 ||
			 strcmp(state, "paused") == 0 ||
			 strcmp(state, "restarting") == 0);
}

/* The record ends with a newline: it is sent as it is. */
static int describe(const struct facts_of *facts, struct description *ret)
{
	struct description made = { .alive = is_alive(facts->state) };
	const char *name = facts->name ?: "";
	json_auto_t *object = NULL;
	_cleanup_free_ char *text = NULL;

	if (!is_id(facts->id))
		return -EBADMSG;
	object = json_pack(
		"{s:s, s:s, s:o, s:o, s:o, s:I, s:I, s:o, s:o}", "op", "set",
		"id", facts->id,
		"name", cut(name + (*name == '/'), MAX_NAME_BYTES),
		"image", cut(facts->image, MAX_IMAGE_BYTES),
		"command", cut(facts->command, MAX_COMMAND_BYTES),
		"created_ms", (json_int_t)facts->created_ms,
		"started_ms", (json_int_t)(made.alive ? facts->started_ms : 0),
		"state", cut(facts->state, MAX_NAME_BYTES),
		"labels", cut_labels(facts->labels));
	if (object)
		text = json_dumps(object, JSON_COMPACT);
	made.id = strdup(facts->id);
	if (!text || asprintf(&made.record, "%s\n", text) < 0)
		made.record = NULL;
	if (!made.id || !made.record) {
		description_done(&made);
		return -ENOMEM;
	}
	*ret = made;
	return 0;
}

static const char *string_at(const json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}

/* A name with a second slash is a link that another container has to it. */
static const char *own_name(const json_t *names)
{
	size_t i;
	json_t *name;

	json_array_foreach((json_t *)names, i, name) {
		const char *text = json_string_value(name);

		if (text && !strchr(text + (*text == '/'), '/'))
			return text;
	}
	return NULL;
}

static int describe_listed(const json_t *object, struct description *ret)
{
	const struct facts_of facts = {
		.id = string_at(object, "Id"),
		.name = own_name(json_object_get(object, "Names")),
		.image = string_at(object, "Image"),
		.command = (char *)string_at(object, "Command"),
		.state = string_at(object, "State"),
		.created_ms = seconds_to_ms(json_integer_value(
			json_object_get(object, "Created"))),
		.labels = json_object_get(object, "Labels"),
	};

	return describe(&facts, ret);
}

int parse_list(const char *text, size_t length, description_fn *fn,
	       void *userdata)
{
	json_auto_t *list = json_loadb(text, length, 0, NULL);
	struct description description;
	json_t *object;
	size_t i;
	int r;

	if (!json_is_array(list))
		return -EBADMSG;
	json_array_foreach(list, i, object) {
		r = describe_listed(object, &description);
		if (r < 0)
			return r;
		r = fn(&description, userdata);
		if (r < 0)
			return r;
	}
	return 0;
}

static char *command_of(const json_t *object)
{
	char text[MAX_COMMAND_BYTES + 1];
	const char *path = string_at(object, "Path");
	size_t i, length;
	json_t *argument;

	if (!path)
		return NULL;
	length = (size_t)snprintf(text, sizeof(text), "%s", path);
	json_array_foreach(json_object_get(object, "Args"), i, argument) {
		if (length >= sizeof(text))
			break;
		length += (size_t)snprintf(text + length,
					   sizeof(text) - length, " %s",
					   json_string_value(argument) ?: "");
	}
	return strdup(text);
}

int parse_inspect(const char *text, size_t length, struct description *ret)
{
	json_auto_t *object = json_loadb(text, length, 0, NULL);
	const json_t *config = json_object_get(object, "Config");
	const json_t *state = json_object_get(object, "State");
	_cleanup_free_ char *command = command_of(object);
	const struct facts_of facts = {
		.id = string_at(object, "Id"),
		.name = string_at(object, "Name"),
		.image = string_at(config, "Image"),
		.command = command,
		.state = string_at(state, "Status"),
		.created_ms = parse_time_ms(string_at(object, "Created")),
		.started_ms = parse_time_ms(string_at(state, "StartedAt")),
		.labels = json_object_get(config, "Labels"),
	};

	return describe(&facts, ret);
}

/* Events */

/* Podman's words are here where they differ. */
static const char *const actions[] = {
	"create", "start", "restart", "die", "died", "stop", "pause",
	"unpause", "rename", "update", "destroy", "remove",
};

int parse_event(const char *text, size_t length,
		char ret_id[ENGINE_ID_MAX + 1])
{
	json_auto_t *object = json_loadb(text, length, 0, NULL);
	const char *type = string_at(object, "Type");
	const char *action = string_at(object, "Action");
	const char *id = string_at(json_object_get(object, "Actor"), "ID");
	size_t i;

	if (!json_is_object(object))
		return -EBADMSG;
	if (!type || strcmp(type, "container") != 0 || !action || !is_id(id))
		return 0;
	for (i = 0; i < ARRAY_SIZE(actions); i++) {
		if (strcmp(actions[i], action) != 0)
			continue;
		strcpy(ret_id, id);
		return 1;
	}
	return 0;
}
