// SPDX-License-Identifier: GPL-2.0-only
#include "candidates.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/names_protected.h"
#include "contmond/model/title.h"

static void forget_ended(struct candidates *candidates)
{
	size_t i;

	for (i = 0; i < candidates->nr_rows; i++)
		free((char *)candidates->rows[i].container);
	candidates->nr_rows = 0;
}

void candidates_done(struct candidates *candidates)
{
	forget_ended(candidates);
	free(candidates->all);
	free(candidates->targets);
	free(candidates->rows);
	free(candidates->running);
	*candidates = (struct candidates){ 0 };
}

static int make_room(void **array, size_t nr, size_t size)
{
	void *grown = reallocarray(*array, nr, size);

	if (!grown)
		return -ENOMEM;
	*array = grown;
	return 0;
}

static int grow(struct candidates *candidates)
{
	size_t nr = candidates->allocated * 2 ?: 64;

	if (candidates->nr < candidates->allocated)
		return 0;
	if (make_room((void **)&candidates->all, nr,
		      sizeof(*candidates->all)) < 0 ||
	    make_room((void **)&candidates->targets, nr,
		      sizeof(*candidates->targets)) < 0)
		return -ENOMEM;
	candidates->allocated = nr;
	return 0;
}

static bool is_engine(const char *runtime)
{
	return runtime && (strcmp(runtime, "docker") == 0 ||
			   strcmp(runtime, "podman") == 0);
}

/* Containers of LXC and nspawn have a name as their id. */
static const char *name_of(const struct container_row *row,
			   const struct container_info *name)
{
	if (name)
		return name->name;
	if (row->runtime && (strcmp(row->runtime, "lxc") == 0 ||
			     strcmp(row->runtime, "nspawn") == 0))
		return row->id;
	return NULL;
}

static enum policy_answer volumes_of(const struct container_info *name)
{
	if (!name || name->anonymous_volumes < 0)
		return POLICY_NOT_KNOWN;
	return name->anonymous_volumes > 0 ? POLICY_YES : POLICY_NO;
}

/* The innermost container that contmond runs in, or NULL */
static const struct directories *find_own(const struct model *model)
{
	const struct sample *sample = model->sample;
	size_t i;

	for (i = 0; i < sample->tasks.nr; i++) {
		if (sample->tasks.entries[i].pid == getpid() &&
		    sample->owners[i] >= 0)
			return &model->containers[sample->owners[i]]
					.scope->directories;
	}
	return NULL;
}

/*
 * Is the container with directories @outer the one with @own, or around it? One
 * of cgroup v1 has other directories than one of v2.
 */
static bool contains(const struct directories *outer,
		     const struct directories *own)
{
	size_t i, length;

	for (i = 0; i < NR_DIRECTORIES; i++) {
		if (!outer->paths[i] || !own->paths[i])
			continue;
		length = strlen(outer->paths[i]);
		if (strncmp(own->paths[i], outer->paths[i], length) == 0 &&
		    (!own->paths[i][length] || own->paths[i][length] == '/'))
			return true;
	}
	return outer == own;
}

static int add_running(struct candidates *candidates,
		       const struct model_container *container, bool is_own)
{
	const struct container_row *row = &container->row;
	const struct container_info *name = container->name;
	size_t i = candidates->nr;

	if (!container_place(row))
		return 0;
	if (grow(candidates) < 0)
		return -ENOMEM;
	candidates->all[i] = (struct policy_candidate){
		.id = row->id ?: row->cgroup,
		.name = name_of(row, name),
		.row = row,
		.labels = name ? name->labels : NULL,
		.nr_labels = name ? name->nr_labels : 0,
		.user_id = model_user(container),
		.is_described = name || !is_engine(row->runtime),
		.ended_ms = NAN,
		.anonymous_volumes = volumes_of(name),
		.is_own = is_own,
	};
	candidates->targets[i] = (struct enforce_target){
		.cgroup_id = container->scope->cgroup_id,
		.engine_started_ms = name ? name->started_ms : 0,
		.has_engine = name || is_engine(row->runtime),
	};
	candidates->running[candidates->nr_running++] =
		(struct candidates_running){ candidates->all[i].id,
					     candidates->all[i].user_id };
	candidates->nr++;
	return 0;
}

/* Ended ones */

static double known_ms(int64_t ms)
{
	return ms > 0 ? (double)ms : (double)NAN;
}

static void fill_ended(const struct container_info *name, const char *title,
		       struct container_row *row)
{
	container_row_init(row);
	row->container = title;
	row->id = name->id;
	row->runtime = name->runtime;
	row->engine = name->engine;
	row->engine_version = name->engine_version;
	row->image = name->image;
	row->command = name->command;
	row->compose_project = name_label(name, LABEL_COMPOSE_PROJECT);
	row->compose_service = name_label(name, LABEL_COMPOSE_SERVICE);
	row->state = name->state;
	row->created_ms = known_ms(name->created_ms);
	row->started_ms = known_ms(name->started_ms);
	if (name->restarts >= 0)
		row->restarts_total = (double)name->restarts;
}

static int compare(const void *a, const void *b)
{
	const struct candidates_running *one = a, *other = b;
	int order = strcmp(one->id, other->id);

	return order ?: (one->user_id > other->user_id) -
			(one->user_id < other->user_id);
}

static bool runs(const struct candidates *candidates, const char *id,
		 int64_t user_id)
{
	const struct candidates_running one = { id, user_id };

	return candidates->nr_running > 0 &&
	       bsearch(&one, candidates->running, candidates->nr_running,
		       sizeof(one), compare);
}

/*
 * An ended container is skipped if another one with its id makes it unclear
 * which one would be acted on. A user's cgroup with the id of one of root's
 * containers does not count.
 */
static bool has_ended(const struct candidates *candidates,
		      const struct container_info *name)
{
	return name->finished_ms > 0 &&
	       names_is_clear(candidates->names, name) &&
	       !runs(candidates, name->id, 0) &&
	       !runs(candidates, name->id, name_user(name, NULL));
}

static int count_ended(const struct container_info *name, void *userdata)
{
	struct candidates *candidates = userdata;

	candidates->nr_rows += has_ended(candidates, name);
	return 0;
}

static int add_ended(const struct container_info *name, void *userdata)
{
	struct candidates *candidates = userdata;
	struct container_row *row = &candidates->rows[candidates->nr_rows];
	size_t i = candidates->nr;
	char *title;

	if (!has_ended(candidates, name))
		return 0;
	title = name->name ? title_of(name->name, name_user(name, NULL)) : NULL;
	if (grow(candidates) < 0 || (name->name && !title)) {
		free(title);
		return -ENOMEM;
	}
	fill_ended(name, title, row);
	candidates->all[i] = (struct policy_candidate){
		.id = name->id,
		.name = name->name,
		.row = row,
		.labels = name->labels,
		.nr_labels = name->nr_labels,
		.user_id = name_user(name, NULL),
		.is_described = true,
		.ended_ms = (double)name->finished_ms,
		.anonymous_volumes = volumes_of(name),
	};
	candidates->targets[i] = (struct enforce_target){ .has_engine = true };
	candidates->nr_rows++;
	candidates->nr++;
	return 0;
}

/* Candidates point to rows, so these are counted first and must not move. */
static int fill_all_ended(struct candidates *candidates,
			  const struct names *names)
{
	size_t nr;

	candidates->names = names;
	if (candidates->nr_running > 0)
		qsort(candidates->running, candidates->nr_running,
		      sizeof(*candidates->running), compare);
	forget_ended(candidates);
	names_each(names, count_ended, candidates);
	nr = candidates->nr_rows;
	candidates->nr_rows = 0;
	if (nr > candidates->allocated_rows) {
		if (make_room((void **)&candidates->rows, nr + nr / 4,
			      sizeof(*candidates->rows)) < 0)
			return -ENOMEM;
		candidates->allocated_rows = nr + nr / 4;
	}
	return names_each(names, add_ended, candidates);
}

int candidates_fill(struct candidates *candidates, const struct model *model,
		    const struct names *names)
{
	const struct directories *own = find_own(model);
	size_t i;
	int r = make_room((void **)&candidates->running,
			  model->nr_containers + 1,
			  sizeof(*candidates->running));

	candidates->nr = 0;
	candidates->nr_running = 0;
	for (i = 0; i < model->nr_containers && r == 0; i++) {
		const struct model_container *container = &model->containers[i];

		r = add_running(candidates, container, own &&
				contains(&container->scope->directories, own));
	}
	return r < 0 ? r : fill_all_ended(candidates, names);
}
