// SPDX-License-Identifier: GPL-2.0-only
#include "act_client.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "lines.h"
#include "log.h"
#include "unix_client.h"

#define MAX_UNSENT_BYTES (256 * 1024)

struct act_client {
	struct unix_client *connection;
	struct act_client_fns fns;
	bool ready;		/* the hello has arrived */
	struct lines lines;
	bool logged_bad;
};

/* A missing socket means that acting is off, which is not an error. */
static void on_lost(int error, bool is_news, void *userdata)
{
	struct act_client *client = userdata;
	bool was_ready = client->ready;

	client->ready = false;
	lines_reset(&client->lines);
	if (is_news && error != -ENOENT)
		log_info("%s: %s", unix_client_path(client->connection),
			 strerror(-error));
	if (was_ready)
		client->fns.connected(NULL, client->fns.userdata);
}

static int greet(struct act_client *client, const struct act_answer *hello)
{
	if (hello->version != ACT_VERSION)
		return -EPROTO;
	client->ready = true;
	unix_client_works(client->connection);
	log_info("%s: connected", unix_client_path(client->connection));
	client->fns.connected(hello, client->fns.userdata);
	return 0;
}

static int on_line(const char *line, size_t length, void *userdata)
{
	struct act_client *client = userdata;
	struct act_answer answer;
	struct json_t *json;
	int r = act_read_answer(line, length, &answer, &json);

	if (r < 0) {
		if (!client->logged_bad)
			log_warn("%s: invalid message; more of them are not "
				 "logged", unix_client_path(
					client->connection));
		client->logged_bad = true;
		return 0;
	}
	if (answer.kind == ACT_HELLO)
		r = greet(client, &answer);
	else if (answer.kind != ACT_MESSAGE_UNKNOWN)
		client->fns.answered(&answer, client->fns.userdata);
	json_decref(json);
	return r;
}

static int on_received(const char *bytes, size_t nr_bytes, void *userdata)
{
	struct act_client *client = userdata;

	return lines_feed(&client->lines, bytes, nr_bytes, ACT_LINE_MAX,
			  on_line, client);
}

int act_client_send(struct act_client *client,
		    const struct act_request *request)
{
	struct buffer line = { 0 };
	int r;

	if (!client->ready)
		return -ENOTCONN;
	act_write_request(&line, request);
	r = line.failed ? -ENOMEM :
	    unix_client_send(client->connection, &line, MAX_UNSENT_BYTES);
	buffer_done(&line);
	return r;
}

bool act_client_ready(const struct act_client *client)
{
	return client->ready;
}

int act_client_new(sd_event *event, const char *path,
		   const struct act_client_fns *fns, struct act_client **ret)
{
	struct act_client *client = calloc(1, sizeof(*client));
	const struct unix_client_fns connection = {
		.received = on_received,
		.lost = on_lost,
		.userdata = client,
	};
	int r;

	if (!client)
		return -ENOMEM;
	client->fns = *fns;
	r = unix_client_new(event, path, &connection, &client->connection);
	if (r < 0) {
		act_client_free(client);
		return r;
	}
	*ret = client;
	return 0;
}

void act_client_free(struct act_client *client)
{
	if (!client)
		return;
	unix_client_free(client->connection);
	lines_reset(&client->lines);
	free(client);
}
