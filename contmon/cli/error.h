/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CONTMON_CLI_ERROR_H
#define CONTMON_CLI_ERROR_H

/* Exit statuses; CLI_GO_ON is only used inside the program. */
enum {
	CLI_GO_ON = -1,
	CLI_OK = 0,
	CLI_FAILURE = 1,
	CLI_USAGE = 2,
	CLI_NOT_ZERO = 10,	/* alloc: memory that was not zero */
};

/* Prints "contmon: ..." to stderr, escaped for a terminal. */
void cli_error(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Reports an error of the library as "@what: reason". Returns CLI_FAILURE. */
int cli_failed(const char *what, int error);

#endif /* CONTMON_CLI_ERROR_H */
