/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A file of results, which replaces an older one only when it is complete.
 *
 * Not everything can be replaced. These are written at once and in place, as by
 * the shell's '>': a device or a pipe; the target of a link in /proc, such as
 * /dev/stdout; a file with several names, with an access control list, or that
 * something is mounted on; and, unless the user is root, a file of somebody
 * else or in a directory that cannot be written. A symbolic link stays, and its
 * target is replaced.
 */
#ifndef CONTMON_CLI_DRAFT_H
#define CONTMON_CLI_DRAFT_H

#include <stdio.h>

/**
 * struct cli_draft - start with cli_draft_open(), end with one of the others
 * @path: its final path, with links resolved
 * @name: its temporary path; NULL if it is written in place
 */
struct cli_draft {
	FILE *file;
	char *path;
	char *name;
};

/*
 * Opens @file for writing. Returns 0 or the -errno of the file or of its
 * directory.
 */
int cli_draft_open(struct cli_draft *draft, const char *path);

/*
 * The results are complete. After an error the older file is kept, unless it
 * was written in place.
 */
int cli_draft_keep(struct cli_draft *draft);

/* Discards the results. */
void cli_draft_drop(struct cli_draft *draft);

#endif /* CONTMON_CLI_DRAFT_H */
