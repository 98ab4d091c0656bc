/* SPDX-License-Identifier: GPL-2.0-only */
/* Lines on stderr, with the journal's priorities when it is listening. */
#ifndef BASE_LOG_H
#define BASE_LOG_H

/** log_open() - @program begins each line when it is not the journal's */
void log_open(const char *program);

__attribute__((format(printf, 1, 2))) void log_err(const char *format, ...);
__attribute__((format(printf, 1, 2))) void log_warn(const char *format, ...);
__attribute__((format(printf, 1, 2))) void log_info(const char *format, ...);

#endif /* BASE_LOG_H */
