// SPDX-License-Identifier: GPL-2.0-only
#include "check.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "base/directory.h"
#include "base/util.h"
#include "contmond/serve/listen.h"
#include "contmond/store/store.h"
#include "rules.h"

/* Time limit for the whole answer of a program that already listens */
#define PATIENCE_SECONDS 5

/* Waits until @fd is ready, but not beyond @end_ns. */
static bool is_ready(int fd, short events, uint64_t end_ns)
{
	struct pollfd poll_fd = { .fd = fd, .events = events };
	uint64_t now_ns = clock_boottime_ns();

	return now_ns < end_ns &&
	       poll(&poll_fd, 1, (int)((end_ns - now_ns) / NS_PER_MS)) == 1;
}

/* The page is served without a token, and shows which program serves it. */
static bool is_contmond(const struct config *config)
{
	static const char request[] =
		"GET / HTTP/1.1\r\nHost: localhost\r\n"
		"Connection: close\r\n\r\n";
	uint64_t end_ns = clock_boottime_ns() +
			  PATIENCE_SECONDS * NS_PER_SECOND;
	_cleanup_close_ int fd = -1;
	char answer[8192];
	size_t length = 0;
	ssize_t n;

	fd = socket(config->address.ss_family,
		    SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0 ||
	    (connect(fd, (const struct sockaddr *)&config->address,
		     config->address_length) < 0 && errno != EINPROGRESS) ||
	    !is_ready(fd, POLLOUT, end_ns) ||
	    send(fd, request, sizeof(request) - 1, MSG_NOSIGNAL) < 0)
		return false;
	while (length < sizeof(answer) - 1 && is_ready(fd, POLLIN, end_ns) &&
	       (n = recv(fd, answer + length, sizeof(answer) - 1 - length,
			 0)) > 0)
		length += (size_t)n;
	answer[length] = '\0';
	return strstr(answer, "<title>contmon</title>") != NULL;
}

int check_listen(const struct config *config, const char **ret_why)
{
	int r;

	if (!config->address_length)
		return 0;
	r = listen_probe(&config->address, config->address_length);
	if (r != -EADDRINUSE)
		return r;
	if (config->certificate || is_contmond(config))
		return 0;
	*ret_why = "in use by another program";
	return r;
}

int check_socket(const struct config *config, const char **ret_why)
{
	int r = listen_probe_socket(config->socket, ret_why);

	return r < 0 ? r : directory_probe(config->socket, ret_why);
}

int check_store(const struct config *config, const char **ret_why)
{
	return config->store_path ? store_probe(config->store_path, ret_why) :
				    0;
}

/* A file that does not exist is not created; its directory must permit that. */
int check_log_file(const struct config *config, const char **ret_why)
{
	_cleanup_close_ int fd = open(config->log_file,
				      O_WRONLY | O_APPEND | O_CLOEXEC |
				      O_NOCTTY | O_NONBLOCK);

	if (fd >= 0)
		return 0;
	return errno == ENOENT ?
	       directory_probe_target(config->log_file, ret_why) : -errno;
}

/* Mistakes in the rules are reported separately, with their own places. */
int check_policy_dir(const struct config *config, const char **ret_why)
{
	(void)ret_why;
	return rules_probe(config->policy_directory);
}
