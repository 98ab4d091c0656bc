// SPDX-License-Identifier: GPL-2.0-only
#include "secret.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "util.h"

/* Cuts trailing white space; -EINVAL for white space or controls elsewhere. */
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

int secret_read(const char *path, char **ret, const char **ret_why)
{
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	char text[SECRET_MAX_LENGTH + 3];
	struct stat st;
	ssize_t length;
	char *copy;
	int r;

	*ret_why = NULL;
	if (fd < 0 || fstat(fd, &st) < 0)
		return -errno;
	*ret_why = "not a regular file";
	if (!S_ISREG(st.st_mode))
		return -EINVAL;
	*ret_why = "all users can read the file";
	if (st.st_mode & (S_IROTH | S_IWOTH))
		return -EPERM;
	*ret_why = NULL;
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
