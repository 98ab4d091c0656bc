// SPDX-License-Identifier: GPL-2.0-only
#include "base/clock.h"
#include "process.h"

#include <errno.h>
#include <inttypes.h>
#include <pwd.h>
#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

uint64_t cli_task_rss_bytes(const struct contmon_task *task)
{
	return task->rss_anon_bytes + task->rss_file_bytes +
	       task->rss_shmem_bytes;
}

static void fill(struct cli_process *process, const struct contmon_task *task,
		 struct cgroups *cgroups, int64_t realtime_offset_ns)
{
	int64_t start_ns = (int64_t)task->start_boottime_ns;
	int32_t parent = task->ppid;

	if (task->tgid != task->pid)
		parent = task->tgid;
	*process = (struct cli_process){
		.row = {
			.id = (uint32_t)task->pid,
			.parent_id = (uint32_t)parent,
			.cgroup = cgroups_of_task(cgroups, task),
		},
		.task = task,
		.start_ms = (start_ns + realtime_offset_ns) /
			    (int64_t)NS_PER_MS,
	};
	memcpy(process->comm, task->comm, sizeof(task->comm));
}

int cli_processes_fill(struct cli_processes *processes,
		       const struct contmon_task *tasks, size_t nr,
		       struct cgroups *cgroups)
{
	int64_t realtime_offset_ns = clock_realtime_offset_ns();
	struct cli_process *v = processes->v;
	size_t i;

	if (nr > processes->nr_allocated || !v) {
		v = reallocarray(v, nr + nr / 4 + 1, sizeof(*v));
		if (!v)
			return -ENOMEM;
		processes->v = v;
		processes->nr_allocated = nr + nr / 4 + 1;
	}
	for (i = 0; i < nr; i++)
		fill(&v[i], &tasks[i], cgroups, realtime_offset_ns);
	processes->nr = nr;
	return 0;
}

void cli_processes_done(struct cli_processes *processes)
{
	free(processes->v);
	*processes = (struct cli_processes){ 0 };
}

struct user {
	uint32_t uid;
	char name[64];
};

static int compare_users(const void *a, const void *b)
{
	const struct user *x = a, *y = b;

	return x->uid < y->uid ? -1 : x->uid > y->uid;
}

/* Cached, because a look-up may use the network. */
const char *cli_user_name(uint32_t uid)
{
	static void *users;	/* tsearch(3) tree, kept until the end */
	struct user key = { .uid = uid }, *user;
	const struct passwd *entry;
	void *found = tfind(&key, &users, compare_users);

	if (found)
		return (*(struct user **)found)->name;
	user = calloc(1, sizeof(*user));
	if (!user)
		return "?";
	user->uid = uid;
	snprintf(user->name, sizeof(user->name), "%" PRIu32, uid);
	entry = getpwuid(uid);
	if (entry && *entry->pw_name)
		snprintf(user->name, sizeof(user->name), "%s", entry->pw_name);
	if (tsearch(user, &users, compare_users))
		return user->name;
	free(user);
	return "?";
}
