// SPDX-License-Identifier: GPL-2.0-only
#include "labels.h"

#include <jansson.h>

char *labels_text(const struct container_info *name)
{
	json_t *labels = name && name->nr_labels > 0 ? json_object() : NULL;
	char *text;
	size_t i;

	for (i = 0; labels && i < name->nr_labels; i++)
		json_object_set_new(labels, name->labels[i].key,
				    json_string(name->labels[i].value));
	text = labels ? json_dumps(labels, JSON_COMPACT | JSON_SORT_KEYS) :
			NULL;
	json_decref(labels);
	return text;
}
