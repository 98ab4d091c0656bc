// SPDX-License-Identifier: GPL-2.0-only
/*
 * The names of the command line's columns are those of the HTTP API if it has
 * the value, in the same unit.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/text.h"
#include "contmon/past/columns.h"
#include "contmon/past/moment.h"
#include "contmon/rows/container_columns.h"
#include "contmon/rows/process_columns.h"
#include "contmond/model/rows.h"

/* Keys that are not in the API; avoid adding more. */
#define OWNER "runtime,pod,rootless,cgroup"
#define PROCESSES_ALONE							\
	OWNER ",tid,user,rss_peak_bytes,last_cpu,"			\
	"read_bytes_per_second,write_bytes_per_second"
#define CONTAINERS_ALONE						\
	OWNER ",cpu_sum_seconds,read_sum_bytes,write_sum_bytes,"	\
	"psi_percent,psi_cpu_percent,psi_io_percent,psi_memory_percent"

static const enum unit units[] = {
	[CLI_KIND_TEXT] = UNIT_TEXT,
	[CLI_KIND_BOOL] = UNIT_TEXT,
	[CLI_KIND_ID] = UNIT_ID,
	[CLI_KIND_TIME] = UNIT_TIME,
	[CLI_KIND_COUNT] = UNIT_COUNT,
	[CLI_KIND_BYTES] = UNIT_BYTES,
	[CLI_KIND_LIMIT] = UNIT_BYTES,
	[CLI_KIND_RATE] = UNIT_BYTES_PER_SECOND,
	[CLI_KIND_SECONDS] = UNIT_SECONDS,
	[CLI_KIND_PERCENT] = UNIT_PERCENT,
	[CLI_KIND_CORES] = UNIT_CORES,
};

static void assert_agrees(const struct cli_layout *layout,
			  const struct table *api, const char *alone)
{
	char key[CLI_KEY_MAX];
	size_t i;

	for (i = 0; i < layout->nr_all; i++) {
		const struct cli_column *column = layout->all[i];
		const struct column *other;

		other = table_find(api, cli_column_key(column, key));
		if (!other && !text_in_list(alone, key))
			fail_msg("%s is not a word of the API", key);
		/*
		 * nice is a count in the API, although the smallest comes first
		 * here.
		 */
		if (other && other->unit == UNIT_COUNT &&
		    column->kind == CLI_KIND_ID)
			continue;
		if (other && other->unit != units[column->kind])
			fail_msg("%s has another unit in the API", key);
	}
}

static void test_keys_are_those_of_the_api(void **state)
{
	struct cli_layout processes = { 0 }, containers = { 0 };

	(void)state;
	cli_offer_process_columns(&processes, true);
	assert_agrees(&processes, &process_table, PROCESSES_ALONE);
	cli_offer_container_columns(&containers, true);
	assert_agrees(&containers, &container_table, CONTAINERS_ALONE);
}

/* Load averages have no unit, and are shown as CPUs. */
static bool has_its_unit(const struct cli_column *column,
			 const struct column *metric)
{
	return metric->unit == units[column->kind] ||
	       (column->kind == CLI_KIND_CORES &&
		strncmp(metric->key, "load", 4) == 0);
}

static void assert_has_all(const struct cli_layout *past,
			   const struct table *table)
{
	char key[CLI_KEY_MAX];
	size_t i, nr = 0;

	for (i = 0; i < past->nr_all; i++) {
		const struct cli_column *column = past->all[i];
		const struct column *metric;

		cli_column_key(column, key);
		metric = table_find(table, strncmp(key, "min_", 4) &&
				    strncmp(key, "max_", 4) ? key : key + 4);
		assert_non_null(metric);
		assert_true(has_its_unit(column, metric));
		nr += column_is_metric(metric) && strcmp(metric->key, key) == 0;
	}
	for (i = 0; i < table->nr_columns; i++)
		nr -= column_is_metric(&table->columns[i]) &&
		      !table->columns[i].is_live;
	assert_int_equal(nr, 0);
}

/* The past has every metric that is kept; min-X and max-X have its unit. */
static void test_the_past_has_all_metrics(void **state)
{
	struct cli_layout containers = { 0 }, host = { 0 }, processes = { 0 };
	struct cli_layout devices = { 0 };

	(void)state;
	cli_past_offer(&containers, &cli_past_containers);
	assert_has_all(&containers, &container_table);
	cli_past_offer(&host, &cli_past_host);
	assert_has_all(&host, &system_table);
	cli_past_offer(&devices, &cli_past_devices);
	assert_has_all(&devices, &device_table);
	cli_offer_past_process_columns(&processes);
	assert_agrees(&processes, &process_table, "");
}

/* The unit of a kind in a name */
static const char *unit_of(enum cli_kind kind)
{
	switch (kind) {
	case CLI_KIND_TIME:
		return "-ms";
	case CLI_KIND_BYTES:
	case CLI_KIND_LIMIT:
		return "-bytes";
	case CLI_KIND_RATE:
		return "-bytes-per-second";
	case CLI_KIND_SECONDS:
		return "-seconds";
	case CLI_KIND_PERCENT:
		return "-percent";
	case CLI_KIND_CORES:
		return "-cores";
	default:
		return "";
	}
}

static void assert_well_formed(const struct cli_layout *layout)
{
	size_t i, j;

	for (i = 0; i < layout->nr_all; i++) {
		const struct cli_column *column = layout->all[i];

		assert_in_range(strlen(column->name), 1, CLI_KEY_MAX - 1);
		assert_int_equal(strspn(column->name, "abcdefghijklmnopqrstuv"
					"wxyz-"), strlen(column->name));
		/* The time of a sample is t in the API. */
		if (strcmp(column->name, "t") != 0)
			assert_non_null(strstr(column->name,
					       unit_of(column->kind)));
		assert_true(column->help && column->heading);
		assert_true(column->get || column->get_from);
		assert_in_range(strlen(column->heading), 1, 12);
		for (j = 0; j < i; j++)
			assert_string_not_equal(layout->all[j]->name,
						column->name);
	}
	assert_true(i < CLI_COLUMNS_MAX);
}

static void test_names_are_well_formed(void **state)
{
	struct cli_layout processes = { 0 }, containers = { 0 }, past = { 0 };
	struct cli_layout devices = { 0 };

	(void)state;
	cli_offer_process_columns(&processes, true);
	assert_well_formed(&processes);
	cli_offer_container_columns(&containers, true);
	assert_well_formed(&containers);
	cli_past_offer(&past, &cli_past_containers);
	assert_well_formed(&past);
	cli_past_offer(&devices, &cli_past_devices);
	assert_well_formed(&devices);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_keys_are_those_of_the_api),
		cmocka_unit_test(test_the_past_has_all_metrics),
		cmocka_unit_test(test_names_are_well_formed),
	};

	return cmocka_run_group_tests_name("cli_vocabulary", tests, NULL,
					   NULL);
}
