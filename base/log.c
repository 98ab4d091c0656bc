// SPDX-License-Identifier: GPL-2.0-only
#include "log.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <syslog.h>
#include <unistd.h>

#define LINE_MAX_BYTES 1024

static const char *log_program = "contmond";
static int to_journal;

/*
 * JOURNAL_STREAM names the device and inode of the stream that systemd made.
 * The variable alone proves nothing: stderr may have been redirected since.
 */
static int stderr_is_journal(void)
{
	const char *stream = getenv("JOURNAL_STREAM");
	unsigned long long device, inode;
	struct stat st;

	if (!stream || sscanf(stream, "%llu:%llu", &device, &inode) != 2)
		return 0;
	if (fstat(STDERR_FILENO, &st) < 0)
		return 0;
	return st.st_dev == device && st.st_ino == inode;
}

void log_open(const char *program)
{
	log_program = program;
	to_journal = stderr_is_journal();
}

/* A line break in a value must not make a second line in the log. */
static void flatten(char *line)
{
	for (; *line; line++) {
		if ((unsigned char)*line < ' ' || *line == 0x7f)
			*line = '?';
	}
}

__attribute__((format(printf, 2, 0)))
static void log_line(int priority, const char *format, va_list arguments)
{
	char line[LINE_MAX_BYTES];

	vsnprintf(line, sizeof(line), format, arguments);
	flatten(line);
	if (to_journal)
		fprintf(stderr, "<%d>%s\n", priority, line);
	else
		fprintf(stderr, "%s: %s\n", log_program, line);
}

void log_err(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	log_line(LOG_ERR, format, arguments);
	va_end(arguments);
}

void log_warn(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	log_line(LOG_WARNING, format, arguments);
	va_end(arguments);
}

void log_info(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	log_line(LOG_INFO, format, arguments);
	va_end(arguments);
}
