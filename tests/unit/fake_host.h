/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A host: functions that the linker puts in place of libcontmon's, and plain
 * directories as cgroups. A test that includes this wraps
 * contmon_open, contmon_source, contmon_close, contmon_get_info,
 * contmon_snapshot_tasks,
 * contmon_snapshot_cgroups, contmon_get_system, contmon_paths_new,
 * contmon_paths_free, contmon_paths_root, contmon_paths_find,
 * contmon_paths_keep, contmon_limits_new, contmon_limits_get,
 * contmon_limits_free, contmon_events_open, contmon_events_close,
 * contmon_events_fd, contmon_events_next, contmon_has_cgroup1 and
 * contmon_identify_process; for cgroup v1 contmon_get_task, too.
 */
#ifndef TESTS_UNIT_FAKE_HOST_H
#define TESTS_UNIT_FAKE_HOST_H

#include "daemon.h"

#include <sys/eventfd.h>

#include <contmon.h>

#include "base/clock.h"

#define ID(digit) digit digit digit digit
#define ID64(digit) ID(digit) ID(digit) ID(digit) ID(digit) \
	ID(digit) ID(digit) ID(digit) ID(digit) ID(digit) ID(digit) \
	ID(digit) ID(digit) ID(digit) ID(digit) ID(digit) ID(digit)
#define WEB "/system.slice/docker-" ID64("a") ".scope"
#define DB "/system.slice/docker-" ID64("b") ".scope"

static struct {
	int open_error, snapshot_error;
	enum contmon_source source, opened;	/* to open next; opened now */
	int nr_open, nr_samples;
	uint64_t features;	/* of the driver */
	void (*reading)(void);	/* called while a sample is read, or NULL */
	void (*looking)(void);	/* called before events are, or NULL */
	struct contmon_task tasks[8];
	size_t nr_tasks;
	struct contmon_cgroup cgroups[8];
	const char *paths[8];
	size_t nr_cgroups;
	int nr_paths_asked;
	bool has_v1, is_v2_missing;
	const char *in_v1[8];	/* path of each of @tasks; NULL: none */
	struct contmon_cgroup_limits limits;	/* of every cgroup */
	int limits_error;
	int nr_limits;
	int events_error;	/* of opening a stream, and of reading it */
	int nr_streams;
	struct contmon_event events[2048];
	size_t nr_events;
	unsigned int storm;	/* how many more processes end as STORM did */
} host;

#define STORM 9999

/* Open streams: each has its own place in what has happened */
static struct stream {
	uint32_t types;
	int fd;
	size_t nr_seen;
} streams[3];

static struct contmon *const device = (struct contmon *)&host;
static struct contmon_paths *const cgroups = (struct contmon_paths *)&host;
static struct contmon_limits *const limits = (struct contmon_limits *)&host;

int __wrap_contmon_open(const char *path, struct contmon **ret);
enum contmon_source __wrap_contmon_source(const struct contmon *c);
int __wrap_contmon_reuse(struct contmon *c, uint64_t max_age_ns);
void __wrap_contmon_close(struct contmon *c);
int __wrap_contmon_get_info(struct contmon *c, struct contmon_get_info *ret);
int __wrap_contmon_snapshot_tasks(struct contmon *c, uint64_t fields,
				  uint32_t flags, struct contmon_tasks *tasks);
int __wrap_contmon_get_task(struct contmon *c, int32_t pid, uint64_t fields,
			    uint32_t flags, struct contmon_task *ret);
int __wrap_contmon_snapshot_cgroups(struct contmon *c, uint64_t fields,
				    uint32_t flags,
				    struct contmon_cgroups *ret);
int __wrap_contmon_get_system(struct contmon *c, uint64_t fields,
			      uint32_t flags, struct contmon_system *ret);
int __wrap_contmon_paths_new(const char *root, struct contmon_paths **ret);
void __wrap_contmon_paths_free(struct contmon_paths *c);
const char *__wrap_contmon_paths_root(const struct contmon_paths *c);
int __wrap_contmon_paths_find(struct contmon_paths *c, uint64_t id,
			      const char **ret_path);
void __wrap_contmon_paths_keep(struct contmon_paths *c,
			       const struct contmon_cgroups *live);
int __wrap_contmon_limits_new(struct contmon_paths *c,
			      const struct contmon_cgroups *snapshot,
			      struct contmon_limits **ret);
int __wrap_contmon_limits_get(struct contmon_limits *l, uint64_t id,
			      struct contmon_cgroup_limits *ret);
int __wrap_contmon_limits_update(struct contmon_limits *l,
				 const struct contmon_cgroups *snapshot);
void __wrap_contmon_limits_free(struct contmon_limits *l);

int __wrap_contmon_open(const char *path, struct contmon **ret)
{
	if (path)
		assert_string_equal(path, CONTMON_PROCFS);
	else if (host.open_error)
		return host.open_error;
	host.nr_open++;
	host.opened = path ? CONTMON_SOURCE_PROCFS : host.source;
	*ret = device;
	return 0;
}

enum contmon_source __wrap_contmon_source(const struct contmon *c)
{
	assert_ptr_equal(c, device);
	return host.opened;
}

int __wrap_contmon_reuse(struct contmon *c, uint64_t max_age_ns)
{
	assert_ptr_equal(c, device);
	assert_int_equal(max_age_ns, 10 * NS_PER_SECOND);
	return 0;
}

void __wrap_contmon_close(struct contmon *c)
{
	if (c)
		host.nr_open--;
}

int __wrap_contmon_get_info(struct contmon *c, struct contmon_get_info *ret)
{
	assert_ptr_equal(c, device);
	*ret = (struct contmon_get_info){ .api_version = 1, .nr_cpus = 4 };
	if (host.opened == CONTMON_SOURCE_DRIVER)
		ret->features = host.features;
	strcpy((char *)ret->release,
	       host.opened == CONTMON_SOURCE_DRIVER ? "9.9" : "procfs");
	return 0;
}

int __wrap_contmon_snapshot_tasks(struct contmon *c, uint64_t fields,
				  uint32_t flags, struct contmon_tasks *tasks)
{
	assert_ptr_equal(c, device);
	assert_int_equal(flags, 0);
	assert_true(fields & CONTMON_TASK_CGROUP);
	tasks->nr = 0;
	if (host.snapshot_error)
		return host.snapshot_error;
	host.nr_samples++;
	if (host.reading)
		host.reading();
	tasks->entries = realloc(tasks->entries, sizeof(host.tasks));
	memcpy(tasks->entries, host.tasks, sizeof(host.tasks));
	tasks->nr = host.nr_tasks;
	tasks->taken_boottime_ns = clock_boottime_ns();
	return 0;
}

int __wrap_contmon_get_task(struct contmon *c, int32_t pid, uint64_t fields,
			    uint32_t flags, struct contmon_task *ret)
{
	size_t i;

	assert_ptr_equal(c, device);
	assert_int_equal(fields, CONTMON_TASK_BASE);
	assert_int_equal(flags, 0);
	for (i = 0; i < host.nr_tasks; i++) {
		if (host.tasks[i].pid != pid)
			continue;
		*ret = host.tasks[i];
		return 0;
	}
	return -ESRCH;
}

int __wrap_contmon_snapshot_cgroups(struct contmon *c, uint64_t fields,
				    uint32_t flags,
				    struct contmon_cgroups *ret)
{
	(void)fields;
	(void)flags;
	assert_ptr_equal(c, device);
	if (host.is_v2_missing)
		return -EOPNOTSUPP;	/* as without the driver */
	ret->entries = realloc(ret->entries, sizeof(host.cgroups));
	memcpy(ret->entries, host.cgroups, sizeof(host.cgroups));
	ret->nr = host.nr_cgroups;
	ret->taken_boottime_ns = clock_boottime_ns();
	return 0;
}

int __wrap_contmon_get_system(struct contmon *c, uint64_t fields,
			      uint32_t flags, struct contmon_system *ret)
{
	(void)fields;
	(void)flags;
	assert_ptr_equal(c, device);
	*ret = (struct contmon_system){
		.kernel = { .fields = CONTMON_SYSTEM_ALL, .nr_cpus = 4 },
	};
	return 0;
}

int __wrap_contmon_paths_new(const char *root, struct contmon_paths **ret)
{
	assert_null(root);
	if (host.is_v2_missing)
		return -ENOENT;
	*ret = cgroups;
	return 0;
}

int __wrap_contmon_has_cgroup1(void);
int __wrap_contmon_identify_process(int32_t pid, struct contmon_identity *ret);

int __wrap_contmon_has_cgroup1(void)
{
	return host.has_v1;
}

int __wrap_contmon_identify_process(int32_t pid, struct contmon_identity *ret)
{
	size_t i;

	for (i = 0; i < host.nr_tasks; i++) {
		if (host.tasks[i].pid == pid)
			return contmon_identify(host.in_v1[i] ?: "/", ret);
	}
	return -ESRCH;
}

void __wrap_contmon_paths_free(struct contmon_paths *c)
{
	(void)c;
}

const char *__wrap_contmon_paths_root(const struct contmon_paths *c)
{
	(void)c;
	return test_directory;
}

int __wrap_contmon_paths_find(struct contmon_paths *c, uint64_t id,
			      const char **ret_path)
{
	size_t i;

	(void)c;
	host.nr_paths_asked++;
	for (i = 0; i < host.nr_cgroups; i++) {
		if (host.cgroups[i].cgroup_id != id || !host.paths[i])
			continue;
		*ret_path = host.paths[i];
		return 0;
	}
	return -ENOENT;
}

void __wrap_contmon_paths_keep(struct contmon_paths *c,
			       const struct contmon_cgroups *live)
{
	(void)c;
	assert_int_equal(live->nr, host.nr_cgroups);
}

int __wrap_contmon_limits_new(struct contmon_paths *c,
			      const struct contmon_cgroups *snapshot,
			      struct contmon_limits **ret)
{
	assert_ptr_equal(c, cgroups);
	assert_int_equal(snapshot->nr, host.nr_cgroups);
	host.nr_limits++;
	*ret = limits;
	return 0;
}

int __wrap_contmon_limits_get(struct contmon_limits *l, uint64_t id,
			      struct contmon_cgroup_limits *ret)
{
	(void)id;
	assert_ptr_equal(l, limits);
	*ret = host.limits;
	return host.limits_error;
}

int __wrap_contmon_limits_update(struct contmon_limits *l,
				 const struct contmon_cgroups *snapshot)
{
	assert_ptr_equal(l, limits);
	assert_int_equal(snapshot->nr, host.nr_cgroups);
	return 0;
}

void __wrap_contmon_limits_free(struct contmon_limits *l)
{
	if (l)
		host.nr_limits--;
}

int __wrap_contmon_events_open(struct contmon *c,
			       const struct contmon_watch *watch,
			       struct contmon_events **ret);
void __wrap_contmon_events_close(struct contmon_events *stream);
int __wrap_contmon_events_fd(const struct contmon_events *stream);
int __wrap_contmon_events_next(struct contmon_events *stream,
			       struct contmon_event *ret);

int __wrap_contmon_events_open(struct contmon *c,
			       const struct contmon_watch *watch,
			       struct contmon_events **ret)
{
	struct stream *stream = &streams[host.nr_streams];

	assert_ptr_equal(c, device);
	assert_int_equal(host.opened, CONTMON_SOURCE_DRIVER);
	assert_int_equal(watch->flags, 0);
	if (host.events_error)
		return host.events_error;
	assert_true(host.nr_streams < (int)COUNT(streams));
	host.nr_streams++;
	*stream = (struct stream){
		.types = watch->events,
		.fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK),
		.nr_seen = host.nr_events,
	};
	assert_true(stream->fd >= 0);
	*ret = (struct contmon_events *)stream;
	return 0;
}

void __wrap_contmon_events_close(struct contmon_events *events)
{
	if (!events)
		return;
	close(((struct stream *)events)->fd);
	host.nr_streams--;
}

int __wrap_contmon_events_fd(const struct contmon_events *events)
{
	return ((const struct stream *)events)->fd;
}

static inline bool skip_others(struct stream *stream)
{
	while (stream->nr_seen < host.nr_events &&
	       !(stream->types & 1U << host.events[stream->nr_seen].type))
		stream->nr_seen++;
	return stream->nr_seen < host.nr_events;
}

int __wrap_contmon_events_next(struct contmon_events *events,
			       struct contmon_event *ret)
{
	struct stream *stream = (struct stream *)events;
	eventfd_t ignored;

	if (host.events_error)
		return host.events_error;
	if (host.looking)
		host.looking();
	eventfd_read(stream->fd, &ignored);
	if (!skip_others(stream))
		return 0;
	*ret = host.events[stream->nr_seen];
	if (ret->pid != STORM || host.storm == 0)
		stream->nr_seen++;
	else
		ret->start_boottime_ns += host.storm--;
	return 1;
}

/* All but exits, which nothing waits for */
static inline bool all_events_are_read(void)
{
	int i;

	for (i = 0; i < host.nr_streams; i++)
		if (streams[i].types != 1U << CONTMON_EVENT_EXIT &&
		    skip_others(&streams[i]))
			return false;
	return true;
}

/* It happens now; the streams that want it become readable. */
static inline struct contmon_event *happen(uint32_t type, uint64_t cgroup_id)
{
	struct contmon_event *event = &host.events[host.nr_events++];
	int i;

	assert_true(host.nr_events < COUNT(host.events));
	*event = (struct contmon_event){
		.type = type,
		.boottime_ns = clock_boottime_ns(),
		.cgroup_id = cgroup_id,
	};
	for (i = 0; i < host.nr_streams; i++)
		if (streams[i].types & 1U << type)
			eventfd_write(streams[i].fd, 1);
	return event;
}

/* The OOM killer ends a process, which has so many bytes. */
#define VICTIM_RSS 2500

static inline void kill_process(int32_t pid, uint64_t cgroup_id)
{
	struct contmon_event *event = happen(CONTMON_EVENT_OOM, cgroup_id);

	event->pid = pid;
	event->start_boottime_ns = 1000 + (uint32_t)pid;
	event->rss_bytes = VICTIM_RSS;
}

static inline void add_cgroup(uint64_t id, const char *path)
{
	struct contmon_cgroup *row = &host.cgroups[host.nr_cgroups];

	row->valid = CONTMON_CGROUP_BASE | CONTMON_CGROUP_MEMCG;
	row->cgroup_id = id;
	row->populated = 1;
	row->memory_max_bytes = CONTMON_UNLIMITED;
	host.paths[host.nr_cgroups++] = path;
}

static inline void add_task(int32_t pid, uint64_t cgroup_id)
{
	struct contmon_task *task = &host.tasks[host.nr_tasks++];

	task->valid = CONTMON_TASK_ALL;
	task->pid = pid;
	task->tgid = pid;
	task->state = 'S';
	task->cgroup_id = cgroup_id;
}

static inline void make_path(const char *path)
{
	char text[512], *slash;

	snprintf(text, sizeof(text), "%s%s/", test_directory, path);
	for (slash = text + strlen(test_directory) + 1; *slash; slash++) {
		if (*slash != '/')
			continue;
		*slash = '\0';
		mkdir(text, 0700);
		*slash = '/';
	}
}

static inline void set_cpu(const char *path, int usec)
{
	char name[256], text[64];

	snprintf(name, sizeof(name), "%s/cpu.stat", path + 1);
	snprintf(text, sizeof(text), "usage_usec %d\n", usec);
	write_file(name, text);
}

/* Two containers, one of them with a cgroup inside, and five processes. */
static inline void fill_host(void)
{
	memset(&host, 0, sizeof(host));
	add_cgroup(1, "/");
	add_cgroup(2, "/system.slice");
	add_cgroup(3, WEB);
	add_cgroup(4, WEB "/init");
	add_cgroup(5, DB);
	add_task(1, 1);
	add_task(10, 3);
	add_task(11, 4);
	add_task(20, 5);
	add_task(30, 99);
	make_path(WEB);
	make_path(DB);
	set_cpu(WEB, 1000);
	set_cpu(DB, 1000);
}

#endif /* TESTS_UNIT_FAKE_HOST_H */
