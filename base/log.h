/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Log lines: entries of the journal when stderr is a stream of it, else lines
 * on stderr or in a file. Any thread may log.
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include <syslog.h>

/**
 * struct log_field - an additional field of a journal entry
 * @name: in the journal's form, such as "MESSAGE_ID"
 */
struct log_field {
	const char *name;
	const char *value;
};

#define LOG_MAX_FIELDS 6

/** log_open() - @program is at the beginning of each line on stderr */
void log_open(const char *program);

/** log_open_file() - returns a descriptor for log_use(), or a negative errno */
int log_open_file(const char *path);

/** log_use() - write to a file from now on: takes over @fd; -1: none */
void log_use(int fd);

__attribute__((format(printf, 1, 2))) void log_err(const char *format, ...);
__attribute__((format(printf, 1, 2))) void log_warn(const char *format, ...);
__attribute__((format(printf, 1, 2))) void log_info(const char *format, ...);

/**
 * log_with() - log with fields, which are only kept by the journal
 * @priority: of <syslog.h>
 * @fields: up to LOG_MAX_FIELDS, followed by one without a name
 */
__attribute__((format(printf, 3, 4)))
void log_with(int priority, const struct log_field *fields,
	      const char *format, ...);

#endif /* BASE_LOG_H */
