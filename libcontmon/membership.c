// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * A process's cgroups in all hierarchies, from /proc/PID/cgroup. Each line is
 * ID:CONTROLLERS:PATH. The line of v2 has the ID 0 and no controllers.
 */
#include "internal.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool contmon_list_has(const char *list, size_t length, const char *name)
{
	size_t n = strlen(name);

	for (;;) {
		const char *comma = memchr(list, ',', length);
		size_t word = comma ? (size_t)(comma - list) : length;

		if (word == n && memcmp(list, name, n) == 0)
			return true;
		if (!comma)
			return false;
		list += word + 1;
		length -= word + 1;
	}
}

/* The start of the path on the line of @controller, or NULL */
static const char *find_path(const char *line, size_t length,
			     const char *controller)
{
	const char *list = memchr(line, ':', length), *path;

	if (!list)
		return NULL;
	list++;
	path = memchr(list, ':', length - (size_t)(list - line));
	if (!path ||
	    !contmon_list_has(list, (size_t)(path - list), controller))
		return NULL;
	return path + 1;
}

/*
 * The kernel appends this to the removed v2 cgroup of a zombie. It never does
 * in v1, where it is part of the name.
 */
static size_t without_deleted(const char *path, size_t length)
{
	static const char deleted[] = " (deleted)";
	size_t n = sizeof(deleted) - 1;

	if (length > n && memcmp(path + length - n, deleted, n) == 0)
		length -= n;
	return length;
}

const char *contmon_find_membership(const char *text, const char *controller,
				    size_t *ret_length)
{
	for (;;) {
		size_t length = strcspn(text, "\n");
		const char *path = find_path(text, length, controller);

		if (path) {
			*ret_length = length - (size_t)(path - text);
			return path;
		}
		if (!text[length])
			return NULL;
		text += length + 1;
	}
}

static int identify_in(const char *text, const char *controller,
		       struct contmon_identity *ret)
{
	size_t length;
	const char *path = contmon_find_membership(text, controller, &length);

	if (!path)
		return 0;
	if (!*controller)
		length = without_deleted(path, length);
	return contmon_identify_part(path, length, ret);
}

/*
 * Users get directories in systemd's own hierarchy, and can move processes
 * there. The memory controller's says where a process really is.
 */
static const char *hierarchy_of_v1(const char *text)
{
	size_t length;

	return contmon_find_membership(text, "memory", &length) ?
	       "memory" : "name=systemd";
}

int contmon_identify_memberships(const char *text, struct contmon_identity *ret)
{
	*ret = (struct contmon_identity){ 0 };
	return identify_in(text, "", ret) == 1 ||
	       identify_in(text, hierarchy_of_v1(text), ret) == 1;
}

/*
 * Reads a whole file; the caller frees the text. The process may end meanwhile.
 */
static int read_file(const char *name, char **ret_text)
{
	FILE *file = fopen(name, "re");
	char *text = NULL;
	size_t size = 0;
	int r = 0;

	if (!file)
		return -errno;
	errno = 0;
	if (getdelim(&text, &size, 0, file) < 0)
		r = errno ? -errno : -ESRCH;
	fclose(file);
	if (r < 0)
		free(text);
	else
		*ret_text = text;
	return r;
}

int contmon_read_memberships(int32_t pid, char **ret_text)
{
	char name[32];
	int r;

	if (pid < 1)
		return -EINVAL;
	snprintf(name, sizeof(name), "/proc/%d/cgroup", pid);
	r = read_file(name, ret_text);
	return r == -ENOENT || r == -EACCES || r == -EPERM ? -ESRCH : r;
}

int contmon_identify_process(int32_t pid, struct contmon_identity *ret)
{
	char *text;
	int r = contmon_read_memberships(pid, &text);

	if (r < 0)
		return r;
	r = contmon_identify_memberships(text, ret);
	free(text);
	return r;
}

int contmon_has_cgroup1(void)
{
	const char *line;
	char *text;
	int r;

	r = read_file("/proc/self/cgroup", &text);
	if (r < 0)
		return r;
	for (line = text; line && *line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (*line && strncmp(line, "0::", 3) != 0)
			r = 1;
	}
	free(text);
	return r;
}
