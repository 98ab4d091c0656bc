// SPDX-License-Identifier: GPL-2.0-only
#include "listen.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "base/unix_socket.h"
#include "base/util.h"

/* All the clients that are allowed (HTTP_MAX_CLIENTS) may connect at once. */
#define BACKLOG 256

static bool is_loopback4(in_addr_t address)
{
	return ntohl(address) >> 24 == 127;
}

static int parse_ipv4(const char *host, uint16_t port,
		      struct listen_address *ret)
{
	struct sockaddr_in *in = (struct sockaddr_in *)&ret->address;

	if (inet_pton(AF_INET, host, &in->sin_addr) != 1)
		return -EINVAL;
	in->sin_family = AF_INET;
	in->sin_port = htons(port);
	ret->length = sizeof(*in);
	ret->loopback = is_loopback4(in->sin_addr.s_addr);
	return 0;
}

static int parse_ipv6(const char *host, uint16_t port,
		      struct listen_address *ret)
{
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)&ret->address;
	size_t length = strlen(host);
	char inside[INET6_ADDRSTRLEN];

	if (host[0] != '[' || host[length - 1] != ']' ||
	    length - 2 >= sizeof(inside))
		return -EINVAL;
	memcpy(inside, host + 1, length - 2);
	inside[length - 2] = '\0';
	if (inet_pton(AF_INET6, inside, &in6->sin6_addr) != 1)
		return -EINVAL;
	in6->sin6_family = AF_INET6;
	in6->sin6_port = htons(port);
	ret->length = sizeof(*in6);
	ret->loopback = IN6_IS_ADDR_LOOPBACK(&in6->sin6_addr);
	return 0;
}

int listen_parse(const char *text, struct listen_address *ret,
		 const char **ret_why)
{
	struct listen_address address = { 0 };
	const char *colon = strrchr(text, ':');
	const char *numeric;
	uint64_t port;
	size_t length;

	*ret_why = "not address:port";
	if (!colon || colon == text)
		return -EINVAL;
	*ret_why = "the port is not a number from 1 to 65535";
	if (text_to_u64(colon + 1, 1, 65535, &port) < 0)
		return -EINVAL;
	*ret_why = "the address is neither IPv4, [IPv6] nor localhost";
	length = (size_t)(colon - text);
	if (length >= sizeof(address.host))
		return -EINVAL;
	memcpy(address.host, text, length);
	numeric = strcmp(address.host, "localhost") == 0 ? "127.0.0.1" :
							   address.host;
	if (parse_ipv4(numeric, (uint16_t)port, &address) < 0 &&
	    parse_ipv6(numeric, (uint16_t)port, &address) < 0)
		return -EINVAL;
	*ret = address;
	return 0;
}

/* Returns a socket that is bound to the address, or a negative errno. */
static int open_bound(const struct sockaddr_storage *address, socklen_t length)
{
	_cleanup_close_ int fd = -1;
	int one = 1, kept;

	fd = socket(address->ss_family,
		    SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)) < 0)
		return -errno;
	if (bind(fd, (const struct sockaddr *)address, length) < 0)
		return -errno;
	kept = fd;
	fd = -1;
	return kept;
}

int listen_probe(const struct sockaddr_storage *address, socklen_t length)
{
	int fd = open_bound(address, length);

	if (fd < 0)
		return fd;
	close(fd);
	return 0;
}

int listen_open(const struct sockaddr_storage *address, socklen_t length)
{
	int r, fd = open_bound(address, length);

	if (fd < 0 || listen(fd, BACKLOG) == 0)
		return fd;
	r = -errno;
	close(fd);
	return r;
}

int listen_probe_socket(const char *path, const char **ret_why)
{
	struct stat st;

	if (lstat(path, &st) < 0)
		return errno == ENOENT ? 0 : -errno;
	*ret_why = "a file that is no socket is there";
	return S_ISSOCK(st.st_mode) ? 0 : -EEXIST;
}

static bool is_in_use(const char *path)
{
	int fd = unix_connect(path);

	if (fd >= 0)
		close(fd);
	return fd >= 0 || fd == -EAGAIN;
}

int listen_open_socket(const char *path, mode_t mode, gid_t group)
{
	const char *why;
	int fd, r = listen_probe_socket(path, &why);

	if (r < 0)
		return r;
	if (is_in_use(path))
		return -EADDRINUSE;
	fd = unix_listen(path);
	if (fd < 0)
		return fd;
	if (lchown(path, (uid_t)-1, group) == 0 && chmod(path, mode) == 0)
		return fd;
	r = -errno;
	close(fd);
	unlink(path);
	return r;
}
