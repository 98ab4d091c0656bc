// SPDX-License-Identifier: GPL-2.0-only
#include "commands.h"
#include "contmon/cli/error.h"
#include "contmon/cli/options.h"
#include "contmon/cli/parse.h"
#include "contmon/cli/source.h"
#include "contmon/cli/text.h"
#include "contmon/table/output.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char help[] =
	"cmdline [OPTION...] PID...\n"
	"Print the arguments that processes were started with, quoted where\n"
	"needed.\n\n"
	CLI_COMMON_HELP;

static const struct option options[] = { CLI_COMMON_OPTIONS };

struct cmdline {
	struct cli_options options;
	struct contmon *c;
	char *buffer;		/* CONTMON_MAX_CMDLINE bytes; owned */
	size_t length;		/* bytes of it that are filled */
	uint64_t total_bytes;	/* of the whole text */
	json_t *rows;
};

/* Writes an argument quoted for a shell and escaped for the terminal. */
static void quote(FILE *to, const char *argument, size_t length)
{
	static const char plain[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
		"0123456789_-+=./:,@%";
	char *text = cli_escape(argument, length);
	const char *p;

	if (text && *text && !text[strspn(text, plain)]) {
		fputs(text, to);
	} else {
		fputc('\'', to);
		for (p = text; p && *p; p++)
			fputs(*p == '\'' ? "'\\''" :
			      (char[]){ *p, 0 }, to);
		fputc('\'', to);
	}
	free(text);
}

/* All arguments in one line, which the caller frees; NULL without memory */
static char *join(const struct cmdline *cmdline)
{
	const char *p = cmdline->buffer, *end = p + cmdline->length;
	char *line = NULL;
	size_t size;
	FILE *to = open_memstream(&line, &size);

	if (!to)
		return NULL;
	while (p < end) {
		size_t length = strnlen(p, (size_t)(end - p));

		if (p > cmdline->buffer)
			fputc(' ', to);
		quote(to, p, length);
		p += length + 1;
	}
	if (cmdline->total_bytes > cmdline->length)
		fputs(" ...", to);
	if (fclose(to) == 0)
		return line;
	free(line);
	return NULL;
}

static json_t *json_arguments(const struct cmdline *cmdline)
{
	const char *p = cmdline->buffer, *end = p + cmdline->length;
	json_t *arguments = json_array();

	while (p < end) {
		size_t length = strnlen(p, (size_t)(end - p));

		if (json_array_append_new(arguments,
					  cli_json_text(p, length)) < 0) {
			json_decref(arguments);
			return NULL;
		}
		p += length + 1;
	}
	return arguments;
}

/* CSV has no arrays, so only the line is shown. */
static int add_row(struct cmdline *cmdline, int32_t pid, const char *line)
{
	/* The line is in the charset of the locale, which may not be UTF-8. */
	json_t *row = json_pack("{s:i,s:o,s:o}", "pid", (int)pid, "cmdline",
				cli_json_text(line, strlen(line)),
				"total_bytes",
				cli_json_u64(cmdline->total_bytes));
	int r = 0;

	if (!cmdline->options.csv)
		r = json_object_set_new(row, "arguments",
					json_arguments(cmdline));
	if (r < 0)
		json_decref(row);
	return r < 0 ? r : json_array_append_new(cmdline->rows, row);
}

static int show(struct cmdline *cmdline, int32_t pid)
{
	char *line = join(cmdline);
	int r = 0;

	if (!line)
		return cli_failed("cmdline", -ENOMEM);
	if (cli_is_for_programs(&cmdline->options))
		r = add_row(cmdline, pid, line);
	else
		printf("%7" PRId32 " %s\n", pid, line);
	free(line);
	return r < 0 ? cli_failed("JSON", -ENOMEM) : CLI_OK;
}

static int show_process(struct cmdline *cmdline, int32_t pid)
{
	int r = contmon_read_cmdline(cmdline->c, pid, cmdline->buffer,
				     CONTMON_MAX_CMDLINE,
				     &cmdline->total_bytes);

	if (r >= 0) {
		cmdline->length = (size_t)r;
		return show(cmdline, pid);
	}
	cli_error("process %" PRId32 ": %s%s", pid, strerror(-r),
		  r == -EPERM || r == -EACCES ?
			  "; be root, or the process' own user" : "");
	return CLI_FAILURE;
}

static int run(struct cmdline *cmdline, const int32_t *pids, size_t nr)
{
	bool table = !cli_is_for_programs(&cmdline->options);
	int status = CLI_OK, printed = CLI_OK;
	size_t i;

	if (cli_open(&cmdline->c) < 0)
		return CLI_FAILURE;
	cmdline->rows = json_array();
	cmdline->buffer = malloc(CONTMON_MAX_CMDLINE);
	if (!cmdline->buffer || !cmdline->rows) {
		status = cli_failed("cmdline", -ENOMEM);
	} else {
		if (table && !cmdline->options.no_headings)
			printf("%7s %s\n", "PID", "COMMAND LINE");
		for (i = 0; i < nr; i++)
			if (show_process(cmdline, pids[i]) != CLI_OK)
				status = CLI_FAILURE;
		if (!table)
			printed = cli_print_rows(
				json_incref(cmdline->rows),
				json_pack("{s:I}", "processes", (json_int_t)
					  json_array_size(cmdline->rows)),
				&cmdline->options);
	}
	json_decref(cmdline->rows);
	free(cmdline->buffer);
	contmon_close(cmdline->c);
	return printed != CLI_OK ? printed : status;
}

int cli_cmdline(int argc, char **argv)
{
	struct cmdline cmdline = { 0 };
	int32_t *pids = NULL;
	size_t nr = 0;
	int opt, status = CLI_GO_ON;

	while (status == CLI_GO_ON &&
	       (opt = getopt_long(argc, argv, ":h", options, NULL)) != -1)
		status = cli_option(opt, argv, help, &cmdline.options);
	if (status == CLI_GO_ON)
		status = cli_parse_pids(argc - optind, argv + optind, &pids,
					&nr);
	if (status == CLI_GO_ON && nr == 0) {
		cli_error("cmdline: a process id is needed; see: contmon "
			  "cmdline --help");
		status = CLI_USAGE;
	}
	if (status == CLI_GO_ON)
		status = run(&cmdline, pids, nr);
	free(pids);
	return status;
}
