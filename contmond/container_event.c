// SPDX-License-Identifier: GPL-2.0-only
#include "container_event.h"

#include <stdlib.h>

#include <jansson.h>

void container_event(struct store *store, const char *kind, int64_t t_ms,
		     uint64_t cgroup_id, const struct container_row *row)
{
	json_t *detail = row ? json_pack("{s:s*, s:s*}", "cgroup", row->cgroup,
					 "image", row->image) : NULL;
	char *text = detail ? json_dumps(detail, JSON_COMPACT) : NULL;
	const struct store_event event = {
		.t_ms = (double)t_ms,
		.kind = kind,
		.cgroup_id = cgroup_id,
		.container = row ? row->container : NULL,
		.detail = text,
	};

	store_event(store, &event);
	json_decref(detail);
	free(text);
}
