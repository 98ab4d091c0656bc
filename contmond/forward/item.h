/* SPDX-License-Identifier: GPL-2.0-only */
/* An event or a decision to be sent, with the labels of this host */
#ifndef CONTMOND_FORWARD_ITEM_H
#define CONTMOND_FORWARD_ITEM_H

#include <jansson.h>

#include "base/buffer.h"
#include "contmond/model/rows.h"
#include "contmond/store/feed.h"
#include "labels.h"

/**
 * struct item - all but @detail is borrowed
 * @table, @row: its keys and their values
 * @kind: of an event; of a decision its state
 * @detail: NULL if it has none
 */
struct item {
	const struct labels *labels;
	const struct table *table;
	const void *row;
	int64_t stored_seq;
	int64_t t_ms;
	const char *kind;
	json_t *detail;
};

void item_begin(struct item *item, const struct feed_row *row,
		const struct labels *labels);
void item_done(struct item *item);

/** item_table() - the keys of a feed */
const struct table *item_table(enum feed feed);

/** item_text() - a string by its key; NULL if unknown */
const char *item_text(const struct item *item, const char *key);

/** item_put_members() - write all known members, as "key":value,... */
void item_put_members(struct buffer *to, const struct item *item);

/** item_put_summary() - write one line for people, without a full stop */
void item_put_summary(struct buffer *to, const struct item *item);

/** item_put_text() - write the summary as a JSON string */
void item_put_text(struct buffer *to, const struct item *item);

/** item_put_line() - write the summary and all known members as an object */
void item_put_line(struct buffer *to, const struct item *item);

/** item_put_time() - write the time as RFC 3339, in UTC */
void item_put_time(struct buffer *to, const struct item *item);

#endif /* CONTMOND_FORWARD_ITEM_H */
