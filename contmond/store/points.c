// SPDX-License-Identifier: GPL-2.0-only
#include "points.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "base/util.h"
#include "contmond/model/title.h"

#define HOST_TITLE "host"
#define NO_GROUP UINT32_MAX

/* Containers of one title: one at a time, but a name may be used again. */
struct group {
	const char *title;
	double sum;
	double last;
	size_t nr_known;
	size_t nr_seen;
};

struct collecting {
	const struct ring *ring;
	const struct points_query *query;
	struct group *groups;		/* in ascending order of their titles */
	size_t nr_groups;
	uint32_t *group_of;		/* of each slot */
	size_t column;
	bool keeps_last;
	struct points points;
	size_t allocated;
};

static int by_title(const void *a, const void *b, void *userdata)
{
	const struct slot *slots = userdata;

	return strcmp(slots[*(const uint32_t *)a].title,
		      slots[*(const uint32_t *)b].title);
}

static int make_groups(struct collecting *c)
{
	const struct slots *slots = ring_slots(c->ring);
	_cleanup_free_ uint32_t *chosen = NULL;
	size_t i, nr = 0;

	chosen = calloc(slots->nr_used + 1, sizeof(*chosen));
	c->groups = calloc(slots->nr_used + 1, sizeof(*c->groups));
	c->group_of = malloc((slots->nr + 1) * sizeof(*c->group_of));
	if (!chosen || !c->groups || !c->group_of)
		return -ENOMEM;
	memset(c->group_of, 0xff, slots->nr * sizeof(*c->group_of));
	for (i = 0; i < slots->nr_used; i++) {
		const struct slot *slot = &slots->all[slots->by_cgroup[i]];

		if (title_in_list(c->query->containers, slot->title, slot->id))
			chosen[nr++] = slots->by_cgroup[i];
	}
	qsort_r(chosen, nr, sizeof(*chosen), by_title, slots->all);
	for (i = 0; i < nr; i++) {
		const char *title = slots->all[chosen[i]].title;
		struct group *newest = &c->groups[c->nr_groups];

		if (c->nr_groups == 0 || strcmp(newest[-1].title, title) != 0) {
			newest->title = title;
			c->nr_groups++;
		}
		c->group_of[chosen[i]] = (uint32_t)c->nr_groups - 1;
	}
	return 0;
}

static int make_host_group(struct collecting *c)
{
	c->groups = calloc(1, sizeof(*c->groups));
	if (!c->groups)
		return -ENOMEM;
	c->groups[0].title = HOST_TITLE;
	c->nr_groups = !c->query->containers ||
		       text_in_list(c->query->containers, HOST_TITLE);
	return 0;
}

/* Frames come newest first: the first known number is the last one. */
static void add(struct group *group, double value)
{
	group->nr_seen++;
	if (isnan(value))
		return;
	if (group->nr_known == 0)
		group->last = value;
	group->sum += value;
	group->nr_known++;
}

static void add_frame(struct collecting *c, const struct ring_frame *frame)
{
	size_t place = ring_layout(c->ring)->place[c->column] * frame->nr;
	bool is_total = column_is_total(c->query->column);
	size_t i;

	if (c->query->is_system) {
		if (c->nr_groups > 0)
			add(&c->groups[0], (double)frame->system[c->column]);
		return;
	}
	for (i = 0; i < frame->nr; i++) {
		uint32_t group = c->group_of[frame->slots[i]];

		if (group == NO_GROUP)
			continue;
		add(&c->groups[group], is_total ?
		    frame->totals[place + i] :
		    (double)frame->gauges[place + i]);
	}
}

static int reserve(struct collecting *c)
{
	size_t needed = c->points.nr + c->nr_groups;
	struct point *grown;

	if (needed <= c->allocated)
		return 0;
	needed = needed * 2 < 1024 ? 1024 : needed * 2;
	grown = reallocarray(c->points.all, needed, sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	c->points.all = grown;
	c->allocated = needed;
	return 0;
}

/* One step is complete: its points, backward, for the end turns all around. */
static int end_step(struct collecting *c, int64_t t_ms)
{
	size_t i, nr = 0;

	for (i = 0; i < c->nr_groups; i++)
		nr += c->groups[i].nr_seen > 0;
	if (c->points.nr + nr > c->query->max_points) {
		c->points.truncated = true;
		return 0;
	}
	if (reserve(c) < 0)
		return -ENOMEM;
	for (i = c->nr_groups; i-- > 0;) {
		struct group *group = &c->groups[i];
		double mean = group->sum / (double)group->nr_known;

		if (group->nr_seen == 0)
			continue;
		c->points.all[c->points.nr++] = (struct point){
			t_ms, group->title,
			c->keeps_last && group->nr_known ? group->last : mean
		};
		*group = (struct group){ .title = group->title };
	}
	return 0;
}

static int newest_first(const void *a, const void *b)
{
	int64_t x = (*(const struct ring_frame *const *)a)->t_ms;
	int64_t y = (*(const struct ring_frame *const *)b)->t_ms;

	return (x < y) - (x > y);
}

/* In ascending order unless the clock went back a little: sorting is cheap. */
static int frames_within(const struct ring *ring, int64_t first, int64_t end,
			 const struct ring_frame ***ret, size_t *ret_nr)
{
	const struct ring_frame **frames;
	size_t i;

	frames = calloc(ring_nr_frames(ring) + 1, sizeof(*frames));
	if (!frames)
		return -ENOMEM;
	*ret_nr = 0;
	for (i = ring_nr_frames(ring); i-- > 0;) {
		const struct ring_frame *frame = ring_frame(ring, i);

		if (frame->t_ms >= first && frame->t_ms < end)
			frames[(*ret_nr)++] = frame;
	}
	qsort(frames, *ret_nr, sizeof(*frames), newest_first);
	*ret = frames;
	return 0;
}

static int64_t align_down(int64_t t_ms, int64_t step_ms)
{
	return t_ms - t_ms % step_ms;
}

static int collect(struct collecting *c)
{
	const struct points_query *query = c->query;
	_cleanup_free_ const struct ring_frame **frames = NULL;
	int64_t step = query->step_ms, first, end;
	size_t i, nr;

	first = align_down(query->from_ms + step - 1, step);
	end = align_down(query->to_ms, step) + step;
	if (frames_within(c->ring, first, end, &frames, &nr) < 0)
		return -ENOMEM;
	for (i = 0; i < nr && !c->points.truncated; i++) {
		int64_t t_ms = align_down(frames[i]->t_ms, step);

		add_frame(c, frames[i]);
		if (i + 1 < nr && align_down(frames[i + 1]->t_ms, step) == t_ms)
			continue;
		if (end_step(c, t_ms) < 0)
			return -ENOMEM;
	}
	return 0;
}

static void turn_around(struct points *points)
{
	size_t i;

	for (i = 0; i < points->nr / 2; i++) {
		struct point *other = &points->all[points->nr - 1 - i];
		struct point kept = points->all[i];

		points->all[i] = *other;
		*other = kept;
	}
}

int points_query(const struct ring *ring, const struct points_query *query,
	       struct points *ret)
{
	const struct table *table = query->is_system ? &system_table :
						       &container_table;
	struct collecting c = {
		.ring = ring,
		.query = query,
		.column = (size_t)(query->column - table->columns),
		.keeps_last = column_is_total(query->column) ||
			      column_is_code(query->column),
	};
	int r = query->is_system ? make_host_group(&c) : make_groups(&c);

	if (r == 0)
		r = collect(&c);
	free(c.groups);
	free(c.group_of);
	if (r < 0) {
		free(c.points.all);
		return r;
	}
	turn_around(&c.points);
	*ret = c.points;
	return 0;
}

void points_done(struct points *points)
{
	free(points->all);
	*points = (struct points){ 0 };
}
