/* SPDX-License-Identifier: GPL-2.0-only */
/* A command that reads the file of past_file.h, and what it must say */
#ifndef TESTS_UNIT_PAST_COMMAND_H
#define TESTS_UNIT_PAST_COMMAND_H

#include "contmon/cli/error.h"
#include "tests/unit/capture.h"
#include "tests/unit/past_file.h"

/** struct reading_command - @words: its name on the command line */
struct reading_command {
	int (*run)(int argc, char **argv);
	const char *words;
};

/* Of the test that includes this */
static const struct reading_command past_command;

static inline int past_run(const char *options)
{
	char line[256];

	snprintf(line, sizeof(line), "%s --store %s %s", past_command.words,
		 file, options);
	return capture(past_command.run, line);
}

__attribute__((unused))
static void must_print(const char *options, const char *text)
{
	if (past_run(options) != CLI_OK || captured.err[0] ||
	    strcmp(captured.out, text) != 0)
		fail_msg("%s: status %d, said %sand:\n%s", options,
			 captured.status, captured.err, captured.out);
}

__attribute__((unused))
static void must_say(const char *options, int status, const char *text)
{
	char want[512];

	snprintf(want, sizeof(want), "contmon: %s\n", text);
	if (past_run(options) != status || strcmp(captured.err, want) != 0)
		fail_msg("%s: status %d, said: %s", options, captured.status,
			 captured.err);
}

#endif /* TESTS_UNIT_PAST_COMMAND_H */
