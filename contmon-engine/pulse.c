// SPDX-License-Identifier: GPL-2.0-only
#include "pulse.h"

#include <errno.h>
#include <stdlib.h>

#include "base/clock.h"

struct pulse {
	struct fetcher *fetcher;
	pulse_fn *fn;
	void *userdata;
	sd_event_source *timer;
};

static void schedule(struct pulse *pulse)
{
	sd_event_source_set_time_relative(pulse->timer, PULSE_INTERVAL_MS *
					  NS_PER_MS / NS_PER_USEC);
	sd_event_source_set_enabled(pulse->timer, SD_EVENT_ONESHOT);
}

static void report(struct pulse *pulse, int error)
{
	schedule(pulse);
	pulse->fn(error, pulse->userdata);
}

static int on_bytes(const char *bytes, size_t nr_bytes, void *userdata)
{
	(void)bytes;
	(void)nr_bytes;
	(void)userdata;
	return 0;
}

/* Any answer counts, even an error or a closed connection. */
static void on_done(int error, long status, void *userdata)
{
	(void)status;
	report(userdata, error == -ECONNRESET ? 0 : error);
}

static int on_timer(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct pulse *pulse = userdata;
	const struct fetch_request request = {
		.path = "/_ping",
		.silence_ms = PULSE_TIMEOUT_MS,
		.data = on_bytes,
		.done = on_done,
		.userdata = pulse,
	};
	int r = fetch_begin(pulse->fetcher, &request, NULL);

	(void)source;
	(void)usec;
	if (r < 0)
		report(pulse, r);
	return 0;
}

int pulse_new(sd_event *event, struct fetcher *fetcher, pulse_fn *fn,
	      void *userdata, struct pulse **ret)
{
	struct pulse *pulse = calloc(1, sizeof(*pulse));
	int r;

	if (!pulse)
		return -ENOMEM;
	pulse->fetcher = fetcher;
	pulse->fn = fn;
	pulse->userdata = userdata;
	r = sd_event_add_time(event, &pulse->timer, CLOCK_MONOTONIC, 0, 0,
			      on_timer, pulse);
	if (r < 0) {
		pulse_free(pulse);
		return r;
	}
	schedule(pulse);
	*ret = pulse;
	return 0;
}

void pulse_free(struct pulse *pulse)
{
	if (!pulse)
		return;
	sd_event_source_disable_unref(pulse->timer);
	free(pulse);
}
