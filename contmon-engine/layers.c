// SPDX-License-Identifier: GPL-2.0-only
#include "layers.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/util.h"
#include "parse.h"
#include "split.h"

/* A layer may have millions of files. */
#define SILENCE_MS 600000

/* How long to rest: this many times what the answer took */
#define REST_SHARE 9
#define REST_MIN_MS 2000
#define ROUND_MS 600000

/**
 * struct layers
 * @id: the container that was asked about last in this round; "" if none was
 * @round_ns, @asked_ns: when the round began, and the last request
 */
struct layers {
	struct fetcher *fetcher;
	const char *prefix;
	const struct table_source *source;
	uid_t user;
	layers_fn *fn;
	void *userdata;
	sd_event_source *timer;
	struct split *answer;
	char id[NAME_ID_MAX + 1];
	uint64_t round_ns;
	uint64_t asked_ns;
};

static uint64_t since_ms(uint64_t ns)
{
	return (clock_monotonic_ns() - ns) / NS_PER_MS;
}

static void rest(struct layers *layers, uint64_t ms)
{
	if (ms < REST_MIN_MS)
		ms = REST_MIN_MS;
	sd_event_source_set_time_relative(layers->timer, ms * 1000);
	sd_event_source_set_enabled(layers->timer, SD_EVENT_ONESHOT);
}

static int on_answer(const char *text, size_t length, void *userdata)
{
	struct layers *layers = userdata;
	int64_t bytes = text ? parse_layer(text, length, layers->id) : -1;

	if (bytes >= 0)
		layers->fn(layers->id, bytes, layers->userdata);
	return 0;
}

static int on_bytes(const char *bytes, size_t nr_bytes, void *userdata)
{
	struct layers *layers = userdata;

	return split_feed(layers->answer, bytes, nr_bytes);
}

/* What was not answered is asked again in the next round. */
static void on_done(int error, long status, void *userdata)
{
	struct layers *layers = userdata;

	if (error == 0 && status == 200)
		split_end(layers->answer);
	rest(layers, REST_SHARE * since_ms(layers->asked_ns));
}

static int ask(struct layers *layers)
{
	_cleanup_free_ char *path = NULL;
	struct fetch_request request = {
		.silence_ms = SILENCE_MS,
		.data = on_bytes,
		.done = on_done,
		.userdata = layers,
	};

	layers->asked_ns = clock_monotonic_ns();
	split_free(layers->answer);
	layers->answer = split_new(SPLIT_WHOLE, parse_layer_keys, layers->user,
				   on_answer, layers);
	if (!layers->answer ||
	    asprintf(&path, "%s/containers/%s/json?size=1", layers->prefix,
		     layers->id) < 0)
		return -ENOMEM;
	request.path = path;
	return fetch_begin(layers->fetcher, &request, NULL);
}

static void end_round(struct layers *layers)
{
	uint64_t ms = since_ms(layers->round_ns);

	layers->id[0] = '\0';
	rest(layers, ms < ROUND_MS ? ROUND_MS - ms : 0);
}

static int on_timer(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct layers *layers = userdata;
	const struct table_entry *next = table_source_next(layers->source,
							   layers->id);

	(void)source;
	(void)usec;
	if (!*layers->id)
		layers->round_ns = clock_monotonic_ns();
	if (!next) {
		end_round(layers);
		return 0;
	}
	strcpy(layers->id, next->id);
	if (ask(layers) < 0)
		rest(layers, 0);
	return 0;
}

int layers_new(sd_event *event, struct fetcher *fetcher, const char *prefix,
	       const struct table_source *source, uid_t user, layers_fn *fn,
	       void *userdata, struct layers **ret)
{
	struct layers *layers = calloc(1, sizeof(*layers));
	int r;

	if (!layers)
		return -ENOMEM;
	layers->fetcher = fetcher;
	layers->prefix = prefix;
	layers->source = source;
	layers->user = user;
	layers->fn = fn;
	layers->userdata = userdata;
	r = sd_event_add_time(event, &layers->timer, CLOCK_MONOTONIC,
			      UINT64_MAX, 0, on_timer, layers);
	if (r < 0) {
		layers_free(layers);
		return r;
	}
	rest(layers, 0);
	*ret = layers;
	return 0;
}

void layers_free(struct layers *layers)
{
	if (!layers)
		return;
	sd_event_source_disable_unref(layers->timer);
	split_free(layers->answer);
	free(layers);
}
