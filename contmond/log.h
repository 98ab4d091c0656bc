/* SPDX-License-Identifier: GPL-2.0-only */
/* Lines on stderr, with the journal's priorities when it is listening. */
#ifndef CONTMOND_LOG_H
#define CONTMOND_LOG_H

/** log_open() - @program begins each line when it is not the journal's */
void log_open(const char *program);

__attribute__((format(printf, 1, 2))) void log_err(const char *format, ...);
__attribute__((format(printf, 1, 2))) void log_warn(const char *format, ...);
__attribute__((format(printf, 1, 2))) void log_info(const char *format, ...);

#endif /* CONTMOND_LOG_H */
