// SPDX-License-Identifier: GPL-2.0-only
#include "contmon/past/each.h"
#include "contmon/past/lives.h"
#include "contmon/past/moment.h"
#include "contmond/model/title.h"
#include "rules.h"
#include "ticks.h"

#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/names.h"
#include "base/names_protected.h"

/* As contmond: a condition outlives this much without a sample */
#define LONGEST_GAP_MOMENTS 3
#define LEAST_GAP_MS 10000

/**
 * struct texts - of one life
 * @name: of the container; NULL if it is not known
 * @json: has the texts of @all
 * @all, @nr: its labels
 */
struct texts {
	char *name;
	json_t *json;
	struct name_label *all;
	size_t nr;
};

/**
 * struct reading - one iteration
 * @texts: of each life
 * @candidates, @targets, @rows: of one moment
 * @ram_bytes, @swap_bytes: see struct policy_tick
 * @last_ms: the moment before, by time that never goes back
 */
struct reading {
	struct store *store;
	struct cli_past_lives lives;
	double ram_bytes, swap_bytes;
	struct texts *texts;
	struct policy_candidate *candidates;
	struct enforce_target *targets;
	struct container_row *rows;
	char (*short_ids)[SHORT_ID_LENGTH + 1];
	size_t allocated;
	cli_tick_fn *fn;
	void *userdata;
	int64_t resolution_ms;
	int64_t last_ms;
	int64_t spacing_ms;
};

/* Names and labels */

/* Of LXC and nspawn the id is a name. A step of a build has none. */
static bool has_name(const struct cli_past_life *life, const char *name)
{
	char short_id[SHORT_ID_LENGTH + 1];

	if (life->runtime && strcmp(life->runtime, "buildkit") == 0)
		return false;
	if (!life->id)
		return true;
	title_short_id(short_id, life->id);
	return strcmp(name, short_id) != 0 && strcmp(name, life->id) != 0;
}

static bool is_named_by_id(const struct cli_past_life *life)
{
	const char *runtime = life->runtime ?: "";

	return life->id && (strcmp(runtime, "lxc") == 0 ||
			    strcmp(runtime, "nspawn") == 0);
}

/* As contmond knew it: the part of the title that is the name, or the id */
static int read_name(const struct cli_past_life *life, char **ret)
{
	size_t length = title_name_length(life->title, life->id,
					  life->user_id);
	char *name = strndup(life->title, length);

	if (!name)
		return -ENOMEM;
	if (!has_name(life, name)) {
		free(name);
		name = is_named_by_id(life) ? strdup(life->id) : NULL;
		if (is_named_by_id(life) && !name)
			return -ENOMEM;
	}
	*ret = name;
	return 0;
}

static int read_labels(const char *text, struct texts *ret)
{
	json_t *value;
	const char *key;

	ret->json = text ? json_loads(text, 0, NULL) : NULL;
	if (!json_is_object(ret->json))
		return 0;
	ret->all = calloc(json_object_size(ret->json) + 1, sizeof(*ret->all));
	if (!ret->all)
		return -ENOMEM;
	json_object_foreach(ret->json, key, value) {
		if (json_is_string(value))
			ret->all[ret->nr++] = (struct name_label){
				key, json_string_value(value),
			};
	}
	return 0;
}

static int read_life(const struct cli_past_life *life, struct texts *ret)
{
	int r = read_name(life, &ret->name);

	return r < 0 ? r : read_labels(life->labels, ret);
}

static int read_lives(struct reading *reading)
{
	size_t i;
	int r = 0;

	reading->texts = calloc(reading->lives.nr + 1,
				sizeof(*reading->texts));
	if (!reading->texts)
		return -ENOMEM;
	for (i = 0; i < reading->lives.nr && r == 0; i++)
		r = read_life(&reading->lives.v[i], &reading->texts[i]);
	return r;
}

/* Candidates */

static const char *state_text(double code)
{
	if (code == 1)
		return "running";
	if (code == 2)
		return "paused";
	return code == 3 ? "empty" : NULL;
}

static void fill_row(struct container_row *row,
		     const struct cli_past_life *life,
		     const struct texts *texts, const char *short_id)
{
	const struct container_info labelled = { .labels = texts->all,
						 .nr_labels = texts->nr };

	row->container = life->title;
	row->id = life->id;
	row->short_id = life->id ? short_id : NULL;
	row->runtime = life->runtime;
	row->pod = life->pod;
	row->image = life->image;
	row->command = life->command;
	row->cgroup = life->cgroup;
	row->compose_project = name_label(&labelled, LABEL_COMPOSE_PROJECT);
	row->compose_service = name_label(&labelled, LABEL_COMPOSE_SERVICE);
	row->state = state_text(row->state_code);
	row->created_ms = life->created_ms;
	row->started_ms = (double)life->first_ms;
}

static bool is_engine(const char *runtime)
{
	return runtime && (strcmp(runtime, "docker") == 0 ||
			   strcmp(runtime, "podman") == 0);
}

/* Returns false if it is not known who it was. */
static bool fill(struct reading *reading, size_t i,
		 const struct cli_past_row *past)
{
	const struct cli_past_life *life = cli_past_life_at(
		&reading->lives, past->container, past->t_ms);
	struct container_row *row = &reading->rows[i];
	const struct texts *texts;

	if (!life || (!life->id && !life->cgroup))
		return false;
	texts = &reading->texts[life - reading->lives.v];
	*row = past->mean;
	row->t = (double)past->t_ms;
	title_short_id(reading->short_ids[i], life->id ?: "");
	fill_row(row, life, texts, reading->short_ids[i]);
	reading->candidates[i] = (struct policy_candidate){
		.id = life->id ?: life->cgroup,
		.name = texts->name,
		.row = row,
		.labels = texts->all,
		.nr_labels = texts->nr,
		.user_id = life->user_id,
		.is_described = texts->name || !is_engine(life->runtime),
		.ended_ms = NAN,
		.anonymous_volumes = POLICY_NOT_KNOWN,
	};
	reading->targets[i] = (struct enforce_target){
		.has_engine = is_engine(life->runtime),
	};
	return true;
}

/* Moments */

static int make_room(struct reading *reading, size_t nr)
{
	if (nr <= reading->allocated)
		return 0;
	free(reading->candidates);
	free(reading->targets);
	free(reading->rows);
	free(reading->short_ids);
	reading->candidates = calloc(nr, sizeof(*reading->candidates));
	reading->targets = calloc(nr, sizeof(*reading->targets));
	reading->rows = calloc(nr, sizeof(*reading->rows));
	reading->short_ids = calloc(nr, sizeof(*reading->short_ids));
	reading->allocated = nr;
	return reading->candidates && reading->targets && reading->rows &&
	       reading->short_ids ? 0 : -ENOMEM;
}

/*
 * How far moments are apart is not recorded: the shortest of late counts, and
 * doubles with each longer one.
 */
static int64_t longest_gap(struct reading *reading, int64_t t_ms)
{
	int64_t gap_ms = t_ms - reading->last_ms, longest_ms;

	if (reading->last_ms == 0)
		return 0;
	if (reading->spacing_ms == 0 || gap_ms < reading->spacing_ms)
		reading->spacing_ms = gap_ms;
	longest_ms = LONGEST_GAP_MOMENTS * reading->spacing_ms;
	if (gap_ms > reading->spacing_ms)
		reading->spacing_ms = gap_ms < 2 * reading->spacing_ms ?
				      gap_ms : 2 * reading->spacing_ms;
	return longest_ms > LEAST_GAP_MS ? longest_ms : LEAST_GAP_MS;
}

static int begins_late(struct store *store, int64_t t_ms, bool *ret)
{
	int64_t before_ms;
	int r = cli_moment_before(store, t_ms, &before_ms);

	*ret = r == 0;
	return r == -ENOENT ? 0 : r;
}

static int show_moment(struct reading *reading, const struct cli_past_row *rows,
		       size_t nr)
{
	struct enforce_tick tick = { .targets = reading->targets };
	int64_t t_ms = rows[0].t_ms;
	size_t i, filled = 0;
	int r = make_room(reading, nr);

	if (r < 0)
		return r;
	for (i = 0; i < nr; i++)
		filled += fill(reading, filled, &rows[i]);
	tick.tick = (struct policy_tick){
		.t_ms = t_ms,
		.boot_ms = t_ms,
		.longest_gap_ms = longest_gap(reading, t_ms),
		.lacks_ended = true,
		.ram_bytes = reading->ram_bytes,
		.swap_bytes = reading->swap_bytes,
		.candidates = reading->candidates,
		.nr_candidates = filled,
	};
	tick.targets = reading->targets;
	if (reading->last_ms == 0)
		r = begins_late(reading->store, t_ms,
				&tick.tick.begins_late);
	if (r < 0)
		return r;
	reading->last_ms = t_ms;
	return reading->fn(&tick, reading->userdata);
}

static double known_bytes(double bytes)
{
	return isnan(bytes) ? 0 : bytes;
}

/* It hardly ever changes: what a part begins with counts for all of it. */
static int read_host(struct reading *reading, int64_t t_ms)
{
	struct cli_moment moment = { 0 };
	int r = cli_moment_read(reading->store, t_ms, NULL, &moment);

	if (r < 0)
		return r == -ENOENT ? 0 : r;
	reading->ram_bytes = known_bytes(moment.host.ram_total_bytes);
	reading->swap_bytes = known_bytes(moment.host.swap_total_bytes);
	cli_moment_done(&moment);
	return 0;
}

static int show_part(const struct cli_past_rows *rows, int64_t end_ms,
		     void *userdata)
{
	struct reading *reading = userdata;
	size_t from = 0, to;
	int r = 0;

	(void)end_ms;
	if (rows->resolution_ms > reading->resolution_ms)
		reading->resolution_ms = rows->resolution_ms;
	if (rows->nr > 0)
		r = read_host(reading, rows->v[0].t_ms);
	while (r == 0 && from < rows->nr) {
		for (to = from; to < rows->nr &&
				rows->v[to].t_ms == rows->v[from].t_ms; to++)
			;
		r = show_moment(reading, &rows->v[from], to - from);
		from = to;
	}
	return r;
}

static void reading_done(struct reading *reading)
{
	size_t i;

	for (i = 0; reading->texts && i < reading->lives.nr; i++) {
		free(reading->texts[i].name);
		json_decref(reading->texts[i].json);
		free(reading->texts[i].all);
	}
	free(reading->texts);
	free(reading->candidates);
	free(reading->targets);
	free(reading->rows);
	free(reading->short_ids);
	cli_past_lives_done(&reading->lives);
}

int cli_ticks_each(struct store *store, int64_t from_ms, int64_t to_ms,
		   cli_tick_fn *fn, void *userdata, int64_t *ret_resolution_ms)
{
	struct reading reading = { .store = store, .fn = fn,
				   .userdata = userdata };
	const struct cli_past_range range = { .from_ms = from_ms,
					      .to_ms = to_ms };
	int r = cli_past_lives_read(store, &reading.lives);

	if (r == 0)
		r = read_lives(&reading);
	if (r == 0)
		r = cli_past_each(store, &range, show_part, &reading);
	if (r == 0)
		*ret_resolution_ms = reading.resolution_ms;
	reading_done(&reading);
	return r;
}

/* The last moment before @t_ms; @t_ms itself if there is none */
static int step_back(struct store *store, int64_t *t_ms)
{
	int r = cli_moment_before(store, *t_ms, t_ms);

	return r == -ENOENT ? 0 : r;
}

int cli_ticks_begin(struct store *store, const struct policy *policy,
		    int64_t t_ms, int64_t *ret_ms)
{
	int64_t from_ms = t_ms - cli_rules_longest_ms(policy) + 1;
	int r = step_back(store, &from_ms);

	if (r == 0)
		r = step_back(store, &from_ms);
	if (r == 0)
		*ret_ms = from_ms;
	return r;
}
