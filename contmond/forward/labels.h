/* SPDX-License-Identifier: GPL-2.0-only */
/* The labels of a row: the host, configured ones, and those that identify it */
#ifndef CONTMOND_FORWARD_LABELS_H
#define CONTMOND_FORWARD_LABELS_H

#include <stddef.h>

#include "base/buffer.h"
#include "contmond/store/ticks.h"
#include "options.h"

#define LABELS_MAX (OPTIONS_MAX_LABELS + 8)

/** struct labels - sorted by key; no value is empty */
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

/** labels_put() - write as members of a JSON object */
void labels_put(struct buffer *to, const struct labels *labels);

/** label_is_ours() - does labels_make() use this key itself? */
bool label_is_ours(const char *key);

/** owner_label() - a label reported by the engine, malloced; NULL if none */
char *owner_label(const struct tick_owner *owner, const char *key);

#endif /* CONTMOND_FORWARD_LABELS_H */
