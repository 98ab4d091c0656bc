/* SPDX-License-Identifier: GPL-2.0-only */
/* Headers of a target, read from a file because some of them are secrets */
#ifndef CONTMOND_FORWARD_HEADERS_H
#define CONTMOND_FORWARD_HEADERS_H

#include <stdbool.h>
#include <stddef.h>

/**
 * headers_read() - read the lines "NAME: VALUE" of a file
 * @ret: the lines, without empty ones and comments; malloced
 * @ret_why: what is wrong, or NULL if the errno is enough
 */
int headers_read(const char *path, char **ret, const char **ret_why);

/**
 * headers_next() - copy the next line
 * @rest: the remaining text, at first that of headers_read(), or NULL
 *
 * Returns false at the end.
 */
bool headers_next(const char **rest, char *line, size_t size);

/** headers_have() - is there a header with this name? @headers may be NULL */
bool headers_have(const char *headers, const char *name);

/**
 * headers_show() - does @text contain one of the values? @headers may be NULL
 */
bool headers_show(const char *headers, const char *text);

/* Longer lines are refused. */
#define HEADERS_MAX_LINE 1024

#endif /* CONTMOND_FORWARD_HEADERS_H */
