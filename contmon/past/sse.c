// SPDX-License-Identifier: GPL-2.0-only
#include "base/text.h"
#include "sse.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* More than any event has, in one line or in several */
#define MAX_LINE (1 << 20)
#define MAX_DATA (1 << 20)
#define MAX_RETRY_MS 3600000

struct feeding {
	struct sse *sse;
	sse_fn *fn;
	void *userdata;
};

/* Without data it only has an id. */
static int finish(struct feeding *feeding)
{
	struct sse *sse = feeding->sse;
	int r = sse->data.failed ? -ENOMEM : 0;

	if (r == 0 && sse->data.length > 0)
		r = feeding->fn(sse->data.text, sse->data.length,
				feeding->userdata);
	buffer_done(&sse->data);
	memcpy(sse->last_id, sse->id, sizeof(sse->last_id));
	return r;
}

static void take_retry(struct sse *sse, const char *text)
{
	uint64_t ms;

	if (text_to_u64(text, 1, MAX_RETRY_MS, &ms) == 0)
		sse->retry_ms = (int64_t)ms;
}

static int take_data(struct sse *sse, const char *text, size_t length)
{
	if (sse->data.length + length >= MAX_DATA)
		return -EMSGSIZE;
	if (sse->data.length > 0)
		buffer_putc(&sse->data, '\n');
	buffer_add(&sse->data, text, length);
	return 0;
}

/* Other fields, and comments, which have no name, are ignored. */
static int take_field(struct sse *sse, const char *name, size_t length,
		      const char *value, size_t value_length)
{
	char text[SSE_MAX_ID];

	if (length == 4 && memcmp(name, "data", 4) == 0)
		return take_data(sse, value, value_length);
	if (value_length >= sizeof(text))
		return 0;
	snprintf(text, sizeof(text), "%.*s", (int)value_length, value);
	if (length == 2 && memcmp(name, "id", 2) == 0)
		memcpy(sse->id, text, sizeof(text));
	else if (length == 5 && memcmp(name, "retry", 5) == 0)
		take_retry(sse, text);
	return 0;
}

static int take_line(const char *line, size_t length, void *userdata)
{
	struct feeding *feeding = userdata;
	const char *colon, *value;

	if (length > 0 && line[length - 1] == '\r')
		length--;
	if (length == 0)
		return finish(feeding);
	colon = memchr(line, ':', length) ?: line + length;
	value = colon < line + length ? colon + 1 : colon;
	if (value < line + length && *value == ' ')
		value++;
	return take_field(feeding->sse, line, (size_t)(colon - line), value,
			  (size_t)(line + length - value));
}

int sse_feed(struct sse *sse, const char *bytes, size_t nr_bytes, sse_fn *fn,
	     void *userdata)
{
	struct feeding feeding = { sse, fn, userdata };

	return lines_feed(&sse->lines, bytes, nr_bytes, MAX_LINE, take_line,
			  &feeding);
}

void sse_begin(struct sse *sse)
{
	lines_reset(&sse->lines);
	buffer_done(&sse->data);
	memcpy(sse->id, sse->last_id, sizeof(sse->id));
}
