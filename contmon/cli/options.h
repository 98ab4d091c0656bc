/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CONTMON_CLI_OPTIONS_H
#define CONTMON_CLI_OPTIONS_H

#include <getopt.h>
#include <stdbool.h>

#include "format.h"

/* Options of every command */
struct cli_options {
	bool json;
	bool csv;
	bool no_headings;
	enum cli_unit unit;
};

enum { CLI_OPT_JSON = 1000, CLI_OPT_CSV, CLI_OPT_NO_HEADINGS,
       CLI_OPT_UNITS };

#define CLI_COMMON_OPTIONS						\
	{ "help", no_argument, NULL, 'h' },				\
	{ "json", no_argument, NULL, CLI_OPT_JSON },			\
	{ "csv", no_argument, NULL, CLI_OPT_CSV },			\
	{ "no-headings", no_argument, NULL, CLI_OPT_NO_HEADINGS },	\
	{ "units", required_argument, NULL, CLI_OPT_UNITS },		\
	{ NULL, 0, NULL, 0 }

#define CLI_COMMON_HELP							\
	"      --json          print JSON\n"				\
	"      --csv           print CSV with the keys of --json\n" \
	"      --no-headings   print neither headings nor totals\n"	\
	"      --units UNIT    auto, KiB, MiB or bytes\n"		\
	"  -h, --help          print this\n"

/* Is the output for programs? */
static inline bool cli_is_for_programs(const struct cli_options *options)
{
	return options->json || options->csv;
}

/*
 * Handles an option of getopt_long() that the command does not handle itself.
 * @help is the help text of the command. Returns CLI_GO_ON, or the exit status.
 */
int cli_option(int opt, char **argv, const char *help,
	       struct cli_options *options);

/* Refuses operands. Returns CLI_GO_ON or CLI_USAGE. */
int cli_no_operands(int argc, char **argv);

#endif /* CONTMON_CLI_OPTIONS_H */
