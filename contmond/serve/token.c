// SPDX-License-Identifier: GPL-2.0-only
#include "token.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "base/util.h"

#define MIN_LENGTH 16
#define MAX_LENGTH 512

/* Cuts trailing white space; -EINVAL for white space or controls elsewhere. */
static int check(char *token, size_t length, const char **ret_why)
{
	size_t i;

	while (length > 0 && strchr(" \t\r\n", token[length - 1]))
		length--;
	token[length] = '\0';
	*ret_why = "the file has a character that a token cannot have";
	for (i = 0; i < length; i++) {
		if (token[i] <= ' ' || token[i] > '~')
			return -EINVAL;
	}
	*ret_why = "the token is not 16 to 512 characters long";
	if (length < MIN_LENGTH || length > MAX_LENGTH)
		return -EINVAL;
	return 0;
}

int token_read(const char *path, char **ret, const char **ret_why)
{
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	char text[MAX_LENGTH + 3];
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

bool token_matches(const char *token, const char *authorization)
{
	static const char scheme[] = "Bearer ";
	size_t length = strlen(token), sent_length, i;
	unsigned char difference;
	const char *sent;

	if (!authorization ||
	    strncasecmp(authorization, scheme, sizeof(scheme) - 1) != 0)
		return false;
	sent = authorization + sizeof(scheme) - 1;
	sent += strspn(sent, " ");
	sent_length = strlen(sent);
	difference = sent_length != length;
	for (i = 0; i < sent_length; i++)
		difference |= (unsigned char)(sent[i] ^ token[i % length]);
	return difference == 0;
}
