// SPDX-License-Identifier: GPL-2.0-only
#include "contmond/store/past.h"
#include "lives.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/names.h"
#include "base/sorted.h"

static char *copy(const char *text, bool *failed)
{
	char *made = text ? strdup(text) : NULL;

	*failed |= text && !made;
	return made;
}

/* In a file of an older version its path tells. */
static int64_t user_of(const struct past_container *container)
{
	return container->user_id ?: name_user(NULL, container->cgroup);
}

static int add(const void *row, void *userdata)
{
	const struct past_container *container = row;
	const char *title = container->title ?: container->id;
	struct cli_past_lives *lives = userdata;
	struct cli_past_life *life;
	bool failed = false;

	if (!title)
		return 0;
	if (lives->nr == lives->allocated) {
		size_t allocated = lives->allocated * 2 ?: 64;

		life = reallocarray(lives->v, allocated, sizeof(*life));
		if (!life)
			return -ENOMEM;
		lives->v = life;
		lives->allocated = allocated;
	}
	life = &lives->v[lives->nr++];
	*life = (struct cli_past_life){
		.title = copy(title, &failed),
		.id = copy(container->id, &failed),
		.command = copy(container->command, &failed),
		.cgroup = copy(container->cgroup, &failed),
		.runtime = copy(container->runtime, &failed),
		.pod = copy(container->pod, &failed),
		.image = copy(container->image, &failed),
		.labels = copy(container->labels, &failed),
		.user_id = user_of(container),
		.pid = container->pid > 0 ? (int64_t)container->pid : 0,
		.first_ms = (int64_t)container->first_ms,
		.created_ms = container->created_ms,
	};
	return failed ? -ENOMEM : 0;
}

static int compare(const void *a, const void *b)
{
	const struct cli_past_life *x = a, *y = b;
	int order = strcmp(x->title, y->title);

	if (order != 0)
		return order;
	return (x->first_ms > y->first_ms) - (x->first_ms < y->first_ms);
}

int cli_past_lives_read(struct store *store, struct cli_past_lives *ret)
{
	const struct past_query everyone = { .to_ms = INT64_MAX,
					     .with_pids = true,
					     .max_rows = SIZE_MAX };
	struct cli_past_lives lives = { 0 };
	int r = store_containers(store, &everyone, add, &lives);

	if (r < 0) {
		cli_past_lives_done(&lives);
		return r;
	}
	if (lives.nr > 0)
		qsort(lives.v, lives.nr, sizeof(*lives.v), compare);
	*ret = lives;
	return 0;
}

void cli_past_lives_done(struct cli_past_lives *lives)
{
	size_t i;

	for (i = 0; i < lives->nr; i++) {
		struct cli_past_life *life = &lives->v[i];

		free(life->title);
		free(life->id);
		free(life->command);
		free(life->cgroup);
		free(life->runtime);
		free(life->pod);
		free(life->image);
		free(life->labels);
	}
	free(lives->v);
	*lives = (struct cli_past_lives){ 0 };
}

struct key {
	const char *title;
	int64_t t_ms;
};

/* A key comes after the lives of its title that had started. */
static int compare_key(const void *key, const void *element)
{
	const struct cli_past_life *life = element;
	const struct key *at = key;
	int order = strcmp(at->title, life->title);

	return order ?: (at->t_ms < life->first_ms ? -1 : 1);
}

static const struct cli_past_life *
with_title(const struct cli_past_lives *lives, size_t i, const char *title)
{
	return i < lives->nr && strcmp(lives->v[i].title, title) == 0 ?
	       &lives->v[i] : NULL;
}

/* The last one with this title that had started; else the first one */
const struct cli_past_life *cli_past_life_at(const struct cli_past_lives *lives,
					     const char *title, int64_t t_ms)
{
	const struct key key = { title, t_ms };
	bool found;
	size_t end = sorted_place(&key, lives->v, lives->nr, sizeof(*lives->v),
				  compare_key, &found);

	return (end > 0 ? with_title(lives, end - 1, title) : NULL) ?:
	       with_title(lives, end, title);
}
