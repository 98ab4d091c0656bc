// SPDX-License-Identifier: GPL-2.0-only
#include "names_client.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/names_reader.h"
#include "base/unix_client.h"

/**
 * struct names_client
 * @next: timer of the next report; enabled while there is something to report
 * @reported_ns: time of the last report
 */
struct names_client {
	struct unix_client *connection;
	sd_event_source *next;
	uint64_t reported_ns;
	names_client_fn *changed;
	void *userdata;
	struct names_reader reader;
	bool logged_bad;
};

static void report(struct names_client *client)
{
	sd_event_source_set_enabled(client->next, SD_EVENT_OFF);
	client->reported_ns = clock_monotonic_ns();
	client->changed(client->reader.complete, client->userdata);
}

static int on_next(sd_event_source *source, uint64_t usec, void *userdata)
{
	(void)source;
	(void)usec;
	report(userdata);
	return 0;
}

/*
 * Reports at once if there was no report for a while; otherwise changes are
 * collected.
 */
static void report_soon(struct names_client *client)
{
	uint64_t due_ns = client->reported_ns +
			  NAMES_CLIENT_PAUSE_MS * NS_PER_MS;

	if (clock_monotonic_ns() >= due_ns) {
		report(client);
		return;
	}
	sd_event_source_set_time(client->next, due_ns / NS_PER_USEC);
	sd_event_source_set_enabled(client->next, SD_EVENT_ONESHOT);
}

static void on_lost(int error, bool is_news, void *userdata)
{
	struct names_client *client = userdata;
	bool was_complete = client->reader.complete;

	names_reader_reset(&client->reader);
	if (is_news)
		log_info("%s: %s; container names may be out of date",
			 unix_client_path(client->connection),
			 strerror(-error));
	if (was_complete)
		report(client);
}

static void log_bad(struct names_client *client)
{
	if (client->reader.nr_bad == 0 || client->logged_bad)
		return;
	log_warn("%s: invalid message; more of them are not logged",
		 unix_client_path(client->connection));
	client->logged_bad = true;
}

static int on_received(const char *bytes, size_t nr_bytes, void *userdata)
{
	struct names_client *client = userdata;
	bool was_complete = client->reader.complete;
	int r = names_reader_feed(&client->reader, bytes, nr_bytes);

	if (client->reader.complete && !was_complete) {
		unix_client_works(client->connection);
		log_info("%s: connected",
			 unix_client_path(client->connection));
	}
	log_bad(client);
	if (r < 0 || !client->reader.changed)
		return r;
	if (client->reader.complete != was_complete)
		report(client);
	else
		report_soon(client);
	return r;
}

int names_client_new(sd_event *event, const char *path, struct names *names,
		     const struct names_listener *listener,
		     struct names_client **ret)
{
	struct names_client *client = calloc(1, sizeof(*client));
	const struct unix_client_fns connection = {
		.received = on_received,
		.lost = on_lost,
		.userdata = client,
	};
	int r;

	if (!client)
		return -ENOMEM;
	client->reader.names = names;
	client->reader.heard = listener->heard;
	client->reader.userdata = listener->userdata;
	client->changed = listener->changed;
	client->userdata = listener->userdata;
	r = sd_event_add_time(event, &client->next, CLOCK_MONOTONIC, 0, 1000,
			      on_next, client);
	if (r >= 0)
		r = sd_event_source_set_enabled(client->next, SD_EVENT_OFF);
	if (r >= 0)
		r = unix_client_new(event, path, &connection,
				    &client->connection);
	if (r < 0) {
		names_client_free(client);
		return r;
	}
	*ret = client;
	return 0;
}

void names_client_free(struct names_client *client)
{
	if (!client)
		return;
	unix_client_free(client->connection);
	sd_event_source_disable_unref(client->next);
	names_reader_reset(&client->reader);
	free(client);
}
