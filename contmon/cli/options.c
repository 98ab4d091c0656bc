// SPDX-License-Identifier: GPL-2.0-only
#include "error.h"
#include "options.h"
#include "parse.h"

#include <stdio.h>
#include <string.h>

static int set_unit(const char *name, struct cli_options *options)
{
	if (cli_parse_unit(name, &options->unit) == 0)
		return CLI_GO_ON;
	cli_error("--units %s: not one of auto, KiB, MiB, bytes", name);
	return CLI_USAGE;
}

static int bad_option(const char *what, const char *option, const char *command)
{
	cli_error("%s: %s; see: contmon %s --help", option, what, command);
	return CLI_USAGE;
}

static int check_format(const char *command, const struct cli_options *options)
{
	return options->json && options->csv ?
		bad_option("only one of them", "--json --csv", command) :
		CLI_GO_ON;
}

/*
 * Has a long option that takes no value been given one? @opt may be its letter.
 */
static bool takes_no_value(int opt, const char *word)
{
	return opt >= CLI_OPT_JSON ||
	       (opt > 0 && word[0] == '-' && word[1] == '-' &&
		word[2] == opt && strchr(word, '='));
}

int cli_option(int opt, char **argv, const char *help,
	       struct cli_options *options)
{
	char letter[3] = { '-', (char)optopt, 0 };

	switch (opt) {
	case CLI_OPT_JSON:
		options->json = true;
		return check_format(argv[0], options);
	case CLI_OPT_CSV:
		options->csv = true;
		return check_format(argv[0], options);
	case CLI_OPT_NO_HEADINGS:
		options->no_headings = true;
		return CLI_GO_ON;
	case CLI_OPT_UNITS:
		return set_unit(optarg, options);
	case 'h':
		printf("usage: contmon %s", help);
		return CLI_OK;
	case ':':
		return bad_option("needs a value", argv[optind - 1], argv[0]);
	default:
		if (takes_no_value(optopt, argv[optind - 1]))
			return bad_option("takes no value", argv[optind - 1],
					  argv[0]);
		/* In a group of letters, optopt is the invalid one. */
		return bad_option("no such option",
				  optopt ? letter : argv[optind - 1], argv[0]);
	}
}

int cli_no_operands(int argc, char **argv)
{
	if (optind == argc)
		return CLI_GO_ON;
	cli_error("%s: not expected; see: contmon %s --help", argv[optind],
		  argv[0]);
	return CLI_USAGE;
}
