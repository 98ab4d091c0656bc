/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CONTMON_TOP_MODEL_H
#define CONTMON_TOP_MODEL_H

#include "contmon/names/owners.h"
#include "contmon/rows/container.h"
#include "contmon/rows/filter.h"
#include "contmon/rows/process.h"
#include "contmon/table/layout.h"
#include "contmon/v1/containers.h"
#include "sample.h"

#define TOP_FILTER_MAX 63

/**
 * struct top_model - contents of the screen, made of two samples
 * @page: the page shown
 * @layouts: columns and order of each page
 * @unit: of sizes
 * @only: filter that all rows must pass; its name is not used
 * @filter: part of a name that rows must have; all pass if empty
 * @typing: keys go to @filter
 * @inside: id of the container whose processes are shown; empty: all
 * @selected: row of the cursor, whose id is @selected_id
 * @following: the cursor moves with its row; at the top it stays there
 * @first: first row on the screen
 * @height: rows on the screen
 * @c: where samples come from
 * @samples: the newest and the previous one
 * @v1: what is kept of the files of @containers in cgroup v1
 * @rows: those of @containers or @processes that are shown
 * @cpu_known: @cpu_cores is known
 * @cpu_cores: CPUs that the host keeps busy
 */
struct top_model {
	enum top_page page;
	struct cli_layout layouts[TOP_NR_PAGES];
	enum cli_unit unit;
	struct cli_filter only;
	bool paused, help, typing, following;
	char filter[TOP_FILTER_MAX + 1];
	char inside[CONTMON_ID_MAX + 1];
	uint64_t selected_id;
	size_t selected, first, height;

	struct contmon *c;
	struct cli_owners *owners;
	struct top_sample samples[2];
	struct cli_containers containers, containers_before;
	struct cli_v1 v1;
	struct cli_processes processes;
	struct cli_rows rows;
	size_t nr_allocated;	/* of @rows */
	uint32_t nr_containers;
	bool cpu_known;
	double cpu_cores;
	const char *source;	/* "driver" or "procfs" */
};

void top_model_init(struct top_model *model, struct contmon *c,
		    struct cli_owners *owners);
void top_model_done(struct top_model *model);

/* Show @sample, and swap it with an older one. Returns 0 or -ENOMEM. */
int top_model_take(struct top_model *model, struct top_sample *sample);

/* Filter, sort and nest the rows. Returns 0 or -ENOMEM. */
int top_model_arrange(struct top_model *model);

/* Move the cursor to @row, or the nearest one, and make it visible. */
void top_model_select(struct top_model *model, long row);

/* The container that all rows belong to; empty if there is none */
const char *top_model_place(const struct top_model *model);

/* Widths of the page's columns in a line of @room; 0 for one left out */
void top_model_fit(const struct top_model *model, int room,
		   int widths[CLI_COLUMNS_MAX]);

#endif /* CONTMON_TOP_MODEL_H */
