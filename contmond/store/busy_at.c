// SPDX-License-Identifier: GPL-2.0-only
#include "busy_at.h"

#include <errno.h>
#include <math.h>

#include "busy_spans.h"
#include "contmond/model/title.h"
#include "tier.h"

/* Does the moment cover @t_ms? A late tick may cover a little more. */
static bool reaches(const struct busy_at *found, unsigned int tier,
		    int64_t t_ms)
{
	int64_t width = tiers[tier].bucket_ms ?: 2 * (int64_t)found->ms + 1000;

	return found->found && t_ms - found->t_ms < width;
}

/* Returns -ENOENT if nothing was recorded at that time. */
static int find_moment(struct view *view, enum busy_kind kind, int64_t t_ms,
		       struct busy_at *found)
{
	unsigned int tier;
	int r = 0;

	for (tier = 0; tier < NR_TIERS && r == 0; tier++) {
		found->found = false;
		r = busy_spans(view, kind, tier, t_ms, found);
		if (r == 0 && reaches(found, tier, t_ms)) {
			found->width_ms = tiers[tier].bucket_ms;
			return 0;
		}
	}
	return r < 0 ? r : -ENOENT;
}

const char *busy_at_title(const struct busy_at *found, uint32_t c)
{
	uint32_t group;

	if (c == 0)
		return title_in_list(&found->words, TITLE_HOST, NULL) ?
		       TITLE_HOST : NULL;
	group = titles_group(&found->titles, c);
	return group == NO_GROUP ? NULL : found->titles.groups[group];
}

double busy_at_cores(const struct busy_at *found, int64_t cpu_ms)
{
	return found->ms > 0 ? (double)cpu_ms / (double)found->ms : NAN;
}

static bool knows_commands(const struct busy_at *found, enum busy_kind kind)
{
	return kind == BUSY_COMMANDS && !found->busy.commands.unknown;
}

static int find_and_tell(struct view *view, enum busy_kind kind, int64_t t_ms,
			 const char *containers, busy_at_fn *fn,
			 void *userdata, struct busy_at *found)
{
	int r = words_init(&found->words, containers);

	if (r == 0)
		r = find_moment(view, kind, t_ms, found);
	if (r == 0)
		r = busy_settle(&found->busy);
	/* The first tick of a run covers no time, and tells nothing of CPU. */
	found->busy.commands.unknown |= found->ms == 0;
	if (r == 0)
		r = titles_load(&found->titles, view, containers, NULL,
				found->t_ms, found->t_ms + found->width_ms);
	return r < 0 ? r : fn(found, userdata);
}

int busy_at(struct store *store, enum busy_kind kind, int64_t t_ms,
	    const char *containers, busy_at_fn *fn, void *userdata,
	    struct past_moment *ret)
{
	struct busy_at found = { 0 };
	struct view view;
	int r = view_begin(store, &view);

	if (r < 0)
		return r;
	r = find_and_tell(&view, kind, t_ms, containers, fn, userdata, &found);
	if (r == 0)
		*ret = (struct past_moment){ found.t_ms, found.width_ms,
					     knows_commands(&found, kind) };
	view_end(&view, r < 0 && r != -ENOENT ? r :
		 found.damaged ? -EUCLEAN : 0);
	busy_done(&found.busy);
	titles_done(&found.titles);
	words_done(&found.words);
	return r;
}
