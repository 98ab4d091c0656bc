// SPDX-License-Identifier: GPL-2.0-only
#include "order.h"

#include <errno.h>
#include <stdlib.h>

#include "base/buffer.h"
#include "facts.h"
#include "split.h"

struct order {
	order_fn *fn;
	void *userdata;
	struct fetch *fetch;
	struct split *split;
	struct buffer text;
};

static void order_free(struct order *order)
{
	split_free(order->split);
	buffer_done(&order->text);
	free(order);
}

static int on_bytes(const char *bytes, size_t nr_bytes, void *userdata)
{
	struct order *order = userdata;

	return split_feed(order->split, bytes, nr_bytes);
}

static int on_value(const char *text, size_t length, void *userdata)
{
	struct order *order = userdata;

	if (!text)
		return -EMSGSIZE;
	buffer_add(&order->text, text, length);
	return order->text.failed ? -ENOMEM : 0;
}

/* Most answers have no body, so split_end() may fail. */
static void on_done(int error, long status, void *userdata)
{
	struct order *order = userdata;

	if (error == 0)
		split_end(order->split);
	order->fn(error, status, order->text.text, order->text.length,
		  order->userdata);
	order_free(order);
}

int order_begin(struct fetcher *fetcher, const char *method, const char *path,
		long most_ms, order_fn *fn, void *userdata,
		struct order **ret)
{
	struct order *order = calloc(1, sizeof(*order));
	struct fetch_request request = {
		.method = method,
		.path = path,
		.any_status = true,
		.silence_ms = most_ms,
		.is_prompt = true,
		.data = on_bytes,
		.done = on_done,
		.userdata = order,
	};
	int r = -ENOMEM;

	if (!order)
		return -ENOMEM;
	order->fn = fn;
	order->userdata = userdata;
	order->split = split_new(SPLIT_WHOLE, facts_keys, fetcher_user(fetcher),
				 on_value, order);
	if (order->split)
		r = fetch_begin(fetcher, &request, &order->fetch);
	if (r < 0) {
		order_free(order);
		return r;
	}
	*ret = order;
	return 0;
}

void order_cancel(struct order *order)
{
	if (!order)
		return;
	fetch_cancel(order->fetch);
	order_free(order);
}
