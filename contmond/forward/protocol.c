// SPDX-License-Identifier: GPL-2.0-only
#include "protocol.h"

#include <string.h>

static const struct protocol *const all[] = {
	&influx_protocol,
	&remote_write_protocol,
	&prometheus_text_protocol,
	&json_protocol,
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
