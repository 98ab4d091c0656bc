// SPDX-License-Identifier: GPL-2.0-only
#include "contmon/table/record.h"
#include "owner_columns.h"
#include "process.h"
#include "process_columns.h"
#include "rate_columns.h"

static const struct cli_process *process_of(const struct cli_row *row)
{
	return (const struct cli_process *)row;
}

/* get_NAME(): a member of the task's record, known with its group */
#define GET(name, side, group, expression)				\
	static struct cli_value get_##name(const struct cli_row *row)	\
	{								\
		const struct contmon_task *task = process_of(row)->task; \
									\
		return (struct cli_value){				\
			.known = task->valid & (group),			\
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
GET(vsz, bytes, CONTMON_TASK_MEM, task->vsz_bytes)
GET(rss, bytes, CONTMON_TASK_MEM, cli_task_rss_bytes(task))
GET(anon, bytes, CONTMON_TASK_MEM, task->rss_anon_bytes)
GET(file, bytes, CONTMON_TASK_MEM, task->rss_file_bytes)
GET(shmem, bytes, CONTMON_TASK_MEM, task->rss_shmem_bytes)
GET(swap, bytes, CONTMON_TASK_MEM, task->swap_bytes)
GET(peak, bytes, CONTMON_TASK_MEM, task->rss_peak_bytes)
GET(cpu, ns, CONTMON_TASK_CPU, task->utime_ns + task->stime_ns)
GET(minor_faults, number, CLI_TASK_PAGE_FAULTS, (int64_t)task->minor_faults)
GET(major_faults, number, CLI_TASK_PAGE_FAULTS, (int64_t)task->major_faults)
GET(read, bytes, CONTMON_TASK_IO, task->read_bytes)
GET(write, bytes, CONTMON_TASK_IO, task->write_bytes)
GET(oom, number, CONTMON_TASK_OOM_SCORE, task->oom_score)
GET(adj, number, CONTMON_TASK_OOM_ADJ, task->oom_score_adj)

static struct cli_value get_rss_of_vsz(const struct cli_row *row)
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

/* A text for each state, for sorting and JSON */
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

static struct cli_value get_start(const struct cli_row *row)
{
	const struct cli_process *process = process_of(row);

	return (struct cli_value){
		.known = process->task->valid & CONTMON_TASK_BASE,
		.number = process->start_ms,
	};
}

static struct cli_value get_comm(const struct cli_row *row)
{
	return (struct cli_value){ true, { .text = process_of(row)->comm } };
}

static const struct cli_column columns[] = {
	{ .name = "pid", .heading = "PID", .kind = CLI_KIND_ID,
	  .help = "process id",
	  .width = 7, .rank = 1, .get = get_pid },
	{ .name = "tid", .heading = "TID", .kind = CLI_KIND_ID,
	  .help = "thread id; that of a process is its first thread's",
	  .width = 7, .rank = 2, .get = get_tid },
	{ .name = "ppid", .heading = "PPID", .kind = CLI_KIND_ID,
	  .help = "process id of its parent",
	  .width = 7, .rank = 17, .get = get_ppid },
	{ .name = "comm", .heading = "COMMAND", .kind = CLI_KIND_TEXT,
	  .help = "its name, of at most 15 bytes",
	  .width = 20, .least = 15, .get = get_comm },
	{ .name = "user", .heading = "USER", .kind = CLI_KIND_TEXT,
	  .help = "name of its real user id",
	  .width = 8, .rank = 6, .get = get_user },
	{ .name = "uid", .heading = "UID", .kind = CLI_KIND_ID,
	  .help = "real user id",
	  .width = 7, .get = get_uid },
	{ .name = "state", .heading = "S", .kind = CLI_KIND_TEXT,
	  .help = "its state, the letter of proc(5)",
	  .width = 1, .rank = 5, .get = get_state, .get_color = state_color },
	{ .name = "container-id", .heading = "CONTAINER-ID",
	  .kind = CLI_KIND_TEXT,
	  .help = "full id of its container",
	  .width = 64, .color = "cyan", .get = cli_row_container_id },
	{ .name = "vsz-bytes", .heading = "VSZ", .kind = CLI_KIND_BYTES,
	  .help = "reserved: size of its address space",
	  .width = 7, .rank = 8, .get = get_vsz },
	{ .name = "rss-bytes", .heading = "RSS", .kind = CLI_KIND_BYTES,
	  .help = "committed: anonymous, file and shared pages",
	  .width = 7, .rank = 3, .get = get_rss },
	{ .name = "rss-percent-of-vsz", .heading = "RSS/VSZ",
	  .kind = CLI_KIND_PERCENT,
	  .help = "committed, as a share of reserved",
	  .width = 7, .rank = 13, .get = get_rss_of_vsz },
	{ .name = "rss-anon-bytes", .heading = "ANON", .kind = CLI_KIND_BYTES,
	  .help = "committed: anonymous pages",
	  .width = 7, .get = get_anon },
	{ .name = "rss-file-bytes", .heading = "FILE", .kind = CLI_KIND_BYTES,
	  .help = "committed: pages of files",
	  .width = 7, .get = get_file },
	{ .name = "rss-shmem-bytes", .heading = "SHMEM", .kind = CLI_KIND_BYTES,
	  .help = "committed: shared pages",
	  .width = 7, .get = get_shmem },
	{ .name = "rss-peak-bytes", .heading = "PEAK", .kind = CLI_KIND_BYTES,
	  .help = "the most it ever had committed",
	  .width = 7, .get = get_peak },
	{ .name = "swap-bytes", .heading = "SWAP", .kind = CLI_KIND_BYTES,
	  .help = "its memory in swap",
	  .width = 7, .rank = 15, .get = get_swap },
	{ .name = "cpu-seconds-total", .heading = "CPU-TIME",
	  .kind = CLI_KIND_SECONDS,
	  .help = "CPU time of all its threads",
	  .width = 11, .rank = 10, .get = get_cpu },
	{ .name = "oom-score", .heading = "OOM", .kind = CLI_KIND_COUNT,
	  .help = "oom_score, 0 to 2000",
	  .width = 4, .rank = 12, .get = get_oom },
	{ .name = "oom-score-adj", .heading = "ADJ", .kind = CLI_KIND_COUNT,
	  .help = "oom_score_adj, -1000 to 1000",
	  .width = 5, .rank = 14, .get = get_adj },
	{ .name = "threads", .heading = "THR", .kind = CLI_KIND_COUNT,
	  .help = "its threads",
	  .width = 4, .rank = 11, .get = get_threads },
	{ .name = "nice", .heading = "NI", .kind = CLI_KIND_ID,
	  .help = "nice value, -20 to 19",
	  .width = 3, .rank = 12, .get = get_nice },
	{ .name = "last-cpu", .heading = "LASTCPU", .kind = CLI_KIND_ID,
	  .help = "the CPU it last ran on",
	  .width = 7, .rank = 13, .get = get_last_cpu },
	{ .name = "minor-faults", .heading = "MINFLT", .kind = CLI_KIND_COUNT,
	  .help = "page faults without waiting for storage",
	  .width = 10, .get = get_minor_faults },
	{ .name = "major-faults", .heading = "MAJFLT", .kind = CLI_KIND_COUNT,
	  .help = "page faults that waited for storage",
	  .width = 7, .get = get_major_faults },
	{ .name = "read-bytes-total", .heading = "READ", .kind = CLI_KIND_BYTES,
	  .help = "bytes read from storage",
	  .width = 7, .get = get_read },
	{ .name = "write-bytes-total", .heading = "WRITE",
	  .kind = CLI_KIND_BYTES,
	  .help = "bytes written for storage",
	  .width = 7, .get = get_write },
	{ .name = "start-ms", .heading = "START", .kind = CLI_KIND_TIME,
	  .help = "when it was started",
	  .width = 19, .get = get_start },
	{ .name = NULL }
};

void cli_offer_process_columns(struct cli_layout *layout, bool live)
{
	layout->subject = "comm";
	cli_layout_offer(layout, columns);
	cli_layout_offer(layout, cli_owner_columns);
	if (live)
		cli_layout_offer(layout, cli_rate_columns);
}
