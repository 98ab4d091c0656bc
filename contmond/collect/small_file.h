/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Files of a cgroup with a few numbers, which are not kept open. Several are
 * read at a time, from their directory: to find a directory costs the kernel
 * more than to read such a file.
 */
#ifndef CONTMOND_COLLECT_SMALL_FILE_H
#define CONTMOND_COLLECT_SMALL_FILE_H

#include <stdbool.h>
#include <stdint.h>

#include <contmon.h>

#define SMALL_FILE_MAX 4096

/**
 * small_directory_open() - returns a descriptor for small_file_read(), or an
 * error of open(2), which small_file_read() passes on
 */
int small_directory_open(const char *path);

/**
 * small_directory_above() - the directory above one that is open, or an error
 * @path: of the directory above
 */
int small_directory_above(int directory, const char *path);

/** small_file_read() - errors of open(2): -ENOENT without the controller */
int small_file_read(int directory, const char *name,
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
