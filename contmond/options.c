// SPDX-License-Identifier: GPL-2.0-only
#include "options.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

#include "config.h"

#define EXIT_USAGE 2

static void usage(FILE *to)
{
	fputs("Usage: contmond [OPTION]...\n"
	      "Monitor containers and processes over HTTP.\n"
	      "\n"
	      "  -c, --config FILE  read FILE, and conf.d beside it\n"
	      "                     (default " CONFIG_FILE ")\n"
	      "      --check-config check the configuration and what it\n"
	      "                     names, and exit\n"
	      "      --once         print one sample and exit\n"
	      "      --json         with --once: as JSON\n"
	      "      --version      print the version and exit\n"
	      "  -h, --help         print this help and exit\n", to);
}

static int refuse(const char *what, const char *why)
{
	fprintf(stderr, "contmond: %s: %s; see: contmond --help\n", what, why);
	return EXIT_USAGE;
}

int options_parse(int argc, char **argv, struct options *options)
{
	enum { CHECK_CONFIG = 256, ONCE, JSON, VERSION };
	static const struct option table[] = {
		{ "config", required_argument, NULL, 'c' },
		{ "check-config", no_argument, NULL, CHECK_CONFIG },
		{ "once", no_argument, NULL, ONCE },
		{ "json", no_argument, NULL, JSON },
		{ "version", no_argument, NULL, VERSION },
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	int option;

	while ((option = getopt_long(argc, argv, "c:h", table, NULL)) != -1) {
		switch (option) {
		case 'c':
			options->config = optarg;
			break;
		case CHECK_CONFIG:
			options->check_config = true;
			break;
		case ONCE:
			options->once = true;
			break;
		case JSON:
			options->json = true;
			break;
		case VERSION:
			puts("contmond " CONTMON_VERSION);
			return EXIT_SUCCESS;
		case 'h':
			usage(stdout);
			return EXIT_SUCCESS;
		default:
			usage(stderr);
			return EXIT_USAGE;
		}
	}
	if (optind < argc)
		return refuse(argv[optind], "not an option");
	if (options->json && !options->once)
		return refuse("--json", "only with --once");
	if (options->once && (options->check_config || options->config))
		return refuse("--once", "not with --check-config or --config");
	return -1;
}
