// SPDX-License-Identifier: GPL-2.0-only
/*
 * A whole procfs and cgroupfs, and every call to the source that reads them.
 * The input is the tree: a line "=PATH" begins a file, "@PATH" a symbolic link;
 * its contents follow. Below proc/ and cgroup/ any path may be used. The tree
 * of an input that breaks a rule is kept for inspection.
 */
#include "fuzz.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <sys/stat.h>
#include <unistd.h>

#include "libcontmon/proc_source.h"
#include "contmon/table/record.h"

#define NR_FILES 128
#define PATH_LENGTH 96

static char root[32];
static uint64_t tick_ns;

/* Paths made from the input, in its order; parents before children */
static char made[NR_FILES][PATH_LENGTH];
static size_t nr_made;

/* The tree */

static void remove_root(void)
{
	static const char *const names[] = { "/proc", "/cgroup", "" };
	char path[64];
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		snprintf(path, sizeof(path), "%s%s", root, names[i]);
		rmdir(path);
	}
}

static void make_root(void)
{
	if (root[0])
		return;
	strcpy(root, "/dev/shm/contmon-fuzz-XXXXXX");
	if (!mkdtemp(root)) {
		strcpy(root, "/tmp/contmon-fuzz-XXXXXX");
		MUST(mkdtemp(root));
	}
	MUST(chdir(root) == 0);
	MUST(mkdir("proc", 0700) == 0 && mkdir("cgroup", 0700) == 0);
	atexit(remove_root);
}

static void remember(const char *path)
{
	strcpy(made[nr_made++], path);
}

/* Nothing outside of the two, no "..", and room for the parents */
static bool is_good(const char *path, size_t length)
{
	const char *s;

	if (length >= PATH_LENGTH || nr_made + PATH_LENGTH / 2 > NR_FILES ||
	    (strncmp(path, "proc/", 5) && strncmp(path, "cgroup/", 7)))
		return false;
	for (s = path; *s; s++)
		if (!isgraph((unsigned char)*s))
			return false;
	return !strstr(path, "/.") && !strstr(path, "//") && s[-1] != '/';
}

static void make_parents(char *path)
{
	char *slash;

	for (slash = strchr(path, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = 0;
		if (mkdir(path, 0700) == 0)
			remember(path);
		*slash = '/';
	}
}

static void make_file(char *path, const char *text, size_t length)
{
	int fd;

	make_parents(path);
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return;
	remember(path);
	MUST(write(fd, text, length) == (ssize_t)length);
	close(fd);
}

static void make_link(char *path, const char *text)
{
	char target[64];

	snprintf(target, sizeof(target), "%.*s", (int)strcspn(text, "\n"),
		 text);
	make_parents(path);
	/* A link to an existing file would lead out of the tree. */
	if (*target && !strchr(target, '/') && !strchr(target, '.') &&
	    symlink(target, path) == 0)
		remember(path);
}

/* @text up to @end, which begins with '=' or '@' */
static void make_one(const char *text, const char *end)
{
	size_t length = strcspn(text + 1, "\n");
	char path[PATH_LENGTH];
	const char *inside = text + 1 + length;

	if (length >= sizeof(path))
		return;
	memcpy(path, text + 1, length);
	path[length] = 0;
	if (!is_good(path, length))
		return;
	inside += inside < end;
	if (*text == '=')
		make_file(path, inside, (size_t)(end - inside));
	else
		make_link(path, inside);
}

static const char *next(const char *text, const char *end)
{
	while ((text = memchr(text, '\n', (size_t)(end - text)))) {
		text++;
		if (*text == '=' || *text == '@')
			return text;
	}
	return end;
}

static void make_tree(const char *text, size_t size)
{
	const char *end = text + size, *after;

	make_root();
	for (; text < end; text = after) {
		after = next(text, end);
		if (*text == '=' || *text == '@')
			make_one(text, after);
	}
}

static void remove_tree(void)
{
	while (nr_made)
		MUST(remove(made[--nr_made]) == 0);
}

/* Rules for records */

/* Unknown members are zero. */
static void check_members(const struct cli_member *member, const void *record,
			  uint64_t valid)
{
	static const char zeros[sizeof(uint64_t)];

	for (; member->name; member++) {
		bool is_long = member->type == CLI_U64 ||
			       member->type == CLI_LIMIT;

		if (member->group && !(valid & member->group))
			MUST(memcmp((const char *)record + member->offset,
				    zeros, is_long ? 8 : 4) == 0);
	}
}

static void check_task(const struct contmon_task *task, uint64_t fields)
{
	uint64_t known = fields | CONTMON_TASK_BASE;

	if (fields & CONTMON_TASK_FAULTS)
		known |= CONTMON_TASK_PART_PAGE_FAULTS;
	if (fields & CONTMON_TASK_NS)
		known |= CONTMON_TASK_PART_PID_NS | CONTMON_TASK_PART_NET_NS;
	MUST((task->valid & CONTMON_TASK_BASE) && !(task->valid & ~known));
	MUST(task->pid > 0 && task->tgid >= 0 && task->ppid >= 0);
	MUST(memchr(task->comm, 0, sizeof(task->comm)));
	MUST(isalpha((int)task->state));
	MUST(task->start_boottime_ns % tick_ns == 0);
	MUST(task->utime_ns % tick_ns == 0 && task->stime_ns % tick_ns == 0);
	MUST(task->runtime_ns >= task->utime_ns &&
	     task->runtime_ns - task->utime_ns == task->stime_ns);
	MUST(!(task->valid & CONTMON_TASK_CGROUP) || task->cgroup_id);
	check_members(cli_task_members, task, task->valid);
}

static void check_tasks(const struct contmon_tasks *tasks, uint64_t fields)
{
	size_t i;

	MUST(tasks->nr <= tasks->nr_seen);
	for (i = 0; i < tasks->nr; i++) {
		check_task(&tasks->entries[i], fields);
		MUST(i == 0 ||
		     tasks->entries[i - 1].pid <= tasks->entries[i].pid);
	}
}

static const struct contmon_cgroup *
find_row(const struct contmon_cgroups *rows, size_t nr, uint64_t id)
{
	while (nr--)
		if (rows->entries[nr].cgroup_id == id)
			return &rows->entries[nr];
	return NULL;
}

/* Bits 50 to 56 and 57 to 60: contmon.h */
#define MEMCG_PARTS (((CONTMON_CGROUP_PART_OOM_KILLS << 1) - 1) & \
		     ~(CONTMON_CGROUP_PART_MEMORY_CURRENT - 1))
#define PSI_PARTS (((CONTMON_CGROUP_PART_PSI_MEMORY << 1) - 1) & \
		   ~(CONTMON_CGROUP_PART_PSI_CPU_SOME - 1))

/* Parents first, each once */
static void check_row(const struct contmon_cgroups *rows, size_t i)
{
	const uint64_t known = CONTMON_CGROUP_BASE |
			       CONTMON_CGROUP_MEMCG | CONTMON_CGROUP_PSI |
			       CONTMON_CGROUP_CPU |
			       CONTMON_CGROUP_PART_COUNTS |
			       CONTMON_CGROUP_PART_IO | MEMCG_PARTS | PSI_PARTS;
	const struct contmon_cgroup *row = &rows->entries[i], *parent;

	MUST((row->valid & CONTMON_CGROUP_BASE) && !(row->valid & ~known));
	MUST(row->populated <= 1);
	MUST(row->cgroup_id && !find_row(rows, i, row->cgroup_id));
	MUST((row->level == 0) == (row->parent_id == 0));
	MUST(i == 0 || row->level >= rows->entries[i - 1].level);
	parent = find_row(rows, rows->nr, row->parent_id);
	MUST(!parent || (parent < row && parent->level + 1 == row->level));
	MUST(row->cpu_usage_ns % 1000 == 0);
	MUST(row->nr_running + row->nr_sleeping + row->nr_uninterruptible +
	     row->nr_stopped + row->nr_zombie + row->nr_idle <= row->nr_tasks);
	check_members(cli_cgroup_members, row, row->valid);
}

/* The calls */

static void ask_for_one(struct contmon *c, const struct contmon_task *task)
{
	struct contmon_task again;
	char text[64];
	int r;

	/* Another directory may have the same number: 7 and 07. */
	r = contmon_get_task(c, task->pid, CONTMON_TASK_ALL, 0, &again);
	MUST(r == 0 || r == -ESRCH || r == -EPROTO);
	if (r == 0)
		check_task(&again, CONTMON_TASK_ALL);
	r = contmon_read_cmdline(c, task->pid, text, sizeof(text), NULL);
	MUST(r <= (int)sizeof(text));
}

static void query(struct contmon *c, const struct contmon_tasks *all)
{
	struct contmon_query query = {
		.fields = CONTMON_TASK_CRED,
		.flags = CONTMON_FILTER_UID,
		.uid = all->entries[0].uid,
	};
	struct contmon_tasks some = { 0 };
	size_t i, nr = 0;

	MUST(contmon_query_tasks(c, &query, &some) == 0);
	check_tasks(&some, query.fields);
	for (i = 0; i < all->nr; i++)
		nr += all->entries[i].uid == query.uid;
	MUST(some.nr == nr && some.nr_seen == all->nr_seen);
	contmon_tasks_done(&some);
}

static size_t read_tasks(struct contmon *c)
{
	struct contmon_tasks tasks = { 0 };
	size_t nr = 0;
	int r;

	r = contmon_snapshot_tasks(c, CONTMON_TASK_ALL, CONTMON_THREADS,
				   &tasks);
	MUST(r == 0 || tasks.nr == 0);
	check_tasks(&tasks, CONTMON_TASK_ALL);
	r = contmon_snapshot_tasks(c, CONTMON_TASK_ALL, 0, &tasks);
	MUST(r == 0 || tasks.nr == 0);
	check_tasks(&tasks, CONTMON_TASK_ALL);
	nr = tasks.nr;
	if (nr) {
		ask_for_one(c, &tasks.entries[0]);
		query(c, &tasks);
	}
	contmon_tasks_done(&tasks);
	return nr;
}

static void read_containers(struct contmon *c, size_t nr_processes)
{
	struct contmon_cgroups rows = { 0 };
	size_t i, nr = 0;
	const char *path;
	int r;

	r = contmon_snapshot_cgroups(c, CONTMON_CGROUP_ALL, 0, &rows);
	MUST(r == 0 || rows.nr == 0);
	for (i = 0; i < rows.nr; i++) {
		check_row(&rows, i);
		nr += rows.entries[i].nr_tasks;
		MUST(contmon_paths_find(c->proc->cgroups,
					  rows.entries[i].cgroup_id,
					  &path) == 0);
		MUST(path[0] == '/');
	}
	MUST(nr <= nr_processes);
	contmon_cgroups_done(&rows);
}

static void read_system(struct contmon *c, size_t nr_processes)
{
	const struct contmon_get_system *k;
	struct contmon_system system;
	int r;

	fuzz_mark(&system, sizeof(system));
	r = contmon_get_system(c, CONTMON_SYSTEM_ALL, 0, &system);
	if (r < 0) {
		MUST(fuzz_is_marked(&system, sizeof(system)));
		return;
	}
	k = &system.kernel;
	MUST(!(k->fields & ~CONTMON_SYSTEM_ALL));
	MUST(k->nr_tasks ==
	     (k->fields & CONTMON_SYSTEM_TASKS ? nr_processes : 0));
	MUST(k->cpu_user_ns % tick_ns == 0 && k->cpu_idle_ns % tick_ns == 0);
	MUST(k->ram_total_bytes % 1024 == 0);
}

/* The descriptor that the next open() would return */
static int next_fd(void)
{
	int fd = dup(STDERR_FILENO);

	MUST(fd >= 0 && close(fd) == 0);
	return fd;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size);
	struct contmon *c = calloc(1, sizeof(*c));
	int fd = next_fd();
	size_t nr;

	make_tree(text, size);
	free(text);
	MUST(c && contmon_open_procfs(c, "proc", "cgroup") == 0);
	tick_ns = c->proc->tick_ns;
	nr = read_tasks(c);
	read_containers(c, nr);
	read_system(c, nr);
	contmon_close(c);
	MUST(next_fd() == fd);
	remove_tree();
	return 0;
}
