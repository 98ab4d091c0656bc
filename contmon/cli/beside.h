/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CONTMON_CLI_BESIDE_H
#define CONTMON_CLI_BESIDE_H

#include <stddef.h>

/* The path of this program. Returns 0 or a negative errno. */
int cli_self(char *ret, size_t size);

/*
 * Finds a file that was installed with this program. @path is relative to the
 * directory of the program. Returns 0, or a negative errno if the file cannot
 * be read.
 */
int cli_beside(const char *path, char *ret, size_t size);

#endif /* CONTMON_CLI_BESIDE_H */
