/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reading files and directories of procfs and cgroupfs, whatever is in them */
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
 * @text: its content, NUL-terminated; owned, and kept for the next file
 * @size: bytes allocated for @text
 */
struct proc_file {
	char *text;
	size_t size;
};

/* Read a whole file into @file. Returns its length or -errno. */
ssize_t proc_read(struct proc_file *file, int dir_fd, const char *name);

void proc_file_done(struct proc_file *file);

/* openat(2) with O_CLOEXEC; returns the descriptor or -errno. */
int proc_open(int dir_fd, const char *name, int flags);

/* The same for the directory of a task or a cgroup, to open files in it */
int proc_open_place(int dir_fd, const char *name);

/* The same for reading what is in a directory; returns 0 or -errno. */
int proc_open_dir(int dir_fd, const char *name, DIR **ret);

/* A path from the root as openat(2) wants it: "/a" is "a", "/" is "." */
const char *proc_relative(const char *path);

/* The task or the cgroup is gone or hidden: no fault of ours. */
bool proc_is_gone(int error);

/* We lack memory or descriptors. That must not look like an unknown number. */
bool proc_is_our_fault(int error);

uint64_t contmon_now_ns(clockid_t clock);

#endif /* CONTMON_PROC_FILE_H */
