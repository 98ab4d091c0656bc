/* SPDX-License-Identifier: GPL-2.0-only */
/* Headers of a target, from a file, because some of them are secrets. */
#ifndef CONTMOND_FORWARD_HEADERS_H
#define CONTMOND_FORWARD_HEADERS_H

#include <stdbool.h>
#include <stddef.h>

/**
 * headers_read() - read the lines "NAME: VALUE" of a file
 * @ret: the same without empty lines and comments; malloced
 * @ret_why: what is wrong with it, or NULL if the errno is enough
 */
int headers_read(const char *path, char **ret, const char **ret_why);

/**
 * headers_next() - copy the next line
 * @rest: the text that is left; begins with that of headers_read(), or NULL
 *
 * Returns false at the end.
 */
bool headers_next(const char **rest, char *line, size_t size);

/** headers_have() - is there a header of this name? @headers may be NULL */
bool headers_have(const char *headers, const char *name);

/** headers_show() - is a value of them in @text? @headers may be NULL */
bool headers_show(const char *headers, const char *text);

/* Longer lines are refused. */
#define HEADERS_MAX_LINE 1024

#endif /* CONTMOND_FORWARD_HEADERS_H */
