// SPDX-License-Identifier: GPL-2.0-only
/*
 * Docker's own API: one request for each container, without the second sample,
 * for which it would wait a second.
 * Usage: docker_api CONTAINER-ID...
 */

#include <sys/socket.h>
#include <sys/un.h>

#include "bench.h"

static int engine(void)
{
	struct sockaddr_un address = {
		.sun_family = AF_UNIX,
		.sun_path = "/run/docker.sock",
	};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	bench_must(fd, "socket");
	bench_must(connect(fd, (void *)&address, sizeof(address)),
		   address.sun_path);
	return fd;
}

static void ask(const char *id)
{
	static char text[65536];
	size_t length = 0;
	ssize_t got;
	int fd = engine();

	bench_must(dprintf(fd, "GET /containers/%s/stats?stream=false"
			   "&one-shot=true HTTP/1.0\r\nHost: engine\r\n\r\n",
			   id), "send");
	while ((got = bench_must(read(fd, text + length,
				      sizeof(text) - 1 - length), "read")))
		length += (size_t)got;
	text[length] = '\0';
	close(fd);
	if (!strstr(text, " 200 ") || !strstr(text, "memory_stats"))
		bench_die("the engine has no answer");
}

static long ask_all(void *_ids)
{
	char **ids = _ids;
	long n;

	for (n = 0; ids[n]; n++)
		ask(ids[n]);
	return n;
}

int main(int argc, char **argv)
{
	(void)argc;
	bench_run("docker-api", ask_all, argv + 1);
	return 0;
}
