// SPDX-License-Identifier: GPL-2.0-only
/* Code of contmond logs errors; here they are printed for the user. */
#include "base/log.h"
#include "contmon/cli/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

static void say(const char *format, va_list ap)
{
	char *text;

	if (vasprintf(&text, format, ap) < 0)
		return;
	cli_error("%s", text);
	free(text);
}

#define SAY(name)				\
	void name(const char *format, ...)	\
	{					\
		va_list ap;			\
						\
		va_start(ap, format);		\
		say(format, ap);		\
		va_end(ap);			\
	}

SAY(log_err)
SAY(log_warn)
SAY(log_info)

void log_with(int priority, const struct log_field *fields,
	      const char *format, ...)
{
	va_list ap;

	(void)priority;
	(void)fields;
	va_start(ap, format);
	say(format, ap);
	va_end(ap);
}
