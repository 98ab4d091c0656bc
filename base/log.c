// SPDX-License-Identifier: GPL-2.0-only
/* All log lines come from this file, so its location is not logged. */
#define SD_JOURNAL_SUPPRESS_LOCATION
#include "log.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include <systemd/sd-journal.h>

#include "clock.h"
#include "utf8.h"

#define LINE_MAX_BYTES 1024

static const char *log_program = "contmond";
static bool to_journal;

/* Protects @file_fd: no thread may write to a file that another has closed. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int file_fd = -1;

/*
 * JOURNAL_STREAM has the device and inode of the stream that systemd made. It
 * is not enough that the variable is set: stderr may have been redirected
 * since.
 */
static bool stderr_is_journal(void)
{
	const char *stream = getenv("JOURNAL_STREAM");
	unsigned long long device, inode;
	struct stat st;

	if (!stream || sscanf(stream, "%llu:%llu", &device, &inode) != 2)
		return false;
	if (fstat(STDERR_FILENO, &st) < 0)
		return false;
	return st.st_dev == device && st.st_ino == inode;
}

void log_open(const char *program)
{
	log_program = program;
	to_journal = stderr_is_journal();
}

/* O_NONBLOCK, so that a pipe without a reader does not block */
int log_open_file(const char *path)
{
	int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC |
		      O_NOCTTY | O_NONBLOCK, 0640);

	return fd < 0 ? -errno : fd;
}

void log_use(int fd)
{
	int old;

	pthread_mutex_lock(&lock);
	old = file_fd;
	file_fd = fd;
	pthread_mutex_unlock(&lock);
	if (old >= 0)
		close(old);
}

/*
 * Control characters up to U+009F; some start an escape sequence in a terminal
 */
static bool is_control(const char *character, size_t length)
{
	unsigned char first = (unsigned char)character[0];

	return first < ' ' || first == 0x7f ||
	       (length == 2 && first == 0xc2 &&
		(unsigned char)character[1] < 0xa0);
}

/*
 * A newline in a value must not start a second log line, and invalid bytes must
 * not make a line unreadable.
 */
static void flatten(char *line)
{
	size_t length, left = strlen(line);

	for (; left > 0; line += length, left -= length) {
		length = utf8_length(line, left);
		if (length == 0 || is_control(line, length)) {
			length = length ?: 1;
			memset(line, '?', length);
		}
	}
}

static const char *priority_name(int priority)
{
	return priority <= LOG_ERR ? "error" :
	       priority == LOG_WARNING ? "warning" : "info";
}

/* A single write() keeps lines whole. Returns false on failure. */
static bool write_file(int priority, const char *line)
{
	char text[LINE_MAX_BYTES + 64], date[32];
	uint64_t now_ms = clock_realtime_ns() / NS_PER_MS;
	time_t seconds = (time_t)(now_ms / 1000);
	struct tm tm;
	int length;
	bool written;

	gmtime_r(&seconds, &tm);
	strftime(date, sizeof(date), "%Y-%m-%dT%H:%M:%S", &tm);
	length = snprintf(text, sizeof(text), "%s.%03dZ %s: %s\n", date,
			  (int)(now_ms % 1000), priority_name(priority), line);
	pthread_mutex_lock(&lock);
	written = file_fd >= 0 &&
		  write(file_fd, text, (size_t)length) == length;
	pthread_mutex_unlock(&lock);
	return written;
}

static bool write_journal(int priority, const char *line,
			  const struct log_field *fields)
{
	char texts[LOG_MAX_FIELDS + 2][LINE_MAX_BYTES + 64];
	struct iovec parts[LOG_MAX_FIELDS + 2];
	int i, nr = 2;

	if (!to_journal)
		return false;
	snprintf(texts[0], sizeof(texts[0]), "PRIORITY=%d", priority);
	snprintf(texts[1], sizeof(texts[1]), "MESSAGE=%s", line);
	for (; fields && fields->name && nr < LOG_MAX_FIELDS + 2; fields++)
		snprintf(texts[nr++], sizeof(texts[0]), "%s=%s", fields->name,
			 fields->value);
	for (i = 0; i < nr; i++)
		parts[i] = (struct iovec){ texts[i], strlen(texts[i]) };
	return sd_journal_sendv(parts, nr) >= 0;
}

__attribute__((format(printf, 3, 0)))
static void log_line(int priority, const struct log_field *fields,
		     const char *format, va_list arguments)
{
	char line[LINE_MAX_BYTES];

	vsnprintf(line, sizeof(line), format, arguments);
	flatten(line);
	if (write_file(priority, line) ||
	    write_journal(priority, line, fields))
		return;
	if (to_journal)
		fprintf(stderr, "<%d>%s\n", priority, line);
	else
		fprintf(stderr, "%s: %s\n", log_program, line);
}

void log_err(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	log_line(LOG_ERR, NULL, format, arguments);
	va_end(arguments);
}

void log_warn(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	log_line(LOG_WARNING, NULL, format, arguments);
	va_end(arguments);
}

void log_info(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	log_line(LOG_INFO, NULL, format, arguments);
	va_end(arguments);
}

void log_with(int priority, const struct log_field *fields,
	      const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	log_line(priority, fields, format, arguments);
	va_end(arguments);
}
