/* SPDX-License-Identifier: GPL-2.0-only */
/* Commands with subcommands */
#ifndef CONTMON_CLI_COMMANDS_H
#define CONTMON_CLI_COMMANDS_H

#include <stddef.h>

struct cli_command {
	const char *name;
	const char *summary;
	int (*run)(int argc, char **argv);
};

/** struct cli_commands - @about: a sentence for the help, with its newline */
struct cli_commands {
	const char *name;
	const char *about;
	const struct cli_command *all;
	size_t nr;
};

/*
 * Runs the command named by argv[1], or prints the help. Returns an exit
 * status.
 */
int cli_run_commands(const struct cli_commands *commands, int argc,
		     char **argv);

#endif /* CONTMON_CLI_COMMANDS_H */
