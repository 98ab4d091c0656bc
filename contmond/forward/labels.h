/* SPDX-License-Identifier: GPL-2.0-only */
/* The labels of a row: the host, what is configured, what identifies it. */
#ifndef CONTMOND_FORWARD_LABELS_H
#define CONTMOND_FORWARD_LABELS_H

#include <stddef.h>

#include "base/buffer.h"
#include "contmond/store/ticks.h"
#include "options.h"

#define LABELS_MAX (OPTIONS_MAX_LABELS + 8)

/** struct labels - in ascending order of their keys; no value is empty */
struct labels {
	struct label all[LABELS_MAX];
	size_t nr;
};

/**
 * labels_make() - free with labels_done()
 * @owner: NULL for a row of the host
 *
 * Values are valid UTF-8 without control characters. Returns -ENOMEM.
 */
int labels_make(struct labels *ret, const char *host,
		const struct target_options *options,
		const struct tick_owner *owner);

void labels_done(struct labels *labels);

/** labels_find() - a value by its key, or NULL */
const char *labels_find(const struct labels *labels, const char *key);

/** labels_put() - as members of an object of JSON */
void labels_put(struct buffer *to, const struct labels *labels);

/** label_is_ours() - is it a key that labels_make() uses itself? */
bool label_is_ours(const char *key);

/** owner_label() - a label of the engine, malloced; NULL without */
char *owner_label(const struct tick_owner *owner, const char *key);

#endif /* CONTMOND_FORWARD_LABELS_H */
