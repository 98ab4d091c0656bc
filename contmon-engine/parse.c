// SPDX-License-Identifier: GPL-2.0-only
#include "parse.h"

#include <ctype.h>
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/util.h"

/* The API versions that this file was written against. */
#define OLDEST_MINOR 24
#define NEWEST_MINOR 51

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

void description_done(struct description *description)
{
	free(description->id);
	free(description->record);
	*description = (struct description){ 0 };
}

static size_t list_labels(const json_t *object,
			  struct name_label labels[NAME_LABELS_MAX])
{
	const char *key;
	json_t *value;
	size_t nr = 0;

	json_object_foreach((json_t *)object, key, value) {
		if (nr == NAME_LABELS_MAX)
			break;
		if (json_is_string(value))
			labels[nr++] = (struct name_label){
				key, json_string_value(value) };
	}
	return nr;
}

static bool is_alive(const char *state)
{
	return state && (strcmp(state, "running") == 0 ||
			 strcmp(state, "paused") == 0 ||
			 strcmp(state, "restarting") == 0);
}

static int describe(struct name *name, const json_t *labels,
		    struct description *ret)
{
	struct name_label list[NAME_LABELS_MAX];
	struct buffer line = { 0 };
	char *id;

	if (!names_is_id(name->id))
		return -EBADMSG;
	if (name->name && *name->name == '/')
		name->name++;
	if (!is_alive(name->state))
		name->started_ms = 0;
	name->labels = list;
	name->nr_labels = list_labels(labels, list);
	names_write_set(&line, name);
	id = strdup(name->id);
	if (!id || line.failed) {
		free(id);
		buffer_done(&line);
		return -ENOMEM;
	}
	*ret = (struct description){ id, line.text, is_alive(name->state) };
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
	struct name name = {
		.id = string_at(object, "Id"),
		.name = own_name(json_object_get(object, "Names")),
		.image = string_at(object, "Image"),
		.command = string_at(object, "Command"),
		.state = string_at(object, "State"),
		.created_ms = seconds_to_ms(json_integer_value(
			json_object_get(object, "Created"))),
	};

	return describe(&name, json_object_get(object, "Labels"), ret);
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
	char text[NAME_TEXT_MAX + 1];
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
	struct name name = {
		.id = string_at(object, "Id"),
		.name = string_at(object, "Name"),
		.image = string_at(config, "Image"),
		.command = command,
		.state = string_at(state, "Status"),
		.created_ms = parse_time_ms(string_at(object, "Created")),
		.started_ms = parse_time_ms(string_at(state, "StartedAt")),
	};

	return describe(&name, json_object_get(config, "Labels"), ret);
}

/* Events */

/* Podman's words are here where they differ. */
static const char *const actions[] = {
	"create", "start", "restart", "die", "died", "stop", "pause",
	"unpause", "rename", "update", "destroy", "remove",
};

int parse_event(const char *text, size_t length,
		char ret_id[NAME_ID_MAX + 1])
{
	json_auto_t *object = json_loadb(text, length, 0, NULL);
	const char *type = string_at(object, "Type");
	const char *action = string_at(object, "Action");
	const char *id = string_at(json_object_get(object, "Actor"), "ID");
	size_t i;

	if (!json_is_object(object))
		return -EBADMSG;
	if (!type || strcmp(type, "container") != 0 || !action || !names_is_id(id))
		return 0;
	for (i = 0; i < ARRAY_SIZE(actions); i++) {
		if (strcmp(actions[i], action) != 0)
			continue;
		strcpy(ret_id, id);
		return 1;
	}
	return 0;
}
