// SPDX-License-Identifier: GPL-2.0-only
#include "names_protocol.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "json_text.h"
#include "utf8.h"
#include "util.h"

/* The members of struct container_info and their keys */

static const struct text_field {
	const char *key;
	size_t offset;
	size_t max_bytes;
} text_fields[] = {
	{ "id", offsetof(struct container_info, id), NAME_ID_MAX },
	{ "name", offsetof(struct container_info, name), NAME_TEXT_MAX },
	{ "image", offsetof(struct container_info, image), NAME_TEXT_MAX },
	{ "image_id", offsetof(struct container_info, image_id),
	  NAME_TEXT_MAX },
	{ "command", offsetof(struct container_info, command), NAME_TEXT_MAX },
	{ "runtime", offsetof(struct container_info, runtime), NAME_TEXT_MAX },
	{ "engine", offsetof(struct container_info, engine),
	  NAME_ENGINE_SOCKET_MAX },
	{ "engine_version", offsetof(struct container_info, engine_version),
	  NAME_TEXT_MAX },
	{ "cgroup", offsetof(struct container_info, cgroup), NAME_CGROUP_MAX },
	{ "state", offsetof(struct container_info, state), NAME_TEXT_MAX },
	{ "health", offsetof(struct container_info, health), NAME_TEXT_MAX },
};

/* Known numbers are greater than @unknown. */
static const struct number_field {
	const char *key;
	size_t offset;
	int64_t unknown;
} number_fields[] = {
	{ "created_ms", offsetof(struct container_info, created_ms), 0 },
	{ "started_ms", offsetof(struct container_info, started_ms), 0 },
	{ "finished_ms", offsetof(struct container_info, finished_ms), 0 },
	{ "began_ms", offsetof(struct container_info, began_ms), 0 },
	{ "exit_code", offsetof(struct container_info, exit_code), -1 },
	{ "oom_killed", offsetof(struct container_info, oom_killed), -1 },
	{ "restarts", offsetof(struct container_info, restarts), -1 },
	{ "anonymous_volumes",
	  offsetof(struct container_info, anonymous_volumes), -1 },
	{ "user_id", offsetof(struct container_info, user_id), -1 },
	{ "layer_bytes", offsetof(struct container_info, layer_bytes), -1 },
	{ "layer_ms", offsetof(struct container_info, layer_ms), 0 },
};

const char **name_text(struct container_info *container, size_t i)
{
	if (i >= ARRAY_SIZE(text_fields))
		return NULL;
	return (const char **)((char *)container + text_fields[i].offset);
}

static int64_t *number_at(const struct container_info *container,
			  const struct number_field *field)
{
	return (int64_t *)((char *)container + field->offset);
}

bool names_is_id(const char *id)
{
	size_t length = id ? strlen(id) : 0;

	return length > 0 && length <= NAME_ID_MAX &&
	       strspn(id, "0123456789abcdefghijklmnopqrstuvwxyz"
			  "ABCDEFGHIJKLMNOPQRSTUVWXYZ_.-") == length;
}

/* Writing */

void names_write_hello(struct buffer *to)
{
	buffer_printf(to, "{\"op\":\"hello\",\"version\":%d}\n",
		      NAMES_VERSION);
}

void names_write_reset(struct buffer *to)
{
	buffer_puts(to, "{\"op\":\"reset\"}\n");
}

void names_write_sync(struct buffer *to)
{
	buffer_puts(to, "{\"op\":\"sync\"}\n");
}

void names_write_engine(struct buffer *to, bool connected)
{
	buffer_printf(to, "{\"op\":\"engine\",\"connected\":%s}\n",
		      connected ? "true" : "false");
}

/* Takes ownership of @object */
static void put_line(struct buffer *to, json_t *object)
{
	json_put_line(to, object);
	json_decref(object);
}

void names_write_engines(struct buffer *to, const struct name_engine *engines,
			 size_t nr)
{
	put_line(to, json_pack("{s:s, s:o?}", "op", "engines", "engines",
			       name_engines_to_json(engines, nr)));
}

void names_write_remove(struct buffer *to, const char *id, const char *engine)
{
	json_t *object = json_pack("{s:s, s:s}", "op", "remove", "id", id);

	json_put_text(object, "engine", engine, NAME_ENGINE_SOCKET_MAX);
	put_line(to, object);
}

static void put_labels(json_t *object, const struct container_info *container)
{
	json_t *labels = json_object();
	size_t i;

	for (i = 0; i < container->nr_labels && i < NAME_LABELS_MAX; i++) {
		const struct name_label *label = &container->labels[i];
		char fit[NAME_LABEL_VALUE_MAX + 1];

		if (strlen(label->key) > NAME_LABEL_KEY_MAX)
			continue;
		utf8_copy(fit, sizeof(fit), label->value,
			  strlen(label->value));
		json_object_set_new(labels, label->key, json_string(fit));
	}
	json_object_set_new(object, "labels", labels);
}

void names_write_set(struct buffer *to, const struct container_info *container)
{
	json_t *object = json_pack("{s:s}", "op", "set");
	size_t i;

	for (i = 0; i < ARRAY_SIZE(text_fields); i++)
		json_put_text(object, text_fields[i].key,
			      *name_text((struct container_info *)container, i),
			      text_fields[i].max_bytes);
	if (!json_object_get(object, "name"))
		json_object_set_new(object, "name", json_null());
	for (i = 0; i < ARRAY_SIZE(number_fields); i++) {
		const struct number_field *field = &number_fields[i];
		int64_t number = *number_at(container, field);

		if (number > field->unknown)
			json_object_set_new(object, field->key,
					    json_integer(number));
	}
	if (container->nr_labels > 0)
		put_labels(object, container);
	put_line(to, object);
}

/* Reading */

static const char *string_at(const json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}

static int read_labels(struct names_message *message)
{
	struct container_info *container = &message->name;
	const char *key;
	json_t *value;

	json_object_foreach(json_object_get(message->json, "labels"), key,
			    value) {
		if (!json_is_string(value))
			return -EBADMSG;
		if (container->nr_labels < NAME_LABELS_MAX)
			message->labels[container->nr_labels++] =
				(struct name_label){
					key, json_string_value(value) };
	}
	return 0;
}

static void read_number(struct names_message *message,
			const struct number_field *field)
{
	const json_t *value = json_object_get(message->json, field->key);
	int64_t number = field->unknown;

	if (json_is_integer(value) && json_integer_value(value) > number)
		number = json_integer_value(value);
	*number_at(&message->name, field) = number;
}

static int read_set(struct names_message *message)
{
	struct container_info *container = &message->name;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(text_fields); i++) {
		const struct text_field *field = &text_fields[i];
		const char *text = string_at(message->json, field->key);

		if (text && strlen(text) > field->max_bytes)
			return -EBADMSG;
		*name_text(container, i) = text && *text ? text : NULL;
	}
	for (i = 0; i < ARRAY_SIZE(number_fields); i++)
		read_number(message, &number_fields[i]);
	return names_is_id(container->id) ? read_labels(message) : -EBADMSG;
}

static int read_remove(struct names_message *message)
{
	message->name.id = string_at(message->json, "id");
	message->name.engine = string_at(message->json, "engine");
	return names_is_id(message->name.id) ? 0 : -EBADMSG;
}

static int read_hello(struct names_message *message)
{
	message->version = json_integer_value(
		json_object_get(message->json, "version"));
	return message->version > 0 ? 0 : -EBADMSG;
}

static int read_engine(struct names_message *message)
{
	const json_t *connected = json_object_get(message->json, "connected");

	message->connected = json_is_true(connected);
	return json_is_boolean(connected) ? 0 : -EBADMSG;
}

static int read_engines(struct names_message *message)
{
	return name_engines_from_json(
		json_object_get(message->json, "engines"), message->engines,
		&message->nr_engines);
}

static const struct {
	const char *text;
	enum names_op op;
	int (*read)(struct names_message *message);	/* NULL: only "op" */
} ops[] = {
	{ "hello", NAMES_HELLO, read_hello },
	{ "reset", NAMES_RESET, NULL },
	{ "set", NAMES_SET, read_set },
	{ "remove", NAMES_REMOVE, read_remove },
	{ "sync", NAMES_SYNC, NULL },
	{ "engine", NAMES_ENGINE, read_engine },
	{ "engines", NAMES_ENGINES, read_engines },
};

static int read_op(struct names_message *message)
{
	const char *text = string_at(message->json, "op");
	size_t i;

	if (!text)
		return -EBADMSG;
	for (i = 0; i < ARRAY_SIZE(ops); i++) {
		if (strcmp(ops[i].text, text) != 0)
			continue;
		message->op = ops[i].op;
		return ops[i].read ? ops[i].read(message) : 0;
	}
	return 0;
}

int names_read(const char *line, size_t length, struct names_message *ret)
{
	int r;

	*ret = (struct names_message){
		.op = NAMES_UNKNOWN,
		.json = json_loadb(line, length, 0, NULL),
	};
	ret->name.labels = ret->labels;
	r = read_op(ret);
	if (r < 0)
		names_message_done(ret);
	return r;
}

void names_message_done(struct names_message *message)
{
	json_decref(message->json);
	message->json = NULL;
}
