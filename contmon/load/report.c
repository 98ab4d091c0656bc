// SPDX-License-Identifier: GPL-2.0-only
#include "base/clock.h"
#include "base/util.h"
#include "contmon/cli/text.h"
#include "contmon/table/output.h"
#include "report.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const char *const whats[] = {
	[LOAD_TIMER] = "timer",
	[LOAD_CONTAINER] = "container",
	[LOAD_IMAGE] = "image",
};

/* Nobody looks any more: the load ends, but what it made is removed first. */
static void flush(struct load *load)
{
	if (fflush(stdout) < 0 || ferror(stdout))
		load->stopping = true;
}

static json_t *make_row(const struct load *load,
			const struct load_report *report)
{
	return json_pack(
		"{s:o,s:s,s:s,s:o,s:s?,s:s?,s:s?,s:s?}",
		"t", cli_json_u64(clock_realtime_ns() / NS_PER_MS),
		"event", report->event,
		"what", whats[report->what],
		"name", cli_json_text(report->name, strlen(report->name)),
		"id", report->id,
		"type", report->type,
		"engine", report->what == LOAD_TIMER ? NULL :
			load_engine_name(report->engine),
		"session", *load->session ? load->session : NULL);
}

void load_report(struct load *load, const struct load_report *report)
{
	_cleanup_free_ char *name = cli_escape(report->name,
					       strlen(report->name));

	if (cli_is_for_programs(&load->options)) {
		cli_print_streamed(make_row(load, report), &load->options,
				   load->nr_lines++ == 0);
	} else {
		printf("%-7s  %-9s  %s", report->event, whats[report->what],
		       name ? name : "?");
		if (report->count)
			printf("  (%" PRIu64 " of %" PRIu64 ")", report->nr,
			       report->count);
		putchar('\n');
	}
	flush(load);
}

void load_say(struct load *load, const char *format, ...)
{
	va_list ap;

	if (cli_is_for_programs(&load->options) || load->options.no_headings)
		return;
	va_start(ap, format);
	vprintf(format, ap);
	va_end(ap);
	putchar('\n');
	flush(load);
}
