/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Counts bytes of an answer that are neither headers nor body: extra data
 * between chunks. libcurl reads it as fast as it arrives and passes it to
 * nobody, so a server could keep libcurl busy for ever.
 */
#ifndef CONTMON_ENGINE_OVERHEAD_H
#define CONTMON_ENGINE_OVERHEAD_H

#include <stdbool.h>
#include <stdint.h>

#include <curl/curl.h>

/* Added to the payload itself; much more than a size before each chunk needs */
#define OVERHEAD_MAX (1024 * 1024)

/**
 * overhead_watch() - count what libcurl reads after the headers of an answer
 */
void overhead_watch(CURL *easy, uint64_t *nr_read);

/**
 * overhead_is_too_much() - is too much of @nr_read neither headers nor body?
 * @counted: bytes of headers, trailers and body so far
 */
bool overhead_is_too_much(uint64_t nr_read, uint64_t counted);

#endif /* CONTMON_ENGINE_OVERHEAD_H */
