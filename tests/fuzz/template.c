// SPDX-License-Identifier: GPL-2.0-only
/*
 * Templates of webhooks: what is accepted becomes JSON of the same structure,
 * whatever an event is called. The first line is the event, the rest is the
 * template.
 */
#include "fuzz.h"

#include <errno.h>
#include <math.h>

#include "contmond/forward/protocol.h"
#include "contmond/forward/template.h"
#include "contmond/store/event_kinds.h"

static void write_item(struct buffer *to, const struct item *item,
		       const struct target_options *options)
{
	template_write(to, options->body, item);
}

static const struct protocol webhook = { .write_item = write_item };

static struct labels labels = {
	.all = { { (char *)"host", (char *)"h \"1\"" } }, .nr = 1,
};

static json_t *fill(const struct target_options *options, const char *text,
		    double number)
{
	const struct store_event event = {
		.seq = 1, .t_ms = 1700000000000, .kind = EVENT_OOM_KILLED,
		.container = text, .container_id = text, .pid = number,
		.comm = text, .detail = text,
	};
	const struct feed_row row = { 1, &event, NULL };
	struct buffer body = { 0 };
	struct item item;
	json_t *json;

	item_begin(&item, &row, &labels);
	write_item(&body, &item, options);
	MUST(!body.failed);
	json = json_loadb(body.text, body.length, 0, NULL);
	MUST(json);
	item_done(&item);
	buffer_done(&body);
	return json;
}

/* How many values a list has; those of a value in it are its own. */
static size_t size_of(const json_t *json)
{
	return json_is_array(json) ? json_array_size(json) : 1;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct target_options options = { .protocol = &webhook };
	char *text = fuzz_text(data, size), *template = strchr(text, '\n');
	char why[100];
	int r;

	if (template) {
		*template++ = '\0';
		options.body = template;
		r = template_check(template, &options, why, sizeof(why));
		MUST(r == 0 || (r == -EINVAL && !strchr(why, '\n')));
		if (r == 0) {
			json_t *one = fill(&options, text, 7);
			json_t *other = fill(&options, NULL,
					     (double)NAN);

			MUST(size_of(one) == size_of(other));
			json_decref(one);
			json_decref(other);
		}
	}
	free(text);
	return 0;
}
