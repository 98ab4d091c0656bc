// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the subcommands print, on a device made of functions and with cgroups
 * made of a table.
 *
 * wrap: open close ioctl mmap munmap sysinfo isatty getpid
 * wrap: contmon_paths_new contmon_paths_find contmon_paths_free
 * wrap: contmon_has_cgroup1 contmon_identify_process
 */
#include "tests/unit/fake_device.h"

#include <locale.h>

#include "tests/unit/capture.h"
#include "contmon/cli/error.h"
#include "contmon/commands.h"
#include "contmon/table/record.h"
#include "contmon/rows/container.h"

#define A16 "0123456789abcdef"
#define A A16 A16 A16 A16

/* Path of the cgroup whose id is the index; NULL: none any more */
static const char *const paths[] = {
	[1] = "/",
	[2] = "/system.slice",
	[3] = "/system.slice/docker-" A ".scope",
	[4] = "/system.slice/docker-" A ".scope/\033[2Jinit",
	[5] = "/system.slice/docker-" A ".scope/init/lxc.payload.c1",
};

static bool terminal;
static unsigned char *reserved;
static size_t reserved_bytes;
static size_t dirty_at;		/* a byte there is not zero; SIZE_MAX: none */
static bool has_cgroups, has_cgroup1;

int __wrap_isatty(int fd);
pid_t __wrap_getpid(void);
int __wrap_contmon_paths_new(const char *root, struct contmon_paths **ret);
int __wrap_contmon_paths_find(struct contmon_paths *cgroups, uint64_t id,
				const char **ret_path);
void __wrap_contmon_paths_free(struct contmon_paths *cgroups);
int __wrap_contmon_has_cgroup1(void);
int __wrap_contmon_identify_process(int32_t pid, struct contmon_identity *ret);

int __wrap_contmon_has_cgroup1(void)
{
	return has_cgroup1;
}

/* Process 4 is in a container of cgroup v1, whatever v2 says. */
int __wrap_contmon_identify_process(int32_t pid, struct contmon_identity *ret)
{
	assert_true(has_cgroup1);
	return pid == 4 ? contmon_identify("/docker/" A, ret) : -ESRCH;
}

int __wrap_isatty(int fd)
{
	(void)fd;
	return terminal;
}

/* The only process of the fake's that does something */
pid_t __wrap_getpid(void)
{
	return 1;
}

int __wrap_contmon_paths_new(const char *root, struct contmon_paths **ret)
{
	assert_null(root);
	if (!has_cgroups)
		return -ENOENT;
	*ret = (struct contmon_paths *)&paths;
	return 0;
}

int __wrap_contmon_paths_find(struct contmon_paths *cgroups, uint64_t id,
				const char **ret_path)
{
	(void)cgroups;
	if (id >= sizeof(paths) / sizeof(paths[0]) || !paths[id])
		return -ENOENT;
	*ret_path = paths[id];
	return 0;
}

void __wrap_contmon_paths_free(struct contmon_paths *cgroups)
{
	(void)cgroups;
}

static int fake_alloc(struct contmon_alloc *arg)
{
	reserved_bytes = (arg->length_bytes + FAKE_PAGE - 1) / FAKE_PAGE *
			 FAKE_PAGE;
	reserved = calloc(1, reserved_bytes);
	assert_non_null(reserved);
	if (dirty_at < reserved_bytes)
		reserved[dirty_at] = 7;
	arg->length_bytes = reserved_bytes;
	arg->address = (uintptr_t)reserved;
	return 0;
}

static int fake_free(const struct contmon_free *arg)
{
	assert_ptr_equal((void *)(uintptr_t)arg->address, reserved);
	assert_int_equal(arg->length_bytes, reserved_bytes);
	free(reserved);
	reserved = NULL;
	return 0;
}

/* Pages that are not zero are resident. */
static int fake_resident(struct contmon_resident *arg)
{
	const unsigned char *page = (void *)(uintptr_t)arg->address;
	uint64_t at;

	for (at = 0; at < arg->length_bytes; at += FAKE_PAGE)
		if (page[at])
			arg->resident_bytes += FAKE_PAGE;
	return 0;
}

static int fake_cmdline(struct contmon_read_cmdline *arg)
{
	static const char arguments[] = "printf\0a\\nb\0\\\0c:\\d e";
	static const char latin1[] = "caf\xe9";
	bool is_latin1 = arg->pid == 2;

	arg->length = is_latin1 ? sizeof(latin1) : sizeof(arguments);
	arg->total_bytes = arg->length;
	memcpy((void *)(uintptr_t)arg->buffer, is_latin1 ? latin1 : arguments,
	       arg->length);
	return 0;
}

static int other_ioctls(unsigned long request, void *arg)
{
	struct contmon_get_system *system = arg;

	switch (request) {
	case CONTMON_ALLOC:
		return fake_alloc(arg);
	case CONTMON_FREE:
		return fake_free(arg);
	case CONTMON_RESIDENT:
		return fake_resident(arg);
	case CONTMON_READ_CMDLINE:
		return fake_cmdline(arg);
	case CONTMON_GET_SYSTEM:
		system->fields = CONTMON_SYSTEM_MEMORY | CONTMON_SYSTEM_LOAD;
		system->ram_total_bytes = 1 << 30;
		system->load_milli[2] = 2500;
		return 0;
	default:
		return fake_error(ENOTTY);
	}
}

static int setup(void **state)
{
	terminal = false;
	has_cgroups = true;
	has_cgroup1 = false;
	dirty_at = SIZE_MAX;
	fake_ioctl = other_ioctls;
	unsetenv("NO_COLOR");
	setenv("TERM", "xterm", 1);
	setenv("TZ", "UTC", 1);
	return fake_setup(state);
}

/* What a subcommand printed as JSON; the caller drops it. */
static json_t *json_of(int (*command)(int, char **), const char *line)
{
	json_error_t error;
	json_t *json;

	assert_int_equal(capture(command, line), 0);
	assert_string_equal(captured.err, "");
	json = json_loads(captured.out, JSON_REJECT_DUPLICATES, &error);
	if (!json)
		fail_msg("%s: %s: %s", line, error.text, captured.out);
	return json;
}

static json_t *get(json_t *json, const char *array, size_t i, const char *key)
{
	json_t *value = json_object_get(
		json_array_get(json_object_get(json, array), i), key);

	if (!value)
		fail_msg("no %s in %s %zu", key, array, i);
	return value;
}

static json_int_t number(json_t *json, size_t row, const char *key)
{
	json_t *value = get(json, "rows", row, key);

	assert_true(json_is_integer(value));
	return json_integer_value(value);
}

static const char *text(json_t *json, size_t row, const char *key)
{
	return json_string_value(get(json, "rows", row, key));
}

static void assert_null_value(json_t *json, size_t row, const char *key)
{
	assert_true(json_is_null(get(json, "rows", row, key)));
}

static json_int_t meta(json_t *json, const char *key)
{
	json_t *value = json_object_get(json_object_get(json, "meta"), key);

	assert_true(json_is_integer(value));
	return json_integer_value(value);
}

static void test_ps_json_has_every_member(void **state)
{
	const struct cli_member *member;
	json_t *json = json_of(cli_ps, "ps --json");

	(void)state;
	for (member = cli_task_members; member->name; member++)
		get(json, "rows", 9, member->name);
	assert_int_equal(number(json, 9, "pid"), 28);
	assert_int_equal(number(json, 9, "oom_score"), 9);
	assert_int_equal(number(json, 9, "oom_score_adj"), -1000);
	assert_int_equal(number(json, 9, "vsz_bytes"), 1 << 20);
	assert_int_equal(number(json, 9, "valid"), CONTMON_TASK_ALL);
	assert_string_equal(text(json, 9, "state"), "S");
	assert_string_equal(text(json, 9, "comm"), "fake");
	assert_int_equal(meta(json, "processes"), 10);
	assert_int_equal(meta(json, "reserved_bytes"), 10 << 20);
	assert_int_equal(meta(json, "committed_bytes"), 10 * (6 << 12));
	assert_int_equal(meta(json, "taken_boottime_ns"), 1002);
	json_decref(json);
}

static void test_ps_json_says_null_for_unknown(void **state)
{
	const struct cli_member *member;
	json_t *json;

	(void)state;
	fake.task_known = 0;
	json = json_of(cli_ps, "ps --json");
	for (member = cli_task_members; member->name; member++) {
		bool null = json_is_null(get(json, "rows", 0, member->name));

		assert_int_equal(null, member->group &&
				 member->group != CONTMON_TASK_BASE);
	}
	assert_null_value(json, 0, "container_id");
	assert_null_value(json, 0, "runtime");
	assert_null_value(json, 0, "cgroup_path");
	json_decref(json);
}

static void test_ps_json_knows_containers(void **state)
{
	json_t *json = json_of(cli_ps, "ps --json");

	(void)state;
	assert_string_equal(text(json, 1, "runtime"), "host");
	assert_null_value(json, 1, "container_id");
	assert_null_value(json, 1, "pod");
	assert_string_equal(text(json, 1, "cgroup_path"), "/system.slice");
	assert_string_equal(text(json, 3, "runtime"), "docker");
	assert_string_equal(text(json, 3, "container_id"), A);
	assert_string_equal(text(json, 4, "container_id"), "c1");
	assert_null_value(json, 5, "runtime");
	json_decref(json);
}

static void test_ps_does_without_cgroups(void **state)
{
	json_t *json;

	(void)state;
	has_cgroups = false;
	json = json_of(cli_ps, "ps --json");
	assert_null_value(json, 3, "runtime");
	assert_int_equal(number(json, 3, "cgroup_id"), 4);
	json_decref(json);
}

static void test_ps_json_survives_hostile_names(void **state)
{
	json_t *json;
	const char *p;

	(void)state;
	memcpy(fake.comm, "\033[2J\"\\\n\xff}\xc3\xb6\0\0\0\0\0", 16);
	json = json_of(cli_ps, "ps --json");
	assert_string_equal(text(json, 0, "comm"),
			    "\033[2J\"\\\n\xef\xbf\xbd}\xc3\xb6");
	for (p = captured.out; *p; p++)
		assert_true(*p == '\n' || (*p >= ' ' && *p <= '~'));
	json_decref(json);
}

static void test_ps_table_survives_hostile_names(void **state)
{
	const char *p;

	(void)state;
	/* not even ended by NUL */
	memcpy(fake.comm, "\033[2J\n\xff\xc2\x9b" "12345678", 16);
	assert_int_equal(capture(cli_ps, "ps"), 0);
	assert_non_null(strstr(captured.out, "\\x1b[2J\\x0a\\xff\\xc2\\x9b"
			       "12345678\n"));
	for (p = captured.out; *p; p++)
		assert_true(*p == '\n' || (*p >= ' ' && *p <= '~'));
}

static void test_ps_table(void **state)
{
	(void)state;
	assert_int_equal(capture(cli_ps, "ps --units bytes"), 0);
	assert_non_null(strstr(captured.out, "COMMAND\n"));
	assert_non_null(strstr(captured.out, " 1048576 24576    2.3% "));
	assert_non_null(strstr(captured.out, " 0123456789ab "));
	assert_non_null(strstr(captured.out, "\ntotal: 10 processes, 10485760 "
			       "reserved, 245760 committed (2.3%)\n"));
	assert_null(strchr(captured.out, '\033'));
}

static void test_ps_without_headings(void **state)
{
	(void)state;
	assert_int_equal(capture(cli_ps, "ps --no-headings"), 0);
	assert_null(strstr(captured.out, "COMMAND"));
	assert_null(strstr(captured.out, "total"));
}

static void test_colors_are_for_terminals_that_want_them(void **state)
{
	(void)state;
	terminal = true;
	assert_int_equal(capture(cli_ps, "ps"), 0);
	assert_non_null(strchr(captured.out, '\033'));
	setenv("NO_COLOR", "1", 1);
	assert_int_equal(capture(cli_ps, "ps"), 0);
	assert_null(strchr(captured.out, '\033'));
	unsetenv("NO_COLOR");
	setenv("TERM", "dumb", 1);
	assert_int_equal(capture(cli_ps, "ps"), 0);
	assert_null(strchr(captured.out, '\033'));
	assert_int_equal(capture(cli_info, "info"), 0);
	assert_null(strchr(captured.out, '\033'));
}

static void test_ps_shows_the_others(void **state)
{
	json_error_t error;
	json_t *json;

	(void)state;
	assert_int_equal(capture(cli_ps, "ps --json 7 99999 1 7 99999"), 1);
	assert_string_equal(captured.err,
			    "contmon: process 99999: No such process\n");
	json = json_loads(captured.out, 0, &error);
	assert_int_equal(number(json, 0, "pid"), 7);
	assert_int_equal(number(json, 1, "pid"), 1);
	assert_int_equal(meta(json, "processes"), 2);
	json_decref(json);

	assert_int_equal(capture(cli_ps, "ps 99999"), 1);
	assert_string_equal(captured.out, "");
}

static void test_ps_asks_for_exact_sums(void **state)
{
	(void)state;
	capture(cli_ps, "ps");
	assert_false(fake.tasks_arg.flags & CONTMON_EXACT_RSS);
	capture(cli_ps, "ps --exact");
	assert_true(fake.tasks_arg.flags & CONTMON_EXACT_RSS);
	capture(cli_containers, "containers --exact");
	assert_int_equal(fake.containers_arg.flags, CONTMON_EXACT_RSS);
}

static void test_ps_tells_of_failures(void **state)
{
	(void)state;
	fake.endless = true;
	assert_int_equal(capture(cli_ps, "ps --json"), 1);
	assert_string_equal(captured.out, "");
	assert_string_equal(captured.err,
			    "contmon: reading processes: Protocol error\n");
}

/* Cgroup 3 is a container, 4 inside of it, 5 one more container inside. */
static void test_containers_are_rolled_up(void **state)
{
	const struct cli_member *member;
	json_t *json;

	(void)state;
	fake.nr_containers = 6;
	json = json_of(cli_containers, "containers --json");
	assert_int_equal(meta(json, "containers"), 2);
	assert_int_equal(meta(json, "taken_boottime_ns"), 4711);
	for (member = cli_container_members; member->name; member++)
		get(json, "rows", 0, member->name);

	assert_string_equal(text(json, 0, "container_id"), A);
	assert_string_equal(text(json, 0, "runtime"), "docker");
	assert_string_equal(text(json, 0, "cgroup_path"), paths[3]);
	assert_int_equal(number(json, 0, "cgroup_id"), 3);
	assert_int_equal(number(json, 0, "nr_tasks"), 2);
	assert_int_equal(number(json, 0, "rss_anon_sum_bytes"), 8192);
	assert_int_equal(number(json, 0, "memory_current_bytes"), 65536);
	assert_null_value(json, 0, "memory_max_bytes");

	/* 6 has no path any more and belongs to its parent's container. */
	assert_string_equal(text(json, 1, "container_id"), "c1");
	assert_int_equal(number(json, 1, "nr_tasks"), 2);
	json_decref(json);
}

static void test_containers_all_adds_nothing_up(void **state)
{
	json_t *json;
	size_t i;

	(void)state;
	fake.nr_containers = 6;
	fake.limit_bytes = 123;
	json = json_of(cli_containers, "containers --all --json");
	assert_int_equal(meta(json, "cgroups"), 6);
	for (i = 0; i < 6; i++) {
		assert_int_equal(number(json, i, "cgroup_id"), i + 1);
		assert_int_equal(number(json, i, "nr_tasks"), 1);
		assert_int_equal(number(json, i, "memory_max_bytes"), 123);
	}
	assert_string_equal(text(json, 0, "runtime"), "host");
	assert_string_equal(text(json, 3, "container_id"), A);
	assert_null_value(json, 5, "cgroup_path");
	json_decref(json);
}

static void test_containers_table(void **state)
{
	(void)state;
	fake.nr_containers = 6;
	assert_int_equal(capture(cli_containers, "containers"), 0);
	assert_non_null(strstr(captured.out, "0123456789ab docker "));
	assert_non_null(strstr(captured.out, " 64.0 KiB   max "));
	assert_non_null(strstr(captured.out, " 8.0 KiB "));

	assert_int_equal(capture(cli_containers, "containers -a"), 0);
	assert_non_null(strstr(captured.out, "/\\x1b[2Jinit\n"));
	assert_null(strchr(captured.out, '\033'));
}

static void test_containers_may_be_none(void **state)
{
	(void)state;
	fake.nr_containers = 2;
	assert_int_equal(capture(cli_containers, "containers"), 0);
	assert_string_equal(captured.out, "no containers\n");
	assert_int_equal(capture(cli_containers, "containers --no-headings"),
			 0);
	assert_string_equal(captured.out, "");
}

static void test_containers_of_cgroup1(void **state)
{
	(void)state;
	has_cgroup1 = true;
	fake.nr_containers = 2;
	assert_int_equal(capture(cli_containers, "containers"), 0);
	assert_non_null(strstr(captured.out, "contmon ps shows those of v1"));
	assert_int_equal(capture(cli_ps, "ps --json --container 0123 4"), 0);
	assert_non_null(strstr(captured.out, "\"container_id\": \"" A "\""));
	assert_non_null(strstr(captured.out, "\"runtime\": \"docker\""));
	assert_non_null(strstr(captured.out, "\"cgroup_path\": null"));
	assert_int_equal(capture(cli_ps, "ps --json --container 0123 1"), 0);
	assert_null(strstr(captured.out, "\"pid\""));

	/* Nor does it need cgroup v2. */
	has_cgroups = false;
	assert_int_equal(capture(cli_ps, "ps -o container --no-headings 4"),
			 0);
	assert_string_equal(captured.out, "0123456789ab\n");
}

static void test_containers_need_cgroups(void **state)
{
	(void)state;
	has_cgroups = false;
	assert_int_equal(capture(cli_containers, "containers"), 1);
	assert_string_equal(captured.err, "contmon: finding the cgroup v2 "
			    "mount: No such file or directory\n");
}

static void test_info_json(void **state)
{
	json_t *json = json_of(cli_info, "info --json");
	json_t *info = json_object_get(json, "info");
	json_t *system = json_object_get(json, "system");
	const struct cli_member *member;

	(void)state;
	for (member = cli_info_members; member->name; member++)
		assert_non_null(json_object_get(info, member->name));
	for (member = cli_system_members; member->name; member++)
		assert_non_null(json_object_get(system, member->name));
	assert_string_equal(json_string_value(json_object_get(info, "release")),
			    "fake");
	assert_string_equal(json_string_value(json_object_get(info,
							"instance_id")),
			    "00000000-0000-0000-0000-000000000000");
	assert_true(json_is_null(json_object_get(system, "cpu_user_ns")));
	assert_int_equal(json_integer_value(json_object_get(system,
						"ram_total_bytes")), 1 << 30);
	assert_int_equal(json_integer_value(json_object_get(system,
						"swap_total_bytes")), 20480);
	assert_int_equal(json_integer_value(json_array_get(
		json_object_get(system, "load_milli"), 2)), 2500);
	json_decref(json);
}

static void assert_why(const char *forced, const char *why)
{
	setenv("CONTMON_SOURCE", forced, 1);
	assert_int_equal(capture(cli_info, "info"), 0);
	unsetenv("CONTMON_SOURCE");
	assert_non_null(strstr(captured.out, why));
}

static void test_info_tells_why_it_is_procfs(void **state)
{
	(void)state;
	has_cgroups = false;
	fake.open_errno = ENOENT;
	assert_why("procfs", "why               CONTMON_SOURCE says so\n");
	assert_why("", "why               the driver is not loaded; ");
}

static void test_info_for_people(void **state)
{
	(void)state;
	fake.info.now_realtime_ns = 951782400000000000;
	fake.info.now_boottime_ns = 7200000000000;
	fake.info.now_monotonic_ns = fake.info.now_boottime_ns + 40;
	fake.info.loaded_boottime_ns = 3600000000000;
	fake.info.features = CONTMON_FEATURE_THREADS | 1 << 8;
	memcpy(fake.info.release, "1\033[2J", 6);
	assert_int_equal(capture(cli_info, "info"), 0);
	assert_non_null(strstr(captured.out, "release           1?[2J\n"));
	assert_non_null(strstr(captured.out, "total             1.0 GiB\n"));
	assert_non_null(strstr(captured.out,
			       "loaded since      2000-02-28 23:00:00\n"));
	assert_non_null(strstr(captured.out, "loaded for        1:00:00\n"));
	assert_non_null(strstr(captured.out, "of it suspended   0:00.00\n"));
	assert_non_null(strstr(captured.out, "load              0.00 0.00 "
			       "2.50\n"));
	assert_non_null(strstr(captured.out, "container groups  base tasks "
			       "memcg exited psi cpu \n"));
	assert_non_null(strstr(captured.out, "features          threads "
			       "0x100\n"));
}

static void test_alloc_json(void **state)
{
	json_t *json = json_of(cli_alloc, "alloc --size 100K --step 30000 "
			       "--json");
	size_t i;

	(void)state;
	/* 25 pages, 8 at a time: before, reserved, 4 steps, freed */
	assert_int_equal(json_array_size(json_object_get(json, "rows")), 7);
	assert_string_equal(text(json, 0, "phase"), "before");
	assert_null_value(json, 0, "resident_bytes");
	assert_string_equal(text(json, 1, "phase"), "reserved");
	assert_int_equal(number(json, 1, "resident_bytes"), 0);
	for (i = 2; i < 6; i++) {
		assert_string_equal(text(json, i, "phase"), "touched");
		assert_int_equal(number(json, i, "touched_bytes"),
				 i < 5 ? (i - 1) * 32768 : 102400);
		assert_int_equal(number(json, i, "resident_bytes"),
				 number(json, i, "touched_bytes"));
		assert_int_equal(number(json, i, "rss_bytes"), 6 << 12);
	}
	assert_string_equal(text(json, 6, "phase"), "freed");
	assert_null_value(json, 6, "resident_bytes");
	assert_int_equal(meta(json, "pid"), 1);
	assert_int_equal(meta(json, "size_bytes"), 102400);
	assert_int_equal(meta(json, "step_bytes"), 32768);
	assert_null(reserved);
	json_decref(json);
}

static void test_alloc_may_only_read_or_not_even_that(void **state)
{
	json_t *json;

	(void)state;
	json = json_of(cli_alloc, "alloc --size 40K --touch read --json");
	assert_int_equal(json_array_size(json_object_get(json, "rows")), 13);
	assert_int_equal(number(json, 11, "touched_bytes"), 40960);
	assert_int_equal(number(json, 11, "resident_bytes"), 0);
	json_decref(json);

	dirty_at = 5;
	json = json_of(cli_alloc, "alloc --size 40K --touch none --json");
	assert_int_equal(json_array_size(json_object_get(json, "rows")), 3);
	assert_int_equal(number(json, 2, "touched_bytes"), 0);
	json_decref(json);
}

static void test_alloc_finds_every_byte_that_is_not_zero(void **state)
{
	static const size_t where[] = { 0, 1, 4095, 4096, 30000, 40959 };
	char message[128];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(where) / sizeof(where[0]); i++) {
		dirty_at = where[i];
		assert_int_equal(capture(cli_alloc, "alloc --size 40K"),
				 CLI_NOT_ZERO);
		snprintf(message, sizeof(message),
			 "contmon: byte at %p is 0x07, not zero\n",
			 (void *)(reserved + where[i]));
		assert_string_equal(captured.err, message);
		free(reserved);
	}
}

static void test_alloc_tells_where_in_json(void **state)
{
	json_t *json;

	(void)state;
	dirty_at = 8192;
	assert_int_equal(capture(cli_alloc, "alloc --size 40K --json"),
			 CLI_NOT_ZERO);
	json = json_loads(captured.out, 0, NULL);
	assert_int_equal(meta(json, "not_zero_address"),
			 (uintptr_t)(reserved + 8192));
	json_decref(json);
	free(reserved);
}

static void test_alloc_for_people(void **state)
{
	(void)state;
	assert_int_equal(capture(cli_alloc, "alloc --size 40K"), 0);
	assert_non_null(strstr(captured.out, "process 1: 40.0 KiB, 4.0 KiB at "
			       "a time, touch: write\n"));
	assert_non_null(strstr(captured.out, "touched          40.0 KiB"));
	assert_int_equal(capture(cli_alloc, "alloc --size 40K --no-headings"),
			 0);
	assert_null(strstr(captured.out, "TOUCHED"));
}

/* Unquoted, a shell would take it away. */
static void test_cmdline_quotes_backslashes(void **state)
{
	(void)state;
	fake.info.features = CONTMON_FEATURE_CMDLINE;
	assert_int_equal(capture(cli_cmdline, "cmdline --no-headings 1"), 0);
	assert_string_equal(captured.out,
			    "      1 printf 'a\\nb' '\\' 'c:\\d e'\n");
}

/* JSON is UTF-8, whatever the locale can show. */
static void test_cmdline_json_in_another_charset(void **state)
{
	char dir[] = "/tmp/contmon-locale-XXXXXX", command[128];
	json_t *json = NULL;
	bool ready;

	(void)state;
	fake.info.features = CONTMON_FEATURE_CMDLINE;
	assert_non_null(mkdtemp(dir));
	snprintf(command, sizeof(command), "localedef -i de_DE -f ISO-8859-1 "
		 "%s/de_DE.ISO-8859-1 >/dev/null 2>&1", dir);
	setenv("LOCPATH", dir, 1);
	ready = system(command) == 0 &&
		setlocale(LC_CTYPE, "de_DE.ISO-8859-1");
	if (ready)
		json = json_of(cli_cmdline, "cmdline --json 2");
	setlocale(LC_CTYPE, "C");
	unsetenv("LOCPATH");
	snprintf(command, sizeof(command), "rm -r %s", dir);
	assert_int_equal(system(command), 0);
	if (!ready)
		skip();
	assert_string_equal(text(json, 0, "cmdline"), "'caf\xef\xbf\xbd'");
	json_decref(json);
}

/* Members follow each other without a hole, up to the end. */
static void assert_complete(const struct cli_member *member, size_t offset,
			    size_t end)
{
	static const size_t sizes[] = {
		[CLI_U32] = 4,	   [CLI_S32] = 4,    [CLI_U64] = 8,
		[CLI_LIMIT] = 8,   [CLI_STATE] = 4,  [CLI_COMM] = 16,
		[CLI_RELEASE] = 32, [CLI_UUID] = 16, [CLI_U32_3] = 12,
	};

	for (; member->name; member++) {
		assert_int_equal(member->offset, offset);
		offset += sizes[member->type];
	}
	assert_int_equal(offset, end);
}

static void test_no_member_is_left_out(void **state)
{
	(void)state;
	assert_complete(cli_task_members, 0, sizeof(struct contmon_task));
	assert_complete(cli_container_members, 0,
			sizeof(struct contmon_cgroup));
	assert_complete(cli_info_members, 8, sizeof(struct contmon_get_info));
	assert_complete(cli_system_members, 8,
			sizeof(struct contmon_get_system));
}

#define TEST(name) cmocka_unit_test_setup(test_##name, setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(ps_json_has_every_member),
		TEST(ps_json_says_null_for_unknown),
		TEST(ps_json_knows_containers),
		TEST(ps_does_without_cgroups),
		TEST(ps_json_survives_hostile_names),
		TEST(ps_table_survives_hostile_names),
		TEST(ps_table),
		TEST(ps_without_headings),
		TEST(colors_are_for_terminals_that_want_them),
		TEST(ps_shows_the_others),
		TEST(ps_asks_for_exact_sums),
		TEST(ps_tells_of_failures),
		TEST(containers_are_rolled_up),
		TEST(containers_all_adds_nothing_up),
		TEST(containers_table),
		TEST(containers_may_be_none),
		TEST(containers_of_cgroup1),
		TEST(containers_need_cgroups),
		TEST(info_json),
		TEST(info_tells_why_it_is_procfs),
		TEST(info_for_people),
		TEST(alloc_json),
		TEST(alloc_may_only_read_or_not_even_that),
		TEST(alloc_finds_every_byte_that_is_not_zero),
		TEST(alloc_tells_where_in_json),
		TEST(alloc_for_people),
		TEST(cmdline_quotes_backslashes),
		TEST(cmdline_json_in_another_charset),
		TEST(no_member_is_left_out),
	};

	return cmocka_run_group_tests_name("cli_output", tests, NULL, NULL);
}
