// SPDX-License-Identifier: GPL-2.0-only
/*
 * contmon-engine: the only program of contmon that uses the socket of the
 * container engine, which gives the same power as root. It passes on what the
 * engine reports about containers. Only with --act does it also accept requests
 * to act on them.
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
#include "base/standard.h"
#include "base/text.h"
#include "base/util.h"
#include "cgroup_files.h"
#include "engines.h"
#include "server.h"
#include "table.h"

#define EXIT_USAGE 2

#define DAY_S (24 * 3600)

struct program {
	sd_event *event;
	struct engine_table *table;
	struct engine_server *server;
	struct engines *engines;
	struct acts *acts;
	struct act_server *act_server;
};

/* Where Docker and Podman listen: first root's sockets, then those of users */
static const struct engines_socket_path default_socket_paths[] = {
	{ "/run/docker.sock", false },
	{ "/run/podman/podman.sock", false },
	{ "/run/user/*/docker.sock", false },
	{ "/run/user/*/podman/podman.sock", false },
};

/**
 * struct options
 * @socket_paths: the default ones if there are none
 * @layers: let engines measure the writable layers of containers
 * @act: accept requests to act, within the budget
 * @min_age_s: how old a container must be before it is acted on
 */
struct options {
	struct engines_socket_path socket_paths[NAME_ENGINES_MAX];
	size_t nr_socket_paths;
	bool layers;
	bool act;
	uint64_t per_minute;
	uint64_t per_hour;
	uint64_t min_age_s;
};

static void on_engines(void *userdata)
{
	static struct name_engine all[NAME_ENGINES_MAX];
	const struct program *program = userdata;
	size_t i, nr_connected = 0, nr = engines_describe(program->engines,
							  all);

	engine_server_tell(program->server);
	for (i = 0; i < nr; i++)
		nr_connected += all[i].state == NAME_ENGINE_CONNECTED;
	sd_notifyf(0, "STATUS=%zu of %zu container engines answer",
		   nr_connected, nr);
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
		.file = ACTS_FILE,
		.cgroups = cgroup_root(),
		.per_minute = (unsigned int)options->per_minute,
		.per_hour = (unsigned int)options->per_hour,
		.min_age_ms = (int64_t)options->min_age_s * 1000,
	};
	int r = acts_new(program->event, &config, program->engines,
			 program->table, &program->acts);

	if (r < 0)
		return r;
	r = act_server_new(program->event, ACT_SOCKET, program->acts,
			   &program->act_server);
	if (r < 0)
		log_err("%s: %s", ACT_SOCKET, strerror(-r));
	else
		log_warn("%s: root and the user contmon may have containers "
			 "stopped, killed, removed, restarted, paused and "
			 "limited: %u in a minute, %u in an hour", ACT_SOCKET,
			 config.per_minute, config.per_hour);
	return r;
}

static size_t describe(struct name_engine ret[NAME_ENGINES_MAX],
		       void *userdata)
{
	const struct program *program = userdata;

	return engines_describe(program->engines, ret);
}

static int set_up_engines(struct program *program,
			  const struct options *options)
{
	struct engines_config config = {
		.socket_paths = options->socket_paths,
		.nr_socket_paths = options->nr_socket_paths,
		.layers = options->layers,
	};

	if (config.nr_socket_paths == 0) {
		config.socket_paths = default_socket_paths;
		config.nr_socket_paths = ARRAY_SIZE(default_socket_paths);
	}
	program->table = engine_table_new();
	if (!program->table)
		return -ENOMEM;
	return engines_new(program->event, &config, program->table, on_engines,
			   program, &program->engines);
}

static int set_up(struct program *program, const struct options *options)
{
	int r = sd_event_default(&program->event);

	if (r >= 0)
		r = set_up_signals(program->event);
	if (r >= 0)
		r = sd_event_set_watchdog(program->event, true);
	if (r >= 0)
		r = set_up_engines(program, options);
	if (r < 0)
		return r;
	r = engine_server_new(program->event, NAMES_SOCKET, program->table,
			      describe, program, &program->server);
	if (r < 0) {
		log_err("%s: %s", NAMES_SOCKET, strerror(-r));
		return r;
	}
	return options->act ? set_up_acts(program, options) : 0;
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
	engine_server_free(program.server);
	engines_free(program.engines);
	engine_table_free(program.table);
	sd_event_unref(program.event);
	return r;
}

static void usage(FILE *to)
{
	fputs("Usage: contmon-engine [OPTION]...\n"
	      "Report names and other data of containers to contmond.\n"
	      "\n"
	      "      --socket PATTERN    socket of Docker or Podman; may be\n"
	      "                          repeated; default: the usual ones\n"
	      "      --writable-layers   let engines measure the layers that\n"
	      "                          containers write to, which is costly\n"
	      "      --act               act on containers, for contmond\n"
	      "      --act-per-minute N  at most N acts a minute (default 1)\n"
	      "      --act-per-hour N    at most N acts an hour (default 5)\n"
	      "      --act-min-age SECONDS\n"
	      "                          only on containers that are at least\n"
	      "                          so old (default 60)\n"
	      "      --version           print the version and exit\n"
	      "  -h, --help              print this help and exit\n", to);
}

/* Returns an exit status, or -1 to continue. */
static int read_number(const char *option, const char *text, unsigned int max,
		       uint64_t *ret)
{
	if (text_to_u64(text, 0, max, ret) == 0)
		return -1;
	fprintf(stderr, "contmon-engine: --%s: not a number up to %u: %s\n",
		option, max, text);
	return EXIT_USAGE;
}

static bool read_socket(const char *text, struct options *options)
{
	if (*text != '/' || strlen(text) > NAME_ENGINE_SOCKET_MAX) {
		fprintf(stderr, "contmon-engine: --socket: not an absolute "
			"path of up to %d bytes: %s\n",
			NAME_ENGINE_SOCKET_MAX, text);
		return false;
	}
	if (options->nr_socket_paths == NAME_ENGINES_MAX) {
		fprintf(stderr, "contmon-engine: --socket: more than %d of "
			"them\n", NAME_ENGINES_MAX);
		return false;
	}
	options->socket_paths[options->nr_socket_paths++] =
		(struct engines_socket_path){ text, true };
	return true;
}

enum {
	ENGINE_SOCKET = 256, LAYERS, ACT, PER_MINUTE, PER_HOUR, MIN_AGE,
	VERSION
};

static const struct option long_options[] = {
	{ "socket", required_argument, NULL, ENGINE_SOCKET },
	{ "writable-layers", no_argument, NULL, LAYERS },
	{ "act", no_argument, NULL, ACT },
	{ "act-per-minute", required_argument, NULL, PER_MINUTE },
	{ "act-per-hour", required_argument, NULL, PER_HOUR },
	{ "act-min-age", required_argument, NULL, MIN_AGE },
	{ "version", no_argument, NULL, VERSION },
	{ "help", no_argument, NULL, 'h' },
	{ 0 },
};

/* Returns an exit status, or -1 to continue. */
static int read_option(int option, struct options *options)
{
	switch (option) {
	case ENGINE_SOCKET:
		return read_socket(optarg, options) ? -1 : EXIT_USAGE;
	case LAYERS:
		options->layers = true;
		return -1;
	case ACT:
		options->act = true;
		return -1;
	case PER_MINUTE:
		return read_number("act-per-minute", optarg, ACT_BUDGET_MAX,
				   &options->per_minute);
	case PER_HOUR:
		return read_number("act-per-hour", optarg, ACT_BUDGET_MAX,
				   &options->per_hour);
	case MIN_AGE:
		return read_number("act-min-age", optarg, DAY_S,
				   &options->min_age_s);
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
		.per_minute = ACT_PER_MINUTE,
		.per_hour = ACT_PER_HOUR,
		.min_age_s = ACT_MIN_AGE_S,
	};
	int option, status = -1;

	standard_reserve();
	log_open("contmon-engine");
	while (status < 0 && (option = getopt_long(argc, argv, "h",
						   long_options, NULL)) != -1)
		status = read_option(option, &options);
	if (status < 0 && optind < argc) {
		fprintf(stderr, "contmon-engine: %s: not an option; see: "
			"contmon-engine --help\n", argv[optind]);
		status = EXIT_USAGE;
	}
	if (status < 0)
		status = run(&options) < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
	return standard_end(status);
}
