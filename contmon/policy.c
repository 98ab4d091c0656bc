// SPDX-License-Identifier: GPL-2.0-only
#include "commands.h"
#include "contmon/cli/error.h"
#include "contmon/policy/policy.h"

#include <stdio.h>
#include <string.h>

#define NAME_SIZE 32

static const struct {
	const char *name;
	const char *summary;
	int (*run)(int argc, char **argv);
} commands[] = {
	{ "status", "rules, and decisions that have not ended",
	  cli_policy_status },
	{ "veto", "end a decision before it acts", cli_policy_veto },
	{ "log", "what policies decided, and why", cli_policy_log },
	{ "explain", "what each rule says of each container, and why",
	  cli_policy_explain },
	{ "replay", "what rules would have done to the recorded past",
	  cli_policy_replay },
	{ "check", "find the mistakes in rule files", cli_policy_check },
};

#define NR_COMMANDS (sizeof(commands) / sizeof(commands[0]))

static void print_help(FILE *to)
{
	size_t i;

	fprintf(to, "usage: contmon policy COMMAND [OPTION...]\n"
		    "Rules by which contmond acts on containers; see "
		    "contmon-policy(5).\n\n");
	for (i = 0; i < NR_COMMANDS; i++)
		fprintf(to, "  %-12s%s\n", commands[i].name,
			commands[i].summary);
	fprintf(to, "\n  -h, --help          print this\n"
		    "\nOptions of a command: contmon policy COMMAND --help\n");
}

/* What options are refused with has the name of the whole command. */
static int run(size_t i, int argc, char **argv)
{
	char name[NAME_SIZE];

	snprintf(name, sizeof(name), "policy %s", commands[i].name);
	argv[0] = name;
	return commands[i].run(argc, argv);
}

int cli_policy(int argc, char **argv)
{
	size_t i;

	if (argc < 2) {
		print_help(stderr);
		return CLI_USAGE;
	}
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
		print_help(stdout);
		return CLI_OK;
	}
	for (i = 0; i < NR_COMMANDS; i++) {
		if (strcmp(argv[1], commands[i].name) == 0)
			return run(i, argc - 1, argv + 1);
	}
	cli_error("policy %s: no such %s; see: contmon policy --help", argv[1],
		  argv[1][0] == '-' ? "option" : "command");
	return CLI_USAGE;
}
