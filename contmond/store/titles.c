// SPDX-License-Identifier: GPL-2.0-only
#include "titles.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "base/words.h"
#include "contmond/model/title.h"

/* The time at which a container was last seen is written only once a minute. */
#define LATE_MS 120000

static int add(struct titles *titles, int64_t c, const char *title,
	       unsigned int slot)
{
	size_t allocated = titles->allocated * 2 ?: 64;
	struct titled *all, *added;

	if (titles->nr == titles->allocated) {
		all = reallocarray(titles->all, allocated, sizeof(*all));
		if (!all)
			return -ENOMEM;
		titles->all = all;
		titles->allocated = allocated;
	}
	added = &titles->all[titles->nr];
	*added = (struct titled){ .c = c, .slot = slot,
				  .title = strdup(title) };
	if (!added->title)
		return -ENOMEM;
	titles->nr++;
	return 0;
}

/*
 * Current containers may have a newer title than the database, or may not be in
 * it yet.
 */
static int add_lives(struct titles *titles, struct view *view,
		     const struct words *list, const char *device)
{
	struct lives *lives = &view->store->lives;
	size_t i;
	int r = 0;

	pthread_mutex_lock(&lives->lock);
	for (i = 0; i < lives->nr && r == 0; i++) {
		const struct life *life = &lives->all[i];
		const char *id = life->texts[LIFE_ID] ?: "";
		const char *title = life->texts[LIFE_TITLE] ?: id;
		unsigned int slot = device ? life_slot(life, device) : 0;

		/* resumed, but not seen by this run yet */
		if (!life->texts[LIFE_ID] && !life->texts[LIFE_TITLE])
			continue;
		if ((slot || !device) && title_in_list(list, title, id))
			r = add(titles, life->c + view->base, title, slot);
	}
	pthread_mutex_unlock(&lives->lock);
	return r;
}

static int by_c(const void *a, const void *b)
{
	const struct titled *x = a, *y = b;

	return (x->c > y->c) - (x->c < y->c);
}

static void sort(struct titled *all, size_t nr)
{
	if (nr > 1)
		qsort(all, nr, sizeof(*all), by_c);
}

static const struct titled *find(const struct titled *all, size_t nr,
				 int64_t c)
{
	const struct titled key = { .c = c };

	return nr > 0 ? bsearch(&key, all, nr, sizeof(key), by_c) : NULL;
}

/* Files of older versions have no table of devices: none were recorded. */
static int prepare_recorded(struct view *view, const char *device,
			    sqlite3_stmt **ret)
{
	int64_t nr_tables = 0;
	int r = 0;

	if (device)
		r = db_number(view->sqlite, "SELECT count(*) FROM "
			      "sqlite_schema WHERE name = 'device'",
			      &nr_tables);
	if (r < 0)
		return r;
	return db_prepare(view->sqlite, nr_tables == 0 ?
		"SELECT c, coalesce(title, id, ''), coalesce(id, ''), 0 "
		"FROM container WHERE last_ms >= ?1 AND first_ms <= ?2 AND "
		"?3 IS NULL" :
		"SELECT c, coalesce(title, id, ''), coalesce(id, ''), "
		"CASE ?3 WHEN '" STORE_OTHERS_NAME "' THEN (SELECT ?4 + 1 "
		"FROM device AS d WHERE d.c = container.c AND slot = ?4) "
		"ELSE (SELECT max(slot) FROM device AS d "
		"WHERE d.c = container.c AND slot BETWEEN 1 AND ?4 "
		"AND ?3 IN (number, name)) END AS used "
		"FROM container "
		"WHERE last_ms >= ?1 AND first_ms <= ?2 AND used IS NOT NULL",
		ret);
}

static int add_recorded(struct titles *titles, struct view *view,
			const struct words *list, const char *device,
			int64_t from_ms, int64_t to_ms)
{
	_cleanup_statement_ sqlite3_stmt *statement = NULL;
	size_t nr_lives = titles->nr;
	int r = prepare_recorded(view, device, &statement);

	if (r < 0)
		return r;
	sort(titles->all, nr_lives);
	sqlite3_bind_int64(statement, 1, from_ms - LATE_MS);
	sqlite3_bind_int64(statement, 2, to_ms + LATE_MS);
	sqlite3_bind_text(statement, 3, device, -1, SQLITE_STATIC);
	sqlite3_bind_int(statement, 4, STORE_DEVICES);
	while (r == 0 && (r = db_step(statement)) == 1) {
		int64_t c = sqlite3_column_int64(statement, 0);
		int64_t slot = sqlite3_column_int64(statement, 3);
		const char *title =
			(const char *)sqlite3_column_text(statement, 1);
		const char *id =
			(const char *)sqlite3_column_text(statement, 2);

		if (!title || !id)
			return -ENOMEM;
		r = 0;
		/*
		 * It is used as an index, and anybody may have written the
		 * file.
		 */
		if (slot < 0 || slot > STORE_OTHERS)
			continue;
		if (!find(titles->all, nr_lives, c) &&
		    title_in_list(list, title, id))
			r = add(titles, c, title, (unsigned int)slot);
	}
	sort(titles->all, titles->nr);
	return r;
}

static int by_title(const void *a, const void *b)
{
	return strcmp((*(struct titled *const *)a)->title,
		      (*(struct titled *const *)b)->title);
}

static int make_groups(struct titles *titles)
{
	_cleanup_free_ struct titled **sorted = NULL;
	size_t i;

	sorted = calloc(titles->nr + 1, sizeof(*sorted));
	titles->groups = calloc(titles->nr + 1, sizeof(*titles->groups));
	if (!sorted || !titles->groups)
		return -ENOMEM;
	for (i = 0; i < titles->nr; i++)
		sorted[i] = &titles->all[i];
	qsort(sorted, titles->nr, sizeof(struct titled *), by_title);
	for (i = 0; i < titles->nr; i++) {
		const char *title = sorted[i]->title;

		if (i == 0 || strcmp(sorted[i - 1]->title, title) != 0)
			titles->groups[titles->nr_groups++] = title;
		sorted[i]->group = (uint32_t)titles->nr_groups - 1;
	}
	return 0;
}

int titles_load(struct titles *titles, struct view *view, const char *list,
		const char *device, int64_t from_ms, int64_t to_ms)
{
	_cleanup_words_ struct words words = { 0 };
	int r = words_init(&words, list);

	if (r == 0)
		r = add_lives(titles, view, &words, device);
	if (r == 0)
		r = add_recorded(titles, view, &words, device, from_ms, to_ms);
	return r == 0 ? make_groups(titles) : r;
}

int titles_host(struct titles *titles, const char *list)
{
	_cleanup_words_ struct words words = { 0 };
	int r = words_init(&words, list);

	if (r == 0 && title_in_list(&words, TITLE_HOST, NULL))
		r = add(titles, 0, TITLE_HOST, 0);
	return r == 0 ? make_groups(titles) : r;
}

void titles_done(struct titles *titles)
{
	size_t i;

	for (i = 0; i < titles->nr; i++)
		free(titles->all[i].title);
	free(titles->all);
	free(titles->groups);
	*titles = (struct titles){ 0 };
}

const struct titled *titles_find(const struct titles *titles, int64_t c)
{
	return find(titles->all, titles->nr, c);
}

uint32_t titles_group(const struct titles *titles, int64_t c)
{
	const struct titled *found = titles_find(titles, c);

	return found ? found->group : NO_GROUP;
}
