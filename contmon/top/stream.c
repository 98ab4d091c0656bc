// SPDX-License-Identifier: GPL-2.0-only
/* `contmon top` for programs: the rows of its screen as lines. */
#include "base/clock.h"
#include "contmon/cli/error.h"
#include "contmon/cli/options.h"
#include "contmon/rows/container_columns.h"
#include "contmon/rows/process_columns.h"
#include "contmon/table/output.h"
#include "stream.h"

#include <errno.h>
#include <stdio.h>
#include <time.h>

struct stream {
	struct contmon *c;
	struct top_model *model;
	const struct cli_options *options;
	struct cli_layout owner;	/* columns that the screen may lack */
	struct top_sample next;
	uint64_t realtime_ms;	/* of the sample */
	uint64_t nr_lines;
};

static json_t *make_line(const struct stream *stream, const struct cli_row *row)
{
	const struct top_model *model = stream->model;
	json_t *line = json_pack("{s:o}", "t",
				 cli_json_u64(stream->realtime_ms));

	if (cli_layout_add_json(&model->layouts[model->page], row, line) == 0 &&
	    cli_layout_add_json(&stream->owner, row, line) == 0)
		return line;
	json_decref(line);
	return NULL;
}

static int print(struct stream *stream)
{
	const struct cli_rows *rows = &stream->model->rows;
	size_t i;
	int status;

	for (i = 0; i < rows->nr; i++) {
		status = cli_print_streamed(make_line(stream, rows->v[i]),
					    stream->options,
					    stream->nr_lines++ == 0);
		if (status != CLI_OK)
			return status;
	}
	return fflush(stdout) < 0 || ferror(stdout) ? CLI_FAILURE : CLI_OK;
}

static void set_owner(struct stream *stream)
{
	if (stream->model->page == TOP_CONTAINERS) {
		cli_offer_container_columns(&stream->owner, false);
		cli_layout_default(&stream->owner, CLI_CONTAINER_OWNER);
	} else {
		cli_offer_process_columns(&stream->owner, false);
		cli_layout_default(&stream->owner, CLI_PROCESS_OWNER);
	}
}

static int take(struct stream *stream)
{
	const struct contmon_get_system *host = &stream->next.system.kernel;
	int r = top_sample_read(stream->c, stream->model->page, &stream->next);

	stream->realtime_ms = (host->taken_boottime_ns +
			       (uint64_t)clock_realtime_offset_ns()) / 1000000;
	if (r == 0)
		r = top_model_take(stream->model, &stream->next);
	return r < 0 ? cli_failed("top", r) : CLI_OK;
}

static void sleep_until(uint64_t ns)
{
	struct timespec end = {
		.tv_sec = (time_t)(ns / 1000000000),
		.tv_nsec = (long)(ns % 1000000000),
	};

	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &end, NULL) ==
	       EINTR)
		;
}

int top_stream(struct contmon *c, struct top_model *model,
	       const struct cli_options *options, uint64_t interval_ns,
	       uint64_t count)
{
	struct stream stream = { .c = c, .model = model, .options = options };
	uint64_t when_ns = clock_monotonic_ns(), i;
	int status;

	set_owner(&stream);
	status = take(&stream);

	for (i = 0; status == CLI_OK && (i < count || !count); i++) {
		uint64_t now_ns = clock_monotonic_ns();

		/* Missed samples are skipped. */
		when_ns += interval_ns;
		if (when_ns < now_ns)
			when_ns = now_ns + interval_ns;
		sleep_until(when_ns);
		status = take(&stream);
		if (status == CLI_OK)
			status = print(&stream);
	}
	top_sample_done(&stream.next);
	return status;
}
