// SPDX-License-Identifier: GPL-2.0-only
#include "metric_label.h"

#include <stdint.h>
#include <string.h>

#include "base/utf8.h"
#include "base/util.h"

void metric_label(struct buffer *to, const char *key, const char *value)
{
	_cleanup_free_ char *valid = NULL;
	const char *c;

	valid = utf8_dup(value ?: "", strlen(value ?: ""), SIZE_MAX);
	if (!valid) {
		to->failed = true;
		return;
	}
	buffer_printf(to, "%s%s=\"", to->length ? "," : "{", key);
	for (c = valid; *c; c++) {
		if (*c == '\n')
			buffer_puts(to, "\\n");
		else if (*c == '"' || *c == '\\')
			buffer_printf(to, "\\%c", *c);
		else
			buffer_putc(to, *c);
	}
	buffer_putc(to, '"');
}
