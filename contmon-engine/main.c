// SPDX-License-Identifier: GPL-2.0-only
/*
 * contmon-engine: the only program of contmon that uses the socket of the
 * container engine, which gives the same power as root. It reports what the
 * engine reports about containers, and accepts no commands.
 */
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <systemd/sd-daemon.h>
#include <systemd/sd-event.h>

#include "base/log.h"
#include "base/names_protocol.h"
#include "base/util.h"
#include "docker.h"
#include "server.h"
#include "table.h"

#define EXIT_USAGE 2
#define DOCKER_SOCKET "/var/run/docker.sock"

struct program {
	sd_event *event;
	struct engine_table *table;
	struct engine_server *server;
	struct engine_docker *docker;
};

static void on_connected(bool connected, void *userdata)
{
	struct program *program = userdata;

	engine_server_set_connected(program->server, connected);
	sd_notifyf(0, "STATUS=%s", connected ?
		   "The container engine answers" :
		   "Waiting for the container engine");
}

static int set_up_signals(sd_event *event)
{
	sigset_t signals;
	int r;

	sigemptyset(&signals);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGINT);
	if (sigprocmask(SIG_BLOCK, &signals, NULL) < 0)
		return -errno;
	signal(SIGPIPE, SIG_IGN);
	r = sd_event_add_signal(event, NULL, SIGTERM, NULL, NULL);
	return r < 0 ? r : sd_event_add_signal(event, NULL, SIGINT, NULL, NULL);
}

static int set_up(struct program *program, const char *docker_socket)
{
	int r = sd_event_default(&program->event);

	if (r >= 0)
		r = set_up_signals(program->event);
	if (r >= 0)
		r = sd_event_set_watchdog(program->event, true);
	if (r < 0)
		return r;
	program->table = engine_table_new();
	if (!program->table)
		return -ENOMEM;
	r = engine_server_new(program->event, NAMES_SOCKET, program->table,
			      &program->server);
	if (r < 0) {
		log_err("%s: %s", NAMES_SOCKET, strerror(-r));
		return r;
	}
	return engine_docker_new(program->event, docker_socket, program->table,
				 on_connected, program, &program->docker);
}

static int run(const char *docker_socket)
{
	struct program program = { 0 };
	int r = set_up(&program, docker_socket);

	if (r >= 0) {
		sd_notify(0, "READY=1");
		r = sd_event_loop(program.event);
		sd_notify(0, "STOPPING=1");
	}
	if (r < 0)
		log_err("cannot run: %s", strerror(-r));
	engine_docker_free(program.docker);
	engine_server_free(program.server);
	engine_table_free(program.table);
	sd_event_unref(program.event);
	return r;
}

static void usage(FILE *to)
{
	fputs("Usage: contmon-engine [OPTION]...\n"
	      "Report names and other data of containers to contmond.\n"
	      "\n"
	      "      --docker-socket PATH  of Docker or Podman\n"
	      "                            (default " DOCKER_SOCKET ")\n"
	      "      --version             print the version and exit\n"
	      "  -h, --help                print this help and exit\n", to);
}

int main(int argc, char **argv)
{
	enum { DOCKER = 256, VERSION };
	static const struct option table[] = {
		{ "docker-socket", required_argument, NULL, DOCKER },
		{ "version", no_argument, NULL, VERSION },
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	const char *docker_socket = DOCKER_SOCKET;
	int option;

	log_open("contmon-engine");
	while ((option = getopt_long(argc, argv, "h", table, NULL)) != -1) {
		switch (option) {
		case DOCKER:
			docker_socket = optarg;
			break;
		case VERSION:
			puts("contmon-engine " CONTMON_VERSION);
			return EXIT_SUCCESS;
		case 'h':
			usage(stdout);
			return EXIT_SUCCESS;
		default:
			usage(stderr);
			return EXIT_USAGE;
		}
	}
	if (optind < argc) {
		usage(stderr);
		return EXIT_USAGE;
	}
	return run(docker_socket) < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
