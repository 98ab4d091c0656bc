// SPDX-License-Identifier: GPL-2.0-only
#include "filesystems.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/util.h"

/* A disk may be mounted at many paths, of which a few are enough. */
#define MAX_PATHS_OF_DEVICE 4
#define MAX_PATHS ((size_t)FILESYSTEMS_MAX * MAX_PATHS_OF_DEVICE)

/**
 * struct mount - a line of mountinfo
 * @path: mount point
 */
struct mount {
	char *path;
	char *type;
	char *source;
	unsigned int major;
	unsigned int minor;
};

/**
 * struct disk_path - a path at which a file system on a disk can be reached
 * @path: malloced
 */
struct disk_path {
	char *path;
	unsigned int major;
	unsigned int minor;
};

/**
 * struct disk_paths
 * @barred: mount points that may hang, so nothing below them is queried;
 *	malloced, and so is each of them
 */
struct disk_paths {
	struct disk_path entries[MAX_PATHS];
	size_t nr;
	char **barred;
	size_t nr_barred;
};

static bool is_one_of(const char *type, const char *const types[], size_t nr)
{
	size_t i;

	for (i = 0; i < nr; i++) {
		if (strcmp(type, types[i]) == 0)
			return true;
	}
	return false;
}

static bool is_of_disk(const char *type)
{
	static const char *const types[] = {
		"ext2", "ext3", "ext4", "xfs", "btrfs", "f2fs",
	};

	return is_one_of(type, types, ARRAY_SIZE(types));
}

/* These never hang, so they may be on the way to a disk. */
static bool is_passed(const char *type)
{
	static const char *const types[] = {
		"rootfs", "ramfs", "tmpfs", "devtmpfs", "overlay", "squashfs",
		"erofs", "zfs", "bcachefs", "vfat",
	};

	return is_of_disk(type) || is_one_of(type, types, ARRAY_SIZE(types));
}

/* Is @path the directory itself, or below it? */
static bool is_within(const char *path, const char *directory)
{
	size_t length = strlen(directory);

	if (length > 0 && directory[length - 1] == '/')
		length--;
	return strncmp(path, directory, length) == 0 &&
	       (path[length] == '/' || path[length] == '\0');
}

/* The kernel writes some bytes as octal escapes: "\040" is a space. */
static void unescape(char *text)
{
	char *to = text;

	while (*text) {
		if (text[0] == '\\' && text[1] >= '0' && text[1] <= '3' &&
		    text[2] >= '0' && text[2] <= '7' && text[3] >= '0' &&
		    text[3] <= '7') {
			*to++ = (char)((text[1] - '0') * 64 +
				       (text[2] - '0') * 8 + text[3] - '0');
			text += 4;
		} else {
			*to++ = *text++;
		}
	}
	*to = '\0';
}

/* ID PARENT MAJOR:MINOR ROOT PATH OPTIONS [MORE...] - TYPE SOURCE OPTIONS */
static bool parse(char *line, struct mount *ret)
{
	char *rest = strstr(line, " - "), *device;
	int i;

	if (!rest)
		return false;
	*rest = '\0';
	rest += strlen(" - ");
	for (i = 0; i < 2; i++)
		strsep(&line, " ");
	device = strsep(&line, " ");
	strsep(&line, " ");
	ret->path = strsep(&line, " ");
	ret->type = strsep(&rest, " ");
	ret->source = strsep(&rest, " ");
	if (!device || !ret->path || !ret->source ||
	    sscanf(device, "%u:%u", &ret->major, &ret->minor) != 2)
		return false;
	unescape(ret->path);
	unescape(ret->source);
	return true;
}

/* btrfs shows a device number of its own instead of its disk's. */
static bool find_disk(struct mount *mount)
{
	struct stat disk;

	if (!is_of_disk(mount->type))
		return false;
	if (mount->major != 0)
		return true;
	if (strncmp(mount->source, "/dev/", 5) != 0 ||
	    stat(mount->source, &disk) < 0 || !S_ISBLK(disk.st_mode))
		return false;
	mount->major = major(disk.st_rdev);
	mount->minor = minor(disk.st_rdev);
	return true;
}

/* A later mount hides everything below its mount point. */
static void cover(struct disk_paths *paths, const char *path)
{
	size_t i, nr = 0;

	for (i = 0; i < paths->nr; i++) {
		if (is_within(paths->entries[i].path, path))
			free(paths->entries[i].path);
		else
			paths->entries[nr++] = paths->entries[i];
	}
	paths->nr = nr;
}

static bool is_barred(const struct disk_paths *paths, const char *path)
{
	size_t i;

	for (i = 0; i < paths->nr_barred; i++) {
		if (is_within(path, paths->barred[i]))
			return true;
	}
	return false;
}

/* Returns false if there is no memory. */
static bool bar(struct disk_paths *paths, const char *path)
{
	char **barred = reallocarray(paths->barred, paths->nr_barred + 1,
				     sizeof(*barred));

	if (!barred)
		return false;
	paths->barred = barred;
	barred[paths->nr_barred] = strdup(path);
	if (!barred[paths->nr_barred])
		return false;
	paths->nr_barred++;
	return true;
}

static void add(struct disk_paths *paths, const struct mount *mount)
{
	struct disk_path *disk = &paths->entries[paths->nr];
	size_t i, same = 0;

	for (i = 0; i < paths->nr; i++)
		same += paths->entries[i].major == mount->major &&
			paths->entries[i].minor == mount->minor;
	if (paths->nr == MAX_PATHS || same == MAX_PATHS_OF_DEVICE)
		return;
	disk->path = strdup(mount->path);
	disk->major = mount->major;
	disk->minor = mount->minor;
	paths->nr += disk->path ? 1 : 0;
}

/* Returns false if there was no memory to remember what may hang. */
static bool read_paths(FILE *mountinfo, struct disk_paths *paths)
{
	_cleanup_free_ char *line = NULL;
	struct mount mount;
	size_t size = 0;
	ssize_t length;

	while ((length = getline(&line, &size, mountinfo)) > 0) {
		if (line[length - 1] == '\n')
			line[length - 1] = '\0';
		if (!parse(line, &mount))
			continue;
		cover(paths, mount.path);
		if (!is_passed(mount.type)) {
			if (!bar(paths, mount.path))
				return false;
		} else if (!is_barred(paths, mount.path) &&
			   find_disk(&mount)) {
			add(paths, &mount);
		}
	}
	return true;
}

static bool is_known(const struct filesystems *filesystems,
		     const struct disk_path *disk)
{
	size_t i;

	for (i = 0; i < filesystems->nr; i++) {
		if (filesystems->entries[i].major == disk->major &&
		    filesystems->entries[i].minor == disk->minor)
			return true;
	}
	return false;
}

static void ask(const struct disk_path *disk, struct filesystems *ret)
{
	struct filesystem *entry = &ret->entries[ret->nr];
	struct statvfs is;

	if (ret->nr == FILESYSTEMS_MAX || is_known(ret, disk) ||
	    statvfs(disk->path, &is) < 0 || is.f_blocks == 0)
		return;
	entry->major = disk->major;
	entry->minor = disk->minor;
	entry->size_bytes = (uint64_t)is.f_blocks * is.f_frsize;
	entry->used_bytes = (uint64_t)(is.f_blocks - is.f_bfree) * is.f_frsize;
	ret->nr++;
}

void filesystems_parse(FILE *mountinfo, struct filesystems *ret)
{
	_cleanup_free_ struct disk_paths *paths = calloc(1, sizeof(*paths));
	bool is_safe;
	size_t i;

	ret->nr = 0;
	if (!paths)
		return;
	is_safe = read_paths(mountinfo, paths);
	for (i = 0; i < paths->nr; i++) {
		if (is_safe)
			ask(&paths->entries[i], ret);
		free(paths->entries[i].path);
	}
	for (i = 0; i < paths->nr_barred; i++)
		free(paths->barred[i]);
	free(paths->barred);
}

void filesystems_read(struct filesystems *ret)
{
	int fd = open("/proc/self/mountinfo", O_RDONLY | O_CLOEXEC);
	FILE *file = fd < 0 ? NULL : fdopen(fd, "r");

	ret->nr = 0;
	if (file) {
		filesystems_parse(file, ret);
		fclose(file);
	} else if (fd >= 0) {
		close(fd);
	}
}
