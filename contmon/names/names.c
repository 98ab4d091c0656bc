// SPDX-License-Identifier: GPL-2.0-only
#include "names.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/names_reader.h"
#include "base/unix_socket.h"

#define FIRST_WAIT_NS (100 * NS_PER_MS)
#define RETRY_NS (5 * NS_PER_SECOND)

struct cli_names {
	char *path;
	int fd;			/* -1: not connected */
	uint64_t retry_ns;	/* when to connect again */
	struct names *names;
	struct names_reader reader;
};

/* Containers keep their known names. */
static void disconnect(struct cli_names *names)
{
	if (names->fd >= 0)
		close(names->fd);
	names->fd = -1;
	names_reader_reset(&names->reader);
	names->retry_ns = clock_monotonic_ns() + RETRY_NS;
}

static void connect_to_engine(struct cli_names *names)
{
	names->fd = unix_connect(names->path);
	if (names->fd < 0)
		disconnect(names);
}

/*
 * Returns whether anything was read, even the end; sets *@changed if names
 * changed.
 */
static bool read_some(struct cli_names *names, bool *changed)
{
	char bytes[16 * 1024];
	ssize_t n = read(names->fd, bytes, sizeof(bytes));
	int r = -ECONNRESET;

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return false;
	if (n > 0) {
		r = names_reader_feed(&names->reader, bytes, (size_t)n);
		*changed |= names->reader.changed;
	}
	if (r < 0)
		disconnect(names);
	return true;
}

static void wait_until_complete(struct cli_names *names)
{
	uint64_t end_ns = clock_monotonic_ns() + FIRST_WAIT_NS, now_ns;
	bool changed = false;

	while (names->fd >= 0 && !names->reader.complete &&
	       (now_ns = clock_monotonic_ns()) < end_ns) {
		struct pollfd fd = { .fd = names->fd, .events = POLLIN };

		poll(&fd, 1, (int)((end_ns - now_ns) / NS_PER_MS + 1));
		read_some(names, &changed);
	}
}

struct cli_names *cli_names_new(const char *path)
{
	struct cli_names *names = calloc(1, sizeof(*names));

	if (!names)
		return NULL;
	names->fd = -1;
	names->path = strdup(path);
	names->names = names->reader.names = names_new();
	if (!names->path || !names->names) {
		cli_names_free(names);
		return NULL;
	}
	connect_to_engine(names);
	wait_until_complete(names);
	return names;
}

void cli_names_free(struct cli_names *names)
{
	if (!names)
		return;
	disconnect(names);
	names_free(names->names);
	free(names->path);
	free(names);
}

bool cli_names_follow(struct cli_names *names)
{
	bool changed = false;

	if (!names)
		return false;
	if (names->fd < 0 && clock_monotonic_ns() >= names->retry_ns)
		connect_to_engine(names);
	while (names->fd >= 0 && read_some(names, &changed))
		;
	return changed;
}

const struct names *cli_names_known(const struct cli_names *names)
{
	return names->names;
}
