// SPDX-License-Identifier: GPL-2.0-only
/* A tick as an object with the keys of /api/v1 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "contmond/model/emit.h"
#include "contmond/model/title.h"
#include "protocol.h"

static void put_owner(struct buffer *to, const struct tick_owner *owner)
{
	_cleanup_free_ char *namespace = owner_label(owner,
						     LABEL_POD_NAMESPACE);
	_cleanup_free_ char *project = owner_label(owner,
						   LABEL_COMPOSE_PROJECT);
	_cleanup_free_ char *service = owner_label(owner,
						   LABEL_COMPOSE_SERVICE);

	emit_member(to, "container", owner->title, true);
	emit_member(to, "id", owner->id, false);
	emit_member(to, "cgroup", owner->cgroup, false);
	emit_member(to, "runtime", owner->runtime, false);
	emit_member(to, "pod", owner->pod, false);
	emit_member(to, "pod_namespace", namespace, false);
	emit_member(to, "image", owner->image, false);
	emit_member(to, "compose_project", project, false);
	emit_member(to, "compose_service", service, false);
}

/* Rows are elements of an array, starting with the host. */
static void write_row(struct buffer *to, const struct parcel_tick *tick,
		      const struct tick_row *row, const struct labels *labels)
{
	const struct sent_columns *columns = sent_of(sent_keys(), row->owner);
	size_t i;

	(void)tick;
	(void)labels;
	buffer_putc(to, '{');
	if (row->owner)
		put_owner(to, row->owner);
	else
		emit_member(to, "container", TITLE_HOST, true);
	for (i = 0; i < columns->nr; i++) {
		emit_key(to, columns->all[i].name, false);
		emit_number(to, row->values[i]);
	}
	buffer_puts(to, "},");
}

static void put_labels(struct buffer *to, const struct parcel_tick *tick,
		       const struct target_options *options)
{
	struct labels labels;

	if (labels_make(&labels, tick->host, options, NULL) < 0) {
		to->failed = true;
		return;
	}
	labels_put(to, &labels);
	labels_done(&labels);
}

static void write_body(struct buffer *to, const struct parcel_tick *tick,
		       const struct target_options *options, const char *rows,
		       size_t length)
{
	buffer_printf(to, "{\"seq\":%" PRId64 ",\"t\":%" PRId64 ",\"labels\":{",
		      tick->stored_seq, tick->t_ms);
	put_labels(to, tick, options);
	buffer_puts(to, "},\"rows\":[");
	buffer_add(to, rows, length - 1);	/* without the last comma */
	buffer_puts(to, "]}\n");
}

const struct protocol json_protocol = {
	.name = "json",
	.scheme = "Bearer",
	.content_type = "application/json",
	.one_tick = true,
	.whole = true,
	.packing = PACKING_UNKNOWN,
	.columns = sent_keys,
	.write_row = write_row,
	.write_body = write_body,
	.add_headers = protocol_add_key,
};
