/* SPDX-License-Identifier: GPL-2.0-only */
/* The standard streams: a caller may have closed them, or their disk be full */
#ifndef BASE_STANDARD_H
#define BASE_STANDARD_H

/**
 * standard_reserve() - to be called before any file is opened
 *
 * A file would get the number of a stream that is closed, and then whatever is
 * printed. Printing to such a stream fails now.
 */
void standard_reserve(void);

/**
 * standard_end() - close standard output
 *
 * Logs why something could not be printed. Returns the exit status: @status, or
 * EXIT_FAILURE instead of success.
 */
int standard_end(int status);

#endif /* BASE_STANDARD_H */
