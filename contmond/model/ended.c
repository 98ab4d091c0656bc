// SPDX-License-Identifier: GPL-2.0-only
#include "ended.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "model.h"

/* How far the starts of a run may be apart by the engine and by processes */
#define SAME_START_MS 10000

/* The texts to keep: those that are labels in Prometheus, and the id */
static const size_t texts[] = {
	offsetof(struct container_row, id),
	offsetof(struct container_row, container),
	offsetof(struct container_row, cgroup),
	offsetof(struct container_row, image),
};

static char **text_of(const struct container_row *row, size_t i)
{
	return (char **)((char *)row + texts[i]);
}

static void row_done(struct container_row *row)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(texts); i++)
		free(*text_of(row, i));
}

/* Of an ended container only the totals, the start and the peak are kept. */
static void keep_totals(struct container_row *row)
{
	const double started_ms = row->started_ms;
	const double peak_bytes = row->memory_peak_bytes;
	size_t i;

	for (i = 0; i < container_table.nr_columns; i++) {
		const struct column *column = &container_table.columns[i];
		void *member = (char *)row + column->offset;

		if (column->unit == UNIT_TEXT)
			*(const char **)member = NULL;
		else if (!column_is_total(column))
			*(double *)member = NAN;
	}
	row->started_ms = started_ms;
	row->memory_peak_bytes = peak_bytes;
}

void totals_fill(struct container_row *row, const struct container_row *known)
{
	size_t i;

	for (i = 0; i < container_table.nr_columns; i++) {
		const struct column *column = &container_table.columns[i];
		double *total = (double *)((char *)row + column->offset);

		/* Usually the number is known, so its name is checked last. */
		if (column->unit != UNIT_TEXT && isnan(*total) &&
		    column_is_total(column))
			*total = *(const double *)((const char *)known +
						   column->offset);
	}
}

static int copy_row(const struct container_row *row, struct container_row *ret)
{
	struct container_row copy = *row;
	bool failed = false;
	size_t i;

	keep_totals(&copy);
	for (i = 0; i < ARRAY_SIZE(texts); i++) {
		const char *text = *text_of(row, i);

		*text_of(&copy, i) = text ? strdup(text) : NULL;
		failed |= text && !*text_of(&copy, i);
	}
	if (failed) {
		row_done(&copy);
		return -ENOMEM;
	}
	*ret = copy;
	return 0;
}

static void drop(struct ended_list *list, size_t i)
{
	row_done(&list->all[i].row);
	list->nr--;
	memmove(&list->all[i], &list->all[i + 1],
		(list->nr - i) * sizeof(*list->all));
}

/* In cgroup v1, a user can make a place with the id of one of root's. */
static bool is_in(const struct ended *ended, const char *place, int64_t user_id)
{
	return strcmp(ended->row.cgroup, place) == 0 &&
	       (*place == '/' || ended->user_id == user_id);
}

struct ended_run ended_take(struct ended_list *list, const char *place,
			    int64_t user_id)
{
	struct ended_run run = { 0 };
	size_t i;

	for (i = 0; i < list->nr; i++) {
		const struct ended *ended = &list->all[i];
		double kills = ended->row.oom_kills_total;

		if (!is_in(ended, place, user_id))
			continue;
		run = (struct ended_run){
			.cgroup_id = ended->cgroup_id,
			.oom_kills = isnan(kills) ? 0 : kills,
			.oom_kills_before = ended->oom_kills_before,
		};
		drop(list, i);
		break;
	}
	return run;
}

/* The oldest one of a user, or else the oldest */
static size_t find_dispensable(const struct ended_list *list)
{
	size_t i;

	for (i = 0; i < list->nr; i++) {
		if (list->all[i].user_id != 0)
			return i;
	}
	return 0;
}

int ended_add(struct ended_list *list, const struct container_row *row,
	      int64_t user_id, bool is_roots, uint64_t boottime_ns,
	      int64_t t_ms)
{
	struct ended ended = {
		.user_id = user_id,
		.is_roots = is_roots,
		.ended_boottime_ns = boottime_ns,
		.ended_ms = (double)t_ms,
		.exit_code = NAN,
	};
	int r;

	if (!list->all)
		list->all = calloc(ENDED_MAX, sizeof(*list->all));
	if (!list->all)
		return -ENOMEM;
	r = copy_row(row, &ended.row);
	if (r < 0)
		return r;
	ended_take(list, row->cgroup, user_id);
	if (list->nr == ENDED_MAX)
		drop(list, find_dispensable(list));
	list->all[list->nr++] = ended;
	return 0;
}

static bool runs(const struct container_info *name)
{
	return !name->state || strcmp(name->state, "running") == 0 ||
	       strcmp(name->state, "paused") == 0 ||
	       strcmp(name->state, "restarting") == 0;
}

bool ended_is_before_start(const struct container_info *name, double began_ms)
{
	return name->finished_ms > 0 &&
	       name->finished_ms < name->started_ms && !runs(name) &&
	       fabs((double)name->started_ms - began_ms) < SAME_START_MS;
}

bool ended_is_of_next(const struct container_info *name, int64_t next_ms)
{
	return next_ms > 0 && (name->started_ms >= next_ms ||
			       name->finished_ms >= next_ms);
}

void ended_name(struct ended_list *list, const struct names *names)
{
	size_t i;

	for (i = 0; i < list->nr; i++) {
		struct ended *ended = &list->all[i];
		const struct container_info *name =
			names_find_again(names, ended->row.id,
					 ended->row.cgroup, ended->user_id,
					 &ended->is_roots);

		if (!name || name->finished_ms == 0 ||
		    ended_is_of_next(name, ended->next_ms) ||
		    ((double)name->finished_ms < ended->row.started_ms &&
		     !ended_is_before_start(name, ended->row.started_ms)))
			continue;
		ended->ended_ms = (double)name->finished_ms;
		if (name->exit_code >= 0)
			ended->exit_code = (double)name->exit_code;
	}
}

void ended_expire(struct ended_list *list, uint64_t boottime_ns)
{
	while (list->nr > 0 &&
	       boottime_ns >= list->all[0].ended_boottime_ns + ENDED_KEEP_NS)
		drop(list, 0);
}

void ended_done(struct ended_list *list)
{
	while (list->nr > 0)
		drop(list, list->nr - 1);
	free(list->all);
	*list = (struct ended_list){ 0 };
}

/* Samples */

/* A container has not ended while its cgroup exists, even if unrecognised. */
static bool has_ended(const struct sample *sample, uint64_t cgroup_id)
{
	size_t i;

	if (sample_find(sample, cgroup_id) >= 0)
		return false;
	for (i = 0; i < sample->cgroups.nr; i++) {
		if (sample->cgroups.entries[i].cgroup_id == cgroup_id)
			return false;
	}
	return true;
}

/* What the list does not need to add it */
static void note_run(struct ended *ended, const struct model_container *old)
{
	ended->cgroup_id = old->scope->cgroup_id;
	ended->oom_kills_before = old->oom_kills_before;
	ended->next_ms = old->next_ms;
}

int ended_update(struct model *model, const struct model_container *old,
		 size_t nr_old)
{
	const struct sample *sample = model->sample;
	size_t i;
	int r = 0;

	ended_expire(&model->ended, sample->boottime_ns);
	for (i = 0; r == 0 && i < nr_old; i++) {
		struct container_row row = old[i].row;
		uint64_t kills = old[i].scope->oom_kills_since;

		if (!has_ended(sample, old[i].scope->cgroup_id))
			continue;
		row.cgroup = container_place(&row);
		totals_fill(&row, &old[i].totals);
		if (kills > 0)
			row.oom_kills_total = (double)kills +
				(isnan(row.oom_kills_total) ?
				 old[i].oom_kills_before : row.oom_kills_total);
		r = ended_add(&model->ended, &row, model_user(&old[i]),
			      old[i].is_roots, sample->boottime_ns,
			      sample->t_ms);
		if (r == 0)
			note_run(&model->ended.all[model->ended.nr - 1],
				 &old[i]);
	}
	return r;
}

static void note(int64_t *next_ms, int64_t began_ms)
{
	if (*next_ms == 0)
		*next_ms = began_ms;
}

void ended_note_next(struct model *model, const struct scope *scope,
		     int64_t began_ms)
{
	const char *place = scope->cgroup;
	size_t i;

	for (i = 0; i < model->nr_containers && place; i++) {
		struct model_container *old = &model->containers[i];

		if (old->scope->cgroup_id != scope->cgroup_id &&
		    old->scope->cgroup &&
		    strcmp(old->scope->cgroup, place) == 0)
			note(&old->next_ms, began_ms);
	}
	for (i = 0; i < model->ended.nr && place; i++) {
		struct ended *ended = &model->ended.all[i];

		if (is_in(ended, place, scope->user_id))
			note(&ended->next_ms, began_ms);
	}
}
