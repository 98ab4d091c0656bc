// SPDX-License-Identifier: GPL-2.0-only
#include "workers.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PAGE_BYTES ((size_t)4096)
#define MIB ((size_t)1 << 20)
#define MS_PER_SECOND 1000

static _Noreturn void give_up(const char *what)
{
	fprintf(stderr, "stress: %s: %s\n", what, strerror(errno));
	_exit(1);
}

static void pause_ms(long ms)
{
	struct timespec time = {
		.tv_sec = ms / MS_PER_SECOND,
		.tv_nsec = ms % MS_PER_SECOND * 1000000,
	};

	while (nanosleep(&time, &time) < 0 && errno == EINTR)
		;
}

static unsigned char *map(size_t bytes)
{
	void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (memory == MAP_FAILED)
		give_up("memory");
	return memory;
}

/* A file without a name: nothing is left of it. */
static int open_file(void)
{
	char path[] = "/tmp/stress-XXXXXX";
	int fd = mkstemp(path);

	if (fd < 0)
		give_up(path);
	unlink(path);
	return fd;
}

static void write_down(int fd, const void *from, size_t bytes, off_t at)
{
	if (pwrite(fd, from, bytes, at) != (ssize_t)bytes || fdatasync(fd) < 0)
		give_up("writing");
}

void work_cpu(size_t unused)
{
	volatile uint64_t value = 1;

	(void)unused;
	for (;;)
		value = value * 3 + 1;
}

void work_vm(size_t bytes)
{
	unsigned char *memory = map(bytes);
	size_t at;

	for (;;) {
		for (at = 0; at < bytes; at += PAGE_BYTES)
			memory[at]++;
		pause_ms(MS_PER_SECOND);
	}
}

void work_hdd(size_t bytes)
{
	unsigned char *chunk = map(MIB);
	int fd = open_file();
	size_t at;

	memset(chunk, 'x', MIB);
	for (;;) {
		for (at = 0; at < bytes; at += MIB) {
			write_down(fd, chunk, MIB, (off_t)at);
			pause_ms(100);
		}
		if (ftruncate(fd, 0) < 0)
			give_up("truncating");
	}
}

void work_io(size_t unused)
{
	static const unsigned char page[4096] = { 'x' };
	int fd = open_file();

	(void)unused;
	for (;;) {
		off_t nr = rand() % (int)(MIB / PAGE_BYTES);

		write_down(fd, page, sizeof(page), nr * (off_t)PAGE_BYTES);
		pause_ms(20);
	}
}

/* The route to everywhere, in network byte order; 0: there is none */
static uint32_t find_gateway(void)
{
	FILE *routes = fopen("/proc/net/route", "re");
	uint32_t to, gateway = 0, found = 0;
	char line[256];

	while (routes && fgets(line, sizeof(line), routes))
		if (sscanf(line, "%*s %" SCNx32 " %" SCNx32, &to,
			   &gateway) == 2 && to == 0)
			found = gateway;
	if (routes)
		fclose(routes);
	return found;
}

void work_udp(size_t unused)
{
	static const char packet[1024];
	struct sockaddr_in to = {
		.sin_family = AF_INET,
		.sin_port = htons(9),	/* discard */
		.sin_addr.s_addr = find_gateway(),
	};
	int i, fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	(void)unused;
	errno = ENETUNREACH;
	if (fd < 0 || !to.sin_addr.s_addr)
		give_up("network");
	for (;;) {
		for (i = 0; i < 64; i++)
			if (sendto(fd, packet, sizeof(packet), 0,
				   (const struct sockaddr *)&to,
				   sizeof(to)) < 0 && errno != ENOBUFS)
				give_up("sending");
		pause_ms(50);
	}
}

void work_fork(size_t unused)
{
	pid_t pid;

	(void)unused;
	for (;;) {
		pid = fork();
		if (pid < 0)
			give_up("fork");
		if (pid == 0)
			_exit(0);
		waitpid(pid, NULL, 0);
		pause_ms(10);
	}
}

/* Without a limit that ends it, it ends by itself: it must do no harm. */
#define HEAP_MAX (256 * MIB)

static _Noreturn void grow(void)
{
	int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
	size_t bytes;

	/* The process that waits for it is to stay. */
	if (fd < 0 || write(fd, "1000", 4) < 0)
		give_up("oom_score_adj");
	for (bytes = 0; bytes < HEAP_MAX; bytes += MIB)
		memset(map(MIB), 'x', MIB);
	_exit(0);
}

void work_bigheap(size_t unused)
{
	pid_t pid;

	(void)unused;
	for (;;) {
		pid = fork();
		if (pid < 0)
			give_up("fork");
		if (pid == 0)
			grow();
		waitpid(pid, NULL, 0);
		pause_ms(10 * MS_PER_SECOND);
	}
}
