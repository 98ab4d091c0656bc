// SPDX-License-Identifier: GPL-2.0-only
/*
 * Requests, up to their answers: whatever is asked, there is an answer that the
 * client may have. The first line says what the server is configured to be, a
 * letter each: t(oken), h(iding processes), a(ny host), k(eeping answers). The
 * second is "METHOD TARGET", the others are headers.
 */
#include "fake_mhd.h"

#include <jansson.h>

#include "contmond/serve/http.h"
#include "contmond/serve/routes.h"
#include "tests/unit/world.h"

#define TOKEN "0123456789abcdef"
#define OWN_HOST "192.0.2.1"
#define MAX_READS 3

static struct world world;
static struct http *http;

static void handle(const struct request *request, struct reply *reply,
		   void *userdata)
{
	(void)userdata;
	routes_handle(&world.facts, request, reply);
}

/* Lives as long as the program. */
static void start(void)
{
	struct name_label labels[] = {
		{ LABEL_COMPOSE_PROJECT, "secret-shop" },
		{ LABEL_POD_NAMESPACE, "secret-tills" },
	};
	const struct container_info name = {
		.id = ID64("a"),
		.name = "web",
		.image = "image:1",
		.command = "secret-run",
		.labels = labels,
		.nr_labels = COUNT(labels),
	};
	const struct http_options options = { .traffic = &world.traffic };
	sd_event *event;

	world_init(&world);
	MUST(names_set(world.names, &name) == 0);
	MUST(model_name(&world.model, world.names) == 0);
	MUST(sd_event_new(&event) >= 0);
	MUST(http_new(event, -1, &options, handle, NULL, &http) == 0);
}

static struct http_options configure(const char *letters)
{
	const struct http_options options = {
		.host = strchr(letters, 'a') ? NULL : OWN_HOST,
		.token = strchr(letters, 't') ? TOKEN : NULL,
		.hides_processes = strchr(letters, 'h'),
	};

	world.facts.kept = strchr(letters, 'k') ? &world.kept : NULL;
	MUST(http_set_options(http, &options) == 0);
	return options;
}

/* Blanks around a value are no part of it. */
static void add_header(struct MHD_Connection *connection, char *line)
{
	char *value = strchr(line, ':'), *end;

	if (!value || value == line)
		return;
	*value++ = '\0';
	value += strspn(value, " \t");
	end = value + strlen(value);
	while (end > value && strchr(" \t\r", end[-1]))
		*--end = '\0';
	mhd_add(connection, MHD_HEADER_KIND, line, value);
}

/* What is sent before libmicrohttpd has the request */
static void check_early(const struct MHD_Connection *connection)
{
	char text[1024] = "";
	ssize_t length = recv(connection->fds[1], text, sizeof(text) - 1, 0);
	const char *body = strstr(text, "\r\n\r\n"), *header;

	MUST(length > 0 && body);
	MUST(strncmp(text, "HTTP/1.1 4", 10) == 0);
	header = strstr(text, "\r\nContent-Length: ");
	MUST(header && strtoul(header + 18, NULL, 10) == strlen(body + 4));
	MUST(strncmp(body + 4, "{\"error\":\"", 10) == 0);
}

static void check_json(const char *bytes, size_t length, unsigned int status)
{
	json_t *answer = json_loadb(bytes, length, 0, NULL);
	const json_t *rows = json_object_get(answer, "rows");

	MUST(answer);
	if (rows) {
		MUST(status == 200 || status == 503);
		MUST(json_is_array(rows));
		MUST(json_is_boolean(json_object_get(
			json_object_get(answer, "meta"), "truncated")));
	} else {
		MUST(status >= 400);
		MUST(json_is_string(json_object_get(answer, "error")));
	}
	json_decref(answer);
}

/* An endless one goes on until it waits. */
static void read_stream(const struct MHD_Response *response)
{
	char block[16384];
	ssize_t r = 1;
	int i;

	for (i = 0; i < MAX_READS && r > 0; i++) {
		r = response->reader(response->userdata, 0, block,
				     sizeof(block));
		MUST(r <= (ssize_t)sizeof(block));
		MUST(i > 0 || strncmp(block, "retry: ", 7) == 0);
	}
	MUST(r == 0 || i == MAX_READS);
}

static void check_body(const struct MHD_Response *response,
		       unsigned int status, const struct http_options *options)
{
	const char *bytes = response->bytes;
	size_t length = response->length;
	const char *type = mhd_header(response, "Content-Type");

	MUST(type);
	if (mhd_header(response, "Content-Encoding")) {
		MUST(length > 2 && memcmp(bytes, "\x1f\x8b", 2) == 0);
		return;
	}
	if (strcmp(type, "application/json") == 0 && status != 304)
		check_json(bytes, length, status);
	if (options->hides_processes && status == 200)
		MUST(!memmem(bytes, length, "secret-", 7));
}

static int is_own(const char *host)
{
	static const char *const names[] = { "localhost", "127.0.0.1", "[::1]",
					     OWN_HOST };
	size_t j;

	for (j = 0; j < COUNT(names); j++) {
		size_t length = strlen(names[j]);

		if (strncasecmp(host, names[j], length) == 0 &&
		    (!host[length] || host[length] == ':'))
			return 1;
	}
	return 0;
}

static const char *header_of(struct MHD_Connection *connection,
			     const char *name)
{
	return MHD_lookup_connection_value(connection, MHD_HEADER_KIND, name);
}

static void check_rights(struct MHD_Connection *connection, int is_absolute,
			 const struct http_options *options)
{
	const char *policy = mhd_header(connection->response, "Cache-Control");
	const char *authorization = header_of(connection, "Authorization");
	const char *host = header_of(connection, "Host");

	if (connection->status == 400 || connection->status == 403)
		return;
	if (options->host && host && !is_absolute)
		MUST(is_own(host));
	if (connection->status != 200 && connection->status != 304)
		return;
	if (options->token && strcmp(policy, "no-cache") != 0)
		MUST(authorization && strstr(authorization, TOKEN));
}

static void check(struct MHD_Connection *connection, const char *method,
		  int is_absolute, const struct http_options *options)
{
	const struct MHD_Response *response = connection->response;
	unsigned int status = connection->status;

	if (strcmp(method, "GET") != 0 && strcmp(method, "HEAD") != 0)
		MUST(status == 400 || status == 403 || status == 405);
	if (status == 304)
		MUST(header_of(connection, "If-None-Match"));
	MUST(mhd_header(response, "Cache-Control"));
	MUST(mhd_header(response, "Content-Security-Policy"));
	check_rights(connection, is_absolute, options);
	if (response->reader)
		read_stream(response);
	else
		check_body(response, status, options);
}

static void ask(const char *letters, char *line, char *headers)
{
	const struct http_options options = configure(letters);
	struct MHD_Connection connection;
	int is_absolute = strncasecmp(strchr(line, ' ') + 1, "http://", 7) == 0;
	char *header;

	mhd_open(&connection);
	while ((header = strsep(&headers, "\n")))
		add_header(&connection, header);
	if (mhd_ask(&connection, line))
		check(&connection, line, is_absolute, &options);
	else
		check_early(&connection);
	mhd_close(&connection);
	MUST(world.traffic.clients == 0 && world.traffic.streams == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text, *rest, *letters, *line;

	if (!http)
		start();
	rest = text = fuzz_text(data, size);
	letters = strsep(&rest, "\n");
	line = strsep(&rest, "\n");
	if (line && strchr(line, ' ') && line[0] != ' ')
		ask(letters, line, rest);
	free(text);
	return 0;
}
