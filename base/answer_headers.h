/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A limit for what an HTTP answer has before and behind its body. libcurl keeps
 * all of it, and limits only what comes before the body, and that only since
 * 8.3. A server could send headers or trailers without end.
 */
#ifndef BASE_ANSWER_HEADERS_H
#define BASE_ANSWER_HEADERS_H

#include <stdbool.h>
#include <stddef.h>

/* Of one answer, together with what libcurl needs to keep each line */
#define ANSWER_HEADERS_MAX (64 * 1024)

/**
 * answer_headers_add() - for CURLOPT_HEADERFUNCTION
 * @nr_bytes: a size_t, 0 when the request begins, for CURLOPT_HEADERDATA
 *
 * When there are too many, the request ends with CURLE_WRITE_ERROR.
 */
size_t answer_headers_add(char *line, size_t size, size_t nr, void *nr_bytes);

/** answer_headers_are_too_long() - is that why it has ended? */
bool answer_headers_are_too_long(size_t nr_bytes);

#endif /* BASE_ANSWER_HEADERS_H */
