// SPDX-License-Identifier: GPL-2.0-only
#include "base/buffer.h"
#include "base/text.h"
#include "contmon/cli/error.h"
#include "contmon/table/output.h"
#include "contmond/store/event_kinds.h"
#include "contmond/store/past.h"
#include "contmond/store/past_tables.h"
#include "events.h"
#include "open.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Facts */

static void put_number(struct buffer *to, const char *key, double number,
		       enum cli_unit unit)
{
	char text[CLI_TEXT_MAX];

	if (text_ends_with(key, "_bytes") && number >= 0)
		buffer_puts(to, cli_format_bytes(text, (uint64_t)number, unit));
	else if (text_ends_with(key, "_ms"))
		buffer_puts(to, cli_format_date_ms(text, (int64_t)number));
	else
		buffer_number(to, number);
}

static void put_fact(struct buffer *to, const char *key, const json_t *value,
		     enum cli_unit unit)
{
	if (!value || json_is_null(value))
		return;
	buffer_printf(to, "%s%s ", to->length > 0 ? ", " : "", key);
	if (json_is_string(value))
		buffer_puts(to, json_string_value(value));
	else if (json_is_boolean(value))
		buffer_puts(to, json_is_true(value) ? "yes" : "no");
	else if (json_is_number(value))
		put_number(to, key, json_number_value(value), unit);
	else
		buffer_puts(to, "?");	/* contmond writes none */
}

/* The path of a cgroup is long, and says little that the container does not. */
static char *make_facts(const json_t *event, enum cli_unit unit)
{
	const char *text = json_string_value(json_object_get(event, "detail"));
	json_t *detail = text ? json_loads(text, 0, NULL) : NULL, *value;
	struct buffer facts = { 0 };
	const char *key;

	put_fact(&facts, "pid", json_object_get(event, "pid"), unit);
	put_fact(&facts, "comm", json_object_get(event, "comm"), unit);
	json_object_foreach(detail, key, value) {
		if (strcmp(key, "cgroup") != 0)
			put_fact(&facts, key, value, unit);
	}
	json_decref(detail);
	if (!facts.failed)
		return facts.text;
	buffer_done(&facts);
	return NULL;
}

/* Events */

struct cli_past_event *cli_past_event_new(json_t *json, enum cli_unit unit)
{
	struct cli_past_event *event = calloc(1, sizeof(*event));

	if (!event)
		return NULL;
	event->row.id = (uint64_t)json_integer_value(
		json_object_get(json, "seq"));
	event->json = json_incref(json);
	event->facts = make_facts(json, unit);
	return event;
}

void cli_past_event_free(struct cli_past_event *event)
{
	if (!event)
		return;
	json_decref(event->json);
	free(event->facts);
	free(event);
}

static bool is_of(const char *name, const char *id, const char *container)
{
	if (!container)
		return true;
	if (strcmp(container, CLI_PAST_HOST) == 0)
		return !name;
	return (name && strcmp(name, container) == 0) ||
	       (id && strcmp(id, container) == 0);
}

bool cli_past_event_is_of(const json_t *json, const char *container)
{
	const char *name = json_string_value(
		json_object_get(json, "container"));
	const char *id = json_string_value(
		json_object_get(json, "container_id"));

	return is_of(name, id, container) ||
	       (id && *container &&
		strncmp(id, container, strlen(container)) == 0);
}

/* Those that the store has */

static json_t *value_of(const struct column *column,
			const struct store_event *event)
{
	const char *text;
	double number;

	if (column->unit == UNIT_TEXT) {
		text = column_text(column, event);
		return text ? cli_json_text(text, strlen(text)) : json_null();
	}
	number = column_number(column, event);
	return isnan(number) ? json_null() : json_integer((json_int_t)number);
}

/* As the API has it */
static json_t *make_json(const struct store_event *event)
{
	json_t *json = json_object();
	size_t i;

	for (i = 0; i < event_table.nr_columns; i++) {
		const struct column *column = &event_table.columns[i];

		if (json_object_set_new(json, column->key,
					value_of(column, event)) == 0)
			continue;
		json_decref(json);
		return NULL;
	}
	return json;
}

struct reading {
	const struct cli_past_wanted *wanted;
	size_t count;
	enum cli_unit unit;
	struct cli_past_events events;
};

static int make_room(struct cli_past_events *events)
{
	size_t allocated = events->allocated * 2 ?: 64;
	struct cli_row **grown;

	if (events->rows.nr < events->allocated)
		return 0;
	grown = reallocarray(events->rows.v, allocated, sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	events->rows.v = grown;
	events->allocated = allocated;
	return 0;
}

/* The newest come first. */
static int add(const void *row, void *userdata)
{
	const struct store_event *event = row;
	struct reading *reading = userdata;
	struct cli_past_events *events = &reading->events;
	struct cli_past_event *added;
	json_t *json;

	if (!is_of(event->container, event->container_id,
		   reading->wanted->container))
		return 0;
	events->truncated = events->rows.nr == reading->count;
	if (events->truncated)
		return 0;
	json = make_json(event);
	added = json ? cli_past_event_new(json, reading->unit) : NULL;
	json_decref(json);
	if (!added || make_room(events) < 0) {
		cli_past_event_free(added);
		return -ENOMEM;
	}
	events->rows.v[events->rows.nr++] = &added->row;
	return 0;
}

static void reverse(struct cli_rows *rows)
{
	size_t i;

	for (i = 0; i < rows->nr / 2; i++) {
		struct cli_row *row = rows->v[i];

		rows->v[i] = rows->v[rows->nr - 1 - i];
		rows->v[rows->nr - 1 - i] = row;
	}
}

int cli_past_events_read(struct store *store,
			 const struct cli_past_wanted *wanted, size_t count,
			 enum cli_unit unit, struct cli_past_events *ret)
{
	const struct past_query query = {
		.from_ms = wanted->from_ms,
		.to_ms = wanted->to_ms,
		.kinds = wanted->kinds,
		.max_rows = SIZE_MAX,
	};
	struct reading reading = { wanted, count, unit, { { 0 }, 0, false } };
	int r = store_events(store, &query, add, &reading);

	if (r < 0) {
		cli_past_events_done(&reading.events);
		return r;
	}
	reverse(&reading.events.rows);
	*ret = reading.events;
	return 0;
}

void cli_past_events_done(struct cli_past_events *events)
{
	size_t i;

	for (i = 0; i < events->rows.nr; i++)
		cli_past_event_free((struct cli_past_event *)events->rows.v[i]);
	cli_rows_done(&events->rows);
	*events = (struct cli_past_events){ 0 };
}

/* Kinds */

int cli_past_event_kinds(const char *option, const char *kinds)
{
	char all[] = EVENT_KINDS, *rest = all, *kind;
	struct buffer known = { 0 };
	size_t length;

	for (;; kinds += length + 1) {
		char word[64];

		length = strcspn(kinds, ",");
		snprintf(word, sizeof(word), "%.*s", (int)length, kinds);
		if (length == 0 || length >= sizeof(word) ||
		    !text_in_list(EVENT_KINDS, word))
			break;
		if (!kinds[length])
			return CLI_GO_ON;
	}
	while ((kind = strsep(&rest, ",")))
		buffer_printf(&known, "%s%s", known.length > 0 ? ", " : "",
			      kind);
	cli_error("%s %.*s: not one of %s", option, (int)length, kinds,
		  known.text ?: EVENT_KINDS);
	buffer_done(&known);
	return CLI_USAGE;
}

/* Columns */

static const struct cli_past_event *event_of(const struct cli_row *row)
{
	return (const struct cli_past_event *)row;
}

static struct cli_value get(const struct cli_column *column,
			    const struct cli_row *row)
{
	char key[CLI_KEY_MAX];
	const json_t *value = json_object_get(event_of(row)->json,
					      cli_column_key(column, key));

	if (column->kind == CLI_KIND_TEXT)
		return (struct cli_value){ json_is_string(value),
			{ .text = json_string_value(value) } };
	return (struct cli_value){ json_is_number(value),
		{ .number = (int64_t)json_number_value(value) } };
}

static struct cli_value get_facts(const struct cli_row *row)
{
	const char *facts = event_of(row)->facts;

	return (struct cli_value){ facts, { .text = facts } };
}

static const char *kind_color(const struct cli_row *row)
{
	const char *kind = json_string_value(
		json_object_get(event_of(row)->json, "kind"));

	return kind && strcmp(kind, EVENT_OOM_KILLED) == 0 ? "red" : NULL;
}

static const struct cli_column columns[] = {
	{ .name = "seq", .heading = "SEQ", .kind = CLI_KIND_ID,
	  .help = "its number, which no other event ever has", .width = 7,
	  .rank = 30, .get_from = get },
	{ .name = "t", .heading = "TIME", .kind = CLI_KIND_TIME,
	  .help = "when it happened", .width = 19, .rank = 2,
	  .get_from = get },
	{ .name = "kind", .heading = "KIND", .kind = CLI_KIND_TEXT,
	  .help = "what happened; --help lists them", .width = 17,
	  .get_color = kind_color, .get_from = get },
	{ .name = "container", .heading = "CONTAINER", .kind = CLI_KIND_TEXT,
	  .help = "name of the container, else 12 digits of its id",
	  .width = 18, .least = 12, .most = 24, .color = "cyan",
	  .get_from = get },
	{ .name = "container-id", .heading = "CONTAINER ID",
	  .kind = CLI_KIND_TEXT, .help = "its whole id", .width = 64,
	  .rank = 30, .get_from = get },
	{ .name = "pid", .heading = "PID", .kind = CLI_KIND_ID,
	  .help = "id of the process", .width = 7, .rank = 30,
	  .get_from = get },
	{ .name = "comm", .heading = "COMMAND", .kind = CLI_KIND_TEXT,
	  .help = "name of its program", .width = 15, .rank = 30,
	  .get_from = get },
	{ .name = "facts", .heading = "FACTS", .kind = CLI_KIND_TEXT,
	  .help = "what else is known, for people", .width = 120,
	  .least = 10, .rank = 3, .get = get_facts },
	{ .name = "detail", .heading = "DETAIL", .kind = CLI_KIND_TEXT,
	  .help = "further facts, as JSON", .width = 30, .least = 10,
	  .rank = 30, .get_from = get },
	{ .name = NULL }
};

void cli_offer_past_event_columns(struct cli_layout *layout)
{
	layout->subject = "container";
	cli_layout_offer(layout, columns);
}
