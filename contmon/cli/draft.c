// SPDX-License-Identifier: GPL-2.0-only
#include "base/folder.h"
#include "draft.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/stat.h>
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

/* Only root may give it to the owner of the old one. */
static int take_rights(int fd, const struct stat *old)
{
	if (!old)
		return fchmod(fd, mode_of_new_file());
	if (fchown(fd, old->st_uid, old->st_gid) < 0 && errno != EPERM)
		return -1;
	return fchmod(fd, old->st_mode & 0777);
}

/* @name: its end is replaced. NULL with errno */
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

/* @old: the file that it replaces; NULL: none */
static int open_beside(struct cli_draft *draft, const struct stat *old)
{
	if (old && access(draft->path, W_OK) < 0)
		return -errno;
	if (asprintf(&draft->name, "%s.XXXXXX", draft->path) < 0) {
		draft->name = NULL;
		return -ENOMEM;
	}
	draft->file = make_draft(draft->name, old);
	return draft->file ? 0 : -errno;
}

static int open_itself(struct cli_draft *draft, const char *path)
{
	draft->file = fopen(path, "we");
	return draft->file ? 0 : -errno;
}

/* Links of /proc lead to what has no name, such as a pipe. */
static bool is_named(const char *path, const struct stat *st)
{
	struct stat named;

	return S_ISREG(st->st_mode) && stat(path, &named) == 0 &&
	       named.st_dev == st->st_dev && named.st_ino == st->st_ino;
}

int cli_draft_open(struct cli_draft *draft, const char *path)
{
	struct stat st;
	int r;

	*draft = (struct cli_draft){ 0 };
	r = folder_follow(path, &draft->path);
	if (r < 0)
		return r;
	if (stat(path, &st) < 0)
		r = errno == ENOENT ? open_beside(draft, NULL) : -errno;
	else if (is_named(draft->path, &st))
		r = open_beside(draft, &st);
	else
		r = open_itself(draft, path);
	if (r < 0)
		draft_done(draft);
	return r;
}

/* Else a power failure may leave an empty file of that name. */
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
