// SPDX-License-Identifier: GPL-2.0-only
/*
 * contmond on a host made of plain files, below FAKE_ROOT: its directories proc
 * and cgroup take the place of the real ones, and its file names that of what
 * contmon-engine reports. With FAKE_DRIVER, processes are read only once, and
 * copied from then on: many of them cost about as little as from the driver.
 * Nobody answers who SILENT_NAME is.
 *
 * wrap: open connect readlink contmon_snapshot_tasks
 * wrap: contmon_open_procfs contmon_has_cgroup1 contmon_paths_new
 */
#include "contmond/main.c"

#include "libcontmon/internal.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <netdb.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/names_protocol.h"

#define SILENT_NAME "silent.example"
#define SILENCE_S 120

int __real_open(const char *path, int flags, ...);
int __wrap_open(const char *path, int flags, ...);
int __real_connect(int fd, const struct sockaddr *address, socklen_t length);
int __wrap_connect(int fd, const struct sockaddr *address, socklen_t length);
ssize_t __real_readlink(const char *path, char *to, size_t size);
ssize_t __wrap_readlink(const char *path, char *to, size_t size);
int __real_contmon_open_procfs(struct contmon *c, const char *proc_root,
			       const char *cgroup_root);
int __wrap_contmon_open_procfs(struct contmon *c, const char *proc_root,
			       const char *cgroup_root);
int __wrap_contmon_has_cgroup1(void);
int __real_contmon_snapshot_tasks(struct contmon *c, uint64_t fields,
				  uint32_t flags, struct contmon_tasks *tasks);
int __wrap_contmon_snapshot_tasks(struct contmon *c, uint64_t fields,
				  uint32_t flags, struct contmon_tasks *tasks);
int __real_contmon_paths_new(const char *root, struct contmon_paths **ret);
int __wrap_contmon_paths_new(const char *root, struct contmon_paths **ret);

static const char *below_root(const char *path)
{
	static _Thread_local char fake[512];

	snprintf(fake, sizeof(fake), "%s%s", getenv("FAKE_ROOT"), path);
	return fake;
}

static bool is_fake(const char *path)
{
	return (strncmp(path, "/proc/", 6) == 0 && path[6] >= '0' &&
		path[6] <= '9') || strcmp(path, "/proc/vmstat") == 0 ||
	       strcmp(path, "/proc/self/mountinfo") == 0;
}

int __wrap_open(const char *path, int flags, ...)
{
	return __real_open(is_fake(path) ? below_root(path) : path, flags,
			   0600);
}

ssize_t __wrap_readlink(const char *path, char *to, size_t size)
{
	return __real_readlink(strncmp(path, "/sys/", 5) == 0 ?
			       below_root(path) : path, to, size);
}

/* The whole file at once, and then nothing more */
static int send_names(int fd)
{
	static char text[256 * 1024];
	int ends[2], file = __real_open(below_root("/names"), O_RDONLY);
	ssize_t length = file < 0 ? -1 : read(file, text, sizeof(text));

	close(file);
	if (length < 0 ||
	    socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0,
		       ends) < 0 || write(ends[1], text, (size_t)length) < 0)
		return -1;
	return dup3(ends[0], fd, O_CLOEXEC) < 0 ? -1 : 0;
}

int __wrap_connect(int fd, const struct sockaddr *address, socklen_t length)
{
	const struct sockaddr_un *un = (const struct sockaddr_un *)address;

	if (address->sa_family == AF_UNIX &&
	    strcmp(un->sun_path, NAMES_SOCKET) == 0)
		return send_names(fd);
	return __real_connect(fd, address, length);
}

int __wrap_contmon_open_procfs(struct contmon *c, const char *proc_root,
			       const char *cgroup_root)
{
	char proc[512];

	(void)cgroup_root;
	snprintf(proc, sizeof(proc), "%s", below_root(proc_root));
	return __real_contmon_open_procfs(c, proc, below_root("/cgroup"));
}

/* Its processes are not those of the fake. */
int __wrap_contmon_has_cgroup1(void)
{
	return 0;
}

int __wrap_contmon_paths_new(const char *root, struct contmon_paths **ret)
{
	return __real_contmon_paths_new(root ?: below_root("/cgroup"), ret);
}

/* Libraries call this one, too, libcurl in a thread for each name. */
int getaddrinfo(const char *node, const char *service,
		const struct addrinfo *hints, struct addrinfo **ret)
{
	__typeof__(getaddrinfo) *real =
		(__typeof__(real))dlsym(RTLD_NEXT, "getaddrinfo");

	if (node && strcmp(node, SILENT_NAME) == 0) {
		sleep(SILENCE_S);
		return EAI_AGAIN;
	}
	return real(node, service, hints, ret);
}

static int copy_tasks(const struct contmon_tasks *from,
		      struct contmon_tasks *to)
{
	struct contmon_task *entries = to->entries;

	if (to->nr_allocated < from->nr) {
		entries = reallocarray(entries, from->nr, sizeof(*entries));
		if (!entries)
			return -ENOMEM;
		to->nr_allocated = from->nr;
	}
	memcpy(entries, from->entries, from->nr * sizeof(*entries));
	to->entries = entries;
	to->nr = from->nr;
	to->taken_boottime_ns = to->done_boottime_ns = clock_boottime_ns();
	return 0;
}

int __wrap_contmon_snapshot_tasks(struct contmon *c, uint64_t fields,
				  uint32_t flags, struct contmon_tasks *tasks)
{
	static struct contmon_tasks first;
	int r = 0;

	if (!getenv("FAKE_DRIVER"))
		return __real_contmon_snapshot_tasks(c, fields, flags, tasks);
	if (first.nr == 0)
		r = __real_contmon_snapshot_tasks(c, fields, flags, &first);
	return r < 0 ? r : copy_tasks(&first, tasks);
}
