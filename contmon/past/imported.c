// SPDX-License-Identifier: GPL-2.0-only
#include "contmon/cli/time.h"
#include "contmond/store/layout.h"
#include "imported.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#define MIB 1048576.0
/* Nanoseconds until then fit in 64 bits. */
#define LAST_MS (INT64_MAX / 1000000)

void cli_imported_rates_init(struct cli_imported_rates *ret)
{
	size_t i;

	*ret = (struct cli_imported_rates){ .nr = 0 };
	for (i = 0; i < container_table.nr_columns; i++) {
		const struct column *column = &container_table.columns[i];
		struct derived derived = derived_find(column->key);

		if ((derived.how != DERIVED_RATE &&
		     derived.how != DERIVED_RATE_PERCENT) ||
		    ret->nr == CLI_IMPORTED_MAX_RATES)
			continue;
		ret->v[ret->nr].rate = column;
		ret->v[ret->nr].total = table_find(&container_table,
						   derived.from);
		ret->v[ret->nr++].in_percent =
			derived.how == DERIVED_RATE_PERCENT;
	}
}

/* One row */

static double *number_of(struct container_row *row, const struct column *column)
{
	return (double *)((char *)row + column->offset);
}

void cli_imported_init(struct cli_imported *row)
{
	*row = (struct cli_imported){ .t_ms = INT64_MIN };
	container_row_init(&row->numbers);
}

bool cli_imported_set(struct cli_imported *row, const char *key, double number)
{
	const struct column *column = table_find(&container_table, key);

	if (!column || !column_is_metric(column) || column->is_live)
		return false;
	row->has[column - container_table.columns] = true;
	*number_of(&row->numbers, column) = number;
	return true;
}

const char *cli_imported_set_t(struct cli_imported *row, double number)
{
	if (!(number >= 0 && number < (double)LAST_MS) ||
	    number != floor(number))
		return "t is not a time in ms since 1970";
	row->t_ms = (int64_t)number;
	return NULL;
}

const char *cli_imported_lacks(const struct cli_imported *row)
{
	if (row->t_ms == INT64_MIN)
		return "it has no time";
	return row->container && *row->container ? NULL :
						   "it has no container";
}

/* JSON */

static const char *get_text(const json_t *value, const char **ret)
{
	if (json_is_null(value))
		return NULL;
	*ret = json_string_value(value);
	return *ret ? NULL : "a value is not a text";
}

static const char *get_number(const json_t *value, double *ret)
{
	*ret = json_is_null(value) ? NAN : json_number_value(value);
	return json_is_null(value) || json_is_number(value) ? NULL :
		"a value is not a number";
}

static const char *set_sample_member(struct cli_imported *row, const char *key,
				     const json_t *value)
{
	const char *why;
	double number;

	if (strcmp(key, "container") == 0)
		return get_text(value, &row->container);
	if (strcmp(key, "id") == 0)
		return get_text(value, &row->id);
	if (strcmp(key, "t") != 0 && !table_find(&container_table, key))
		return NULL;
	why = get_number(value, &number);
	if (why)
		return why;
	if (strcmp(key, "t") == 0)
		return cli_imported_set_t(row, number);
	cli_imported_set(row, key, number);
	return NULL;
}

/* Older monitors */

static const char *set_saved_at(struct cli_imported *row, const json_t *value)
{
	const char *text = NULL, *why = get_text(value, &text);
	int64_t t_ms;

	if (why || !text)
		return why;
	if (cli_read_date(text, &t_ms) < 0 || t_ms < 0 || t_ms >= LAST_MS)
		return "saved_at is not a time as in RFC 3339";
	row->t_ms = t_ms;
	return NULL;
}

static const char *set_pid(struct cli_imported *row, const json_t *value)
{
	double number;
	const char *why = get_number(value, &number);

	if (!why && number > 0 && number <= INT32_MAX)
		row->pid = (int64_t)number;
	return why;
}

static const char *set_entry_member(struct cli_imported *row, const char *key,
				    const json_t *value)
{
	static const struct {
		const char *key, *metric;
		double unit;
	} numbers[] = {
		{ "MemoryUsageMB", "memory_current_bytes", MIB },
		{ "CPUUsagePercent", "cpu_percent", 1 },
		{ "ReadBytesMB", "read_bytes_total", MIB },
		{ "WriteBytesMB", "write_bytes_total", MIB },
	};
	const char *why = NULL;
	double number;
	size_t i;

	if (strcmp(key, "ID") == 0)
		return get_text(value, &row->id);
	if (strcmp(key, "Cmdline") == 0)
		return get_text(value, &row->command);
	if (strcmp(key, "saved_at") == 0)
		return set_saved_at(row, value);
	if (strcmp(key, "PID") == 0)
		return set_pid(row, value);
	for (i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		if (strcmp(key, numbers[i].key) != 0)
			continue;
		why = get_number(value, &number);
		number *= numbers[i].unit;
		cli_imported_set(row, numbers[i].metric,
				 numbers[i].unit > 1 ? round(number) : number);
	}
	return why;
}

const char *cli_imported_from_json(struct cli_imported *row,
				   const json_t *object)
{
	bool is_entry = json_object_get(object, "saved_at") ||
			json_object_get(object, "ID");
	json_t *members = (json_t *)object, *value;
	const char *key, *why = NULL;

	cli_imported_init(row);
	json_object_foreach(members, key, value) {
		why = is_entry ? set_entry_member(row, key, value) :
				 set_sample_member(row, key, value);
		if (why)
			return why;
	}
	/* Whoever stores it makes a title of the id. */
	if (is_entry)
		row->container = row->id;
	return cli_imported_lacks(row);
}

/* The whole */

/* CSV has nothing before its headings; empty lines count for messages. */
int cli_imported_read(FILE *from, const struct cli_imported_sink *sink)
{
	static const char mark[] = "\xef\xbb\xbf";	/* of UTF-8 */
	char begin[4096];
	const char *text = begin, *first;
	size_t nr = fread(begin, 1, sizeof(begin) - 1, from);

	begin[nr] = '\0';
	if (strncmp(text, mark, sizeof(mark) - 1) == 0)
		text += sizeof(mark) - 1;
	nr -= (size_t)(text - begin);
	first = text + strspn(text, " \t\r\n");
	if (*first == '{' || *first == '[')
		return cli_imported_read_json(from, text, nr, sink);
	return cli_imported_read_csv(from, text, nr, sink);
}
