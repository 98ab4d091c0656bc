/* SPDX-License-Identifier: GPL-2.0-only */
/* The rules, and the past that they are looked at with: two options. */
#ifndef CONTMON_POLICY_SOURCE_H
#define CONTMON_POLICY_SOURCE_H

#include <getopt.h>
#include <stdbool.h>

#include "contmon/cli/options.h"

struct policy;
struct store;

enum {
	CLI_OPT_RULES = CLI_OPT_UNITS + 1,
	CLI_OPT_STORE,
	CLI_OPT_SOURCE,	/* the last of these */
};

#define CLI_SOURCE_OPTIONS					\
	{ "rules", required_argument, NULL, CLI_OPT_RULES },	\
	{ "store", required_argument, NULL, CLI_OPT_STORE },

#define CLI_SOURCE_HELP							\
	"      --rules PATH    these rules instead of contmond's\n"	\
	"      --store FILE    read this database of contmond\n"

/**
 * struct cli_source - zero-initialise
 * @rules, @path: of the options; NULL: contmond's
 * @policy, @store: from cli_source_open() on
 */
struct cli_source {
	const char *rules;
	const char *path;
	struct policy *policy;
	struct store *store;
};

/* Takes one of the options above, or returns false. */
bool cli_source_option(int opt, struct cli_source *source);

/* CLI_GO_ON, or the exit status after reporting an error. */
int cli_source_open(struct cli_source *source);
void cli_source_close(struct cli_source *source);

#endif /* CONTMON_POLICY_SOURCE_H */
