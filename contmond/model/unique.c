// SPDX-License-Identifier: GPL-2.0-only
#include "unique.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"

static bool is_users(const struct model_container *container)
{
	return model_user(container) != 0;
}

/* Among equal titles, containers of root come first. */
static int by_title(const void *a, const void *b, void *userdata)
{
	const struct model_container *containers = userdata;
	const struct model_container *one = &containers[*(const size_t *)a];
	const struct model_container *other = &containers[*(const size_t *)b];

	return strcmp(one->title, other->title) ?:
	       is_users(one) - is_users(other);
}

static void sort_by_title(struct model *model)
{
	qsort_r(model->by_title, model->nr_listed, sizeof(*model->by_title),
		by_title, model->containers);
}

static bool have_same_title(const struct model *model, size_t i, size_t j)
{
	return strcmp(model_container(model, i)->title,
		      model_container(model, j)->title) == 0;
}

/*
 * A user may call containers like those of root, which keep their titles:
 * nobody else changes what they are called.
 */
static bool is_taken(const struct model *model, size_t i)
{
	const struct model_container *container = model_container(model, i);

	if (strcmp(container->title, MODEL_HOST) == 0)
		return true;
	if (i > 0 && have_same_title(model, i - 1, i))
		return true;
	return i + 1 < model->nr_listed && have_same_title(model, i, i + 1) &&
	       (is_users(container) ||
		!is_users(model_container(model, i + 1)));
}

/* Returns a longer title, malloced; NULL without memory. */
typedef char *lengthen_fn(const struct model_container *container);

static char *add_short_id(const struct model_container *container)
{
	char *longer;

	if (asprintf(&longer, "%s-%s", container->title,
		     container->short_id) < 0)
		return NULL;
	return longer;
}

static char *add_cgroup_id(const struct model_container *container)
{
	char *longer;

	if (asprintf(&longer, "%s-%" PRIu64, container->title,
		     container->scope->cgroup_id) < 0)
		return NULL;
	return longer;
}

/*
 * Lengthen the titles that are not unique. Returns whether there were any,
 * since a longer title may be that of another container.
 */
static int tell_apart(struct model *model, lengthen_fn *lengthen)
{
	_cleanup_free_ bool *taken = NULL;
	size_t i, nr_taken = 0;

	taken = calloc(model->nr_listed + 1, sizeof(*taken));
	if (!taken)
		return -ENOMEM;
	for (i = 0; i < model->nr_listed; i++)
		taken[i] = is_taken(model, i);
	for (i = 0; i < model->nr_listed; i++) {
		struct model_container *c =
			&model->containers[model->by_title[i]];
		char *longer;

		if (!taken[i])
			continue;
		nr_taken++;
		longer = lengthen(c);
		if (!longer)
			return -ENOMEM;
		free(c->title);
		c->title = longer;
	}
	sort_by_title(model);
	return nr_taken > 0;
}

/*
 * Titles that end with ids of different cgroups are different, so each round
 * is about fewer containers that were called so on purpose.
 */
int unique_titles(struct model *model)
{
	size_t rounds = model->nr_listed + 1;
	int r;

	sort_by_title(model);
	r = tell_apart(model, add_short_id);
	while (r > 0 && rounds-- > 0)
		r = tell_apart(model, add_cgroup_id);
	return r < 0 ? r : 0;
}
