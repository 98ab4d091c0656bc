// SPDX-License-Identifier: GPL-2.0-only
#include "protocol.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const struct protocol *const all[] = {
	&influx_protocol,
	&remote_write_protocol,
	&prometheus_text_protocol,
	&json_protocol,
	&live_protocol,
	&loki_protocol,
	&jsonline_protocol,
	&webhook_protocol,
	&annotations_protocol,
};

const struct protocol *protocol_find(const char *name)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(all); i++) {
		if (strcmp(all[i]->name, name) == 0)
			return all[i];
	}
	return NULL;
}

void protocol_add_key(const struct parcel_tick *tick,
		      const struct target_options *options,
		      void (*add)(void *userdata, const char *line),
		      void *userdata)
{
	const bool is_tick = options_feed(options) < 0;
	char line[200];

	snprintf(line, sizeof(line), "Idempotency-Key: %s-%s%s%" PRId64 "-%"
		 PRId64, tick->host, is_tick ? "" : options_noun(options),
		 is_tick ? "" : "-", tick->stored_seq, tick->t_ms);
	add(userdata, line);
}
