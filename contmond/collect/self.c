// SPDX-License-Identifier: GPL-2.0-only
#include "self.h"

#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <sys/resource.h>

#include "base/util.h"

static double seconds_of(const struct timeval *time)
{
	return (double)time->tv_sec + (double)time->tv_usec / 1e6;
}

static void read_cpu(struct self *self)
{
	struct rusage usage;

	if (getrusage(RUSAGE_SELF, &usage) < 0)
		return;
	self->cpu_user_seconds = seconds_of(&usage.ru_utime);
	self->cpu_system_seconds = seconds_of(&usage.ru_stime);
}

static void read_status(struct self *self)
{
	_cleanup_fclose_ FILE *file = fopen("/proc/self/status", "re");
	char line[256];
	unsigned long number;

	while (file && fgets(line, sizeof(line), file)) {
		if (sscanf(line, "VmRSS: %lu", &number) == 1)
			self->rss_bytes = (double)number * 1024;
		else if (sscanf(line, "VmHWM: %lu", &number) == 1)
			self->rss_peak_bytes = (double)number * 1024;
		else if (sscanf(line, "Threads: %lu", &number) == 1)
			self->threads = (double)number;
	}
}

static void read_fds(struct self *self)
{
	DIR *directory = opendir("/proc/self/fd");
	const struct dirent *entry;
	struct rlimit limit;
	double nr = -1;		/* do not count the directory itself */

	if (getrlimit(RLIMIT_NOFILE, &limit) == 0)
		self->max_fds = (double)limit.rlim_cur;
	if (!directory)
		return;
	while ((entry = readdir(directory)))
		nr += entry->d_name[0] != '.';
	closedir(directory);
	self->open_fds = nr;
}

void self_read(struct self *ret)
{
	*ret = (struct self){ NAN, NAN, NAN, NAN, NAN, NAN, NAN };
	read_cpu(ret);
	read_status(ret);
	read_fds(ret);
}
