// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the containers of `contmon load` run. Its options are some of those of
 * stress and stress-ng, and its name in the image is theirs, because that is
 * how workloads are recognised. It is the first process of its container, so
 * that it handles SIGTERM itself: it stops its workers and exits with 0.
 */
#include "workers.h"

#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define EXIT_USAGE 2
#define WORKERS_MAX 16
#define MIB_MAX 1024

enum { OPT_VM_BYTES, OPT_HDD_BYTES, OPT_FIRST_KIND };

/* @bytes: index of the option with the size; the others have no size */
static const struct kind {
	const char *option;
	void (*work)(size_t bytes) __attribute__((noreturn));
	int bytes;
} kinds[] = {
	{ "cpu", work_cpu, -1 },
	{ "vm", work_vm, OPT_VM_BYTES },
	{ "hdd", work_hdd, OPT_HDD_BYTES },
	{ "io", work_io, -1 },
	{ "udp", work_udp, -1 },
	{ "fork", work_fork, -1 },
	{ "bigheap", work_bigheap, -1 },
};

#define NR_KINDS (sizeof(kinds) / sizeof(kinds[0]))

struct ask {
	unsigned long workers[NR_KINDS];
	size_t bytes[2];	/* by OPT_VM_BYTES and OPT_HDD_BYTES */
};

static _Noreturn void refuse(const char *what, const char *why)
{
	fprintf(stderr, "stress: %s: %s\n", what, why);
	exit(EXIT_USAGE);
}

/* A number from 1 to @max, with @unit after it */
static unsigned long parse(const char *option, unsigned long max,
			   const char *unit)
{
	char *end;
	unsigned long number = strtoul(optarg, &end, 10);

	if (*optarg < '0' || *optarg > '9' || strcmp(end, unit) != 0 ||
	    number < 1 || number > max)
		refuse(option, "not a number that it can have");
	return number;
}

static void parse_option(struct ask *ask, int opt, char **argv)
{
	const struct kind *kind = &kinds[opt - OPT_FIRST_KIND];

	if (opt == '?' || opt == ':')
		refuse(argv[optind - 1], "no such option, or no value");
	if (opt < OPT_FIRST_KIND)
		ask->bytes[opt] = parse("size", MIB_MAX, "M") << 20;
	else
		ask->workers[kind - kinds] = parse(kind->option, WORKERS_MAX,
						   "");
}

static void parse_all(struct ask *ask, int argc, char **argv)
{
	struct option options[NR_KINDS + 3] = {
		{ "vm-bytes", required_argument, NULL, OPT_VM_BYTES },
		{ "hdd-bytes", required_argument, NULL, OPT_HDD_BYTES },
	};
	int opt;
	size_t i;

	for (i = 0; i < NR_KINDS; i++)
		options[2 + i] = (struct option){
			kinds[i].option, required_argument, NULL,
			OPT_FIRST_KIND + (int)i };
	opterr = 0;
	while ((opt = getopt_long(argc, argv, ":", options, NULL)) != -1)
		parse_option(ask, opt, argv);
	if (optind < argc)
		refuse(argv[optind], "not expected");
}

static void start(const struct kind *kind, size_t bytes,
		  const sigset_t *signals)
{
	pid_t parent = getpid(), pid = fork();

	if (pid < 0) {
		perror("stress: fork");
		exit(EXIT_FAILURE);
	}
	if (pid > 0)
		return;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(EXIT_FAILURE);
	sigprocmask(SIG_UNBLOCK, signals, NULL);
	kind->work(bytes);
}

/* Workers only end when something is wrong with them. */
static int wait_for_end(const sigset_t *signals)
{
	int signal, status;

	for (;;) {
		if (sigwait(signals, &signal) != 0)
			continue;
		if (signal != SIGCHLD)
			return EXIT_SUCCESS;
		while (waitpid(-1, &status, WNOHANG) > 0)
			if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
				return EXIT_FAILURE;
	}
}

int main(int argc, char **argv)
{
	struct ask ask = { .bytes = { (size_t)64 << 20, (size_t)16 << 20 } };
	unsigned long nr, total = 0;
	sigset_t signals;
	size_t i;

	parse_all(&ask, argc, argv);
	sigemptyset(&signals);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGCHLD);
	sigprocmask(SIG_BLOCK, &signals, NULL);
	for (i = 0; i < NR_KINDS; i++) {
		total += ask.workers[i];
		for (nr = 0; nr < ask.workers[i]; nr++)
			start(&kinds[i], kinds[i].bytes < 0 ? 0 :
			      ask.bytes[kinds[i].bytes], &signals);
	}
	if (total == 0)
		refuse("options", "there is nothing to do");
	/* The workers die with this process. */
	return wait_for_end(&signals);
}
