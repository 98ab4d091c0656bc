// SPDX-License-Identifier: GPL-2.0-only
/*
 * The number of series of a container is limited: it has as many as fit, in the
 * order of container_metrics[]. From the first metric on that does not fit it
 * has none, so that what is omitted does not depend on how many series each
 * metric has.
 */
#include "metrics_containers.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "contmond/model/ended.h"
#include "contmond/model/host_row.h"
#include "contmond/model/metric_label.h"
#include "contmond/model/metric_tables.h"
#include "metrics_filesystems.h"
#include "metrics_labels.h"
#include "metrics_parts.h"

/**
 * struct shown - a container, or the host
 * @parts: its interfaces and devices
 * @labels: without the closing brace
 * @end: metrics before this index of container_metrics[] are shown
 */
struct shown {
	const struct container_row *row;
	struct metric_parts parts;
	struct buffer labels;
	size_t end;
};

/**
 * struct list - all that are shown
 * @filesystems: of the host; they are not limited
 * @wanted: the most series that any container would have
 * @hides_labels: omit labels of engines
 */
struct list {
	struct container_row host;
	const struct filesystems *filesystems;
	struct shown *all;
	size_t nr;
	struct part_names names;
	size_t nr_series;
	size_t left_out;
	size_t wanted;
	bool hides_labels;
};

/* A metric of container_metrics[], with what its key refers to */
struct family {
	const struct metric *metric;
	const struct column *column;
	const struct column *needs;
	size_t member;
};

static struct family family_of(const struct metric *metric)
{
	return (struct family){
		.metric = metric,
		.column = table_find(&container_table, metric->key),
		.needs = metric->needs ?
			table_find(&container_table, metric->needs) : NULL,
		.member = parts_member(metric),
	};
}

static size_t nr_parts(const struct family *family, const struct shown *shown)
{
	switch (family->metric->from) {
	case METRIC_INTERFACE:
		return shown->parts.network ?
		       shown->parts.network->nr_interfaces : 0;
	case METRIC_DEVICE:
		return shown->parts.io ? shown->parts.io->nr_devices : 0;
	default:
		return 1;
	}
}

static double number_of(const struct family *family, const struct shown *shown,
			size_t part)
{
	if (family->needs &&
	    !isfinite(column_number(family->needs, shown->row)))
		return NAN;
	switch (family->metric->from) {
	case METRIC_INTERFACE:
		return parts_interface(&shown->parts, part, family->member);
	case METRIC_DEVICE:
		return parts_device(&shown->parts, part, family->member);
	case METRIC_SETTING:
		return parts_setting(&shown->parts, family->metric->key);
	case METRIC_TIME:
		return column_number(family->column, shown->row) / 1000;
	default:
		return column_number(family->column, shown->row);
	}
}

static size_t nr_series(const struct family *family, const struct shown *shown)
{
	size_t i, nr = 0;

	for (i = 0; i < nr_parts(family, shown); i++)
		nr += isfinite(number_of(family, shown, i)) ? 1 : 0;
	return nr;
}

/* Decides which metrics of a container are shown. */
static void choose(struct list *list, struct shown *shown,
		   const struct family *families, size_t max)
{
	size_t i, used = 0, all = 0;

	shown->end = 0;
	for (i = 0; i < nr_container_metrics; i++) {
		all += nr_series(&families[i], shown);
		if (all > max)
			continue;
		used = all;
		shown->end = i + 1;
	}
	list->nr_series += used;
	list->left_out += all - used;
	if (all > list->wanted)
		list->wanted = all;
}

static void show_family(const struct exposition *e, struct list *list,
			const struct family *family, size_t rank)
{
	const struct metric *metric = family->metric;
	bool began = metric->from == METRIC_LAYER &&
		     metrics_filesystems_usage(e, list->filesystems, metric);
	size_t i, part;

	for (i = 0; i < list->nr; i++) {
		const struct shown *shown = &list->all[i];

		if (rank >= shown->end)
			continue;
		for (part = 0; part < nr_parts(family, shown); part++) {
			double number = number_of(family, shown, part);

			if (!isfinite(number))
				continue;
			if (!began)
				exposition_family(e, metric->name,
						  metric->help);
			began = true;
			exposition_sample(e, metric->name, shown->labels.text,
				parts_labels(&list->names, &shown->parts,
					     metric, part), number);
		}
	}
}

/* The list */

static void add(struct list *list, const struct container_row *row,
		const struct metric_parts *parts,
		const struct container_info *name, const struct words *allowed)
{
	struct shown *shown = &list->all[list->nr++];

	shown->row = row;
	shown->parts = *parts;
	if (row != &list->host)
		metrics_labels(&shown->labels, row, name, allowed);
	else
		metric_label(&shown->labels, "id", "/");
}

/* Containers that are in no sample have no numbers either. */
static void add_containers(struct list *list, const struct model *model,
			   const struct words *allowed)
{
	size_t i;

	for (i = 0; i < model->nr_listed; i++) {
		const struct model_container *container =
			model_container(model, i);
		const struct metric_parts parts =
			parts_of(container, model_sampled(model, container));

		if (!isnan(container->row.t))
			add(list, &container->row, &parts,
			    list->hides_labels ? NULL : container->name,
			    allowed);
	}
}

static int fill(struct list *list, const struct model *model,
		const struct exposed *exposed)
{
	_cleanup_words_ struct words allowed = { 0 };
	const struct metric_parts host = parts_of_host(model->sample);
	bool failed = false;
	size_t i;

	list->all = calloc(model->nr_listed + 1, sizeof(*list->all));
	if (!list->all || words_init(&allowed, exposed->labels) < 0)
		return -ENOMEM;
	list->filesystems = &model->sample->filesystems;
	host_row_fill(model, &list->host);
	add(list, &list->host, &host, NULL, &allowed);
	add_containers(list, model, &allowed);
	for (i = 0; i < list->nr; i++) {
		failed |= list->all[i].labels.failed;
		failed |= part_names_add(&list->names,
					 &list->all[i].parts) < 0;
	}
	return failed ? -ENOMEM : 0;
}

static void list_done(struct list *list)
{
	size_t i;

	for (i = 0; i < list->nr; i++)
		buffer_done(&list->all[i].labels);
	free(list->all);
	part_names_done(&list->names);
}

static void show_budget(const struct exposition *e, const struct list *list,
			const struct exposed *exposed)
{
	exposition_single(e, "contmon_metrics_series_max",
			  "Limit for the series of a container: "
			  "metrics_series_max.", (double)exposed->series_max);
	exposition_single(e, "contmon_metrics_series_wanted",
			  "Series that the largest container would have.",
			  (double)list->wanted);
	exposition_single(e, "contmon_metrics_series",
			  "Series of all containers here.",
			  (double)list->nr_series);
	exposition_single(e, "contmon_metrics_series_left_out",
			  "Series of all containers that are omitted because "
			  "of metrics_series_max.", (double)list->left_out);
}

static void show(const struct exposition *e, struct list *list,
		 const struct exposed *exposed)
{
	_cleanup_free_ struct family *families =
		calloc(nr_container_metrics, sizeof(*families));
	size_t i;

	if (!families) {
		e->body->failed = true;
		return;
	}
	for (i = 0; i < nr_container_metrics; i++)
		families[i] = family_of(&container_metrics[i]);
	for (i = 0; i < list->nr; i++)
		choose(list, &list->all[i], families, exposed->series_max);
	for (i = 0; i < nr_container_metrics; i++)
		show_family(e, list, &families[i], i);
	show_budget(e, list, exposed);
}

void metrics_containers(const struct exposition *e, const struct model *model,
			const struct exposed *exposed, bool hides_labels)
{
	struct list list = { .hides_labels = hides_labels };

	if (fill(&list, model, exposed) == 0)
		show(e, &list, exposed);
	else
		e->body->failed = true;
	list_done(&list);
}
