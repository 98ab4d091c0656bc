// SPDX-License-Identifier: GPL-2.0-only
/*
 * Prometheus' remote write 1.0: one sample of each series in a request. Each
 * row is a message with its series; concatenated messages are one message with
 * all series.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <snappy-c.h>

#include "base/library.h"
#include "protocol.h"
#include "remote_write.pb-c.h"

#define NAME "__name__"

static struct {
	__typeof__(snappy_max_compressed_length) *max_compressed_length;
	__typeof__(snappy_compress) *compress;
} snappy;

static int load(void)
{
	static const char *const names[] = { "libsnappy.so.1", NULL };
	static const struct library_function functions[] = {
		{ "snappy_max_compressed_length",
		  &snappy.max_compressed_length },
		{ "snappy_compress", &snappy.compress },
	};

	return snappy.compress ? 0 : library_load(names, functions,
						  ARRAY_SIZE(functions));
}

/* Labels of a series, starting with its name */
struct series_labels {
	RemoteWrite__Label all[LABELS_MAX + 1];
	RemoteWrite__Label *pointers[LABELS_MAX + 1];
	size_t nr;
};

static void set_labels(struct series_labels *ret, const struct labels *labels)
{
	size_t i;

	ret->nr = labels->nr + 1;
	for (i = 0; i < ret->nr; i++) {
		remote_write__label__init(&ret->all[i]);
		ret->pointers[i] = &ret->all[i];
	}
	ret->all[0].name = (char *)NAME;	/* sorts before all others */
	for (i = 0; i < labels->nr; i++) {
		ret->all[i + 1].name = labels->all[i].key;
		ret->all[i + 1].value = labels->all[i].value;
	}
}

static void put_series(struct buffer *to, struct series_labels *labels,
		       double value, int64_t t_ms)
{
	RemoteWrite__Sample sample = REMOTE_WRITE__SAMPLE__INIT;
	RemoteWrite__Sample *samples = &sample;
	RemoteWrite__TimeSeries series = REMOTE_WRITE__TIME_SERIES__INIT;
	RemoteWrite__TimeSeries *all = &series;
	RemoteWrite__WriteRequest request = REMOTE_WRITE__WRITE_REQUEST__INIT;
	_cleanup_free_ uint8_t *packed = NULL;
	size_t size;

	sample.value = value;
	sample.timestamp = t_ms;
	series.labels = labels->pointers;
	series.n_labels = labels->nr;
	series.samples = &samples;
	series.n_samples = 1;
	request.timeseries = &all;
	request.n_timeseries = 1;
	size = remote_write__write_request__get_packed_size(&request);
	packed = malloc(size);
	if (!packed) {
		to->failed = true;
		return;
	}
	remote_write__write_request__pack(&request, packed);
	buffer_add(to, (const char *)packed, size);
}

static void write_row(struct buffer *to, const struct parcel_tick *tick,
		      const struct tick_row *row, const struct labels *labels)
{
	const struct sent_columns *columns = sent_of(sent_metrics(),
						     row->owner);
	struct series_labels series;
	size_t i;

	set_labels(&series, labels);
	for (i = 0; i < columns->nr; i++) {
		if (!isfinite(row->values[i]))
			continue;
		series.all[0].value = (char *)columns->all[i].name;
		put_series(to, &series, row->values[i], tick->t_ms);
	}
}

static void write_body(struct buffer *to, const struct parcel_tick *tick,
		       const struct target_options *options, const char *rows,
		       size_t length)
{
	size_t size = snappy.max_compressed_length(length);
	_cleanup_free_ char *packed = malloc(size);

	(void)tick;
	(void)options;
	if (!packed || snappy.compress(rows, length, packed, &size) !=
		       SNAPPY_OK) {
		to->failed = true;
		return;
	}
	buffer_add(to, packed, size);
}

static void add_headers(const struct parcel_tick *tick,
			const struct target_options *options,
			void (*add)(void *userdata, const char *line),
			void *userdata)
{
	(void)tick;
	(void)options;
	add(userdata, "Content-Encoding: snappy");
	add(userdata, "X-Prometheus-Remote-Write-Version: 0.1.0");
}

/*
 * All samples of a request have the same time, so this applies to all of them.
 */
static enum verdict judge(const char *answer)
{
	static const struct {
		const char *text;
		enum verdict verdict;
	} known[] = {
		{ "out of order sample", VERDICT_STALE },
		{ "duplicate sample for timestamp", VERDICT_STALE },
		{ "out of bounds", VERDICT_REFUSED },
		{ "too old sample", VERDICT_REFUSED },
		{ "too far in the future", VERDICT_REFUSED },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(known); i++) {
		if (strstr(answer, known[i].text))
			return known[i].verdict;
	}
	return VERDICT_BAD;
}

const struct protocol remote_write_protocol = {
	.name = "remote_write",
	.scheme = "Bearer",
	.content_type = "application/x-protobuf",
	.one_tick = true,
	.load = load,
	.columns = sent_metrics,
	.write_row = write_row,
	.write_body = write_body,
	.add_headers = add_headers,
	.judge = judge,
};
