// SPDX-License-Identifier: GPL-2.0-only
#include "names_client.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/names_reader.h"
#include "base/unix_client.h"

struct names_client {
	struct unix_client *connection;
	names_client_fn *fn;
	void *userdata;
	struct names_reader reader;
	bool logged_bad;
};

static void report(struct names_client *client)
{
	client->fn(client->reader.complete, client->userdata);
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
	if (r >= 0 && client->reader.changed)
		report(client);
	return r;
}

int names_client_new(sd_event *event, const char *path, struct names *names,
		     names_client_fn *fn, void *userdata,
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
	client->fn = fn;
	client->userdata = userdata;
	r = unix_client_new(event, path, &connection, &client->connection);
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
	names_reader_reset(&client->reader);
	free(client);
}
