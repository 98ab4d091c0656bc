// SPDX-License-Identifier: GPL-2.0-only
#include "base/standard.h"
#include "commands.h"
#include "contmon/cli/error.h"

#include <getopt.h>
#include <locale.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct command {
	const char *name;
	const char *summary;
	int (*run)(int argc, char **argv);
};

static const struct command commands[] = {
	{ "info", "the driver, its limits and the host's totals", cli_info },
	{ "ps", "every process: reserved, committed, CPU, container", cli_ps },
	{ "containers", "every container: tasks, memory, CPU, IO",
	  cli_containers },
	{ "top", "containers and their processes, live", cli_top },
	{ "watch", "one process until it ends", cli_watch },
	{ "history", "what a container used over time", cli_history },
	{ "export", "what contmond recorded, for other programs", cli_export },
	{ "import", "what an export has written, to look at it", cli_import },
	{ "policy", "rules by which contmond acts on containers", cli_policy },
	{ "grafana", "contmon's dashboards and alert rules in Grafana",
	  cli_grafana },
	{ "events", "events of processes and containers, live", cli_events },
	{ "log", "what happened to containers, kept and live", cli_log },
	{ "cmdline", "the arguments of a process", cli_cmdline },
	{ "alloc", "reserve memory and watch it being committed", cli_alloc },
	{ "load", "containers with something to do, to try it all on",
	  cli_load },
};

#define NR_COMMANDS (sizeof(commands) / sizeof(commands[0]))

static void print_help(FILE *to)
{
	size_t i;

	fprintf(to, "usage: contmon COMMAND [OPTION...]\n"
		    "       contmon --help | --version\n\n");
	for (i = 0; i < NR_COMMANDS; i++)
		fprintf(to, "  %-12s%s\n", commands[i].name,
			commands[i].summary);
	fprintf(to, "\nOptions of a command: contmon COMMAND --help\n");
}

static int run(int argc, char **argv)
{
	size_t i;

	for (i = 0; i < NR_COMMANDS; i++)
		if (strcmp(argv[1], commands[i].name) == 0)
			return commands[i].run(argc - 1, argv + 1);

	cli_error("%s: no such %s; see: contmon --help", argv[1],
		  argv[1][0] == '-' ? "option" : "command");
	return CLI_USAGE;
}

int main(int argc, char **argv)
{
	standard_reserve();
	setlocale(LC_CTYPE, "");

	/* cli_option() reports errors instead of getopt_long(). */
	opterr = 0;

	if (argc < 2) {
		print_help(stderr);
		return CLI_USAGE;
	}
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
		print_help(stdout);
		return standard_end(CLI_OK);
	}
	if (strcmp(argv[1], "--version") == 0 || strcmp(argv[1], "-V") == 0) {
		printf("contmon %s\n", CONTMON_VERSION);
		return standard_end(CLI_OK);
	}
	return standard_end(run(argc, argv));
}
