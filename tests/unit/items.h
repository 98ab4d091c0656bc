/* SPDX-License-Identifier: GPL-2.0-only */
/* Shared by the tests of how events and decisions are sent */
#ifndef TESTS_UNIT_ITEMS_H
#define TESTS_UNIT_ITEMS_H

#include "contmond/forward/item.h"
#include "contmond/store/event_kinds.h"
#include "tests/unit/forward.h"

/* A kill by the OOM killer, with what must be escaped */
static struct store_event kill_event = {
	.seq = 18,
	.t_ms = 1700000000123,
	.kind = EVENT_OOM_KILLED,
	.container = "web \"1\"",
	.container_id = "0123",
	.pid = 42,
	.comm = "ja\nva",
	.detail = "{\"memory_limit_bytes\": 4096}",
};

__attribute__((unused))
static struct store_event warning = {
	.seq = 19,
	.t_ms = 1700000000009,
	.kind = EVENT_POLICY_WARNED,
	.container = "web",
	.pid = (double)NAN,
	.detail = "{\"decision\":\"d1\",\"rule\":\"busy\",\"action\":\"stop\","
		  "\"dry_run\":true,\"reason\":\"over 80 %\",\"acts_ms\":5}",
};

__attribute__((unused))
static struct store_decision verified = {
	.seq = 7,
	.t_ms = 1700000001000,
	.decision = "d1",
	.state = "verified",
	.action = "stop",
	.container = "web",
	.rule = "busy",
	.rule_hash = "abc",
	.reason = "nothing of it runs any more",
};

static struct labels of_host;

/* Free with end_item(). */
static struct item begin_item(const struct store_event *event,
			      const struct store_decision *decision,
			      const struct target_options *options)
{
	const struct feed_row row = { 1, event, decision };
	struct item item;

	assert_int_equal(labels_make(&of_host, tick.host, options, NULL), 0);
	item_begin(&item, &row, &of_host);
	return item;
}

static void end_item(struct item *item)
{
	item_done(item);
	labels_done(&of_host);
}

/* What @protocol writes of the kill is @wanted. */
__attribute__((unused))
static void must_write(const struct protocol *protocol,
		       const struct target_options *options,
		       const char *wanted)
{
	struct item item = begin_item(&kill_event, NULL, options);
	struct buffer text = { 0 };

	protocol->write_item(&text, &item, options);
	buffer_putc(&text, '\0');
	assert_string_equal(text.text, wanted);
	buffer_done(&text);
	end_item(&item);
}

#endif /* TESTS_UNIT_ITEMS_H */
