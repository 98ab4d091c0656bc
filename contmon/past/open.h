/* SPDX-License-Identifier: GPL-2.0-only */
/* The file with contmond's past, and the containers in it. */
#ifndef CONTMON_PAST_OPEN_H
#define CONTMON_PAST_OPEN_H

#include "contmond/model/title.h"
#include "contmond/store/store.h"

#include <stdbool.h>

/*
 * Open the file at *@path for reading, or at the path that cli_past_choose()
 * sets. CLI_GO_ON, or CLI_FAILURE after reporting an error and a remedy.
 */
int cli_past_open(const char **path, struct store **ret);

/* Whether @other is the file at @path, or one of the files beside it */
bool cli_past_is_part(const char *path, const char *other);

/* Like cli_failed(); says so if the file is damaged. */
int cli_past_failed(const char *path, int error);

/* Close it, and report if a part of it could not be read. */
void cli_past_close(struct store *store, const char *path);

/**
 * struct cli_past_who - containers of one name, or one id
 * @word: finds them in the store: their title, else their id
 * @first_ms, @last_ms: when the first and last of them was there
 */
struct cli_past_who {
	char *word;
	int64_t first_ms, last_ms;
};

/*
 * Find a running or ended container by its name, its id or the beginning of its
 * id. CLI_GO_ON, or CLI_FAILURE after reporting an error.
 */
int cli_past_find(struct store *store, const char *path, const char *name,
		  struct cli_past_who *ret);

/* No container has this title: it is the host, there as long as contmond. */
#define CLI_PAST_HOST TITLE_HOST
int cli_past_find_host(struct store *store, const char *path,
		       struct cli_past_who *ret);
void cli_past_who_done(struct cli_past_who *who);

#endif /* CONTMON_PAST_OPEN_H */
