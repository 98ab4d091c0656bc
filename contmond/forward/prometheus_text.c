// SPDX-License-Identifier: GPL-2.0-only
/* Prometheus' text format with timestamps, which VictoriaMetrics imports */
#include <math.h>

#include "contmond/model/metric_label.h"
#include "protocol.h"

static void put_samples(struct buffer *to, const struct parcel_tick *tick,
			const struct tick_row *row, const char *labels)
{
	const struct sent_columns *columns = sent_of(sent_metrics(),
						     row->owner);
	size_t i;

	for (i = 0; i < columns->nr; i++) {
		if (!isfinite(row->values[i]))
			continue;
		buffer_puts(to, columns->all[i].name);
		buffer_puts(to, labels);
		buffer_putc(to, ' ');
		buffer_number(to, row->values[i]);
		buffer_printf(to, " %lld\n", (long long)tick->t_ms);
	}
}

static void write_row(struct buffer *to, const struct parcel_tick *tick,
		      const struct tick_row *row, const struct labels *labels)
{
	struct buffer text = { 0 };
	size_t i;

	for (i = 0; i < labels->nr; i++)
		metric_label(&text, labels->all[i].key, labels->all[i].value);
	buffer_add(&text, "}", sizeof("}"));
	if (text.failed)
		to->failed = true;
	else
		put_samples(to, tick, row, text.text);
	buffer_done(&text);
}

const struct protocol prometheus_text_protocol = {
	.name = "prometheus_text",
	.scheme = "Bearer",
	.content_type = "text/plain; version=0.0.4; charset=utf-8",
	.packing = PACKING_USUAL,
	.columns = sent_metrics,
	.write_row = write_row,
};
