// SPDX-License-Identifier: GPL-2.0-only
/*
 * The protocol is a line of JSON for each change: "reset", a "set" for each
 * container and "sync", if there is a list already, then "engine"; later "set"
 * and "remove" as things change.
 */
#include "base/clock.h"
#include "names.h"


#include <errno.h>
#include <jansson.h>
#include <poll.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define FIRST_WAIT_NS 100000000ULL
#define RETRY_NS 5000000000ULL

/* More than contmon-engine says: whoever does is somebody else. */
#define LINE_MAX_BYTES (256 * 1024)
#define NAMES_MAX 65536

struct named {
	char *id, *name;
};

struct cli_names {
	char *path;
	int fd;			/* -1: not connected */
	uint64_t retry_ns;	/* when to connect again */
	char *line;		/* what has come of one, LINE_MAX_BYTES */
	size_t length;
	void *by_id;		/* tsearch(3) tree of struct named */
	size_t nr;
	bool told;		/* all that was known at the connection */
	bool changed;
};

static int compare(const void *a, const void *b)
{
	const struct named *x = a, *y = b;

	return strcmp(x->id, y->id);
}

static void free_named(void *node)
{
	struct named *named = node;

	free(named->id);
	free(named->name);
	free(named);
}

static void forget_all(struct cli_names *names)
{
	tdestroy(names->by_id, free_named);
	names->by_id = NULL;
	names->nr = 0;
	names->changed = true;
}

static void forget(struct cli_names *names, const char *id)
{
	struct named key = { .id = (char *)id }, *named;
	void *found = tfind(&key, &names->by_id, compare);

	if (!found)
		return;
	named = *(struct named **)found;
	tdelete(&key, &names->by_id, compare);
	free_named(named);
	names->nr--;
	names->changed = true;
}

/* Who has no memory for a name shows the id. */
static void set(struct cli_names *names, const char *id, const char *name)
{
	struct named *named;

	forget(names, id);
	if (names->nr == NAMES_MAX)
		return;
	named = calloc(1, sizeof(*named));
	if (!named)
		return;
	named->id = strdup(id);
	named->name = strdup(name);
	if (!named->id || !named->name ||
	    !tsearch(named, &names->by_id, compare)) {
		free_named(named);
		return;
	}
	names->nr++;
	names->changed = true;
}

static const char *text_of(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "";
}

/* An unknown op is a newer contmon-engine's, and none is of nobody's. */
static void take_line(struct cli_names *names, const char *line, size_t length)
{
	json_t *object = json_loadb(line, length, 0, NULL);
	const char *op = text_of(object, "op");
	const char *id = text_of(object, "id");
	const char *name = text_of(object, "name");

	if (strcmp(op, "reset") == 0)
		forget_all(names);
	else if (strcmp(op, "set") == 0 && *id && *name)
		set(names, id, name);
	else if (strcmp(op, "remove") == 0)
		forget(names, id);
	else if (strcmp(op, "engine") == 0)
		names->told = true;
	json_decref(object);
}

/* Names that were told stay, as containers keep them. */
static void disconnect(struct cli_names *names)
{
	if (names->fd >= 0)
		close(names->fd);
	names->fd = -1;
	names->length = 0;
	names->retry_ns = clock_monotonic_ns() + RETRY_NS;
}

static void take_lines(struct cli_names *names)
{
	char *begin = names->line, *end;
	size_t left = names->length;

	while ((end = memchr(begin, '\n', left))) {
		take_line(names, begin, (size_t)(end - begin));
		left -= (size_t)(end + 1 - begin);
		begin = end + 1;
	}
	memmove(names->line, begin, left);
	names->length = left;
}

/* Whether anything came */
static bool read_some(struct cli_names *names)
{
	ssize_t n = read(names->fd, names->line + names->length,
			 LINE_MAX_BYTES - names->length);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return false;
	if (n > 0) {
		names->length += (size_t)n;
		take_lines(names);
	}
	/* Where no room is left, nothing is read: that is the end, too. */
	if (n <= 0)
		disconnect(names);
	return true;
}

static void wait_until_told(struct cli_names *names)
{
	uint64_t end_ns = clock_monotonic_ns() + FIRST_WAIT_NS, now_ns;

	while (names->fd >= 0 && !names->told &&
	       (now_ns = clock_monotonic_ns()) < end_ns) {
		struct pollfd fd = { .fd = names->fd, .events = POLLIN };

		poll(&fd, 1, (int)((end_ns - now_ns) / 1000000 + 1));
		read_some(names);
	}
}

static void connect_to_engine(struct cli_names *names)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	if (strlen(names->path) >= sizeof(address.sun_path))
		return;
	strcpy(address.sun_path, names->path);
	names->fd = socket(AF_UNIX,
			   SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (names->fd >= 0 &&
	    connect(names->fd, (const struct sockaddr *)&address,
		    sizeof(address)) == 0)
		return;
	disconnect(names);
}

struct cli_names *cli_names_new(const char *path)
{
	struct cli_names *names = calloc(1, sizeof(*names));

	if (!names)
		return NULL;
	names->fd = -1;
	names->path = strdup(path);
	names->line = malloc(LINE_MAX_BYTES);
	if (!names->path || !names->line) {
		cli_names_free(names);
		return NULL;
	}
	connect_to_engine(names);
	wait_until_told(names);
	return names;
}

void cli_names_free(struct cli_names *names)
{
	if (!names)
		return;
	disconnect(names);
	tdestroy(names->by_id, free_named);
	free(names->line);
	free(names->path);
	free(names);
}

bool cli_names_follow(struct cli_names *names)
{
	if (!names)
		return false;
	names->changed = false;
	if (names->fd < 0 && clock_monotonic_ns() >= names->retry_ns)
		connect_to_engine(names);
	while (names->fd >= 0 && read_some(names))
		;
	return names->changed;
}

const char *cli_names_find(const struct cli_names *names, const char *id)
{
	struct named key = { .id = (char *)id };
	void *found;

	found = names ? tfind(&key, &names->by_id, compare) : NULL;
	return found ? (*(struct named **)found)->name : NULL;
}

struct search {
	const char *name;
	bool found;
};

static void look_at(const void *node, VISIT visit, void *arg)
{
	const struct named *named = *(struct named *const *)node;
	struct search *search = arg;

	if (visit == postorder || visit == leaf)
		search->found |= strcmp(named->name, search->name) == 0;
}

bool cli_names_has(const struct cli_names *names, const char *name)
{
	struct search search = { .name = name };

	if (names)
		twalk_r(names->by_id, look_at, &search);
	return search.found;
}
