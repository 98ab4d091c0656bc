// SPDX-License-Identifier: GPL-2.0-only
#include "base/util.h"
#include "contmon/cli/error.h"
#include "contmon/cli/text.h"
#include "contmon/table/output.h"
#include "report.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

static const char *const results[] = {
	[GRAFANA_CREATED] = "created",
	[GRAFANA_UPDATED] = "updated",
	[GRAFANA_UNCHANGED] = "unchanged",
};

static json_t *optional(const char *text)
{
	return text ? cli_json_text(text, SIZE_MAX) : json_null();
}

static void add_row(struct grafana_report *report,
		    const struct grafana_object *object, const char *result,
		    const char *difference, const char *reason)
{
	if (report->rows)
		json_array_append_new(report->rows, json_pack(
			"{s:s, s:o, s:s, s:o, s:o}", "what", object->what,
			"uid", optional(object->uid), "result", result,
			"difference", optional(difference),
			"reason", optional(reason)));
}

void grafana_report_done(struct grafana_report *report,
			 const struct grafana_object *object,
			 enum grafana_result result, const char *difference)
{
	bool would = report->dry_run && result != GRAFANA_UNCHANGED;
	_cleanup_free_ char *line = NULL, *escaped = NULL;

	add_row(report, object, results[result], difference, NULL);
	if (report->rows)
		return;
	/* A difference may be a key that only Grafana has. */
	if (asprintf(&line, "%s %s: %s%s%s%s", object->what, object->uid,
		     would ? "would be " : "", results[result],
		     difference ? ": " : "", difference ?: "") < 0)
		line = NULL;
	if (line)
		escaped = cli_escape(line, strlen(line));
	puts(escaped ?: strerror(ENOMEM));
	fflush(stdout);
}

void grafana_report_failed(struct grafana_report *report,
			   const struct grafana_object *object,
			   const char *reason)
{
	report->failed = true;
	add_row(report, object, "failed", NULL, reason);
	cli_error("%s %s: %s", object->what, object->uid, reason);
}
