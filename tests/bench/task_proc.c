// SPDX-License-Identifier: GPL-2.0-only
/*
 * The driver's record, read from /proc as fast as possible: one process after
 * another, one open, read and close per file, numbers parsed by hand, and no
 * memory allocated.
 *
 * Usage: task_proc SUBJECT..., with proc-six and proc-stat.
 */

#include <dirent.h>
#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/contmon.h>

#include "bench.h"

#define MAX_TASKS 65536
#define PAGE_BYTES 4096
#define NS_PER_TICK (NS_PER_S / 100)

/**
 * struct reader - one reader of /proc
 * @proc: /proc itself. Paths from there cost the kernel less than opening the
 *	directory of each process first
 * @stat_only: read only stat
 * @tasks: room for MAX_TASKS records
 * @path: of the file to be read
 * @file: end of the directory's name in @path
 * @names: result of getdents64()
 * @text: of one file
 */
struct reader {
	int proc;
	bool stat_only;
	struct contmon_task *tasks;
	char path[NAME_MAX + 32];
	char *file;
	char names[32768];
	char text[8192];
};

static const char *skip_words(const char *text, int words)
{
	while (words--) {
		while (*text != ' ')
			text++;
		text++;
	}
	return text;
}

/* The number at @text, after blanks; moves @text past it */
static __u64 number(const char **text)
{
	const char *at = *text;
	__u64 value = 0;

	while (*at == ' ' || *at == '\t')
		at++;
	while (*at >= '0' && *at <= '9')
		value = value * 10 + (__u64)(*at++ - '0');
	*text = at;
	return value;
}

static __s32 signed_number(const char **text)
{
	while (**text == ' ')
		(*text)++;
	if (**text != '-')
		return (__s32)number(text);
	(*text)++;
	return -(__s32)number(text);
}

/* The text of a file of the process, or NULL if the process is gone */
static const char *slurp(struct reader *reader, const char *file,
			 size_t *ret_length)
{
	ssize_t length;
	int fd;

	strcpy(reader->file, file);
	fd = openat(reader->proc, reader->path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return NULL;
	length = read(fd, reader->text, sizeof(reader->text) - 1);
	close(fd);
	if (length <= 0)
		return NULL;
	reader->text[length] = '\0';
	*ret_length = (size_t)length;
	return reader->text;
}

static void parse_stat(struct contmon_task *task, const char *text,
		       size_t length)
{
	const char *name = strchr(text, '(') + 1;
	const char *end = memrchr(text, ')', length);
	size_t room = sizeof(task->comm) - 1;

	task->tgid = task->pid = (__s32)number(&text);
	if ((size_t)(end - name) < room)
		room = (size_t)(end - name);
	memcpy(task->comm, name, room);
	task->state = (__u8)end[2];
	text = end + 4;
	task->ppid = (__s32)number(&text);
	text = skip_words(text, 5);
	task->flags = (__u32)number(&text);
	task->minor_faults = number(&text);
	text = skip_words(text, 2);
	task->major_faults = number(&text);
	text = skip_words(text, 2);
	task->utime_ns = number(&text) * NS_PER_TICK;
	task->stime_ns = number(&text) * NS_PER_TICK;
	task->runtime_ns = task->utime_ns + task->stime_ns;
	text = skip_words(text, 4);
	task->nice = signed_number(&text);
	task->nr_threads = (__u32)number(&text);
	text = skip_words(text, 2);
	task->start_boottime_ns = number(&text) * NS_PER_TICK;
	task->vsz_bytes = number(&text);
	task->rss_anon_bytes = number(&text) * PAGE_BYTES;
	text = skip_words(text, 15);
	task->last_cpu = (__u32)number(&text);
	task->rt_priority = (__u32)number(&text);
	task->policy = (__u32)number(&text);
}

static __u64 kilobytes(const char *text)
{
	return number(&text) * 1024;
}

static void parse_vm_line(struct contmon_task *task, const char *line)
{
	if (!memcmp(line, "VmLck:", 6))
		task->locked_bytes = kilobytes(line + 6);
	else if (!memcmp(line, "VmHWM:", 6))
		task->rss_peak_bytes = kilobytes(line + 6);
	else if (!memcmp(line, "VmPTE:", 6))
		task->pgtables_bytes = kilobytes(line + 6);
	else if (!memcmp(line, "VmSwap:", 7))
		task->swap_bytes = kilobytes(line + 7);
}

static void parse_rss_line(struct contmon_task *task, const char *line)
{
	if (!memcmp(line, "RssAnon:", 8))
		task->rss_anon_bytes = kilobytes(line + 8);
	else if (!memcmp(line, "RssFile:", 8))
		task->rss_file_bytes = kilobytes(line + 8);
	else if (!memcmp(line, "RssShmem:", 9))
		task->rss_shmem_bytes = kilobytes(line + 9);
}

static void parse_ids(__u32 *ret_real, __u32 *ret_effective, const char *text)
{
	*ret_real = (__u32)number(&text);
	*ret_effective = (__u32)number(&text);
}

static void parse_status_line(struct contmon_task *task, const char *line)
{
	switch (*line) {
	case 'U':
		if (!memcmp(line, "Uid:", 4))
			parse_ids(&task->uid, &task->euid, line + 4);
		break;
	case 'G':
		if (!memcmp(line, "Gid:", 4))
			parse_ids(&task->gid, &task->egid, line + 4);
		break;
	case 'V':
		parse_vm_line(task, line);
		break;
	case 'R':
		parse_rss_line(task, line);
		break;
	case 'v':
		line += sizeof("voluntary_ctxt_switches:") - 1;
		task->voluntary_switches = number(&line);
		break;
	case 'n':
		line += sizeof("nonvoluntary_ctxt_switches:") - 1;
		task->involuntary_switches = number(&line);
		break;
	default:
		break;
	}
}

static void parse_status(struct contmon_task *task, const char *text)
{
	while (*text) {
		parse_status_line(task, text);
		text = strchr(text, '\n');
		if (!text)
			break;
		text++;
	}
}

/* The number in the next line of io */
static __u64 io_number(const char **text)
{
	__u64 value;

	*text = strchr(*text, ':') + 1;
	value = number(text);
	return value;
}

static void parse_io(struct contmon_task *task, const char *text)
{
	task->read_chars = io_number(&text);
	task->write_chars = io_number(&text);
	task->read_syscalls = io_number(&text);
	task->write_syscalls = io_number(&text);
	task->read_bytes = io_number(&text);
	task->write_bytes = io_number(&text);
	task->cancelled_write_bytes = io_number(&text);
}

/* A hash of the path replaces the id, which is not in the file */
static void parse_cgroup(struct contmon_task *task, const char *text)
{
	__u64 hash = 0;

	while (*text && *text != '\n')
		hash = hash * 31 + (__u8)*text++;
	task->cgroup_id = hash;
}

/* Reads the other five files; returns false if the process is gone */
static bool read_others(struct reader *reader, struct contmon_task *task)
{
	const char *text;
	size_t length;

	text = slurp(reader, "status", &length);
	if (!text)
		return false;
	parse_status(task, text);
	text = slurp(reader, "io", &length);
	if (!text)
		return false;
	parse_io(task, text);
	text = slurp(reader, "oom_score", &length);
	if (!text)
		return false;
	task->oom_score = (__u32)number(&text);
	text = slurp(reader, "oom_score_adj", &length);
	if (!text)
		return false;
	task->oom_score_adj = signed_number(&text);
	text = slurp(reader, "cgroup", &length);
	if (!text)
		return false;
	parse_cgroup(task, text);
	return true;
}

static bool read_process(struct reader *reader, const char *name,
			 struct contmon_task *task)
{
	const char *text;
	size_t length;

	memset(task, 0, sizeof(*task));
	reader->file = stpcpy(stpcpy(reader->path, name), "/");
	text = slurp(reader, "stat", &length);
	if (!text)
		return false;
	parse_stat(task, text, length);
	return reader->stat_only || read_others(reader, task);
}

static long read_all(void *_reader)
{
	struct reader *reader = _reader;
	long bytes, at, nr = 0;

	bench_must(lseek(reader->proc, 0, SEEK_SET), "lseek");
	while ((bytes = bench_must(syscall(SYS_getdents64, reader->proc,
					   reader->names,
					   sizeof(reader->names)),
				   "getdents64"))) {
		struct dirent64 *entry;

		for (at = 0; at < bytes; at += entry->d_reclen) {
			entry = (void *)(reader->names + at);
			if (entry->d_name[0] > '9' || entry->d_name[0] < '0')
				continue;
			nr += read_process(reader, entry->d_name,
					   &reader->tasks[nr]);
		}
	}
	return nr;
}

int main(int argc, char **argv)
{
	static struct reader reader;
	int i;

	reader.tasks = calloc(MAX_TASKS, sizeof(*reader.tasks));
	if (!reader.tasks)
		bench_die("calloc");
	reader.proc = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bench_must(reader.proc, "/proc");
	for (i = 1; i < argc; i++) {
		reader.stat_only = !strcmp(argv[i], "proc-stat");
		bench_run(argv[i], read_all, &reader);
	}
	return 0;
}
