// SPDX-License-Identifier: GPL-2.0-only
#include "error.h"
#include "text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void cli_error(const char *format, ...)
{
	char *raw = NULL, *text = NULL;
	va_list ap;

	va_start(ap, format);
	if (vasprintf(&raw, format, ap) < 0)
		raw = NULL;
	va_end(ap);

	if (raw)
		text = cli_escape(raw, strlen(raw));
	fprintf(stderr, "contmon: %s\n", text ? text : "out of memory");
	free(text);
	free(raw);
}

int cli_failed(const char *what, int error)
{
	cli_error("%s: %s", what, strerror(-error));
	return CLI_FAILURE;
}
