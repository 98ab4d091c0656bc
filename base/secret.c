// SPDX-License-Identifier: GPL-2.0-only
#include "secret.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util.h"

/*
 * Removes trailing white space; -EINVAL if white space or controls are
 * elsewhere
 */
static int check(char *secret, size_t length, const char **ret_why)
{
	size_t i;

	while (length > 0 && strchr(" \t\r\n", secret[length - 1]))
		length--;
	secret[length] = '\0';
	*ret_why = "the file has a character that a secret cannot have";
	for (i = 0; i < length; i++) {
		if (secret[i] <= ' ' || secret[i] > '~')
			return -EINVAL;
	}
	*ret_why = "the secret is not 1 to 512 characters long";
	if (length == 0 || length > SECRET_MAX_LENGTH)
		return -EINVAL;
	return 0;
}

static int open_file(const char *path, bool is_secret, const char **ret_why)
{
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat st;
	int opened;

	*ret_why = NULL;
	if (fd < 0 || fstat(fd, &st) < 0)
		return -errno;
	*ret_why = "not a regular file";
	if (!S_ISREG(st.st_mode))
		return -EINVAL;
	*ret_why = "all users can read the file";
	if (is_secret && st.st_mode & (S_IROTH | S_IWOTH))
		return -EPERM;
	*ret_why = NULL;
	opened = fd;
	fd = -1;
	return opened;
}

int secret_read(const char *path, char **ret, const char **ret_why)
{
	_cleanup_close_ int fd = open_file(path, true, ret_why);
	char text[SECRET_MAX_LENGTH + 3];
	ssize_t length;
	char *copy;
	int r;

	if (fd < 0)
		return fd;
	length = read(fd, text, sizeof(text) - 1);
	if (length < 0)
		return -errno;
	r = check(text, (size_t)length, ret_why);
	if (r < 0)
		return r;
	copy = strdup(text);
	if (!copy)
		return -ENOMEM;
	*ret = copy;
	return 0;
}

int secret_read_text(const char *path, bool is_secret, size_t max_length,
		     char **ret, const char **ret_why)
{
	_cleanup_close_ int fd = open_file(path, is_secret, ret_why);
	ssize_t length;
	char *text;

	if (fd < 0)
		return fd;
	text = calloc(1, max_length + 2);
	if (!text)
		return -ENOMEM;
	length = read(fd, text, max_length + 1);
	if (length >= 0 && (size_t)length <= max_length &&
	    !memchr(text, '\0', (size_t)length)) {
		/*
		 * Shrunk in place, so that no copy of the secret is left behind
		 */
		*ret = realloc(text, (size_t)length + 1) ?: text;
		return 0;
	}
	*ret_why = length < 0 ? NULL : "the file is too long, or has a zero";
	length = length < 0 ? -errno : -EINVAL;
	secret_free(text);
	return (int)length;
}

void secret_free(char *secret)
{
	if (secret)
		explicit_bzero(secret, strlen(secret));
	free(secret);
}
