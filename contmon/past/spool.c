// SPDX-License-Identifier: GPL-2.0-only
#include "contmond/model/title.h"
#include "rows.h"
#include "spool.h"

#include <errno.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>

void cli_spool_init(struct cli_spool *spool)
{
	*spool = (struct cli_spool){ .nr = 0 };
	cli_imported_rates_init(&spool->rates);
}

static void life_free(void *item)
{
	struct cli_spool_life *life = item;

	free(life->title);
	free(life->id);
	free(life->command);
	free(life);
}

void cli_spool_done(struct cli_spool *spool)
{
	if (spool->file)
		fclose(spool->file);
	free(spool->rows);
	tdestroy(spool->lives, life_free);
	*spool = (struct cli_spool){ .nr = 0 };
}

/* Containers */

static int compare_lives(const void *a, const void *b)
{
	const struct cli_spool_life *x = a, *y = b;
	int order = strcmp(x->title, y->title);

	return order ?: strcmp(x->id ?: "", y->id ?: "");
}

/* A container of an older monitor has no name, but an id. */
static struct cli_spool_life *life_new(const struct cli_imported *row)
{
	struct cli_spool_life *life = calloc(1, sizeof(*life));
	char short_id[SHORT_ID_LENGTH + 1];
	const char *title = row->container;

	if (!life)
		return NULL;
	if (row->id && title == row->id && strlen(row->id) == 64) {
		title_short_id(short_id, row->id);
		title = short_id;
	}
	life->last_ms = INT64_MIN;
	life->title = strdup(title);
	life->id = row->id ? strdup(row->id) : NULL;
	if (life->title && (life->id || !row->id))
		return life;
	life_free(life);
	return NULL;
}

/* What is known is kept if it is unknown in a later row. */
static int update(struct cli_spool_life *life, const struct cli_imported *row)
{
	char *command;

	life->pid = row->pid ?: life->pid;
	if (!row->command ||
	    (life->command && strcmp(life->command, row->command) == 0))
		return 0;
	command = strdup(row->command);
	if (!command)
		return -ENOMEM;
	free(life->command);
	life->command = command;
	return 0;
}

static int find_life(struct cli_spool *spool, const struct cli_imported *row,
		     struct cli_spool_life **ret)
{
	struct cli_spool_life *life = life_new(row), **found;

	if (!life)
		return -ENOMEM;
	found = tsearch(life, &spool->lives, compare_lives);
	if (!found || *found != life)
		life_free(life);
	else
		life->number = ++spool->nr_lives;
	if (!found)
		return -ENOMEM;
	*ret = *found;
	return update(*ret, row);
}

/* twalk_r(3) passes only one pointer on. */
struct visit {
	void (*fn)(struct cli_spool_life *life, void *userdata);
	void *userdata;
};

static void visit(const void *node, VISIT which, void *closure)
{
	const struct visit *visit = closure;

	if (which == postorder || which == leaf)
		visit->fn(*(struct cli_spool_life *const *)node,
			  visit->userdata);
}

void cli_spool_each_life(const struct cli_spool *spool,
			 void (*fn)(struct cli_spool_life *life,
				    void *userdata), void *userdata)
{
	struct visit each = { fn, userdata };

	twalk_r(spool->lives, visit, &each);
}

/* Rows */

static const double *number_of(const struct container_row *row,
			       const struct column *column)
{
	return (const double *)((const char *)row + column->offset);
}

static int write_numbers(FILE *file, const struct container_row *row)
{
	const struct column *metrics[HISTORY_MAX_METRICS];
	double numbers[HISTORY_MAX_METRICS];
	size_t i, nr = cli_past_metrics(&container_table, metrics);

	for (i = 0; i < nr; i++)
		numbers[i] = *number_of(row, metrics[i]);
	return fwrite(numbers, sizeof(*numbers), nr, file) == nr ? 0 : -errno;
}

static int make_room(struct cli_spool *spool)
{
	size_t allocated = spool->allocated * 2 ?: 1024;
	struct cli_spool_row *rows;

	if (!spool->file)
		spool->file = tmpfile();
	if (!spool->file)
		return -errno;
	if (spool->nr < spool->allocated)
		return 0;
	rows = reallocarray(spool->rows, allocated, sizeof(*rows));
	if (!rows)
		return -ENOMEM;
	spool->rows = rows;
	spool->allocated = allocated;
	return 0;
}

static uint16_t rates_of(const struct cli_spool *spool,
			 const struct cli_imported *row)
{
	uint16_t bits = 0;
	size_t i;

	for (i = 0; i < spool->rates.nr; i++) {
		if (row->has[spool->rates.v[i].rate - container_table.columns])
			bits |= (uint16_t)(1U << i);
	}
	return bits;
}

int cli_spool_add(struct cli_spool *spool, const struct cli_imported *row)
{
	struct cli_spool_row added = { .t_ms = row->t_ms, .nr = spool->nr,
				       .rates = rates_of(spool, row) };
	int r = make_room(spool);

	if (r == 0)
		r = find_life(spool, row, &added.life);
	if (r == 0)
		r = write_numbers(spool->file, &row->numbers);
	if (r == 0)
		spool->rows[spool->nr++] = added;
	return r;
}

static int compare_rows(const void *a, const void *b)
{
	const struct cli_spool_row *x = a, *y = b;
	int order;

	if (x->t_ms != y->t_ms)
		return x->t_ms < y->t_ms ? -1 : 1;
	order = x->life == y->life ? 0 : compare_lives(x->life, y->life);
	return order ?: (x->nr > y->nr) - (x->nr < y->nr);
}

int cli_spool_sort(struct cli_spool *spool)
{
	if (spool->nr == 0)
		return 0;
	qsort(spool->rows, spool->nr, sizeof(*spool->rows), compare_rows);
	return fflush(spool->file) < 0 ? -errno : 0;
}

int cli_spool_read(const struct cli_spool *spool,
		   const struct cli_spool_row *row, struct container_row *ret)
{
	const struct column *metrics[HISTORY_MAX_METRICS];
	double numbers[HISTORY_MAX_METRICS];
	size_t i, nr = cli_past_metrics(&container_table, metrics);
	size_t bytes = nr * sizeof(*numbers);
	struct cli_imported none;
	ssize_t n = pread(fileno(spool->file), numbers, bytes,
			  (off_t)(row->nr * bytes));

	if (n < 0)
		return -errno;
	if ((size_t)n < bytes)
		return -EIO;
	cli_imported_init(&none);
	*ret = none.numbers;
	for (i = 0; i < nr; i++)
		*(double *)((char *)ret + metrics[i]->offset) = numbers[i];
	return 0;
}
