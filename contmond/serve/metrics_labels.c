// SPDX-License-Identifier: GPL-2.0-only
#include "metrics_labels.h"

#include <stdio.h>
#include <string.h>

#include "base/util.h"
#include "contmond/model/metric_label.h"

#define PREFIX "container_label_"

/* The Prometheus name of a label, as cAdvisor forms it */
static void label_name(const char *key, char *ret, size_t size)
{
	char *c;

	snprintf(ret, size, PREFIX "%s", key);
	for (c = ret; *c; c++) {
		if (!strchr("abcdefghijklmnopqrstuvwxyz0123456789_"
			    "ABCDEFGHIJKLMNOPQRSTUVWXYZ", *c))
			*c = '_';
	}
}

/* "a.b" and "a-b" have the same name in Prometheus: the first one counts. */
static bool is_taken(const struct container_info *name, size_t i,
		     const struct words *allowed, const char *as)
{
	char other[sizeof(PREFIX) + NAME_LABEL_KEY_MAX];
	size_t j;

	for (j = 0; j < i; j++) {
		label_name(name->labels[j].key, other, sizeof(other));
		if (strcmp(other, as) == 0 &&
		    words_have(allowed, name->labels[j].key))
			return true;
	}
	return false;
}

static void add_allowed(struct buffer *to, const struct container_info *name,
			const struct words *allowed)
{
	char as[sizeof(PREFIX) + NAME_LABEL_KEY_MAX];
	size_t i;

	for (i = 0; i < name->nr_labels; i++) {
		if (!words_have(allowed, name->labels[i].key))
			continue;
		label_name(name->labels[i].key, as, sizeof(as));
		if (!is_taken(name, i, allowed, as))
			metric_label(to, as, name->labels[i].value);
	}
}

/* Adds cAdvisor's names for labels that the kubelet sets on containers. */
static void add_kubernetes(struct buffer *to, const struct container_info *name)
{
	static const struct {
		const char *key;
		const char *as;
	} labels[] = {
		{ "io.kubernetes.container.name", "container" },
		{ LABEL_POD_NAMESPACE, "namespace" },
		{ "io.kubernetes.pod.name", "pod" },
	};
	size_t i, j;

	for (i = 0; i < ARRAY_SIZE(labels); i++) {
		for (j = 0; j < name->nr_labels; j++) {
			if (strcmp(name->labels[j].key, labels[i].key) == 0)
				metric_label(to, labels[i].as,
					     name->labels[j].value);
		}
	}
}

void metrics_labels(struct buffer *to, const struct container_row *row,
		    const struct container_info *name,
		    const struct words *allowed)
{
	metric_label(to, "id", container_place(row));
	metric_label(to, "image", row->image);
	metric_label(to, "name", row->container);
	if (!name)
		return;
	add_allowed(to, name, allowed);
	add_kubernetes(to, name);
}
