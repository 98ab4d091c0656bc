// SPDX-License-Identifier: GPL-2.0-only
#include "metrics_ended.h"

#include <math.h>
#include <stdlib.h>

#include "base/util.h"
#include "metrics_labels.h"

static double lifetime(const struct ended *ended)
{
	return (ended->ended_ms - ended->row.started_ms) / 1000;
}

static double ended_seconds(const struct ended *ended)
{
	return ended->ended_ms / 1000;
}

static double exit_code(const struct ended *ended)
{
	return ended->exit_code;
}

static double at(const struct ended *ended, size_t offset)
{
	return *(const double *)((const char *)&ended->row + offset);
}

/* @number: NULL to use the member of the row */
static const struct {
	const char *name;
	const char *help;
	double (*number)(const struct ended *ended);
	size_t offset;
} families[] = {
#define ROW(name, help, member) { "contmon_ended_" name, help, NULL, \
				  offsetof(struct container_row, member) }
	{ "contmon_ended_time_seconds", "When the container ended, Unix time.",
	  ended_seconds, 0 },
	{ "contmon_ended_lifetime_seconds", "How long it ran.", lifetime, 0 },
	{ "contmon_ended_exit_code", "Exit code of its first process.",
	  exit_code, 0 },
	ROW("oom_kills", "Processes of it that the OOM killer ended.",
	    oom_kills_total),
	ROW("cpu_seconds", "CPU time that it used.", cpu_seconds_total),
	ROW("memory_peak_bytes", "Largest memory.current of its life.",
	    memory_peak_bytes),
	ROW("read_bytes", "Bytes that it read from block devices.",
	    read_bytes_total),
	ROW("write_bytes", "Bytes that it wrote to block devices.",
	    write_bytes_total),
	ROW("network_receive_bytes", "Bytes that it received.",
	    network_receive_bytes_total),
	ROW("network_transmit_bytes", "Bytes that it sent.",
	    network_transmit_bytes_total),
#undef ROW
};

static double number_of(size_t family, const struct ended *ended)
{
	return families[family].number ? families[family].number(ended) :
					 at(ended, families[family].offset);
}

static void show_family(const struct exposition *e,
			const struct ended_list *list, size_t family,
			const struct buffer *labels)
{
	bool began = false;
	size_t i;

	for (i = 0; i < list->nr; i++) {
		double number = number_of(family, &list->all[i]);

		if (!isfinite(number))
			continue;
		if (!began)
			exposition_family(e, families[family].name,
					  families[family].help);
		began = true;
		exposition_sample(e, families[family].name, labels[i].text, "",
				  number);
	}
}

void metrics_ended(const struct exposition *e, const struct ended_list *list)
{
	struct buffer *labels = calloc(list->nr + 1, sizeof(*labels));
	size_t i;

	if (!labels) {
		e->body->failed = true;
		return;
	}
	for (i = 0; i < list->nr; i++) {
		metrics_labels(&labels[i], &list->all[i].row, NULL, NULL);
		e->body->failed |= labels[i].failed;
	}
	for (i = 0; i < ARRAY_SIZE(families) && !e->body->failed; i++)
		show_family(e, list, i, labels);
	for (i = 0; i < list->nr; i++)
		buffer_done(&labels[i]);
	free(labels);
}
