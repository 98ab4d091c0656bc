// SPDX-License-Identifier: GPL-2.0-only
#include "base/util.h"
#include "yaml.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

/* An alias may stand for what it is in, or for many others. */
#define MAX_DEPTH 64
#define MAX_NODES 100000

/** struct reading - @why: NULL until something is wrong */
struct reading {
	yaml_document_t document;
	unsigned int nr_nodes;
	const char *why;
	size_t line;
};

static json_t *from_node(struct reading *reading, int index, int depth);

static json_t *refuse(struct reading *reading, const yaml_node_t *node,
		      const char *why)
{
	reading->why = why;
	reading->line = node->start_mark.line + 1;
	return NULL;
}

static bool is_one_of(const char *text, const char *const *words)
{
	for (; *words; words++)
		if (strcmp(text, *words) == 0)
			return true;
	return false;
}

/* As in YAML 1.2: yes and no are texts. */
static json_t *from_plain(const char *text)
{
	static const char *const nulls[] = { "", "~", "null", "Null", "NULL",
					     NULL };
	static const char *const trues[] = { "true", "True", "TRUE", NULL };
	static const char *const falses[] = { "false", "False", "FALSE", NULL };
	char *end;
	long long integer;
	double real;

	if (is_one_of(text, nulls))
		return json_null();
	if (is_one_of(text, trues))
		return json_true();
	if (is_one_of(text, falses))
		return json_false();
	if (text[strspn(text, "+-.0123456789eE")])
		return json_string(text);
	errno = 0;
	integer = strtoll(text, &end, 10);
	if (!*end && errno == 0)
		return json_integer(integer);
	real = strtod(text, &end);
	return *end ? json_string(text) : json_real(real);
}

static json_t *from_scalar(struct reading *reading, const yaml_node_t *node)
{
	const char *text = (const char *)node->data.scalar.value;
	json_t *value;

	if (strlen(text) != node->data.scalar.length)
		return refuse(reading, node, "a NUL character");
	value = node->data.scalar.style == YAML_PLAIN_SCALAR_STYLE ?
		from_plain(text) : json_string(text);
	return value ?: refuse(reading, node, "not a text of UTF-8");
}

static json_t *from_sequence(struct reading *reading, const yaml_node_t *node,
			     int depth)
{
	const yaml_node_item_t *item = node->data.sequence.items.start;
	json_t *array = json_array(), *value;

	for (; item < node->data.sequence.items.top; item++) {
		value = from_node(reading, *item, depth);
		if (json_array_append_new(array, value) < 0) {
			json_decref(array);
			return NULL;
		}
	}
	return array;
}

static int add_pair(struct reading *reading, json_t *object,
		    const yaml_node_pair_t *pair, int depth)
{
	const yaml_node_t *key = yaml_document_get_node(&reading->document,
							pair->key);
	const char *name;

	if (key->type != YAML_SCALAR_NODE) {
		refuse(reading, key, "a key that is not a text");
		return -EINVAL;
	}
	name = (const char *)key->data.scalar.value;
	if (json_object_get(object, name)) {
		refuse(reading, key, "a key that stands twice");
		return -EINVAL;
	}
	return json_object_set_new(object, name, from_node(reading, pair->value,
							   depth));
}

static json_t *from_mapping(struct reading *reading, const yaml_node_t *node,
			    int depth)
{
	const yaml_node_pair_t *pair = node->data.mapping.pairs.start;
	json_t *object = json_object();

	for (; pair < node->data.mapping.pairs.top; pair++) {
		if (add_pair(reading, object, pair, depth) < 0) {
			json_decref(object);
			return NULL;
		}
	}
	return object;
}

static json_t *from_node(struct reading *reading, int index, int depth)
{
	const yaml_node_t *node = yaml_document_get_node(&reading->document,
							 index);

	if (depth == MAX_DEPTH || ++reading->nr_nodes > MAX_NODES)
		return refuse(reading, node, "too much in one document");
	switch (node->type) {
	case YAML_SCALAR_NODE:
		return from_scalar(reading, node);
	case YAML_SEQUENCE_NODE:
		return from_sequence(reading, node, depth + 1);
	case YAML_MAPPING_NODE:
		return from_mapping(reading, node, depth + 1);
	default:
		return refuse(reading, node, "a node without a type");
	}
}

static int convert(struct reading *reading, json_t **ret)
{
	json_t *root;

	if (!yaml_document_get_root_node(&reading->document)) {
		reading->why = "an empty file";
		return -EINVAL;
	}
	root = from_node(reading, 1, 0);
	if (!root)
		return reading->why ? -EINVAL : -ENOMEM;
	*ret = root;
	return 0;
}

static int parse(yaml_parser_t *parser, json_t **ret, char *why, size_t size)
{
	struct reading reading = { 0 };
	int r;

	if (!yaml_parser_load(parser, &reading.document)) {
		snprintf(why, size, "line %zu: %s",
			 parser->problem_mark.line + 1,
			 parser->problem ?: "no YAML");
		return parser->error == YAML_MEMORY_ERROR ? -ENOMEM : -EINVAL;
	}
	r = convert(&reading, ret);
	yaml_document_delete(&reading.document);
	if (r == -EINVAL && reading.line > 0)
		snprintf(why, size, "line %zu: %s", reading.line, reading.why);
	else if (r < 0)
		snprintf(why, size, "%s", reading.why ?: strerror(-r));
	return r;
}

int grafana_yaml_read(const char *path, json_t **ret, char *why, size_t size)
{
	_cleanup_fclose_ FILE *file = fopen(path, "re");
	yaml_parser_t parser;
	int r;

	if (!file) {
		r = -errno;
		snprintf(why, size, "%s", strerror(-r));
		return r;
	}
	if (!yaml_parser_initialize(&parser)) {
		snprintf(why, size, "%s", strerror(ENOMEM));
		return -ENOMEM;
	}
	yaml_parser_set_input_file(&parser, file);
	r = parse(&parser, ret, why, size);
	yaml_parser_delete(&parser);
	return r;
}
