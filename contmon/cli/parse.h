/* SPDX-License-Identifier: GPL-2.0-only */
/* Parses values of options and operands */
#ifndef CONTMON_CLI_PARSE_H
#define CONTMON_CLI_PARSE_H

#include <stddef.h>
#include <stdint.h>

#include "format.h"

/* Sizes such as "64M", in bytes. Returns 0, -EINVAL or -ERANGE. */
int cli_parse_size(const char *text, uint64_t *ret_bytes);

/* Units such as "KiB". Returns 0 or -EINVAL. */
int cli_parse_unit(const char *text, enum cli_unit *ret);

/* These report errors, and return CLI_GO_ON or the exit status. */

/* The value of @option: 1 to @max */
int cli_parse_above_0(const char *option, const char *text, uint64_t max,
		      uint64_t *ret);

/* The value of -n: 0.1 to 3600 seconds */
int cli_parse_interval(const char *text, uint64_t *ret_ns);

int cli_parse_pid(const char *text, int32_t *ret);

/* The caller frees *@ret_pids, which may be NULL, even after a failure. */
int cli_parse_pids(int nr, char **words, int32_t **ret_pids, size_t *ret_nr);

#endif /* CONTMON_CLI_PARSE_H */
