// SPDX-License-Identifier: GPL-2.0-only
/*
 * contmon-engine: the only program of contmon that uses the socket of the
 * container engine, which gives the same power as root. It reports what the
 * engine reports about containers. Only with --act it also accepts requests, to
 * act on them.
 */
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <systemd/sd-daemon.h>
#include <systemd/sd-event.h>

#include "act_server.h"
#include "acts.h"
#include "base/log.h"
#include "base/names_protocol.h"
#include "base/text.h"
#include "base/util.h"
#include "cgroup_files.h"
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
	struct acts *acts;
	struct act_server *act_server;
};

/** struct options - @act: accept requests, within @acts' budget */
struct options {
	const char *docker_socket;
	bool act;
	uint64_t per_minute;
	uint64_t per_hour;
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

static int set_up_acts(struct program *program, const struct options *options)
{
	const struct acts_config config = {
		.socket = options->docker_socket,
		.file = ACTS_FILE,
		.cgroups = cgroup_root(),
		.per_minute = (unsigned int)options->per_minute,
		.per_hour = (unsigned int)options->per_hour,
	};
	int r = acts_new(program->event, &config, program->docker,
			 program->table, &program->acts);

	if (r < 0)
		return r;
	r = act_server_new(program->event, ACT_SOCKET, program->acts,
			   &program->act_server);
	if (r < 0)
		log_err("%s: %s", ACT_SOCKET, strerror(-r));
	else
		log_warn("%s: root and the user contmon may have containers "
			 "stopped, killed and removed: %u in a minute, %u in "
			 "an hour", ACT_SOCKET, config.per_minute,
			 config.per_hour);
	return r;
}

static int set_up(struct program *program, const struct options *options)
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
	r = engine_docker_new(program->event, options->docker_socket,
			      program->table, on_connected, program,
			      &program->docker);
	return r < 0 || !options->act ? r : set_up_acts(program, options);
}

static int run(const struct options *options)
{
	struct program program = { 0 };
	int r = set_up(&program, options);

	if (r >= 0) {
		sd_notify(0, "READY=1");
		r = sd_event_loop(program.event);
		sd_notify(0, "STOPPING=1");
	}
	if (r < 0)
		log_err("cannot run: %s", strerror(-r));
	act_server_free(program.act_server);
	acts_free(program.acts);
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
	      "      --act                 act on containers, for contmond\n"
	      "      --act-per-minute N    at most (default 1)\n"
	      "      --act-per-hour N      at most (default 5)\n"
	      "      --version             print the version and exit\n"
	      "  -h, --help                print this help and exit\n", to);
}

static bool read_budget(const char *option, const char *text, uint64_t *ret)
{
	if (text_to_u64(text, 0, ACT_BUDGET_MAX, ret) == 0)
		return true;
	fprintf(stderr, "contmon-engine: --%s: not a number up to %d: %s\n",
		option, ACT_BUDGET_MAX, text);
	return false;
}

enum { DOCKER = 256, ACT, PER_MINUTE, PER_HOUR, VERSION };

static const struct option long_options[] = {
	{ "docker-socket", required_argument, NULL, DOCKER },
	{ "act", no_argument, NULL, ACT },
	{ "act-per-minute", required_argument, NULL, PER_MINUTE },
	{ "act-per-hour", required_argument, NULL, PER_HOUR },
	{ "version", no_argument, NULL, VERSION },
	{ "help", no_argument, NULL, 'h' },
	{ 0 },
};

/* Returns an exit status, or -1 to go on. */
static int read_option(int option, struct options *options)
{
	switch (option) {
	case DOCKER:
		options->docker_socket = optarg;
		return -1;
	case ACT:
		options->act = true;
		return -1;
	case PER_MINUTE:
		return read_budget("act-per-minute", optarg,
				   &options->per_minute) ? -1 : EXIT_USAGE;
	case PER_HOUR:
		return read_budget("act-per-hour", optarg,
				   &options->per_hour) ? -1 : EXIT_USAGE;
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

int main(int argc, char **argv)
{
	struct options options = {
		.docker_socket = DOCKER_SOCKET,
		.per_minute = ACT_PER_MINUTE,
		.per_hour = ACT_PER_HOUR,
	};
	int option, status = -1;

	log_open("contmon-engine");
	while (status < 0 && (option = getopt_long(argc, argv, "h",
						   long_options, NULL)) != -1)
		status = read_option(option, &options);
	if (status >= 0)
		return status;
	if (optind < argc) {
		usage(stderr);
		return EXIT_USAGE;
	}
	return run(&options) < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
