// SPDX-License-Identifier: GPL-2.0-only
#include "names_engines.h"

#include <errno.h>
#include <jansson.h>
#include <string.h>

#include "json_text.h"
#include "utf8.h"
#include "util.h"

static const char *const states[] = {
	[NAME_ENGINE_DISCONNECTED] = "disconnected",
	[NAME_ENGINE_CONNECTED] = "connected",
	[NAME_ENGINE_DENIED] = "denied",
};

#define TEXT(member) { #member, offsetof(struct name_engine, member), \
		       sizeof(((struct name_engine *)0)->member) }

static const struct {
	const char *key;
	size_t offset;
	size_t size;
} texts[] = {
	TEXT(socket), TEXT(runtime), TEXT(version), TEXT(api_version),
	TEXT(reason),
};

const char *name_engine_state_name(enum name_engine_state state)
{
	return states[state];
}

const char *name_engines_summary(const struct name_engine *engines, size_t nr)
{
	size_t i, nr_connected = 0, nr_asked = 0;

	for (i = 0; i < nr; i++) {
		nr_connected += engines[i].state == NAME_ENGINE_CONNECTED;
		nr_asked += !engines[i].is_directory;
	}
	if (nr_asked == 0)
		return "none";
	return nr_connected == 0 ? states[NAME_ENGINE_DISCONNECTED] :
	       nr_connected < nr_asked ? "partial" :
	       states[NAME_ENGINE_CONNECTED];
}

static json_t *to_json(const struct name_engine *engine)
{
	json_t *object = json_pack("{s:s, s:b, s:b}", "state",
				   states[engine->state], "listed",
				   engine->listed, "folder",
				   engine->is_directory);
	size_t i;

	for (i = 0; i < ARRAY_SIZE(texts); i++)
		json_put_text(object, texts[i].key,
			      (const char *)engine + texts[i].offset,
			      texts[i].size - 1);
	if (object && engine->user_id >= 0)
		json_object_set_new(object, "user_id",
				    json_integer(engine->user_id));
	return object;
}

json_t *name_engines_to_json(const struct name_engine *engines, size_t nr)
{
	json_t *array = json_array();
	size_t i;

	for (i = 0; i < nr; i++)
		json_array_append_new(array, to_json(&engines[i]));
	return array;
}

/* An unknown state comes from a newer contmon-engine. */
static enum name_engine_state state_of(const char *name)
{
	size_t i;

	for (i = 0; name && i < ARRAY_SIZE(states); i++) {
		if (strcmp(states[i], name) == 0)
			return (enum name_engine_state)i;
	}
	return NAME_ENGINE_DISCONNECTED;
}

static int64_t user_of(const json_t *object)
{
	const json_t *value = json_object_get(object, "user_id");

	return json_is_integer(value) && json_integer_value(value) >= 0 ?
	       json_integer_value(value) : -1;
}

static int from_json(const json_t *object, struct name_engine *ret)
{
	size_t i;

	*ret = (struct name_engine){
		.state = state_of(json_string_value(
			json_object_get(object, "state"))),
		.user_id = user_of(object),
		.listed = json_is_true(json_object_get(object, "listed")),
		.is_directory = json_is_true(json_object_get(object, "folder")),
	};
	for (i = 0; i < ARRAY_SIZE(texts); i++) {
		const char *text = json_string_value(
			json_object_get(object, texts[i].key));

		utf8_copy((char *)ret + texts[i].offset, texts[i].size,
			  text ?: "", strlen(text ?: ""));
	}
	return *ret->socket ? 0 : -EBADMSG;
}

int name_engines_from_json(const json_t *array, struct name_engine *ret,
			   size_t *ret_nr)
{
	size_t i, nr = json_array_size(array);

	if (!json_is_array(array))
		return -EBADMSG;
	if (nr > NAME_ENGINES_MAX)
		nr = NAME_ENGINES_MAX;
	for (i = 0; i < nr; i++) {
		if (from_json(json_array_get(array, i), &ret[i]) < 0)
			return -EBADMSG;
	}
	*ret_nr = nr;
	return 0;
}
