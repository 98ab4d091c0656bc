// SPDX-License-Identifier: GPL-2.0-only
#include "command_history.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "command_gather.h"
#include "contmond/model/title.h"
#include "tier.h"

int64_t command_history_round_step(int64_t width_ms)
{
	int64_t widest = tiers[NR_TIERS - 1].bucket_ms;
	unsigned int i;

	for (i = 0; i < NR_TIERS; i++) {
		if (tiers[i].bucket_ms >= width_ms)
			return tiers[i].bucket_ms;
	}
	return (width_ms + widest - 1) / widest * widest;
}

/**
 * struct leader - a command that used the most CPU of its container
 * @name: 0 if there are fewer
 * @ms: in the range, as far as it is known
 */
struct leader {
	uint32_t name;
	double ms;
};

#define NO_PLACE UINT32_MAX

/**
 * struct answering - one query
 * @host: group of the host, after those of containers; NO_GROUP: not wanted
 * @places: of each group; NO_PLACE: it has no row
 * @leaders: of each place, the busiest first
 */
struct answering {
	const struct command_query *query;
	struct asking *asking;
	struct command_uses uses;
	uint32_t host;
	uint32_t *places;
	size_t nr_places;
	struct leader *leaders;
	struct command_history history;
};

static size_t nr_groups(const struct answering *answering)
{
	return answering->asking->titles.nr_groups +
	       (answering->host != NO_GROUP);
}

/* Places */

/*
 * Containers with rows are few, as rows are. In a long range there may have
 * been very many others.
 */
static int find_places(struct answering *answering)
{
	const struct fold *fold = &answering->asking->fold;
	size_t i;

	answering->places = malloc((nr_groups(answering) + 1) *
				   sizeof(*answering->places));
	if (!answering->places)
		return -ENOMEM;
	for (i = 0; i < nr_groups(answering); i++)
		answering->places[i] = NO_PLACE;
	for (i = 0; i < fold->nr; i++) {
		uint32_t *place = &answering->places[fold->keys[i].group];

		if (fold->keys[i].step >= answering->uses.first_step &&
		    *place == NO_PLACE)
			*place = (uint32_t)answering->nr_places++;
	}
	return 0;
}

/* Leaders */

static struct leader *leaders_at(const struct answering *answering,
				 uint32_t place)
{
	return answering->leaders + place * answering->query->nr_commands;
}

static void insert_leader(struct answering *answering, uint32_t place,
			  struct leader leader)
{
	struct leader *leaders = leaders_at(answering, place);
	size_t i;

	for (i = 0; i < answering->query->nr_commands; i++) {
		struct leader other = leaders[i];

		if (other.name && other.ms >= leader.ms)
			continue;
		leaders[i] = leader;
		if (!other.name)
			return;
		leader = other;
	}
}

/* Uses are in ascending order of group, then name. */
static void find_leaders(struct answering *answering)
{
	const struct command_uses *uses = &answering->uses;
	struct leader leader = { 0 };
	size_t i;

	for (i = 0; i < uses->nr; i++) {
		const struct step_use *use = &uses->all[i], *next = use;

		if (use->name < FIRST_NAME ||
		    answering->places[use->group] == NO_PLACE)
			continue;
		if (use->step >= uses->first_step) {
			leader.name = use->name;
			leader.ms += use->exited_ms +
				     (isnan(use->living_ms) ? 0 :
				      use->living_ms);
		}
		next++;
		if (i + 1 < uses->nr && next->group == use->group &&
		    next->name == use->name)
			continue;
		if (leader.name)
			insert_leader(answering, answering->places[use->group],
				      leader);
		leader = (struct leader){ 0 };
	}
}

/* Texts */

static const char *keep_text(struct command_history *history, const char *text)
{
	char *copy = strdup(text);

	if (copy)
		history->texts[history->nr_texts++] = copy;
	return copy;
}

static const char *title_of_group(const struct answering *answering,
				  uint32_t group)
{
	return group == answering->host ? TITLE_HOST :
	       answering->asking->titles.groups[group];
}

/* The title of a group, then the names of its leaders */
static int copy_texts_of(struct answering *answering, uint32_t group,
			 const char **ret)
{
	const size_t nr_commands = answering->query->nr_commands;
	const struct leader *leaders =
		leaders_at(answering, answering->places[group]);
	size_t i;

	ret[0] = keep_text(&answering->history,
			   title_of_group(answering, group));
	if (!ret[0])
		return -ENOMEM;
	for (i = 0; i < nr_commands && leaders[i].name; i++) {
		ret[i + 1] = keep_text(&answering->history,
				       command_uses_name(&answering->uses,
							 leaders[i].name));
		if (!ret[i + 1])
			return -ENOMEM;
	}
	return 0;
}

/* For each place */
static const char **copy_texts(struct answering *answering)
{
	const size_t per_place = answering->query->nr_commands + 1;
	const size_t nr = answering->nr_places * per_place + 1;
	const char **texts = calloc(nr, sizeof(*texts));
	uint32_t group;
	int r;

	answering->history.texts = calloc(nr, sizeof(char *));
	r = texts && answering->history.texts ? 0 : -ENOMEM;
	for (group = 0; group < nr_groups(answering) && r == 0; group++) {
		uint32_t place = answering->places[group];

		if (place != NO_PLACE)
			r = copy_texts_of(answering, group,
					  texts + place * per_place);
	}
	if (r == 0)
		return texts;
	free(texts);
	return NULL;
}

/* Rows */

/**
 * struct step - of one container
 * @ms: time that its ticks cover
 * @has_others: commands that are not among the uses may have used CPU
 * @is_unseen: processes may have ended unseen
 * @is_unknown: it is not known which commands used CPU
 */
struct step {
	uint64_t number;
	uint32_t group;
	double ms;
	bool has_others;
	bool is_unseen;
	bool is_unknown;
};

static struct step look_at(const struct command_uses *uses,
			   struct fold_key key)
{
	const struct step_use *time =
		command_uses_find(uses, key.step, ALL_GROUPS, NAME_TIME);

	return (struct step){
		.number = key.step,
		.group = key.group,
		.ms = time ? time->exited_ms : 0,
		.has_others = command_uses_find(uses, key.step, key.group,
						NAME_OTHERS),
		.is_unseen = command_uses_find(uses, key.step, key.group,
					       NAME_UNSEEN),
		.is_unknown = !time || command_uses_find(uses, key.step,
							 ALL_GROUPS,
							 NAME_UNKNOWN),
	};
}

static void measure(const struct answering *answering, const struct step *step,
		    uint32_t name, struct command_row *ret)
{
	const struct step_use *use =
		command_uses_find(&answering->uses, step->number,
				  step->group, name);
	double known = step->is_unknown || (!use && step->has_others) ?
		       (double)NAN : 0;

	ret->living_cores = known + (use ? use->living_ms / step->ms : 0);
	ret->exited_cores = step->is_unseen ? (double)NAN : known +
			    (use ? use->exited_ms / step->ms : 0);
	ret->cores = ret->living_cores + ret->exited_cores;
}

/* @told: what the other rows of the step have */
static double rest(const struct step *step, const struct folded *cpu,
		   double told)
{
	if (step->is_unknown || step->is_unseen || cpu->weight == 0 ||
	    cpu->unknown_ms > 0)
		return NAN;
	return fmax(cpu->sum * 1e3 / step->ms - told, 0);
}

static void add_rows(struct answering *answering, struct fold_key key,
		     const struct folded *cpu, const char *const *texts)
{
	const struct command_query *query = answering->query;
	const struct step step = look_at(&answering->uses, key);
	const struct leader *leaders =
		leaders_at(answering, answering->places[key.group]);
	struct command_history *history = &answering->history;
	struct command_row row = {
		.t_ms = answering->asking->first_ms +
			(int64_t)key.step * query->step_ms,
		.container = texts[0],
	};
	double told = 0;
	size_t i;

	for (i = 0; i < query->nr_commands && leaders[i].name; i++) {
		row.comm = texts[i + 1];
		measure(answering, &step, leaders[i].name, &row);
		told += isnan(row.cores) ? 0 : row.cores;
		history->rows[history->nr++] = row;
	}
	row.comm = NULL;
	row.cores = rest(&step, cpu, told);
	row.living_cores = row.exited_cores = NAN;
	history->rows[history->nr++] = row;
	history->is_known &= !step.is_unknown;
}

static int make_rows(struct answering *answering)
{
	const size_t per_step = answering->query->nr_commands + 1;
	const struct fold *fold = &answering->asking->fold;
	_cleanup_free_ const char **texts = copy_texts(answering);
	_cleanup_free_ uint32_t *order = NULL;
	size_t i;
	int r = texts ? fold_sort(fold, &order) : -ENOMEM;

	if (r < 0)
		return r;
	answering->history.rows = calloc(fold->nr * per_step + 1,
					 sizeof(struct command_row));
	if (!answering->history.rows)
		return -ENOMEM;
	for (i = 0; i < fold->nr; i++) {
		struct fold_key key = fold->keys[order[i]];

		if (key.step >= answering->uses.first_step)
			add_rows(answering, key, &fold->parts[order[i]],
				 texts + answering->places[key.group] *
					 per_step);
	}
	return 0;
}

static int make_answer(struct answering *answering)
{
	struct asking *asking = answering->asking;
	struct command_uses *uses = &answering->uses;
	int r = fold_trim(&asking->fold);

	if (r < 0)
		return r;
	if (uses->first_step < asking->fold.first_step)
		uses->first_step = asking->fold.first_step;
	command_uses_settle(uses);
	r = find_places(answering);
	if (r < 0)
		return r;
	answering->leaders = calloc(answering->nr_places *
				    answering->query->nr_commands + 1,
				    sizeof(*answering->leaders));
	if (!answering->leaders)
		return -ENOMEM;
	find_leaders(answering);
	answering->history.is_known = true;
	answering->history.is_truncated = uses->first_step > 0;
	answering->history.resolution_ms = asking->resolution_ms;
	answering->history.nr_titles = nr_groups(answering);
	return make_rows(answering);
}

/* Reading */

static int find_host(struct answering *answering)
{
	struct titles *titles = &answering->asking->titles;
	struct titles host = { 0 };
	int r = titles_host(&host, answering->query->containers);

	answering->host = host.nr > 0 ? (uint32_t)titles->nr_groups : NO_GROUP;
	titles_done(&host);
	return r;
}

/* Steps that do not fit have no rows, so what commands used is not read. */
static int gather_commands(struct answering *answering)
{
	struct fold *fold = &answering->asking->fold;
	int r = fold_trim(fold);

	answering->uses.first_step = fold->first_step;
	return r == 0 ? command_gather(answering->asking, answering->host,
				       &answering->uses) : r;
}

static int ask(struct answering *answering)
{
	struct asking *asking = answering->asking;
	int r = titles_load(&asking->titles, asking->view,
			    answering->query->containers, NULL,
			    asking->first_ms, asking->end_ms);

	if (r == 0)
		r = find_host(answering);
	if (r == 0 && nr_groups(answering) > 0 &&
	    asking->first_ms < asking->end_ms)
		r = sources_find(&asking->sources, asking->view,
				 asking->first_ms, asking->end_ms,
				 answering->query->step_ms);
	if (r == 0)
		r = gather(asking);
	return r == 0 ? gather_commands(answering) : r;
}

static int answer(struct store *store, struct answering *answering)
{
	struct asking *asking = answering->asking;
	struct view view;
	int r = asking_begin(asking, store, &view,
			     answering->query->max_rows /
			     (answering->query->nr_commands + 1));

	if (r < 0)
		return r;
	r = ask(answering);
	view_end(&view, r < 0 ? r : asking->damaged ? -EUCLEAN : 0);
	return r == 0 ? make_answer(answering) : r;
}

int store_command_history(struct store *store,
			  const struct command_query *query,
			  struct command_history *ret)
{
	const struct column *column = table_find(&container_table,
						 "cpu_seconds_total");
	const struct history_query of_cpu = {
		.columns = &column,
		.nr_columns = 1,
		.from_ms = query->from_ms,
		.to_ms = query->to_ms,
		.step_ms = query->step_ms,
	};
	struct asking asking = { .query = &of_cpu };
	struct answering answering = { .query = query, .asking = &asking };
	int r = answer(store, &answering);

	if (r < 0)
		command_history_done(&answering.history);
	else
		*ret = answering.history;
	asking_done(&asking);
	command_uses_done(&answering.uses);
	free(answering.leaders);
	free(answering.places);
	return r;
}

void command_history_done(struct command_history *history)
{
	size_t i;

	for (i = 0; i < history->nr_texts; i++)
		free(history->texts[i]);
	free(history->texts);
	free(history->rows);
	*history = (struct command_history){ 0 };
}
