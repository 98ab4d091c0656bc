/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reads files and directories of procfs and cgroupfs */
#ifndef CONTMON_PROC_FILE_H
#define CONTMON_PROC_FILE_H

#include <dirent.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <time.h>

/**
 * struct proc_file - the file that was read last
 * @text: its contents, NUL-terminated; owned, and reused for the next file
 * @size: number of bytes allocated for @text
 */
struct proc_file {
	char *text;
	size_t size;
};

/* Read a whole file into @file. Returns its length or -errno. */
ssize_t proc_read(struct proc_file *file, int dir_fd, const char *name);

/* The same for an open file; reads it from the beginning */
ssize_t proc_read_open(struct proc_file *file, int fd);

void proc_file_done(struct proc_file *file);

/* openat(2) with O_CLOEXEC; returns the descriptor or -errno. */
int proc_open(int dir_fd, const char *name, int flags);

/* The same for the directory of a task or a cgroup */
int proc_open_place(int dir_fd, const char *name);

/* The same for listing a directory; returns 0 or -errno */
int proc_open_dir(int dir_fd, const char *name, DIR **ret);

/* Converts an absolute path for openat(2): "/a" becomes "a", "/" becomes "." */
const char *proc_relative(const char *path);

/* Does the error mean that the task or cgroup is gone or hidden? */
bool proc_is_gone(int error);

/*
 * Does the error mean that this process lacks memory or descriptors? Such an
 * error must not look like an unknown number.
 */
bool proc_is_our_fault(int error);

uint64_t contmon_now_ns(clockid_t clock);

#endif /* CONTMON_PROC_FILE_H */
