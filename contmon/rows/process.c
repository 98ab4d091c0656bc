// SPDX-License-Identifier: GPL-2.0-only
#include "contmon/table/record.h"
#include "contmon/table/row_value.h"
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
		 struct cli_cgroups *cgroups)
{
	int32_t parent = task->ppid;

	if (task->tgid != task->pid)
		parent = task->tgid;
	*process = (struct cli_process){
		.row = {
			.id = (uint32_t)task->pid,
			.parent_id = (uint32_t)parent,
			.cgroup = cli_cgroups_of_task(cgroups, task),
		},
		.task = task,
	};
	memcpy(process->comm, task->comm, sizeof(task->comm));
}

int cli_processes_fill(struct cli_processes *processes,
		       const struct contmon_task *tasks, size_t nr,
		       struct cli_cgroups *cgroups)
{
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
		fill(&v[i], &tasks[i], cgroups);
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

/* Asking for a name may go over a network: each is asked for once. */
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

/*
 * Getters. get_NAME() is the value of a column; GET() makes those that are one
 * member of the task's record.
 */
static const struct cli_process *process_of(const struct cli_row *row)
{
	return (const struct cli_process *)row;
}

#define GET(name, side, group, expression)				\
	static struct cli_value get_##name(const struct cli_row *row)	\
	{								\
		const struct contmon_task *task = process_of(row)->task; \
									\
		return (struct cli_value){				\
			.known = task->valid & (group),		\
			.side = (expression),				\
		};							\
	}

GET(pid, number, CONTMON_TASK_BASE, task->tgid)
GET(tid, number, CONTMON_TASK_BASE, task->pid)
GET(ppid, number, CONTMON_TASK_BASE, task->ppid)
GET(user, text, CONTMON_TASK_CRED, cli_user_name(task->uid))
GET(uid, number, CONTMON_TASK_CRED, task->uid)
GET(threads, number, CONTMON_TASK_BASE, task->nr_threads)
GET(nice, number, CONTMON_TASK_SCHED, task->nice)
GET(last_cpu, number, CONTMON_TASK_SCHED, task->last_cpu)
GET(start, ns, CONTMON_TASK_BASE, task->start_boottime_ns)
GET(vsz, bytes, CONTMON_TASK_MEM, task->vsz_bytes)
GET(rss, bytes, CONTMON_TASK_MEM, cli_task_rss_bytes(task))
GET(anon, bytes, CONTMON_TASK_MEM, task->rss_anon_bytes)
GET(file, bytes, CONTMON_TASK_MEM, task->rss_file_bytes)
GET(shmem, bytes, CONTMON_TASK_MEM, task->rss_shmem_bytes)
GET(swap, bytes, CONTMON_TASK_MEM, task->swap_bytes)
GET(peak, bytes, CONTMON_TASK_MEM, task->rss_peak_bytes)
GET(cpu, ns, CONTMON_TASK_CPU, task->utime_ns + task->stime_ns)
GET(majflt, number, CLI_TASK_PAGE_FAULTS, (int64_t)task->major_faults)
GET(read, bytes, CONTMON_TASK_IO, task->read_bytes)
GET(write, bytes, CONTMON_TASK_IO, task->write_bytes)
GET(oom, number, CONTMON_TASK_OOM_SCORE, task->oom_score)
GET(adj, number, CONTMON_TASK_OOM_ADJ, task->oom_score_adj)

static struct cli_value get_rss_share(const struct cli_row *row)
{
	const struct contmon_task *task = process_of(row)->task;

	if (task->vsz_bytes == 0)
		return (struct cli_value){ 0 };
	return (struct cli_value){
		.known = task->valid & CONTMON_TASK_MEM,
		.ratio = (double)cli_task_rss_bytes(task) /
			 (double)task->vsz_bytes,
	};
}

/* A text for each state, as sorting and JSON want one */
static struct cli_value get_state(const struct cli_row *row)
{
	static const char letters[] = "R\0S\0D\0T\0t\0X\0Z\0P\0I";
	size_t i;

	for (i = 0; i < sizeof(letters); i += 2)
		if ((uint32_t)letters[i] == process_of(row)->task->state)
			return (struct cli_value){ true,
						   { .text = &letters[i] } };
	return (struct cli_value){ 0 };
}

static const char *state_color(const struct cli_row *row)
{
	switch (process_of(row)->task->state) {
	case 'R':
		return "green";
	case 'D':
	case 'Z':
		return "red";
	default:
		return NULL;
	}
}

static struct cli_value get_command(const struct cli_row *row)
{
	return (struct cli_value){ true, { .text = process_of(row)->comm } };
}

/* Columns that both lists have, or that want more than NUMBER() */
#define PID	.name = "pid", .heading = "PID", .key = "pid",		\
		.help = "process id", .kind = CLI_KIND_ID, .get = get_pid
#define USER	.name = "user", .heading = "USER", .key = "user",	\
		.help = "who runs it: the real user id's name",		\
		.kind = CLI_KIND_TEXT, .get = get_user
#define STATE	.name = "state", .heading = "S", .key = "state",	\
		.help = "its state, the letter of proc(5)",		\
		.kind = CLI_KIND_TEXT, .get = get_state,		\
		.get_color = state_color
#define ID	.name = "id", .heading = "ID", .key = "container",	\
		.kind = CLI_KIND_TEXT,		\
		.help = "first digits of its container's id; - for none", \
		.color = "cyan", .get = cli_row_id
#define NAME	.name = "name", .heading = "NAME",			\
		.key = "container_name", .kind = CLI_KIND_TEXT,		\
		.help = "its container's name; contmon-engine tells",	\
		.color = "cyan", .get = cli_row_name
#define TITLE	.name = "container", .heading = "CONTAINER",		\
		.key = "title", .kind = CLI_KIND_TEXT,			\
		.help = "its container's name, or first digits of the id", \
		.color = "cyan", .get = cli_row_title
#define RSS	.name = "rss", .heading = "RSS", .key = "rss_bytes",	\
		.help = "committed: anonymous, file and shared pages",	\
		.kind = CLI_KIND_BYTES, .get = get_rss
#define CGROUP	.name = "cgroup", .heading = "CGROUP",			\
		.key = "cgroup_path", .help = "path of its cgroup",	\
		.kind = CLI_KIND_TEXT, .shortens = true, .get = cli_row_path
#define COMMAND	.name = "command", .heading = "COMMAND", .key = "comm",	\
		.help = "its name, 15 bytes", .kind = CLI_KIND_TEXT,	\
		.tree = true, .shortens = true, .get = get_command

const struct cli_column cli_process_columns[] = {
	{ PID },
	{ NUMBER("tid", "TID", "tid", ID, tid,
		 "thread id; that of a process is its first thread") },
	{ NUMBER("ppid", "PPID", "ppid", ID, ppid,
		 "process id of its parent"),
	  .rank = 6 },
	{ USER, .rank = 3 },
	{ NUMBER("uid", "UID", "uid", ID, uid,
		 "real user id") },
	{ STATE },
	{ TITLE, .most = 16, .rank = 1 },
	{ NAME },
	{ ID },
	{ NUMBER("vsz", "VSZ", "vsz_bytes", BYTES, vsz,
		 "reserved: size of its address space") },
	{ RSS },
	{ NUMBER("rss%", "RSS/VSZ", "rss_share", RATIO, rss_share,
		 "how much of what is reserved is committed") },
	{ NUMBER("anon", "ANON", "rss_anon_bytes", BYTES, anon,
		 "committed memory without a file") },
	{ NUMBER("file", "FILE", "rss_file_bytes", BYTES, file,
		 "committed memory of files") },
	{ NUMBER("shmem", "SHMEM", "rss_shmem_bytes", BYTES, shmem,
		 "committed shared memory") },
	{ NUMBER("swap", "SWAP", "swap_bytes", BYTES, swap,
		 "memory of it that is in swap"),
	  .rank = 5 },
	{ NUMBER("peak", "PEAK", "rss_peak_bytes", BYTES, peak,
		 "the most it ever had committed") },
	{ NUMBER("cpu", "CPU", "cpu_ns", NS, cpu,
		 "time on a CPU, of all its threads"),
	  .rank = 2 },
	{ NUMBER("oom", "OOM", "oom_score", COUNT, oom,
		 "oom_score, 0 to 2000") },
	{ NUMBER("adj", "ADJ", "oom_score_adj", COUNT, adj,
		 "oom_score_adj, -1000 to 1000"),
	  .rank = 4 },
	{ NUMBER("threads", "THREADS", "nr_threads", COUNT, threads,
		 "how many threads it has") },
	{ NUMBER("nice", "NI", "nice", ID, nice,
		 "nice value, -20 to 19") },
	{ NUMBER("lastcpu", "LASTCPU", "last_cpu", ID, last_cpu,
		 "CPU that it ran on last") },
	{ NUMBER("majflt", "MAJFLT", "major_faults", COUNT, majflt,
		 "page faults that waited for storage") },
	{ NUMBER("read", "READ", "read_bytes", BYTES, read,
		 "bytes fetched from storage") },
	{ NUMBER("write", "WRITE", "write_bytes", BYTES, write,
		 "bytes written, for storage") },
	{ NUMBER("start", "START", "start_boottime_ns", NS, start,
		 "when it was started, since boot") },
	{ CGROUP },
	{ COMMAND },
	{ .name = NULL }
};

const struct cli_column cli_top_process_columns[] = {
	{ PID, .width = 7 },
	{ USER, .width = 8, .rank = 2 },
	{ STATE, .width = 1 },
	{ TITLE, .width = 16, .rank = 1 },
	{ MOVING("cpu", "CORES", "cpu_cores", CORES, cores,
		 "CPUs kept busy"),
	  .width = 6 },
	{ MOVING("cpu%", "CPU%", "cpu_share", RATIO, cpu_share,
		 "share of all CPUs of the host"),
	  .width = 6 },
	{ NUMBER("time", "TIME", "cpu_ns", NS, cpu,
		 "time on a CPU, of all its threads"),
	  .width = 11, .rank = 4 },
	{ RSS, .width = 7 },
	{ NUMBER("vsz", "VSZ", "vsz_bytes", BYTES, vsz,
		 "reserved: size of its address space"),
	  .width = 7, .rank = 3 },
	{ NUMBER("rss%", "RSS/VSZ", "rss_share", RATIO, rss_share,
		 "how much of what is reserved is committed"),
	  .width = 7, .rank = 8 },
	{ NUMBER("swap", "SWAP", "swap_bytes", BYTES, swap,
		 "memory of it that is in swap"),
	  .width = 7, .rank = 9 },
	{ MOVING("read", "READ/S", "read_rate", RATE, read_rate,
		 "bytes a second from storage"),
	  .width = 7, .rank = 5 },
	{ MOVING("write", "WRITE/S", "write_rate", RATE, write_rate,
		 "bytes a second to storage"),
	  .width = 7, .rank = 5 },
	{ NUMBER("threads", "THR", "nr_threads", COUNT, threads,
		 "how many threads it has"),
	  .width = 4, .rank = 3 },
	{ NUMBER("oom", "OOM", "oom_score", COUNT, oom,
		 "oom_score, 0 to 2000"),
	  .width = 4, .rank = 7 },
	{ COMMAND, .width = 20 },
	{ .name = NULL }
};
