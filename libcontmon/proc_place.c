// SPDX-License-Identifier: LGPL-2.1-or-later
/* Finds the files of one task, or of all tasks */
#include "proc_source.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* /proc/TID exists, but shows the thread's whole process. */
static int find_thread(struct proc_source *p, int32_t tid, int32_t tgid)
{
	char name[64];

	snprintf(name, sizeof(name), "%d/task/%d", tgid, tid);
	return proc_open_place(p->root_fd, name);
}

int proc_find(struct proc_source *p, int32_t pid, bool thread,
	      struct proc_place *ret)
{
	struct proc_status status = { 0 };
	char name[16];
	ssize_t n;
	int fd, r = 0;

	snprintf(name, sizeof(name), "%d", pid);
	fd = proc_open_place(p->root_fd, name);
	if (fd < 0)
		return proc_is_gone(fd) ? -ESRCH : fd;
	n = proc_read(&p->file, fd, "status");
	if (n < 0)
		r = proc_is_gone((int)n) ? -ESRCH : (int)n;
	else if (proc_parse_status(p->file.text, &status) < 0)
		r = -EPROTO;
	else if (!thread && status.tgid != pid)
		r = -ESRCH;
	if (r < 0 || !thread)
		goto out;

	close(fd);
	fd = find_thread(p, pid, status.tgid);
	if (fd < 0)
		return proc_is_gone(fd) ? -ESRCH : fd;
out:
	if (r < 0)
		close(fd);
	else
		*ret = (struct proc_place){ fd, pid, thread };
	return r;
}

/* Returns the id, or 0 if the name is not an id. */
static int32_t parse_pid(const char *name)
{
	char *end;
	long pid;

	if (!isdigit((unsigned char)*name))
		return 0;
	errno = 0;
	pid = strtol(name, &end, 10);
	return errno || *end || pid > INT32_MAX ? 0 : (int32_t)pid;
}

int proc_each_id(int dir_fd, const char *name,
		 int (*each)(void *arg, int dir_fd, const char *id,
			     int32_t pid),
		 void *arg)
{
	struct dirent *d;
	int32_t pid;
	DIR *dir;
	int r;

	r = proc_open_dir(dir_fd, name, &dir);
	if (r < 0)
		return r;
	while (r == 0 && (errno = 0, d = readdir(dir))) {
		pid = parse_pid(d->d_name);
		if (pid)
			r = each(arg, dirfd(dir), d->d_name, pid);
	}
	if (r == 0 && errno && !proc_is_gone(-errno))
		r = -errno;
	closedir(dir);
	return r;
}

struct visit {
	bool threads;
	int (*each)(void *arg, const struct proc_place *place);
	void *arg;
};

static int visit_task(void *arg, int dir_fd, const char *id, int32_t pid)
{
	const struct visit *visit = arg;
	struct proc_place place = { .pid = pid, .thread = visit->threads };
	int r;

	place.fd = proc_open_place(dir_fd, id);
	if (place.fd < 0)
		return proc_is_gone(place.fd) ? 0 : place.fd;
	r = visit->each(visit->arg, &place);
	close(place.fd);
	return r;
}

int proc_each_task(int dir_fd, const char *name, bool threads,
		   int (*each)(void *arg, const struct proc_place *place),
		   void *arg)
{
	struct visit visit = { threads, each, arg };

	return proc_each_id(dir_fd, name, visit_task, &visit);
}
