// SPDX-License-Identifier: GPL-2.0-only
/*
 * Records of all processes from a BPF task iterator.
 * pkg-config: libbpf
 */

#include <sys/sysinfo.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <linux/contmon.h>

#include "bench.h"
#include "task_iter.skel.h"

#define MAX_TASKS 65536

/* Fields that the program does not fill are not written either */
#define RECORD_BYTES offsetof(struct contmon_task, run_delay_ns)

struct reader {
	int link;
	char *records;
};

static long read_all(void *_reader)
{
	struct reader *reader = _reader;
	size_t room = MAX_TASKS * RECORD_BYTES, length = 0;
	ssize_t got;
	int file;

	file = (int)bench_must(bpf_iter_create(reader->link), "iterator");
	while ((got = bench_must(read(file, reader->records + length,
				      room - length), "read")))
		length += (size_t)got;
	close(file);
	return (long)(length / RECORD_BYTES);
}

static unsigned long memory_pages(void)
{
	struct sysinfo info;

	bench_must(sysinfo(&info), "sysinfo");
	return (info.totalram + info.totalswap) * info.mem_unit / 4096;
}

int main(void)
{
	struct task_iter_bpf *program = task_iter_bpf__open_and_load();
	struct reader reader = { 0 };

	if (!program)
		bench_die("cannot load the BPF program");
	program->bss->oom_pages = memory_pages();
	bench_must(task_iter_bpf__attach(program), "attach");
	reader.link = bpf_link__fd(program->links.task_dump);
	reader.records = calloc(MAX_TASKS, RECORD_BYTES);
	if (!reader.records)
		bench_die("calloc");
	bench_run("bpf-iterator", read_all, &reader);
	return 0;
}
