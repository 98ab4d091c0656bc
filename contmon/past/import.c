// SPDX-License-Identifier: GPL-2.0-only
#include "base/clock.h"
#include "contmon/cli/error.h"
#include "contmond/store/past.h"
#include "each.h"
#include "import.h"
#include "open.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MAX_MESSAGES 10
/* So that an error is noticed soon */
#define ROWS_BETWEEN_SYNCS 2000
#define HOUR_MS (3600 * 1000)
#define SECOND_MS 1000

/* Reading */

static void note_bad(uint64_t line, const char *why, void *userdata)
{
	struct cli_import *import = userdata;

	if (++import->nr_bad <= MAX_MESSAGES)
		cli_error("%s:%" PRIu64 ": %s", import->name, line, why);
	else if (import->nr_bad == MAX_MESSAGES + 1)
		cli_error("%s: more is bad, which is only counted",
			  import->name);
}

static int take_row(const struct cli_imported *row, void *userdata)
{
	struct cli_import *import = userdata;
	int r = cli_spool_add(&import->spool, row);

	if (r == 0 && import->on_progress)
		import->on_progress(import, 0, 0);
	return r;
}

int cli_import_read(struct cli_import *import, FILE *from)
{
	const struct cli_imported_sink sink = { take_row, note_bad, import };
	int r;

	cli_spool_init(&import->spool);
	r = cli_imported_read(from, &sink);
	if (r < 0 && ferror(from))
		return cli_failed(import->name, r);
	if (r == 0)
		r = cli_spool_sort(&import->spool);
	return r < 0 ? cli_failed("temporary file", r) : CLI_OK;
}

void cli_import_done(struct cli_import *import)
{
	cli_spool_done(&import->spool);
}

/* What the store has already */

struct comparing {
	struct cli_spool *spool;
	size_t next;
};

static int order(const struct cli_spool_row *a, const struct cli_past_row *b)
{
	if (a->t_ms != b->t_ms)
		return a->t_ms < b->t_ms ? -1 : 1;
	return strcmp(a->life->title, b->container);
}

/* Both are in the same order. */
static int skip_same(const struct cli_past_rows *rows, int64_t end_ms,
		     void *userdata)
{
	struct comparing *comparing = userdata;
	struct cli_spool *spool = comparing->spool;
	size_t i, *j = &comparing->next;

	(void)end_ms;
	for (i = 0; i < rows->nr; i++) {
		while (*j < spool->nr &&
		       order(&spool->rows[*j], &rows->v[i]) < 0)
			(*j)++;
		while (*j < spool->nr &&
		       order(&spool->rows[*j], &rows->v[i]) == 0)
			spool->rows[(*j)++].skip = true;
	}
	return 0;
}

static int skip_known(struct cli_spool *spool, struct store *store)
{
	struct comparing comparing = { .spool = spool };
	const struct cli_past_range range = {
		.from_ms = spool->rows[0].t_ms,
		.to_ms = spool->rows[spool->nr - 1].t_ms,
	};
	size_t i;
	int r = store_is_empty(store) ? 0 :
		cli_past_each(store, &range, skip_same, &comparing);

	for (i = 1; i < spool->nr; i++) {
		const struct cli_spool_row *before = &spool->rows[i - 1];
		struct cli_spool_row *row = &spool->rows[i];

		row->skip |= row->t_ms == before->t_ms &&
			     row->life == before->life;
	}
	return r;
}

/* Writing */

/**
 * struct feeding - the moment that is written
 * @first_ms: the first one of all
 * @gained_ms: see struct store_tick
 * @nr_cpus: known until now
 * @nr_waiting: rows that may not be written yet
 */
struct feeding {
	struct cli_import *import;
	struct store *store;
	int64_t first_ms;
	uint32_t gained_ms;
	double nr_cpus;
	struct store_container *containers;
	struct container_row *rows, *before;
	size_t nr, allocated, nr_waiting;
};

static double *number_of(struct container_row *row, const struct column *column)
{
	return (double *)((char *)row + column->offset);
}

/* Totals of seconds are kept in ms, others in whole units. */
static double rounded(const struct column *total, double gain)
{
	return total->unit == UNIT_SECONDS ? round(gain * 1e3) / 1e3 :
					     round(gain);
}

/* What the total gains in a second; NAN when unknown */
static double rate_of(const struct feeding *feeding, size_t i,
		      struct container_row *row)
{
	const struct cli_imported_rates *rates = &feeding->import->spool.rates;
	double rate = *number_of(row, rates->v[i].rate);

	return rates->v[i].in_percent ? rate / 100 * feeding->nr_cpus : rate;
}

/*
 * A total that the row does not have, though it has the rate, begins with the
 * first row. Two rates may be of the same total: the first one that is known
 * counts.
 */
static void begin_at_rate(const struct feeding *feeding, double rate,
			  const struct column *column,
			  struct cli_spool_life *life,
			  struct container_row *row,
			  struct container_row *before)
{
	double gain = rounded(column, rate * feeding->gained_ms / SECOND_MS);
	double *total = number_of(row, column);
	double last = *number_of(&life->last, column);

	if (isnan(*total))
		*total = (isnan(last) ? 0 : last) + gain;
	*number_of(before, column) = *total - gain;
}

static bool has_rate(const struct feeding *feeding,
		     const struct cli_spool_row *row,
		     const struct column *total)
{
	const struct cli_imported_rates *rates = &feeding->import->spool.rates;
	size_t i;

	for (i = 0; i < rates->nr; i++) {
		if (rates->v[i].total == total && row->rates & 1U << i)
			return true;
	}
	return false;
}

/*
 * Numbers before, which make the rates of the row. A total without a key for
 * its rate gains since the previous row, as if it did so all the time.
 */
static void find_before(const struct feeding *feeding,
			const struct cli_spool_row *spooled,
			struct container_row *row, struct container_row *before)
{
	const struct cli_imported_rates *rates = &feeding->import->spool.rates;
	struct cli_spool_life *life = spooled->life;
	/* Of a container's first row the gain is not known anyway. */
	double share = life->last_ms == INT64_MIN ? NAN :
		       (double)feeding->gained_ms /
		       (double)(spooled->t_ms - life->last_ms);
	size_t i;

	*before = life->last;
	for (i = 0; i < rates->nr; i++) {
		const struct column *total = rates->v[i].total;
		double now = *number_of(row, total);
		double gain = now - *number_of(&life->last, total);

		*number_of(before, total) =
			has_rate(feeding, spooled, total) ? NAN :
			now - rounded(total, gain * share);
	}
	for (i = rates->nr; i-- > 0;) {
		double rate = rate_of(feeding, i, row);

		if (!isnan(rate))
			begin_at_rate(feeding, rate, rates->v[i].total, life,
				      row, before);
	}
}

/*
 * The number of CPUs follows from the same usage in cores and in percent. With
 * percent alone it is one, unless the user knows better.
 */
static void find_nr_cpus(struct feeding *feeding)
{
	double most = 0;
	size_t i;

	for (i = 0; i < feeding->nr; i++) {
		const struct container_row *row = &feeding->rows[i];

		if (row->cpu_percent > most && row->cpu_cores > 0) {
			most = row->cpu_percent;
			feeding->nr_cpus = round(row->cpu_cores * 100 / most);
		} else if (isnan(feeding->nr_cpus) &&
			   !isnan(row->cpu_percent) &&
			   isnan(row->cpu_cores)) {
			feeding->nr_cpus = 1;
		}
	}
}

static int reserve(struct feeding *feeding, size_t nr)
{
	if (nr <= feeding->allocated)
		return 0;
	free(feeding->containers);
	free(feeding->rows);
	free(feeding->before);
	feeding->containers = calloc(nr, sizeof(*feeding->containers));
	feeding->rows = calloc(nr, sizeof(*feeding->rows));
	feeding->before = calloc(nr, sizeof(*feeding->before));
	feeding->allocated = feeding->containers && feeding->rows &&
			     feeding->before ? nr : 0;
	return feeding->allocated ? 0 : -ENOMEM;
}

static int read_rows(struct feeding *feeding, const struct cli_spool_row *rows,
		     size_t nr)
{
	const struct cli_spool *spool = &feeding->import->spool;
	size_t i;
	int r = reserve(feeding, nr);

	feeding->nr = 0;
	for (i = 0; i < nr && r == 0; i++) {
		if (rows[i].skip)
			feeding->import->nr_there++;
		else
			r = cli_spool_read(spool, &rows[i],
					   &feeding->rows[feeding->nr++]);
	}
	return r;
}

static void add_container(struct feeding *feeding, size_t i,
			  const struct cli_spool_row *spooled)
{
	struct container_row *row = &feeding->rows[i];
	struct cli_spool_life *life = spooled->life;

	find_before(feeding, spooled, row, &feeding->before[i]);
	life->last = *row;
	life->last_ms = spooled->t_ms;
	row->container = life->title;
	row->id = life->id;
	row->command = life->command;
	feeding->containers[i] = (struct store_container){
		.cgroup_id = life->number,
		.row = row,
		.pid = (uint32_t)life->pid,
		.before = &feeding->before[i],
	};
}

static int write_tick(struct feeding *feeding, int64_t t_ms)
{
	struct system_row host;
	const struct store_tick tick = {
		.t_ms = t_ms,
		.boottime_ns = (uint64_t)(t_ms - feeding->first_ms + HOUR_MS) *
			       NS_PER_MS,
		.system = &host,
		.containers = feeding->containers,
		.nr_containers = feeding->nr,
		.gained_ms = feeding->gained_ms,
	};
	size_t i;

	for (i = 0; i < system_table.nr_columns; i++)
		*(double *)((char *)&host + system_table.columns[i].offset) =
			NAN;
	host.nr_cpus = feeding->nr_cpus;
	return store_tick(feeding->store, &tick);
}

/* Waits until all is written. The store reports why, if it cannot be. */
static int sync_store(struct feeding *feeding)
{
	struct store_status status;

	feeding->nr_waiting = 0;
	store_sync(feeding->store);
	store_get_status(feeding->store, &status);
	return status.why[0] || status.lost ? -ECANCELED : 0;
}

static int write_moment(struct feeding *feeding,
			const struct cli_spool_row *rows, size_t nr)
{
	size_t i, j;
	int r = read_rows(feeding, rows, nr);

	if (r < 0 || feeding->nr == 0)
		return r;
	find_nr_cpus(feeding);
	for (i = 0, j = 0; i < nr; i++) {
		if (!rows[i].skip)
			add_container(feeding, j++, &rows[i]);
	}
	r = write_tick(feeding, rows[0].t_ms);
	if (r < 0)
		return r;
	feeding->import->nr_new += feeding->nr;
	feeding->nr_waiting += feeding->nr;
	return feeding->nr_waiting < ROWS_BETWEEN_SYNCS ? 0 :
							  sync_store(feeding);
}

static size_t end_of_moment(const struct cli_spool *spool, size_t i)
{
	int64_t t_ms = spool->rows[i].t_ms;

	while (i < spool->nr && spool->rows[i].t_ms == t_ms)
		i++;
	return i;
}

/*
 * The time in which a moment's totals have gained: that since the moment
 * before, except after a gap, or where finer moments begin.
 */
static uint32_t gained_ms(int64_t before_ms, int64_t t_ms, int64_t next_ms)
{
	int64_t since = before_ms == INT64_MIN ? INT64_MAX : t_ms - before_ms;
	int64_t until = next_ms == INT64_MAX ? INT64_MAX : next_ms - t_ms;
	int64_t ms = since / 3 * 2 > until ? until : since;

	if (ms == INT64_MAX)
		return SECOND_MS;
	return ms < UINT32_MAX ? (uint32_t)ms : UINT32_MAX;
}

static int write_moments(struct feeding *feeding)
{
	struct cli_import *import = feeding->import;
	const struct cli_spool *spool = &import->spool;
	int64_t before_ms = INT64_MIN;
	size_t i, end;
	int r = 0;

	for (i = 0; i < spool->nr && r == 0; i = end) {
		const struct cli_spool_row *rows = &spool->rows[i];

		end = end_of_moment(spool, i);
		feeding->gained_ms = gained_ms(before_ms, rows->t_ms,
			end < spool->nr ? spool->rows[end].t_ms : INT64_MAX);
		r = write_moment(feeding, rows, end - i);
		before_ms = rows->t_ms;
		if (import->on_progress)
			import->on_progress(import, end, spool->nr);
	}
	return r;
}

static void end_life(struct cli_spool_life *life, void *userdata)
{
	struct feeding *feeding = userdata;
	const struct container_row row = { .container = life->title };
	const struct store_container who = {
		.cgroup_id = life->number,
		.row = &row,
	};
	struct store_final final;

	if (life->last_ms == INT64_MIN)
		return;
	store_final_init(&final);
	final.ended_ms = (double)life->last_ms;
	store_end(feeding->store, &who, &final);
}

static void begin_life(struct cli_spool_life *life, void *userdata)
{
	struct cli_imported none;

	(void)userdata;
	cli_imported_init(&none);
	life->last = none.numbers;
}

static int write_all(struct cli_import *import, struct store *store)
{
	struct feeding feeding = {
		.import = import,
		.store = store,
		.first_ms = import->spool.rows[0].t_ms,
		.nr_cpus = import->nr_cpus,
	};
	int r = skip_known(&import->spool, store);

	cli_spool_each_life(&import->spool, begin_life, NULL);
	if (r == 0)
		r = write_moments(&feeding);
	cli_spool_each_life(&import->spool, end_life, &feeding);
	if (r == 0)
		r = sync_store(&feeding);
	free(feeding.containers);
	free(feeding.rows);
	free(feeding.before);
	return r;
}

int cli_import_write(struct cli_import *import, const char *path)
{
	struct store *store;
	char *why = NULL;
	int r;

	if (import->spool.nr == 0) {
		cli_error("%s: it has no row to import", import->name);
		return CLI_FAILURE;
	}
	r = store_open_archive(path, &store, &why);
	if (r < 0) {
		cli_error("--store %s: %s", path, why ?: "out of memory");
		free(why);
		return CLI_FAILURE;
	}
	r = write_all(import, store);
	store_close(store);
	if (r != -ECANCELED)
		return r < 0 ? cli_past_failed(path, r) : CLI_OK;
	cli_error("%s: the import is not complete; importing the same again "
		  "adds the rest", path);
	return CLI_FAILURE;
}
