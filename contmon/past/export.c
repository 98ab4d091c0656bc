// SPDX-License-Identifier: GPL-2.0-only
/* One line for each container and moment, with the API's keys and numbers */
#include "contmon/table/output.h"
#include "contmond/store/past.h"
#include "each.h"
#include "export.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static void add_text(struct buffer *line, const char *text)
{
	json_t *json = text ? cli_json_text(text, strlen(text)) : json_null();
	char *made = json ? json_dumps(json, JSON_ENCODE_ANY |
				       JSON_ENSURE_ASCII) : NULL;

	if (made)
		buffer_puts(line, made);
	else
		line->failed = true;
	free(made);
	json_decref(json);
}

static void add_number(struct buffer *line, double number, const char *unknown)
{
	if (isfinite(number))
		buffer_number(line, number);
	else
		buffer_puts(line, unknown);
}

static const struct cli_past_life *life_of(const struct cli_export *export,
					   const struct cli_past_row *row)
{
	return cli_past_life_at(&export->lives, row->container, row->t_ms);
}

static const char *id_of(const struct cli_export *export,
			 const struct cli_past_row *row)
{
	const struct cli_past_life *life = life_of(export, row);

	return life ? life->id : NULL;
}

static void make_json(struct cli_export *export,
		      const struct cli_past_row *row)
{
	const struct column *metrics[HISTORY_MAX_METRICS];
	size_t i, nr = cli_past_metrics(&container_table, metrics);
	struct buffer *line = &export->line;

	buffer_printf(line, "{\"t\":%lld,\"container\":",
		      (long long)row->t_ms);
	add_text(line, row->container);
	buffer_puts(line, ",\"id\":");
	add_text(line, id_of(export, row));
	for (i = 0; i < nr; i++) {
		buffer_printf(line, ",\"%s\":", metrics[i]->key);
		add_number(line, column_number(metrics[i], &row->mean), "null");
	}
	buffer_puts(line, "}\n");
}

static int put_csv(struct cli_export *export, const struct cli_past_row *row)
{
	const struct column *metrics[HISTORY_MAX_METRICS];
	size_t i, nr = cli_past_metrics(&container_table, metrics);
	const char *id = id_of(export, row);
	int r;

	fprintf(export->to, "%lld,", (long long)row->t_ms);
	r = cli_csv_text(export->to, row->container);
	putc(',', export->to);
	if (r == 0 && id)
		r = cli_csv_text(export->to, id);
	for (i = 0; i < nr; i++) {
		buffer_putc(&export->line, ',');
		add_number(&export->line, column_number(metrics[i],
							&row->mean), "");
	}
	buffer_putc(&export->line, '\n');
	return r;
}

static void make_csv_heading(struct cli_export *export)
{
	const struct column *metrics[HISTORY_MAX_METRICS];
	size_t i, nr = cli_past_metrics(&container_table, metrics);

	buffer_puts(&export->line, "t,container,id");
	for (i = 0; i < nr; i++)
		buffer_printf(&export->line, ",%s", metrics[i]->key);
	buffer_putc(&export->line, '\n');
}

/* The finished line */
static int put_line(struct cli_export *export)
{
	if (export->line.failed)
		return -ENOMEM;
	fwrite(export->line.text, 1, export->line.length, export->to);
	export->line.length = 0;
	return ferror(export->to) ? -EIO : 0;
}

static int put_workload(struct cli_export *export,
			const struct cli_past_row *row)
{
	int r = cli_workloads_add(&export->workloads, row,
				  life_of(export, row));

	if (r < 0)
		export->what = "temporary file";
	return r;
}

static int put_row(struct cli_export *export, const struct cli_past_row *row)
{
	int r = 0;

	export->nr_rows++;
	switch (export->format) {
	case EXPORT_WORKLOADS:
		return put_workload(export, row);
	case EXPORT_CSV:
		r = put_csv(export, row);
		break;
	case EXPORT_NDJSON:
		make_json(export, row);
		break;
	}
	return r == 0 ? put_line(export) : r;
}

static int put_rows(const struct cli_past_rows *rows, int64_t end_ms,
		    void *userdata)
{
	struct cli_export *export = userdata;
	size_t i;
	int r = 0;

	for (i = 0; i < rows->nr && r == 0; i++)
		r = put_row(export, &rows->v[i]);
	if (r == 0 && export->on_progress)
		export->on_progress(export, end_ms);
	return r;
}

static int put_end(struct cli_export *export)
{
	int r = 0;

	if (export->format == EXPORT_WORKLOADS) {
		export->what = "temporary file";
		r = cli_workloads_write(&export->workloads, export->to);
	}
	if (r < 0)
		return r;
	return fflush(export->to) < 0 || ferror(export->to) ? -EIO : 0;
}

int cli_export_clamp(struct cli_export *export, struct store *store)
{
	struct cli_past_range *range = &export->range;
	int64_t first_ms = INT64_MAX, last_ms = INT64_MIN;
	int r = store_range(store, &first_ms, &last_ms);

	if (r < 0 && r != -ENOENT)
		return r;
	if (range->from_ms < first_ms)
		range->from_ms = first_ms;
	if (range->to_ms > last_ms)
		range->to_ms = last_ms;
	return 0;
}

int cli_export_write(struct cli_export *export, struct store *store)
{
	int r = cli_past_lives_read(store, &export->lives);

	if (r == 0 && export->format == EXPORT_CSV) {
		make_csv_heading(export);
		r = put_line(export);
	}
	if (r == 0)
		r = cli_past_each(store, &export->range, put_rows, export);
	if (r == 0)
		r = put_end(export);
	cli_workloads_done(&export->workloads);
	cli_past_lives_done(&export->lives);
	buffer_done(&export->line);
	return r;
}
