// SPDX-License-Identifier: GPL-2.0-only
/*
 * The driver's record, as far as ps prints it, parsed from its output. The name
 * is fname, because the cost of comm in ps grows with the number of cgroups.
 */

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench.h"

#define COLUMNS "pid,ppid,s,f,nlwp,lstart,fname,ruid,rgid,euid,egid,ni,cls," \
		"rtprio,psr,cgroup,vsz,rss,times,min_flt,maj_flt,rchars," \
		"wchars,rops,wops,rbytes,wbytes,wcbytes,oom,oomadj"

__attribute__((noreturn)) static void child(int output)
{
	dup2(output, STDOUT_FILENO);
	execlp("ps", "ps", "--no-headers", "-eo", COLUMNS, NULL);
	_exit(127);
}

static long count_lines(int input)
{
	static char text[65536];
	const char *at, *end;
	ssize_t length;
	long lines = 0;

	while ((length = bench_must(read(input, text, sizeof(text)), "read"))) {
		end = text + length;
		for (at = text;
		     (at = memchr(at, '\n', (size_t)(end - at))); at++)
			lines++;
	}
	return lines;
}

static long read_all(void *unused)
{
	int ends[2], status;
	long lines;
	pid_t pid;

	(void)unused;
	bench_must(pipe2(ends, O_CLOEXEC), "pipe");
	pid = (pid_t)bench_must(vfork(), "vfork");
	if (!pid)
		child(ends[1]);
	close(ends[1]);
	lines = count_lines(ends[0]);
	close(ends[0]);
	if (waitpid(pid, &status, 0) != pid || status)
		bench_die("ps failed");
	return lines;
}

int main(void)
{
	bench_run("ps", read_all, NULL);
	return 0;
}
