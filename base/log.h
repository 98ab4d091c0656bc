/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The log: journal entries if stderr is connected to the journal, or else lines
 * on stderr or in a file. Any thread may log.
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include <syslog.h>

/**
 * struct log_field - an additional field of a journal entry
 * @name: as the journal calls it, such as "MESSAGE_ID"
 */
struct log_field {
	const char *name;
	const char *value;
};

#define LOG_MAX_FIELDS 6

/** log_open() - @program begins each line on stderr */
void log_open(const char *program);

/** log_open_file() - returns a descriptor for log_use(), or a negative errno */
int log_open_file(const char *path);

/**
 * log_use() - write to a file from now on; takes ownership of @fd; -1 for none
 */
void log_use(int fd);

__attribute__((format(printf, 1, 2))) void log_err(const char *format, ...);
__attribute__((format(printf, 1, 2))) void log_warn(const char *format, ...);
__attribute__((format(printf, 1, 2))) void log_info(const char *format, ...);

/**
 * log_with() - log with fields, which only the journal keeps
 * @priority: from <syslog.h>
 * @fields: up to LOG_MAX_FIELDS, terminated by one without a name
 */
__attribute__((format(printf, 3, 4)))
void log_with(int priority, const struct log_field *fields,
	      const char *format, ...);

#endif /* BASE_LOG_H */
