/* SPDX-License-Identifier: GPL-2.0-only */
/* Shared by the tests of the store: a store, and ticks for it. */
#ifndef TESTS_UNIT_STORE_H
#define TESTS_UNIT_STORE_H

#include "tests/unit/daemon.h"

#include <sqlite3.h>

#include "base/clock.h"
#include "contmond/store/history.h"
#include "contmond/store/past.h"
#include "contmond/store/store.h"

#define T0 INT64_C(1700000000000)
#define BOOT0 INT64_C(50000)

static struct store *store;
static struct history history;
static const char *boot_id = "boot-1";

__attribute__((unused))
static void open_store(const char *path, uint64_t max_bytes)
{
	const struct store_options options = {
		.path = path,
		.boot_id = boot_id,
		.max_bytes = max_bytes,
	};

	assert_int_equal(store_open(&options, &store), 0);
}

__attribute__((unused))
static void close_store(void)
{
	store_close(store);
	store = NULL;
}

__attribute__((unused))
static void reopen_store(const char *path)
{
	close_store();
	open_store(path, 0);
}

/* Makes the numbers of a container different from each other */
static double spread;

/* A container whose every number is @value; its id begins with its title. */
struct box {
	const char *title;
	uint64_t cgroup_id;
	double value;
};

/* The cgroup of the box that is of user 1000; 0: none */
static uint64_t users_box;

/* Boxes have no path, as in cgroup v1 alone. */
static bool are_in_v1;

#define MAX_BOXES 1500

__attribute__((unused))
static struct container_row row_of(const struct box *box, char *id)
{
	struct container_row row;
	size_t i;

	for (i = 0; i < container_table.nr_columns; i++) {
		const struct column *column = &container_table.columns[i];
		char *member = (char *)&row + column->offset;

		if (column->unit == UNIT_TEXT)
			*(const char **)member = NULL;
		else
			*(double *)member = box->value +
					    fmod(box->value * (double)i,
						 spread + 1e-9);
	}
	snprintf(id, 32, "%s-%llu", box->title,
		 (unsigned long long)box->cgroup_id);
	row.id = id;
	row.cgroup = are_in_v1 ? NULL : id;
	row.container = box->title;
	row.image = "image";
	return row;
}

/* A tick of @boxes, @boot_ms after the boot */
__attribute__((unused))
static void tick_at(int64_t t_ms, int64_t boot_ms, const struct box *boxes,
		    size_t nr)
{
	static struct container_row rows[MAX_BOXES];
	static struct store_container containers[MAX_BOXES];
	static char ids[MAX_BOXES][32];
	struct system_row host;
	struct store_tick tick = {
		.t_ms = t_ms,
		.boottime_ns = (uint64_t)boot_ms * NS_PER_MS,
		.system = &host,
		.containers = containers,
		.nr_containers = nr,
	};
	size_t i;

	for (i = 0; i < system_table.nr_columns; i++)
		*(double *)((char *)&host + system_table.columns[i].offset) =
			7;
	host.t = (double)t_ms;
	host.nr_cpus = 4;
	host.ram_total_bytes = 8589934592;
	for (i = 0; i < nr; i++) {
		rows[i] = row_of(&boxes[i], ids[i]);
		containers[i] = (struct store_container){
			.cgroup_id = boxes[i].cgroup_id,
			.row = &rows[i],
			.user_id = boxes[i].cgroup_id == users_box ? 1000 : 0,
			.pid = (uint32_t)(100 + i),
		};
	}
	assert_int_equal(store_tick(store, &tick), 0);
}

/* A tick of one box, @t_s seconds after the first */
__attribute__((unused))
static void tick_one(int64_t t_s, const char *title, double value)
{
	const struct box box = { title, 1, value };

	tick_at(T0 + t_s * 1000, BOOT0 + t_s * 1000, &box, 1);
}

__attribute__((unused))
static struct history_query query_of(const struct column **column,
				     const char *metric, int64_t from_s,
				     int64_t to_s, int64_t step_s)
{
	*column = table_find(&container_table, metric);
	assert_non_null(*column);
	return (struct history_query){
		.columns = column,
		.nr_columns = 1,
		.from_ms = T0 + from_s * 1000,
		.to_ms = T0 + to_s * 1000,
		.step_ms = step_s * 1000,
		.max_rows = 100000,
	};
}

__attribute__((unused))
static void ask_for(const struct history_query *query)
{
	history_done(&history);
	assert_int_equal(store_history(store, query, &history), 0);
}

__attribute__((unused))
static void ask(const char *metric, int64_t from_s, int64_t to_s,
		int64_t step_s)
{
	const struct column *column;
	struct history_query query = query_of(&column, metric, from_s, to_s,
					      step_s);

	ask_for(&query);
}

__attribute__((unused))
static void ask_with(const char *metric, int64_t from_s, int64_t to_s,
		     int64_t step_s, enum history_aggregate aggregate,
		     bool rates)
{
	const struct column *column;
	struct history_query query = query_of(&column, metric, from_s, to_s,
					      step_s);

	query.aggregate = aggregate;
	query.rates = &rates;
	ask_for(&query);
}

__attribute__((unused))
static void must_be(size_t i, int64_t t_s, const char *container, double value)
{
	assert_true(i < history.nr);
	assert_int_equal(history.rows[i].t_ms, T0 + t_s * 1000);
	assert_string_equal(history.rows[i].container, container);
	if (isnan(value))
		assert_true(isnan(history.values[i]));
	else
		assert_near(history.values[i], value, 1e-6);
}

/* One number from the database in a file, read like another program would */
__attribute__((unused))
static int64_t sql_number(const char *path, const char *sql)
{
	sqlite3 *sqlite;
	sqlite3_stmt *statement;
	int64_t number;

	assert_int_equal(sqlite3_open_v2(path, &sqlite, SQLITE_OPEN_READWRITE,
					 NULL), SQLITE_OK);
	sqlite3_busy_timeout(sqlite, 5000);
	sqlite3_db_config(sqlite, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
	if (sqlite3_prepare_v2(sqlite, sql, -1, &statement, NULL) !=
	    SQLITE_OK)
		fail_msg("%s: %s", sql, sqlite3_errmsg(sqlite));
	assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
	number = sqlite3_column_int64(statement, 0);
	sqlite3_finalize(statement);
	sqlite3_close(sqlite);
	return number;
}

__attribute__((unused))
static struct store_status status_of(void)
{
	struct store_status status;

	store_get_status(store, &status);
	return status;
}

__attribute__((unused))
static int begin_test(void **state)
{
	boot_id = "boot-1";
	spread = 0;
	users_box = 0;
	return make_directory(state);
}

__attribute__((unused))
static int end_test(void **state)
{
	close_store();
	history_done(&history);
	return remove_directory(state);
}

#endif /* TESTS_UNIT_STORE_H */
