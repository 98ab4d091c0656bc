// SPDX-License-Identifier: GPL-2.0-only
#include "check.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>

#include "base/folder.h"
#include "base/util.h"
#include "contmond/serve/listen.h"
#include "contmond/store/store.h"

/* How long a program that already listens on the address may take to answer */
#define PATIENCE_SECONDS 5

/* The page is served without a token and shows which program serves it. */
static bool is_contmond(const struct config *config)
{
	static const char request[] =
		"GET / HTTP/1.1\r\nHost: localhost\r\n"
		"Connection: close\r\n\r\n";
	const struct timeval patience = { .tv_sec = PATIENCE_SECONDS };
	_cleanup_close_ int fd = -1;
	char answer[8192];
	size_t length = 0;
	ssize_t n;

	fd = socket(config->address.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience,
		       sizeof(patience)) < 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience,
		       sizeof(patience)) < 0 ||
	    connect(fd, (const struct sockaddr *)&config->address,
		    config->address_length) < 0 ||
	    send(fd, request, sizeof(request) - 1, MSG_NOSIGNAL) < 0)
		return false;
	while (length < sizeof(answer) - 1 &&
	       (n = recv(fd, answer + length, sizeof(answer) - 1 - length,
			 0)) > 0)
		length += (size_t)n;
	answer[length] = '\0';
	return strstr(answer, "<title>contmon</title>") != NULL;
}

int check_listen(const struct config *config, const char **ret_why)
{
	int r = listen_probe(&config->address, config->address_length);

	if (r != -EADDRINUSE)
		return r;
	if (is_contmond(config))
		return 0;
	*ret_why = "in use by another program";
	return r;
}

int check_store(const struct config *config, const char **ret_why)
{
	return config->store_path ? store_probe(config->store_path, ret_why) :
				    0;
}

/* A file that does not exist is not created; its folder must allow that. */
int check_log_file(const struct config *config, const char **ret_why)
{
	_cleanup_close_ int fd = open(config->log_file,
				      O_WRONLY | O_APPEND | O_CLOEXEC |
				      O_NOCTTY | O_NONBLOCK);

	if (fd >= 0)
		return 0;
	return errno == ENOENT ? folder_probe(config->log_file, ret_why) :
				 -errno;
}
