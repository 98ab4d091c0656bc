/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A file of results: it replaces an older one only when it is complete.
 *
 * Not everything can be replaced. Written at once, and in its place, as with
 * the shell's '>', are: a device or a pipe; what a link of /proc leads to, such
 * as /dev/stdout; a file with several names, with a list of rights, or that
 * something is mounted on; one of somebody else, or in a folder that cannot be
 * written, for whoever is not root. A symbolic link stays: what it leads to is
 * replaced.
 */
#ifndef CONTMON_CLI_DRAFT_H
#define CONTMON_CLI_DRAFT_H

#include <stdio.h>

/**
 * struct cli_draft - begin with cli_draft_open(), end with one of the others
 * @path: what it becomes, where links lead
 * @name: what it is until then; NULL: it is written in its place
 */
struct cli_draft {
	FILE *file;
	char *path;
	char *name;
};

/* Write to @file then. Returns 0 or -errno: of the file, or of its folder. */
int cli_draft_open(struct cli_draft *draft, const char *path);

/* It is complete. After an error the older file is there, if @name was. */
int cli_draft_keep(struct cli_draft *draft);

/* It is of no use. */
void cli_draft_drop(struct cli_draft *draft);

#endif /* CONTMON_CLI_DRAFT_H */
