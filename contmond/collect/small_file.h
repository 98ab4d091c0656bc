/* SPDX-License-Identifier: GPL-2.0-only */
/* Files of a cgroup with a few numbers, which are not kept open. */
#ifndef CONTMOND_COLLECT_SMALL_FILE_H
#define CONTMOND_COLLECT_SMALL_FILE_H

#include <stdbool.h>
#include <stdint.h>

#include <contmon.h>

#define SMALL_FILE_MAX 4096

/** small_file_read() - errors of open(2): -ENOENT without the controller */
int small_file_read(const char *directory, const char *name,
		    char ret[SMALL_FILE_MAX]);

/** small_file_is_our_fault() - this process is short of something */
bool small_file_is_our_fault(int error);

/**
 * small_file_number() - a number in the contents of a file
 * @key: the beginning of the line with the number, which follows it; NULL: the
 *	number is at the beginning of the file
 *
 * "max" and text that is not a number give CONTMON_UNLIMITED.
 */
uint64_t small_file_number(const char *text, const char *key);

#endif /* CONTMOND_COLLECT_SMALL_FILE_H */
