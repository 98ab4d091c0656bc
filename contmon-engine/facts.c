// SPDX-License-Identifier: GPL-2.0-only
#include "facts.h"

#include <errno.h>
#include <jansson.h>
#include <string.h>

#include "base/utf8.h"

const char *const facts_keys[] = {
	"Id", "Name", "Image", "Path", "Args", "Created", "State", "Config",
	"RestartCount", "HostConfig", "Mounts", "message", NULL,
};

static const char *text_at(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text && *text ? text : NULL;
}

static int truth_at(const json_t *object, const char *key)
{
	const json_t *value = json_object_get(object, key);

	return json_is_boolean(value) ? json_is_true(value) : -1;
}

/* Allows only the characters of signal names, as it becomes part of a path. */
static const char *signal_of(const json_t *config)
{
	static const char allowed[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ+-";
	const char *name = text_at(config, "StopSignal");

	return name && strlen(name) <= FACTS_SIGNAL_MAX &&
	       !name[strspn(name, allowed)] ? name : NULL;
}

/* Reads in place, because a description has pointers into itself. */
int facts_read(const char *text, size_t length, struct facts *ret)
{
	const json_t *json, *host;
	int r = parse_inspected(text, length, &ret->description);

	if (r < 0)
		return r;
	json = ret->description.json;
	host = json_object_get(json, "HostConfig");
	if (!ret->description.name.state) {
		facts_done(ret);
		return -EBADMSG;
	}
	ret->paused = strcmp(ret->description.name.state, "paused") == 0;
	ret->started_ms = parse_time_ms(
		text_at(json_object_get(json, "State"), "StartedAt"));
	ret->auto_remove = truth_at(host, "AutoRemove");
	ret->restart_policy = text_at(json_object_get(host, "RestartPolicy"),
				      "Name");
	ret->stop_signal = signal_of(json_object_get(json, "Config"));
	return 0;
}

bool facts_are_of(const struct facts *facts, const char *id)
{
	return strcmp(facts->description.name.id, id) == 0;
}

void facts_done(struct facts *facts)
{
	description_done(&facts->description);
}

void facts_message(const char *text, size_t length, char *to, size_t size)
{
	json_auto_t *json = json_loadb(text, length, 0, NULL);
	const char *message = text_at(json, "message");

	utf8_copy(to, size, message ?: "", strlen(message ?: ""));
}
