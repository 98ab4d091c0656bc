// SPDX-License-Identifier: GPL-2.0-only
#include "commands.h"
#include "error.h"

#include <stdio.h>
#include <string.h>

#define NAME_SIZE 32

static void print_help(const struct cli_commands *commands, FILE *to)
{
	size_t i;

	fprintf(to, "usage: contmon %s COMMAND [OPTION...]\n%s\n",
		commands->name, commands->about);
	for (i = 0; i < commands->nr; i++)
		fprintf(to, "  %-12s%s\n", commands->all[i].name,
			commands->all[i].summary);
	fprintf(to, "\n  -h, --help          print this\n"
		    "\nOptions of a command: contmon %s COMMAND --help\n",
		commands->name);
}

/* Errors about options show the name of the whole command. */
static int run(const struct cli_commands *commands,
	       const struct cli_command *command, int argc, char **argv)
{
	char name[NAME_SIZE];

	snprintf(name, sizeof(name), "%s %s", commands->name, command->name);
	argv[0] = name;
	return command->run(argc, argv);
}

int cli_run_commands(const struct cli_commands *commands, int argc, char **argv)
{
	size_t i;

	if (argc < 2) {
		print_help(commands, stderr);
		return CLI_USAGE;
	}
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
		print_help(commands, stdout);
		return CLI_OK;
	}
	for (i = 0; i < commands->nr; i++) {
		if (strcmp(argv[1], commands->all[i].name) == 0)
			return run(commands, &commands->all[i], argc - 1,
				   argv + 1);
	}
	cli_error("%s %s: no such %s; see: contmon %s --help", commands->name,
		  argv[1], argv[1][0] == '-' ? "option" : "command",
		  commands->name);
	return CLI_USAGE;
}
