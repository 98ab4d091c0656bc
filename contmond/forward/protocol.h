/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A format for ticks or events. The rows of a tick are written one after the
 * other, so that a request can contain some of them. An event or a decision is
 * a tick with one row.
 */
#ifndef CONTMOND_FORWARD_PROTOCOL_H
#define CONTMOND_FORWARD_PROTOCOL_H

#include "base/buffer.h"
#include "contmond/model/rows.h"
#include "contmond/store/ticks.h"
#include "item.h"
#include "labels.h"
#include "options.h"

/**
 * struct sent_column - a number that is sent
 * @name: its name in /metrics, or its key in /api/v1
 */
struct sent_column {
	const char *name;
	const struct column *column;
};

/** struct sent_columns - the columns of one kind of row */
struct sent_columns {
	const struct sent_column *all;
	size_t nr;
};

/** struct sent - what is sent about containers, and about the host */
struct sent {
	struct sent_columns containers;
	struct sent_columns host;
};

/** struct parcel_tick - @host: the name of this host */
struct parcel_tick {
	int64_t seq;
	int64_t stored_seq;
	int64_t t_ms;
	const char *host;
};

/* The meaning of an answer with status 400 */
enum verdict {
	VERDICT_BAD,		/* some row is bad */
	VERDICT_STALE,		/* the target has these rows or newer ones */
	VERDICT_REFUSED,	/* the target wants none of these rows */
};

/* Does the protocol say whether a target decompresses bodies? */
enum packing {
	PACKING_FIXED,		/* no, or it compresses bodies itself */
	PACKING_UNKNOWN,	/* it does not say */
	PACKING_USUAL,		/* yes */
};

/**
 * struct protocol - one type of target
 * @scheme: of the token in the header Authorization
 * @one_tick: a request has a single tick
 * @whole: a request has all rows of its tick
 * @load: load a library for @write_body, or return -ENOPKG; NULL if not needed
 * @takes_template: body and method can be configured
 * @columns: what is sent
 * @write_row: append a row, with the labels of labels_make()
 * @write_item: append an event or a decision; NULL if it sends ticks. Otherwise
 *	@columns and @write_row are NULL
 * @write_body: write the body for formatted rows; NULL to send them as they are
 * @add_headers: pass further headers to @add
 * @judge: evaluate an answer with status 400; NULL for VERDICT_BAD
 */
struct protocol {
	const char *name;
	const char *scheme;
	const char *content_type;
	bool one_tick;
	bool whole;
	enum packing packing;
	int (*load)(void);
	bool takes_template;
	const struct sent *(*columns)(void);
	void (*write_row)(struct buffer *to, const struct parcel_tick *tick,
			  const struct tick_row *row,
			  const struct labels *labels);
	void (*write_item)(struct buffer *to, const struct item *item,
			   const struct target_options *options);
	void (*write_body)(struct buffer *to, const struct parcel_tick *tick,
			   const struct target_options *options,
			   const char *rows, size_t length);
	void (*add_headers)(const struct parcel_tick *tick,
			    const struct target_options *options,
			    void (*add)(void *userdata, const char *line),
			    void *userdata);
	enum verdict (*judge)(const char *answer);
};

extern const struct protocol annotations_protocol;
extern const struct protocol influx_protocol;
extern const struct protocol json_protocol;
extern const struct protocol jsonline_protocol;
extern const struct protocol live_protocol;
extern const struct protocol loki_protocol;
extern const struct protocol prometheus_text_protocol;
extern const struct protocol remote_write_protocol;
extern const struct protocol webhook_protocol;

/* In the order of contmond.conf(5) */
#define PROTOCOL_NAMES \
	"influx, remote_write, prometheus_text, json, grafana_live, loki, " \
	"jsonline, webhook, grafana_annotations"

/** protocol_find() - find by the name in the configuration, or NULL */
const struct protocol *protocol_find(const char *name);

/**
 * protocol_add_key() - add the header Idempotency-Key of a tick or event
 *
 * The key includes the time, because numbers may be reused after a power
 * failure.
 */
void protocol_add_key(const struct parcel_tick *tick,
		      const struct target_options *options,
		      void (*add)(void *userdata, const char *line),
		      void *userdata);

/**
 * sent_metrics() - numbers that are in /metrics and that the store keeps
 * sent_keys() - all numbers that the store keeps, by their keys
 */
const struct sent *sent_metrics(void);
const struct sent *sent_keys(void);

/** sent_of() - the columns of a row; @owner is NULL for the host */
const struct sent_columns *sent_of(const struct sent *sent,
				   const struct tick_owner *owner);

#endif /* CONTMOND_FORWARD_PROTOCOL_H */
