// SPDX-License-Identifier: GPL-2.0-only
/* The numbers that are sent: those that the store keeps of each tick */
#include "protocol.h"

#include <pthread.h>
#include <string.h>

#include "contmond/model/metric_tables.h"
#include "contmond/store/layout.h"

#define MAX_COLUMNS 128

static bool is_kept(const struct column *column, bool is_host)
{
	enum derivation how = is_host ? DERIVED_NOT :
			      derived_find(column->key).how;

	return column_is_metric(column) && !column->is_live &&
	       (how == DERIVED_NOT || how == DERIVED_RATE);
}

static size_t take_metrics(const struct table *table,
			   const struct metric *metrics, size_t nr_metrics,
			   bool is_host, struct sent_column *ret)
{
	size_t i, nr = 0;

	for (i = 0; i < nr_metrics && nr < MAX_COLUMNS; i++) {
		const struct column *column = table_find(table,
							 metrics[i].key);

		if (column && is_kept(column, is_host))
			ret[nr++] = (struct sent_column){ metrics[i].name,
							  column };
	}
	return nr;
}

static size_t take_keys(const struct table *table, bool is_host,
			struct sent_column *ret)
{
	size_t i, nr = 0;

	for (i = 0; i < table->nr_columns && nr < MAX_COLUMNS; i++) {
		const struct column *column = &table->columns[i];

		if (is_kept(column, is_host))
			ret[nr++] = (struct sent_column){ column->key,
							  column };
	}
	return nr;
}

/* Computed once, because the tables never change */
static struct sent_column container_metric[MAX_COLUMNS];
static struct sent_column host_metric[MAX_COLUMNS];
static struct sent_column container_key[MAX_COLUMNS];
static struct sent_column host_key[MAX_COLUMNS];
static struct sent metrics = { { container_metric, 0 }, { host_metric, 0 } };
static struct sent keys = { { container_key, 0 }, { host_key, 0 } };

static void make_all(void)
{
	metrics.containers.nr = take_metrics(&container_table,
					     container_metrics,
					     nr_container_metrics, false,
					     container_metric);
	metrics.host.nr = take_metrics(&system_table, system_metrics,
				       nr_system_metrics, true, host_metric);
	keys.containers.nr = take_keys(&container_table, false,
				       container_key);
	keys.host.nr = take_keys(&system_table, true, host_key);
}

static pthread_once_t once = PTHREAD_ONCE_INIT;

const struct sent *sent_metrics(void)
{
	pthread_once(&once, make_all);
	return &metrics;
}

const struct sent *sent_keys(void)
{
	pthread_once(&once, make_all);
	return &keys;
}

const struct sent_columns *sent_of(const struct sent *sent,
				   const struct tick_owner *owner)
{
	return owner ? &sent->containers : &sent->host;
}
