// SPDX-License-Identifier: GPL-2.0-only
#include "options.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void cli_error(const char *format, ...)
{
	char *raw = NULL, *text = NULL;
	va_list ap;

	va_start(ap, format);
	if (vasprintf(&raw, format, ap) < 0)
		raw = NULL;
	va_end(ap);

	if (raw)
		text = cli_escape(raw, strlen(raw));
	fprintf(stderr, "contmon: %s\n", text ? text : "out of memory");
	free(text);
	free(raw);
}

int cli_failed(const char *what, int error)
{
	cli_error("%s: %s", what, strerror(-error));
	return CLI_FAILURE;
}

static const char *cure(int error)
{
	switch (error) {
	case -ENOENT:
	case -ENODEV:
	case -ENXIO:
		return "; is the driver loaded? Try: modprobe contmon";
	case -EACCES:
	case -EPERM:
		return "; be root, or a member of the group contmon";
	default:
		return "";
	}
}

static bool is_procfs_forced(void)
{
	const char *source = getenv("CONTMON_SOURCE");

	return source && strcmp(source, "procfs") == 0;
}

int cli_open(struct contmon **ret)
{
	int r = contmon_open(NULL, ret);

	if (r == -EPROTO)
		cli_error("%s: the driver is too old for this program; "
			  "update it, then: modprobe -r contmon && "
			  "modprobe contmon", CONTMON_DEVICE);
	else if (r == -EINVAL)
		cli_error("CONTMON_SOURCE: \"%s\" is neither driver nor procfs",
			  getenv("CONTMON_SOURCE"));
	else if (r == -ENOTTY)
		cli_error("%s: not a contmon device", CONTMON_DEVICE);
	else if (r < 0 && is_procfs_forced())
		cli_error("/proc: %s", strerror(-r));
	else if (r < 0)
		cli_error("%s: %s%s", CONTMON_DEVICE, strerror(-r), cure(r));
	return r;
}

const char *cli_source_name(const struct contmon *c)
{
	return contmon_source(c) == CONTMON_SOURCE_DRIVER ? "driver" : "procfs";
}

int cli_check_flags(const struct contmon *c, uint32_t flags)
{
	if (!(flags & CONTMON_EXACT_RSS) ||
	    contmon_source(c) == CONTMON_SOURCE_DRIVER)
		return CLI_GO_ON;
	cli_error("--exact: only the driver can, and numbers come from procfs "
		  "now; try: modprobe contmon");
	return CLI_FAILURE;
}

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

/* A long option that was given what it does not take; @opt may be its letter. */
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
		return CLI_GO_ON;
	case CLI_OPT_CSV:
		options->csv = true;
		return CLI_GO_ON;
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
		/* A bundle of letters: optopt is the bad one. */
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

int cli_parse_above_0(const char *option, const char *text, uint64_t max,
		      uint64_t *ret)
{
	if (cli_parse_number(text, max, ret) == 0 && *ret > 0)
		return CLI_GO_ON;
	cli_error("%s %s: not a number above 0", option, text);
	return CLI_USAGE;
}

int cli_parse_pids(int nr, char **words, int32_t **ret_pids, size_t *ret_nr)
{
	int i;

	*ret_nr = 0;
	*ret_pids = NULL;
	if (nr == 0)
		return CLI_GO_ON;
	*ret_pids = calloc((size_t)nr, sizeof(**ret_pids));
	if (!*ret_pids)
		return cli_failed("process ids", -ENOMEM);

	for (i = 0; i < nr; i++) {
		uint64_t pid;

		if (cli_parse_number(words[i], INT32_MAX, &pid) < 0 ||
		    pid == 0) {
			cli_error("pid %s: not a process id", words[i]);
			return CLI_USAGE;
		}
		(*ret_pids)[(*ret_nr)++] = (int32_t)pid;
	}
	return CLI_GO_ON;
}
