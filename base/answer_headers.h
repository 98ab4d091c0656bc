/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Limits the headers and trailers of an HTTP answer, which a server could send
 * without end. libcurl keeps all of them in memory, and limits only the
 * headers, and only since version 8.3.
 */
#ifndef BASE_ANSWER_HEADERS_H
#define BASE_ANSWER_HEADERS_H

#include <stdbool.h>
#include <stddef.h>

/* Limit for one answer, including libcurl's overhead for each line */
#define ANSWER_HEADERS_MAX (64 * 1024)

/**
 * answer_headers_add() - for CURLOPT_HEADERFUNCTION
 * @nr_bytes: for CURLOPT_HEADERDATA: a size_t, 0 at the start of the request
 *
 * If there are too many bytes, the request ends with CURLE_WRITE_ERROR.
 */
size_t answer_headers_add(char *line, size_t size, size_t nr, void *nr_bytes);

/** answer_headers_are_too_long() - is this why the request has ended? */
bool answer_headers_are_too_long(size_t nr_bytes);

#endif /* BASE_ANSWER_HEADERS_H */
