// SPDX-License-Identifier: GPL-2.0-only
/*
 * The whole command line on a device made of functions, so that its output in a
 * terminal is the same on every machine. Each snapshot is one second after the
 * previous one; some names are hostile. FAKE_TASKS=N makes N processes, which
 * FAKE_BUSY keeps busy; with FAKE_NAMELESS there is no contmon-engine.
 * FAKE_ROOT is the directory of proc and cgroup, for the source without a
 * device.
 *
 * wrap: open close connect ioctl sysinfo getpwuid pidfd_open
 * wrap: contmon_open_procfs contmon_has_cgroup1 sysconf
 * wrap: contmon_paths_new contmon_paths_find contmon_paths_free
 * wrap: contmon_paths_root stat
 * wrap: contmon_limits_new contmon_limits_get contmon_limits_free
 */
#include "contmon/main.c"

#include "libcontmon/internal.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdarg.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysinfo.h>
#include <unistd.h>

#define SECOND 1000000000ULL
#define MIB (1ULL << 20)
#define A16 "0123456789abcdef"
#define B16 "fedcba9876543210"
#define FAMILY 12	/* processes of the table; the others are made up */

/* An open file; its other end is the source of events. */
#define NR_FILES 64
static bool is_device[NR_FILES];
static int other_end[NR_FILES];

static uint64_t second = 100;	/* since boot */
static bool is_busy;

static const char *const paths[] = {
	[1] = "/",
	[2] = "/system.slice",
	[3] = "/system.slice/docker-" A16 A16 A16 A16 ".scope",
	[4] = "/system.slice/docker-" B16 B16 B16 B16 ".scope",
	[5] = "/lxc.payload.evil\033[2J\n",
	[6] = "/system.slice/docker-" A16 A16 A16 A16 ".scope/inner",
};

#define NR_CGROUPS 6

struct person {
	int32_t pid, ppid;
	const char *comm;
	char state;
	uint32_t uid, cgroup;
	uint64_t vsz_mib, rss_mib, cpu_percent;
};

static const struct person family[FAMILY] = {
	{ 1, 0, "systemd", 'S', 0, 2, 160, 12, 1 },
	{ 2, 0, "kthreadd", 'I', 0, 1, 0, 0, 0 },
	{ 40, 1, "dockerd", 'S', 0, 2, 1800, 95, 3 },
	{ 52, 40, "nginx", 'S', 33, 3, 60, 9, 20 },
	{ 53, 52, "nginx: worker", 'R', 33, 6, 64, 14, 75 },
	{ 54, 52, "nginx: worker", 'D', 33, 6, 64, 13, 25 },
	{ 60, 40, "postgres", 'S', 999, 4, 4096, 512, 110 },
	{ 61, 60, "\033[2J\033[H", 'S', 999, 4, 4096, 30, 2 },
	{ 62, 60, "two\nlines\t|", 'S', 999, 4, 4096, 30, 2 },
	{ 63, 60, "\xff\xfe\xc3", 'Z', 999, 4, 0, 0, 0 },
	{ 64, 60, "z\xc3\xbcrich \xe2\x80\xae" "abc", 'S', 999, 4, 100, 3, 0 },
	{ 99, 1, "sh", 'T', 1000, 2, 5, 1, 0 },
};

int __real_open(const char *path, int flags, ...);
int __real_close(int fd);
int __wrap_open(const char *path, int flags, ...);
int __wrap_close(int fd);
int __wrap_connect(int fd, const struct sockaddr *address, socklen_t length);
int __wrap_ioctl(int fd, unsigned long request, ...);
int __wrap_sysinfo(struct sysinfo *info);
struct passwd *__wrap_getpwuid(uid_t uid);
int __wrap_pidfd_open(pid_t pid, unsigned int flags);
int __real_contmon_open_procfs(struct contmon *c, const char *proc_root,
			       const char *cgroup_root);
int __wrap_contmon_open_procfs(struct contmon *c, const char *proc_root,
			       const char *cgroup_root);
int __wrap_contmon_has_cgroup1(void);
long __real_sysconf(int name);
long __wrap_sysconf(int name);
int __real_contmon_paths_new(const char *root, struct contmon_paths **ret);
int __real_contmon_paths_find(struct contmon_paths *cgroups, uint64_t id,
				const char **ret_path);
void __real_contmon_paths_free(struct contmon_paths *cgroups);
int __wrap_contmon_paths_new(const char *root, struct contmon_paths **ret);
int __wrap_contmon_paths_find(struct contmon_paths *cgroups, uint64_t id,
				const char **ret_path);
void __wrap_contmon_paths_free(struct contmon_paths *cgroups);
const char *__real_contmon_paths_root(const struct contmon_paths *cgroups);
const char *__wrap_contmon_paths_root(const struct contmon_paths *cgroups);
int __real_stat(const char *path, struct stat *ret);
int __wrap_stat(const char *path, struct stat *ret);

int __wrap_open(const char *path, int flags, ...)
{
	int ends[2], type = SOCK_STREAM | SOCK_CLOEXEC;

	if (strcmp(path, CONTMON_DEVICE) != 0)
		return __real_open(path, flags, 0600);
	if (getenv("FAKE_OPEN_ERRNO")) {
		errno = atoi(getenv("FAKE_OPEN_ERRNO"));
		return -1;
	}
	if (flags & O_NONBLOCK)
		type |= SOCK_NONBLOCK;
	if (socketpair(AF_UNIX, type, 0, ends) < 0 || ends[0] >= NR_FILES)
		return -1;
	is_device[ends[0]] = true;
	other_end[ends[0]] = ends[1];
	return ends[0];
}

int __wrap_close(int fd)
{
	if (fd >= 0 && fd < NR_FILES && is_device[fd]) {
		is_device[fd] = false;
		__real_close(other_end[fd]);
	}
	return __real_close(fd);
}

/* contmon-engine, with a harmless name and a hostile one */
int __wrap_connect(int fd, const struct sockaddr *address, socklen_t length)
{
	static const char names[] =
		"{\"op\":\"reset\"}\n"
		"{\"op\":\"set\",\"id\":\"" A16 A16 A16 A16 "\","
		"\"name\":\"shop-web-1\"}\n"
		"{\"op\":\"set\",\"id\":\"" B16 B16 B16 B16 "\","
		"\"name\":\"db\\u001b[2J\\n\"}\n"
		"{\"op\":\"sync\"}\n{\"op\":\"engine\",\"connected\":true}\n";
	int ends[2];

	(void)address;
	(void)length;
	if (getenv("FAKE_NAMELESS")) {
		errno = ENOENT;
		return -1;
	}
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0,
		       ends) < 0 ||
	    write(ends[1], names, sizeof(names) - 1) < 0)
		return -1;
	return dup3(ends[0], fd, O_CLOEXEC) < 0 ? -1 : 0;
}

int __wrap_sysinfo(struct sysinfo *info)
{
	*info = (struct sysinfo){
		.totalswap = 1024, .freeswap = 768, .mem_unit = MIB,
	};
	return 0;
}

struct passwd *__wrap_getpwuid(uid_t uid)
{
	static struct passwd root = { .pw_name = (char *)"root" };

	return uid == 0 ? &root : NULL;
}

/* Ends are found by looking. */
int __wrap_pidfd_open(pid_t pid, unsigned int flags)
{
	(void)pid;
	(void)flags;
	errno = ENOSYS;
	return -1;
}

static const char *fake_root(const char *below)
{
	static char path[256];
	const char *root = getenv("FAKE_ROOT");

	if (!root)
		return NULL;
	snprintf(path, sizeof(path), "%s/%s", root, below);
	return path;
}

int __wrap_contmon_open_procfs(struct contmon *c, const char *proc_root,
			       const char *cgroup_root)
{
	const char *fake = fake_root("proc");

	return __real_contmon_open_procfs(c, fake ? fake : proc_root,
					  cgroup_root);
}

/* Its processes are not those of /proc. */
int __wrap_contmon_has_cgroup1(void)
{
	return 0;
}

long __wrap_sysconf(int name)
{
	return name == _SC_NPROCESSORS_ONLN ? 4 : __real_sysconf(name);
}

int __wrap_contmon_paths_new(const char *root, struct contmon_paths **ret)
{
	if (fake_root("cgroup"))
		return __real_contmon_paths_new(fake_root("cgroup"), ret);
	(void)root;
	*ret = (struct contmon_paths *)&paths;
	return 0;
}

int __wrap_contmon_paths_find(struct contmon_paths *cgroups, uint64_t id,
				const char **ret_path)
{
	if (fake_root("cgroup"))
		return __real_contmon_paths_find(cgroups, id, ret_path);
	if (id < 1 || id > NR_CGROUPS)
		return -ENOENT;
	*ret_path = paths[id];
	return 0;
}

void __wrap_contmon_paths_free(struct contmon_paths *cgroups)
{
	if (fake_root("cgroup"))
		__real_contmon_paths_free(cgroups);
}

const char *__wrap_contmon_paths_root(const struct contmon_paths *cgroups)
{
	return fake_root("cgroup") ? __real_contmon_paths_root(cgroups) :
				     "/nowhere";
}

/* All directories of the table are there, and nobody else's. */
int __wrap_stat(const char *path, struct stat *ret)
{
	if (strncmp(path, "/nowhere", strlen("/nowhere")) != 0)
		return __real_stat(path, ret);
	*ret = (struct stat){ .st_uid = geteuid() };
	return 0;
}

static uint64_t nr_tasks(void)
{
	const char *nr = getenv("FAKE_TASKS");

	return nr ? strtoull(nr, NULL, 10) : FAMILY;
}

/* More or less in each second, but never backwards */
static void keep_busy(struct contmon_task *task, uint64_t i)
{
	uint64_t rate = SECOND / 100 * (i % 20 + 1);
	uint64_t more = (second * 7919 + i * 104729) % 1009 * rate / 1009;

	task->runtime_ns += second * rate + more;
	task->utime_ns = task->runtime_ns;
	task->read_bytes += (second * rate + more) / 16;
	task->write_bytes += (second * rate + more) / 8;
	task->rss_anon_bytes += more / 4096 * 4096;
}

static struct contmon_task task_at(uint64_t i)
{
	static const struct person other = { 0, 1, "other", 'S', 0, 2, 10, 1,
					     0 };
	const struct person *p = i < FAMILY ? &family[i] : &other;
	struct contmon_task task = {
		.valid = CONTMON_TASK_ALL & ~CONTMON_TASK_DELAY,
		.pid = i < FAMILY ? p->pid : (int32_t)(i + 1000),
		.ppid = p->ppid,
		.state = (unsigned char)p->state,
		.nr_threads = 1 + (uint32_t)i % 3,
		.start_boottime_ns = (i + 1) * SECOND,
		.uid = p->uid,
		.cgroup_id = p->cgroup,
		.vsz_bytes = p->vsz_mib * MIB,
		.rss_anon_bytes = p->rss_mib * MIB / 2,
		.rss_file_bytes = p->rss_mib * MIB / 2,
		.utime_ns = second * p->cpu_percent * SECOND / 100,
		.runtime_ns = second * p->cpu_percent * SECOND / 100,
		.read_bytes = second * p->cpu_percent * 4096,
		.write_bytes = second * p->cpu_percent * MIB / 8,
		.oom_score = (uint32_t)p->rss_mib,
		.oom_score_adj = i == 0 ? -1000 : 0,
	};

	if (is_busy)
		keep_busy(&task, i);
	task.tgid = task.pid;
	if (p->vsz_mib == 0)
		task.valid &= ~CONTMON_TASK_MEM;
	strncpy((char *)task.comm, p->comm, sizeof(task.comm));
	return task;
}

static int snapshot_tasks(struct contmon_snapshot_tasks *arg)
{
	char *to = (char *)(uintptr_t)arg->entries;
	uint64_t room = arg->nr_entries, nr = nr_tasks();

	is_busy = getenv("FAKE_BUSY");

	if (arg->cursor == 0)
		second++;
	arg->taken_boottime_ns = second * SECOND;
	arg->nr_entries = 0;
	while (arg->nr_entries < room && arg->cursor < nr) {
		struct contmon_task task = task_at(arg->cursor++);

		memcpy(to, &task, sizeof(task));
		to += arg->entry_size;
		arg->nr_entries++;
	}
	if (arg->cursor == nr)
		arg->cursor = 0;
	return 0;
}

#include "fake_events.h"

static int get_task(struct contmon_get_task *arg)
{
	const char *ends = getenv("FAKE_ENDS");	/* after N looks */
	static int seen;
	uint64_t i;

	second++;
	arg->taken_boottime_ns = second * SECOND;
	for (i = 0; i < FAMILY; i++) {
		struct contmon_task task = task_at(i);

		if (task.pid != arg->pid)
			continue;
		if (ends && task.pid == 60 && seen++ == atoi(ends)) {
			tell_the_end();
			break;
		}
		memcpy((void *)(uintptr_t)arg->entry, &task, sizeof(task));
		return 0;
	}
	errno = ESRCH;
	return -1;
}

static struct contmon_cgroup cgroup_at(uint32_t id)
{
	static const uint32_t parents[] = { 0, 0, 1, 2, 2, 1, 3 };
	static const uint64_t mib[] = { 0, 0, 900, 64, 700, 3, 20 };

	return (struct contmon_cgroup){
		.valid = id == 1 ? CONTMON_CGROUP_TASKS :
				   CONTMON_CGROUP_ALL,
		.cgroup_id = id,
		.parent_id = parents[id],
		.nr_tasks = id,
		.nr_threads = 2 * id,
		.memory_current_bytes = mib[id] * MIB,
		.memory_peak_bytes = 2 * mib[id] * MIB,
		.memory_max_bytes = id == 5 ? CONTMON_UNLIMITED :
					      100 * id * id * MIB / 2,
		.cpu_usage_ns = second * id * SECOND / 10,
		.read_bytes_sum = second * id * 1000000,
		.write_bytes_sum = second * 5000,
		.psi_memory_some_ns = second * id * SECOND / 50,
		.memory_limit_bytes = id == 5 ? CONTMON_UNLIMITED :
						100 * id * id * MIB / 2,
		.memory_limit_cgroup_id = id == 5 ? 0 : id,
	};
}

#include "fake_limits.h"

static int snapshot_cgroups(struct contmon_snapshot_cgroups *arg)
{
	struct contmon_cgroup *to = (void *)(uintptr_t)arg->entries;
	uint32_t i;

	if (arg->nr_entries < NR_CGROUPS) {
		arg->nr_entries = NR_CGROUPS;
		errno = EMSGSIZE;
		return -1;
	}
	second++;
	arg->taken_boottime_ns = second * SECOND;
	for (i = 0; i < NR_CGROUPS; i++)
		to[i] = cgroup_at(i + 1);
	arg->nr_entries = NR_CGROUPS;
	return 0;
}

static int get_system(struct contmon_get_system *arg)
{
	second++;
	arg->fields = CONTMON_SYSTEM_ALL;
	arg->taken_boottime_ns = second * SECOND;
	arg->ram_total_bytes = 4096 * MIB;
	arg->ram_available_bytes = 1024 * MIB;
	arg->cpu_user_ns = second * SECOND * 3 / 2;
	arg->cpu_idle_ns = second * SECOND * 5 / 2;
	arg->nr_cpus = 4;
	arg->load_milli[0] = 1500;
	arg->nr_tasks = (uint32_t)nr_tasks();
	arg->nr_running = 1;
	arg->reserved_bytes = 14745 * MIB;
	arg->committed_bytes = 719 * MIB;
	return 0;
}

static int get_info(struct contmon_get_info *arg)
{
	*arg = (struct contmon_get_info){
		.size = sizeof(*arg),
		.api_version = CONTMON_API_VERSION,
		.max_entries = 65536,
		.max_entry_size = 4096,
		.features = CONTMON_FEATURE_CMDLINE |
			    (getenv("FAKE_MUTE") ? 0 : CONTMON_FEATURE_EVENTS),
		.task_fields = CONTMON_TASK_ALL,
		.cgroup_fields = CONTMON_CGROUP_ALL,
		.task_entry_size = sizeof(struct contmon_task),
		.cgroup_entry_size = sizeof(struct contmon_cgroup),
		.nr_cpus = 4,
		.loaded_boottime_ns = 40 * SECOND,
		.now_boottime_ns = 100 * SECOND,
		.now_monotonic_ns = 100 * SECOND,
		.now_realtime_ns = 1000000000 * SECOND,
		.release = "fake",
	};
	return 0;
}

static int read_cmdline(struct contmon_read_cmdline *arg)
{
	static const char nginx[] = "nginx\0-g\0daemon off;\0--x=\033[2J\0"
				    "it's\0";

	if (arg->pid != 52) {
		errno = arg->pid == 60 ? EPERM : ESRCH;
		return -1;
	}
	arg->length = sizeof(nginx) - 1;
	arg->total_bytes = sizeof(nginx) - 1;
	memcpy((void *)(uintptr_t)arg->buffer, nginx, arg->length);
	return 0;
}

int __wrap_ioctl(int fd, unsigned long request, ...)
{
	va_list ap;
	void *arg;

	va_start(ap, request);
	arg = va_arg(ap, void *);
	va_end(ap);

	if (fd >= 0 && fd < NR_FILES && is_device[fd])
		switch (request) {
		case CONTMON_GET_INFO:
			return get_info(arg);
		case CONTMON_SNAPSHOT_TASKS:
			return snapshot_tasks(arg);
		case CONTMON_GET_TASK:
			return get_task(arg);
		case CONTMON_SNAPSHOT_CGROUPS:
			return snapshot_cgroups(arg);
		case CONTMON_GET_SYSTEM:
			return get_system(arg);
		case CONTMON_READ_CMDLINE:
			return read_cmdline(arg);
		case CONTMON_WATCH:
			return watch(other_end[fd], arg);
		}
	errno = ENOTTY;
	return -1;
}
