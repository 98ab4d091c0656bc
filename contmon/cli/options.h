/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CONTMON_CLI_OPTIONS_H
#define CONTMON_CLI_OPTIONS_H

#include <getopt.h>
#include <stdbool.h>
#include <stdint.h>

#include "contmon.h"
#include "format.h"

/* What the program exits with; CLI_GO_ON only goes round inside of it. */
enum {
	CLI_GO_ON = -1,
	CLI_OK = 0,
	CLI_FAILURE = 1,
	CLI_USAGE = 2,
	CLI_NOT_ZERO = 10,	/* alloc: memory that was not zero */
};

int cli_info(int argc, char **argv);
int cli_ps(int argc, char **argv);
int cli_containers(int argc, char **argv);
int cli_top(int argc, char **argv);
int cli_watch(int argc, char **argv);
int cli_events(int argc, char **argv);
int cli_cmdline(int argc, char **argv);
int cli_alloc(int argc, char **argv);

/* Options that every subcommand has */
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
	"      --json          print JSON, numbers as the driver gave them\n" \
	"      --csv           print CSV with the keys and values of --json\n" \
	"      --no-headings   print neither headings nor totals\n"	\
	"      --units UNIT    auto, KiB, MiB or bytes\n"		\
	"  -h, --help          print this\n"

/*
 * Take what getopt_long() returned and the subcommand does not know itself:
 * CLI_GO_ON, or what to exit with. @help is the subcommand's.
 */
int cli_option(int opt, char **argv, const char *help,
	       struct cli_options *options);

/* One option less for whoever takes no operands: CLI_GO_ON or CLI_USAGE */
int cli_no_operands(int argc, char **argv);

/* The value of an option: 1 to @max. CLI_GO_ON, or what to exit with */
int cli_parse_above_0(const char *option, const char *text, uint64_t max,
		      uint64_t *ret);

/*
 * Process ids of a command line; the array, NULL for none, is the caller's to
 * free, also after a failure. CLI_GO_ON, or what to exit with
 */
int cli_parse_pids(int nr, char **words, int32_t **ret_pids, size_t *ret_nr);

/* "contmon: ..." on stderr, made harmless for a terminal */
void cli_error(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Open the device, or say why not and what helps. Returns 0 or -errno. */
int cli_open(struct contmon **ret);

/* "driver" or "procfs" */
const char *cli_source_name(const struct contmon *c);

/* May these CONTMON_* flags be asked of it? CLI_GO_ON, or CLI_FAILURE */
int cli_check_flags(const struct contmon *c, uint32_t flags);

/* Say that "@what failed": for errors of the library. Returns CLI_FAILURE. */
int cli_failed(const char *what, int error);

#endif /* CONTMON_CLI_OPTIONS_H */
