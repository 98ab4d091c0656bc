// SPDX-License-Identifier: GPL-2.0-only
#include "base/directory.h"
#include "draft.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <unistd.h>

static void draft_done(struct cli_draft *draft)
{
	free(draft->name);
	free(draft->path);
	*draft = (struct cli_draft){ 0 };
}

static mode_t mode_of_new_file(void)
{
	mode_t mask = umask(0);

	umask(mask);
	return 0666 & ~mask;
}

/* Only root may give the file to another owner. */
static int take_rights(int fd, const struct stat *old)
{
	if (!old)
		return fchmod(fd, mode_of_new_file());
	if (fchown(fd, old->st_uid, old->st_gid) < 0)
		return -1;
	return fchmod(fd, old->st_mode & 0777);
}

/* @name: a template for mkostemp(). Returns NULL and sets errno on failure. */
static FILE *make_draft(char *name, const struct stat *old)
{
	int error, fd = mkostemp(name, O_CLOEXEC);
	FILE *file = NULL;

	if (fd < 0)
		return NULL;
	if (take_rights(fd, old) == 0)
		file = fdopen(fd, "w");
	if (file)
		return file;
	error = errno;
	close(fd);
	unlink(name);
	errno = error;
	return NULL;
}

/* @old: the file to be replaced; NULL if there is none */
static int open_beside(struct cli_draft *draft, const struct stat *old)
{
	if (asprintf(&draft->name, "%s.XXXXXX", draft->path) < 0) {
		draft->name = NULL;
		return -ENOMEM;
	}
	draft->file = make_draft(draft->name, old);
	return draft->file ? 0 : -errno;
}

static int open_itself(struct cli_draft *draft, const char *path)
{
	free(draft->name);
	draft->name = NULL;
	draft->file = fopen(path, "we");
	return draft->file ? 0 : -errno;
}

/* Links in /proc lead to open files, like that of /dev/stdout. */
static bool is_open_file(const char *path)
{
	static const struct open_how how = {
		.flags = O_PATH | O_CLOEXEC,
		.resolve = RESOLVE_NO_MAGICLINKS,
	};
	int fd = (int)syscall(SYS_openat2, AT_FDCWD, path, &how, sizeof(how));

	if (fd < 0)
		return true;
	close(fd);
	return false;
}

static bool is_mounted(const char *path)
{
	struct statx st;

	return statx(AT_FDCWD, path, 0, 0, &st) == 0 &&
	       st.stx_attributes & STATX_ATTR_MOUNT_ROOT;
}

/* A replacement would lose other names and access control lists. */
static bool is_replaceable(const char *path, const struct stat *st)
{
	return S_ISREG(st->st_mode) && st->st_nlink == 1 &&
	       access(path, W_OK) == 0 && !is_open_file(path) &&
	       !is_mounted(path) &&
	       getxattr(path, "system.posix_acl_access", NULL, 0) < 0;
}

/* If the disk is full, the older file must not be overwritten in place. */
static bool is_full(int error)
{
	return error == -ENOSPC || error == -EDQUOT;
}

int cli_draft_open(struct cli_draft *draft, const char *path)
{
	struct stat st;
	int r;

	*draft = (struct cli_draft){ 0 };
	r = directory_follow(path, &draft->path);
	if (r < 0)
		return r;
	if (stat(path, &st) < 0)
		r = errno == ENOENT ? open_beside(draft, NULL) : -errno;
	else
		r = is_replaceable(path, &st) ? open_beside(draft, &st) :
						-EPERM;
	if (r < 0 && !is_full(r))
		r = open_itself(draft, path);
	if (r < 0)
		draft_done(draft);
	return r;
}

/* Without this, a power failure could leave an empty file. */
static int make_durable(FILE *file)
{
	return fflush(file) < 0 || fsync(fileno(file)) < 0 ? -errno : 0;
}

int cli_draft_keep(struct cli_draft *draft)
{
	int r = draft->name ? make_durable(draft->file) : 0;

	if (fclose(draft->file) < 0 && r == 0)
		r = -errno;
	if (draft->name && r == 0)
		r = rename(draft->name, draft->path) < 0 ? -errno : 0;
	if (draft->name && r < 0)
		unlink(draft->name);
	draft_done(draft);
	return r;
}

void cli_draft_drop(struct cli_draft *draft)
{
	fclose(draft->file);
	if (draft->name)
		unlink(draft->name);
	draft_done(draft);
}
