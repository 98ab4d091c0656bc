// SPDX-License-Identifier: GPL-2.0-only
/*
 * InfluxDB's line protocol, which VictoriaMetrics reads as well. Because it
 * names a series MEASUREMENT_FIELD, the first part of a metric's name is the
 * measurement and the rest is the field.
 */
#include <math.h>
#include <string.h>

#include "base/clock.h"
#include "protocol.h"

static const char *const measurements[] = {
	"container", "contmon_container", "contmon_system",
};

/* The field of a metric; NULL if it belongs to another measurement */
static const char *field_of(const char *name, const char *measurement)
{
	size_t length = strlen(measurement);

	return strncmp(name, measurement, length) == 0 &&
	       name[length] == '_' ? name + length + 1 : NULL;
}

/*
 * A backslash stands for itself, unless the next character can be escaped.
 * There, and at the end, a backslash cannot be expressed.
 */
static void put_tag(struct buffer *to, const char *value)
{
	const char *c;

	for (c = value; *c; c++) {
		if (*c == '\\' && strchr(" ,=\\", c[1]))	/* or the end */
			buffer_putc(to, '/');
		else if (strchr(" ,=", *c))
			buffer_printf(to, "\\%c", *c);
		else
			buffer_putc(to, *c);
	}
}

static void put_tags(struct buffer *to, const struct labels *labels)
{
	size_t i;

	for (i = 0; i < labels->nr; i++) {
		buffer_printf(to, ",%s=", labels->all[i].key);
		put_tag(to, labels->all[i].value);
	}
}

/*
 * A line needs at least one field, so without any known number there is none.
 */
static void put_line(struct buffer *to, const struct parcel_tick *tick,
		     const char *measurement, const struct tick_row *row,
		     const struct labels *labels)
{
	const struct sent_columns *columns = sent_of(sent_metrics(),
						     row->owner);
	bool first = true;
	size_t i;

	for (i = 0; i < columns->nr; i++) {
		const char *field = field_of(columns->all[i].name,
					     measurement);

		if (!field || !isfinite(row->values[i]))
			continue;
		if (first) {
			buffer_puts(to, measurement);
			put_tags(to, labels);
		}
		buffer_printf(to, "%c%s=", first ? ' ' : ',', field);
		buffer_number(to, row->values[i]);
		first = false;
	}
	if (!first)
		buffer_printf(to, " %lld\n",
			      (long long)tick->t_ms * (long long)NS_PER_MS);
}

static void write_row(struct buffer *to, const struct parcel_tick *tick,
		      const struct tick_row *row, const struct labels *labels)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(measurements); i++)
		put_line(to, tick, measurements[i], row, labels);
}

const struct protocol influx_protocol = {
	.name = "influx",
	.scheme = "Token",
	.content_type = "text/plain; charset=utf-8",
	.packing = PACKING_USUAL,
	.columns = sent_metrics,
	.write_row = write_row,
};

/* A panel shows it live, one tick after the other. */
const struct protocol live_protocol = {
	.name = "grafana_live",
	.scheme = "Bearer",
	.content_type = "text/plain; charset=utf-8",
	.one_tick = true,
	.whole = true,
	.columns = sent_metrics,
	.write_row = write_row,
};
