// SPDX-License-Identifier: GPL-2.0-only
#include "names_client.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/lines.h"
#include "base/log.h"
#include "base/utf8.h"
#include "base/util.h"

#define MIN_BACKOFF_USEC (100 * 1000)
#define MAX_BACKOFF_USEC (5 * 1000 * 1000)
#define MAX_LINE_BYTES (256 * 1024)
#define MAX_TEXT_BYTES 1024

struct engine {
	char *path;
	struct names *names;
	engine_fn *fn;
	void *userdata;
	sd_event *event;
	sd_event_source *io;
	sd_event_source *retry;
	uint64_t backoff_usec;
	int fd;
	struct lines lines;
	bool connected;		/* contmon-engine to the engine */
	bool changed;
	int told_error;
};

/* Lines */

static char *text_of(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? utf8_dup(text, strlen(text), MAX_TEXT_BYTES) : NULL;
}

static int on_set(struct engine *engine, const json_t *object)
{
	_cleanup_free_ char *id = text_of(object, "id");
	_cleanup_free_ char *label = text_of(object, "name");
	_cleanup_free_ char *image = text_of(object, "image");
	_cleanup_free_ char *command = text_of(object, "command");
	struct name *name;
	int r;

	if (!id || !*id || !label)
		return -EBADMSG;
	name = name_new(id, label, image, command);
	if (!name)
		return -ENOMEM;
	name->created_ms = json_integer_value(
		json_object_get(object, "created_ms"));
	name->started_ms = json_integer_value(
		json_object_get(object, "started_ms"));
	engine->changed = true;
	r = names_set(engine->names, name);
	return r == -ENOSPC ? 0 : r;
}

static int on_remove(struct engine *engine, const json_t *object)
{
	const char *id = json_string_value(json_object_get(object, "id"));

	if (!id)
		return -EBADMSG;
	names_remove(engine->names, id);
	engine->changed = true;
	return 0;
}

static int on_reset(struct engine *engine, const json_t *object)
{
	(void)object;
	names_begin(engine->names);
	return 0;
}

static int on_sync(struct engine *engine, const json_t *object)
{
	(void)object;
	names_end(engine->names);
	engine->backoff_usec = MIN_BACKOFF_USEC;
	engine->changed = true;
	return 0;
}

static int on_engine(struct engine *engine, const json_t *object)
{
	engine->connected =
		json_is_true(json_object_get(object, "connected"));
	engine->changed = true;
	return 0;
}

static const struct {
	const char *op;
	int (*handle)(struct engine *engine, const json_t *object);
} ops[] = {
	{ "set", on_set },	 { "remove", on_remove }, { "reset", on_reset },
	{ "sync", on_sync },	 { "engine", on_engine },
};

/* An unknown op is from a newer contmon-engine and of no concern. */
static int on_line(const char *line, size_t length, void *userdata)
{
	json_auto_t *object = json_loadb(line, length, 0, NULL);
	const char *op = json_string_value(json_object_get(object, "op"));
	size_t i;

	if (!op)
		return -EBADMSG;
	for (i = 0; i < ARRAY_SIZE(ops); i++) {
		if (strcmp(ops[i].op, op) == 0)
			return ops[i].handle(userdata, object);
	}
	return 0;
}

/* The connection */

static void tell(struct engine *engine)
{
	engine->changed = false;
	engine->fn(engine->connected, engine->userdata);
}

/* Say it once, not at every attempt. */
static void disconnect(struct engine *engine, int error)
{
	engine->io = sd_event_source_disable_unref(engine->io);
	close_p(&engine->fd);
	engine->fd = -1;
	lines_reset(&engine->lines);
	if (error != engine->told_error)
		log_info("%s: %s; names are not kept up to date",
			 engine->path, strerror(-error));
	engine->told_error = error;
	engine->connected = false;
	tell(engine);
}

static int retry_later(struct engine *engine)
{
	int r = sd_event_source_set_time_relative(engine->retry,
						  engine->backoff_usec);

	engine->backoff_usec *= 2;
	if (engine->backoff_usec > MAX_BACKOFF_USEC)
		engine->backoff_usec = MAX_BACKOFF_USEC;
	return r < 0 ? r : sd_event_source_set_enabled(engine->retry,
						       SD_EVENT_ONESHOT);
}

static int read_some(struct engine *engine)
{
	char bytes[16 * 1024];
	ssize_t r = read(engine->fd, bytes, sizeof(bytes));

	if (r < 0)
		return errno == EAGAIN || errno == EINTR ? 0 : -errno;
	if (r == 0)
		return -ECONNRESET;
	return lines_feed(&engine->lines, bytes, (size_t)r, MAX_LINE_BYTES,
			  on_line, engine);
}

static int on_io(sd_event_source *source, int fd, uint32_t events,
		 void *userdata)
{
	struct engine *engine = userdata;
	int r = read_some(engine);

	(void)source;
	(void)fd;
	(void)events;
	if (r < 0) {
		disconnect(engine, r);
		return retry_later(engine);
	}
	if (engine->changed)
		tell(engine);
	return 0;
}

static int connect_to(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	_cleanup_close_ int fd = -1;
	int connected;

	if (strlen(path) >= sizeof(address.sun_path))
		return -ENAMETOOLONG;
	strcpy(address.sun_path, path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	if (connect(fd, (struct sockaddr *)&address, sizeof(address)) < 0)
		return -errno;
	connected = fd;
	fd = -1;
	return connected;
}

static int on_retry(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct engine *engine = userdata;
	int r;

	(void)source;
	(void)usec;
	engine->fd = connect_to(engine->path);
	if (engine->fd < 0) {
		disconnect(engine, engine->fd);
		return retry_later(engine);
	}
	r = sd_event_add_io(engine->event, &engine->io, engine->fd, EPOLLIN,
			    on_io, engine);
	if (r < 0)
		return r;
	log_info("%s: connected", engine->path);
	engine->told_error = 0;
	return 0;
}

int engine_new(sd_event *event, const char *path, struct names *names,
	       engine_fn *fn, void *userdata, struct engine **ret)
{
	struct engine *engine = calloc(1, sizeof(*engine));
	int r;

	if (!engine)
		return -ENOMEM;
	engine->event = sd_event_ref(event);
	engine->names = names;
	engine->fn = fn;
	engine->userdata = userdata;
	engine->fd = -1;
	engine->backoff_usec = MIN_BACKOFF_USEC;
	engine->path = strdup(path);
	r = engine->path ? 0 : -ENOMEM;
	if (r == 0)
		r = sd_event_add_time(event, &engine->retry, CLOCK_MONOTONIC,
				      0, 0, on_retry, engine);
	if (r < 0) {
		engine_free(engine);
		return r;
	}
	*ret = engine;
	return 0;
}

void engine_free(struct engine *engine)
{
	if (!engine)
		return;
	sd_event_source_disable_unref(engine->io);
	sd_event_source_disable_unref(engine->retry);
	sd_event_unref(engine->event);
	close_p(&engine->fd);
	lines_reset(&engine->lines);
	free(engine->path);
	free(engine);
}
