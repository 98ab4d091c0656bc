/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CONTMON_PAST_LIVES_H
#define CONTMON_PAST_LIVES_H

#include <stddef.h>
#include <stdint.h>

#include "contmond/store/store.h"

/**
 * struct cli_past_life - one life of a container, from start to end
 * @id to @labels: NULL when unknown
 * @labels: a JSON object
 * @user_id: whose it is; 0: root's
 * @pid: of its first process, 0 when unknown
 * @created_ms: NAN when unknown
 */
struct cli_past_life {
	char *title;
	char *id;
	char *command;
	char *cgroup;
	char *runtime;
	char *pod;
	char *image;
	char *labels;
	int64_t user_id;
	int64_t pid;
	int64_t first_ms;
	double created_ms;
};

/** struct cli_past_lives - zero-initialise; by title, then @first_ms */
struct cli_past_lives {
	struct cli_past_life *v;
	size_t nr, allocated;
};

/* Every container of the store. 0 or -errno */
int cli_past_lives_read(struct store *store, struct cli_past_lives *ret);
void cli_past_lives_done(struct cli_past_lives *lives);

/* The one that had the title at that time; NULL when there is none */
const struct cli_past_life *cli_past_life_at(const struct cli_past_lives *lives,
					     const char *title, int64_t t_ms);

#endif /* CONTMON_PAST_LIVES_H */
