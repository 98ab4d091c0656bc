// SPDX-License-Identifier: GPL-2.0-only
#include "headers.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/secret.h"
#include "base/util.h"

#define MAX_BYTES 16384
/* Shorter words are not secrets, and occur in many answers. */
#define MIN_SECRET 4
#define BLANKS " \t"
/* What separates the parts of a value, such as those of a cookie */
#define SEPARATORS BLANKS ",;:=\"'"
/* Characters that RFC 9110 allows in a name */
#define NAME_CHARACTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ" \
			"0123456789!#$%&'*+-.^_`|~"

/* Headers that contmond and libcurl set themselves */
static const char *const reserved[] = {
	"Connection", "Content-Encoding", "Content-Length", "Content-Type",
	"Expect", "Host", "Idempotency-Key", "Transfer-Encoding",
};

static const char *value_of(const char *line)
{
	const char *value = strchr(line, ':') + 1;

	return value + strspn(value, BLANKS);
}

static int check_line(const char *line, const char **ret_why)
{
	size_t i, length = strspn(line, NAME_CHARACTERS);

	*ret_why = "a line is not NAME: VALUE";
	if (length == 0 || line[length] != ':' || !*value_of(line))
		return -EINVAL;
	*ret_why = "a value has a character that is not printable ASCII";
	for (i = length; line[i]; i++) {
		if ((line[i] < ' ' || line[i] > '~') && line[i] != '\t')
			return -EINVAL;
	}
	*ret_why = "it has a header that contmond writes itself";
	for (i = 0; i < ARRAY_SIZE(reserved); i++) {
		if (strlen(reserved[i]) == length &&
		    strncasecmp(reserved[i], line, length) == 0)
			return -EINVAL;
	}
	return 0;
}

static int take_line(char *to, char *line, const char **ret_why)
{
	size_t length = strlen(line);
	int r;

	while (length > 0 && strchr(" \t\r", line[length - 1]))
		line[--length] = '\0';
	if (length == 0 || *line == '#')
		return 0;
	*ret_why = "a line is longer than 1023 characters";
	r = length < HEADERS_MAX_LINE ? check_line(line, ret_why) : -EINVAL;
	if (r == 0)
		strcat(strcat(to, line), "\n");
	return r;
}

int headers_read(const char *path, char **ret, const char **ret_why)
{
	char *text = NULL, *all, *rest, *line;
	int r = secret_read_text(path, true, MAX_BYTES, &text, ret_why);
	size_t length;

	if (r < 0)
		return r;
	length = strlen(text);
	all = calloc(1, length + 2);
	if (!all)
		r = -ENOMEM;
	rest = text;
	while (r == 0 && (line = strsep(&rest, "\n")))
		r = take_line(all, line, ret_why);
	explicit_bzero(text, length);
	free(text);
	if (r < 0) {
		secret_free(all);
		return r;
	}
	*ret = all;
	return 0;
}

bool headers_next(const char **rest, char *line, size_t size)
{
	const char *begin = *rest, *end = begin ? strchr(begin, '\n') : NULL;
	size_t length = end ? (size_t)(end - begin) : 0;

	if (!end || length >= size)
		return false;
	memcpy(line, begin, length);
	line[length] = '\0';
	*rest = end + 1;
	return true;
}

bool headers_have(const char *headers, const char *name)
{
	char line[HEADERS_MAX_LINE];
	size_t length = strlen(name);
	bool found = false;

	while (!found && headers_next(&headers, line, sizeof(line)))
		found = strncasecmp(line, name, length) == 0 &&
			line[length] == ':';
	explicit_bzero(line, sizeof(line));
	return found;
}

/*
 * Does @text contain a part of the line's value? If there are several words,
 * the first one only names the kind of secret: "Bearer", "ApiKey".
 */
static bool shows(char *line, const char *text)
{
	char *rest = line + (value_of(line) - line), *part;
	const char end = rest[strcspn(rest, SEPARATORS)];
	const char *scheme = end && strchr(BLANKS, end) ? rest : NULL;

	while ((part = strsep(&rest, SEPARATORS))) {
		if (part != scheme && strlen(part) >= MIN_SECRET &&
		    strstr(text, part))
			return true;
	}
	return false;
}

bool headers_show(const char *headers, const char *text)
{
	char line[HEADERS_MAX_LINE];
	bool found = false;

	while (!found && headers_next(&headers, line, sizeof(line)))
		found = shows(line, text);
	explicit_bzero(line, sizeof(line));
	return found;
}
