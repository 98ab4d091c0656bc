// SPDX-License-Identifier: GPL-2.0-only
#include "sources.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "tier.h"

/* Limit for each container: finer tiers are read up to this many moments. */
#define MAX_MOMENTS 15000

/* The ticks of a tier */
struct reach {
	uint64_t first_seq;	/* UINT64_MAX: none */
	uint64_t end_seq;
};

void sources_done(struct sources *sources)
{
	size_t i;

	for (i = 0; i < sources->nr; i++) {
		if (sources->all[i].owned)
			layout_free(sources->all[i].layout);
	}
	free(sources->all);
	*sources = (struct sources){ 0 };
}

/*
 * The coarsest tier whose buckets divide the step; for a long range, the
 * coarsest tier whose buckets are not wider than a step
 */
static unsigned int choose_tier(int64_t range_ms, int64_t step_ms)
{
	unsigned int tier = RAW, i;

	for (i = 1; i < NR_TIERS; i++) {
		if (step_ms % tiers[i].bucket_ms == 0)
			tier = i;
	}
	for (i = tier + 1; i < NR_TIERS; i++) {
		int64_t width = tiers[tier].bucket_ms ?: 1000;

		if (range_ms / width > MAX_MOMENTS &&
		    tiers[i].bucket_ms <= step_ms)
			tier = i;
	}
	return tier;
}

/* The range of each tier */

static void reach_waiting(const struct view *view, struct reach *reaches)
{
	unsigned int tier = RAW;
	size_t i;

	for (i = 0; i < view->nr_waiting; i++) {
		const struct entry *entry = view->waiting[i];
		uint64_t seq;

		tier = entry->tier;
		if (entry->statement == ADD_SPAN) {
			seq = (uint64_t)(entry->values[4].integer +
					 view->seqs);
			if (seq < reaches[tier].first_seq)
				reaches[tier].first_seq = seq;
			continue;
		}
		seq = (uint64_t)(entry->values[2].integer + view->seqs) + 1;
		if (seq > reaches[tier].end_seq)
			reaches[tier].end_seq = seq;
	}
}

static int find_reaches(struct view *view, struct reach *reaches)
{
	_cleanup_statement_ sqlite3_stmt *statement = NULL;
	int r = db_prepare(view->sqlite, "SELECT tier, min(begin_seq), "
		"max(coalesce(end_seq, (SELECT seq + 1 FROM frame "
		"WHERE span = s.id ORDER BY moment DESC LIMIT 1), 0)) "
		"FROM span AS s GROUP BY tier", &statement);
	unsigned int i;

	for (i = 0; i < NR_TIERS; i++)
		reaches[i] = (struct reach){ .first_seq = UINT64_MAX };
	while (r == 0 && (r = db_step(statement)) == 1) {
		r = 0;
		i = (unsigned int)sqlite3_column_int(statement, 0);
		if (i >= NR_TIERS)
			continue;
		reaches[i].first_seq =
			(uint64_t)sqlite3_column_int64(statement, 1);
		reaches[i].end_seq =
			(uint64_t)sqlite3_column_int64(statement, 2);
	}
	reach_waiting(view, reaches);
	return r;
}

/* Decides which ticks are read from which tier. */
static void share_out(const struct reach *reaches, unsigned int tier,
		      struct reach *shares)
{
	uint64_t first = reaches[tier].first_seq, end = reaches[tier].end_seq;
	unsigned int i;

	memset(shares, 0, NR_TIERS * sizeof(*shares));
	shares[tier] = (struct reach){ first, end };
	for (i = tier + 1; i < NR_TIERS; i++) {
		if (reaches[i].first_seq >= first)
			continue;
		shares[i] = (struct reach){ reaches[i].first_seq, first };
		first = reaches[i].first_seq;
		if (end < shares[i].end_seq)
			end = shares[i].end_seq;
	}
	for (i = tier; i-- > 0;) {
		if (reaches[i].end_seq <= end)
			continue;
		shares[i] = (struct reach){ end, reaches[i].end_seq };
		end = reaches[i].end_seq;
	}
}

/* Spans */

static struct source *add(struct sources *sources)
{
	size_t allocated = sources->allocated * 2 ?: 32;
	struct source *all;

	if (sources->nr == sources->allocated) {
		all = reallocarray(sources->all, allocated, sizeof(*all));
		if (!all)
			return NULL;
		sources->all = all;
		sources->allocated = allocated;
	}
	sources->all[sources->nr] = (struct source){ 0 };
	return &sources->all[sources->nr++];
}

static int take_layout(struct view *view, const char *columns,
		       struct source *source)
{
	if (!columns)
		return 0;
	if (strcmp(columns, view->store->ingest.layout_text) == 0) {
		source->layout = view->store->layout;
		return 0;
	}
	source->owned = true;
	return layout_parse(columns, &source->layout);
}

static int add_spans(struct sources *sources, struct view *view,
		     unsigned int tier, const struct reach *share,
		     int64_t from_ms, int64_t to_ms)
{
	_cleanup_statement_ sqlite3_stmt *statement = NULL;
	int r = db_prepare(view->sqlite, "SELECT s.id, s.base, s.begin_seq, "
		LAYOUT_OF_SPAN ", end_ms FROM span AS s "
		"LEFT JOIN layout AS l ON l.id = s.layout "
		"WHERE s.tier = ?1 AND s.begin_seq < ?2 "
		"AND coalesce(s.end_seq > ?3, 1) AND "
		"coalesce(s.end_ms >= ?4 AND s.begin_ms < ?5, 1) "
		"ORDER BY s.id", &statement);
	struct source *source;

	if (r < 0)
		return r;
	sqlite3_bind_int(statement, 1, (int)tier);
	sqlite3_bind_int64(statement, 2, (int64_t)share->end_seq);
	sqlite3_bind_int64(statement, 3, (int64_t)share->first_seq);
	sqlite3_bind_int64(statement, 4, from_ms);
	sqlite3_bind_int64(statement, 5, to_ms);
	while (r == 0 && (r = db_step(statement)) == 1) {
		source = add(sources);
		if (!source)
			return -ENOMEM;
		source->span = sqlite3_column_int64(statement, 0);
		source->local = source->span - view->spans;
		source->tier = tier;
		source->base = sqlite3_column_int64(statement, 1);
		source->begin_seq =
			(uint64_t)sqlite3_column_int64(statement, 2);
		source->first_seq = share->first_seq;
		source->end_seq = share->end_seq;
		source->end_ms = sqlite3_column_type(statement, 4) ==
				 SQLITE_NULL ? INT64_MAX :
				 sqlite3_column_int64(statement, 4);
		r = take_layout(view, (const char *)
				sqlite3_column_text(statement, 3), source);
	}
	return r;
}

static bool is_listed(const struct sources *sources, int64_t span)
{
	size_t i;

	for (i = 0; i < sources->nr; i++) {
		if (sources->all[i].span == span)
			return true;
	}
	return false;
}

/* Adds spans whose first frame has not been written yet. */
static int add_waiting(struct sources *sources, struct view *view,
		       unsigned int tier, const struct reach *share)
{
	size_t i;

	for (i = 0; i < view->nr_waiting; i++) {
		const struct entry *entry = view->waiting[i];
		int64_t local = entry->values[0].integer;
		struct source *source;

		if (entry->statement != ADD_SPAN || entry->tier != tier ||
		    is_listed(sources, local + view->spans))
			continue;
		source = add(sources);
		if (!source)
			return -ENOMEM;
		*source = (struct source){
			.span = local + view->spans,
			.local = local,
			.tier = tier,
			.layout = view->store->layout,
			.base = view->base,
			.begin_seq = (uint64_t)(entry->values[4].integer +
						view->seqs),
			.first_seq = share->first_seq,
			.end_seq = share->end_seq,
			.end_ms = INT64_MAX,
		};
	}
	return 0;
}

int sources_find(struct sources *sources, struct view *view, int64_t from_ms,
		 int64_t to_ms, int64_t step_ms)
{
	struct reach reaches[NR_TIERS], shares[NR_TIERS];
	unsigned int i;
	int r = find_reaches(view, reaches);

	if (r < 0)
		return r;
	share_out(reaches, choose_tier(to_ms - from_ms, step_ms), shares);
	for (i = NR_TIERS; i-- > 0 && r == 0;) {
		if (shares[i].first_seq >= shares[i].end_seq)
			continue;
		r = add_spans(sources, view, i, &shares[i],
			      from_ms - tiers[i].bucket_ms, to_ms);
		if (r == 0)
			r = add_waiting(sources, view, i, &shares[i]);
	}
	return r;
}
