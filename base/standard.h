/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The standard streams: the caller may have closed them, or the disk may be
 * full
 */
#ifndef BASE_STANDARD_H
#define BASE_STANDARD_H

/**
 * standard_reserve() - call before any file is opened
 *
 * Otherwise a file could get the descriptor of a closed standard stream, and be
 * overwritten with what the program prints. Printing to such a stream now
 * fails.
 */
void standard_reserve(void);

/**
 * standard_end() - close standard output
 *
 * Logs why something could not be printed, and then turns success into failure.
 * Returns the exit status.
 */
int standard_end(int status);

#endif /* BASE_STANDARD_H */
