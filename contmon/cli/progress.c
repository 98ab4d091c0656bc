// SPDX-License-Identifier: GPL-2.0-only
#include "base/clock.h"
#include "progress.h"

#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#define PATIENCE_NS (3 * NS_PER_SECOND)
#define REFRESH_NS (NS_PER_SECOND / 4)

void cli_progress_begin(struct cli_progress *progress)
{
	progress->next_ns = isatty(STDERR_FILENO) ?
		clock_monotonic_ns() + PATIENCE_NS : UINT64_MAX;
}

bool cli_progress_is_due(struct cli_progress *progress)
{
	uint64_t now_ns;

	if (progress->next_ns == UINT64_MAX)
		return false;
	now_ns = clock_monotonic_ns();
	if (now_ns < progress->next_ns)
		return false;
	progress->next_ns = now_ns + REFRESH_NS;
	return true;
}

void cli_progress_show(struct cli_progress *progress, const char *format, ...)
{
	va_list arguments;
	int width;

	putc('\r', stderr);
	va_start(arguments, format);
	width = vfprintf(stderr, format, arguments);
	va_end(arguments);
	/* Overwrite the rest of the previous text */
	fprintf(stderr, "%*s", width < progress->width ?
		progress->width - width + 1 : 1, "");
	if (width > progress->width)
		progress->width = width;
}

void cli_progress_end(struct cli_progress *progress)
{
	if (progress->width > 0)
		fprintf(stderr, "\r%*s\r", progress->width + 1, "");
	progress->width = 0;
}
