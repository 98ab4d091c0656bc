/* SPDX-License-Identifier: GPL-2.0-only */
/* One request to the engine about one container, whose answer is evaluated */
#ifndef CONTMON_ENGINE_ORDER_H
#define CONTMON_ENGINE_ORDER_H

#include "fetch.h"

/**
 * order_fn - the order has ended; it is freed afterwards
 * @error: 0 if there was an answer
 * @status: HTTP status
 * @text: the members facts_keys of the answer; NULL if it has no body
 */
typedef void order_fn(int error, long status, const char *text, size_t length,
		      void *userdata);

/** struct order - opaque */
struct order;

/**
 * order_begin()
 * @method: "POST" or "DELETE"; NULL for "GET"
 * @most_ms: time limit for the whole answer
 */
int order_begin(struct fetcher *fetcher, const char *method, const char *path,
		long most_ms, order_fn *fn, void *userdata,
		struct order **ret);

/** order_cancel() - @order must not have ended; may be NULL */
void order_cancel(struct order *order);

#endif /* CONTMON_ENGINE_ORDER_H */
