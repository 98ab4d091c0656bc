/* SPDX-License-Identifier: GPL-2.0-only */
/* The secret token of requests */
#ifndef CONTMOND_SERVE_TOKEN_H
#define CONTMOND_SERVE_TOKEN_H

#include <stdbool.h>

/**
 * token_read() - read a token from a file that not all users can read
 * @ret: 16 to 512 printable characters; malloced
 * @ret_why: the reason, or NULL if the errno is enough
 */
int token_read(const char *path, char **ret, const char **ret_why);

/**
 * token_matches() - does the value of an Authorization header have @token?
 *
 * The time this takes depends on the value, but not on how much of it is
 * correct.
 */
bool token_matches(const char *token, const char *authorization);

#endif /* CONTMOND_SERVE_TOKEN_H */
