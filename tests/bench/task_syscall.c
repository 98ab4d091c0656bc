// SPDX-License-Identifier: GPL-2.0-only
/*
 * Records of all processes from a BPF program that is run as a system call and
 * fills an array in memory that this program maps.
 * pkg-config: libbpf
 */

#include <sys/mman.h>
#include <sys/sysinfo.h>

#include <bpf/bpf.h>
#include <linux/contmon.h>

#include "bench.h"
#include "task_syscall.skel.h"

static struct task_syscall_bpf *program;

static long snapshot(void *_program)
{
	LIBBPF_OPTS(bpf_test_run_opts, opts);

	bench_must(bpf_prog_test_run_opts(*(int *)_program, &opts), "run");
	return (long)program->bss->nr_records;
}

static unsigned long memory_pages(void)
{
	struct sysinfo info;

	bench_must(sysinfo(&info), "sysinfo");
	return (info.totalram + info.totalswap) * info.mem_unit / 4096;
}

int main(void)
{
	size_t bytes;
	int run;

	program = task_syscall_bpf__open_and_load();
	if (!program)
		bench_die("cannot load the BPF program");
	program->bss->oom_pages = memory_pages();
	bytes = bpf_map__max_entries(program->maps.records) *
		sizeof(struct contmon_task);
	if (mmap(NULL, bytes, PROT_READ, MAP_SHARED,
		 bpf_map__fd(program->maps.records), 0) == MAP_FAILED)
		bench_die("mmap");
	run = bpf_program__fd(program->progs.snapshot);
	bench_run("bpf-syscall", snapshot, &run);
	return 0;
}
