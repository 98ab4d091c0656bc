/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Bytes of an answer that are neither its headers nor its body: what may be
 * written between chunks. libcurl reads them as fast as they come, and gives
 * them to nobody, so a server could keep it busy for ever.
 */
#ifndef CONTMON_ENGINE_OVERHEAD_H
#define CONTMON_ENGINE_OVERHEAD_H

#include <stdbool.h>
#include <stdint.h>

#include <curl/curl.h>

/* Besides as many as are counted; far more than a size before each chunk */
#define OVERHEAD_MAX (1024 * 1024)

/** overhead_watch() - count what libcurl reads after an answer's headers */
void overhead_watch(CURL *easy, uint64_t *nr_read);

/**
 * overhead_is_too_much() - how much of @nr_read does not count?
 * @counted: bytes of headers, trailers and body so far
 */
bool overhead_is_too_much(uint64_t nr_read, uint64_t counted);

#endif /* CONTMON_ENGINE_OVERHEAD_H */
