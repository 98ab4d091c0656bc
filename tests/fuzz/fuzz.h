/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Shared by the fuzz targets. A target gets bytes from libFuzzer, passes them
 * to parsers and checks rules for the results; a sanitizer checks the rest.
 */
#ifndef TESTS_FUZZ_FUZZ_H
#define TESTS_FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A rule; libFuzzer keeps the input that breaks one. */
#define MUST(rule) \
	((rule) ? (void)0 : fuzz_broken(__FILE__, __LINE__, #rule))

static inline void fuzz_broken(const char *file, int line, const char *rule)
{
	fprintf(stderr, "%s:%d: broken rule: %s\n", file, line, rule);
	abort();
}

/*
 * The input as a string of exactly its length, so that reads beyond it are
 * found
 */
static inline char *fuzz_text(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);

	MUST(text);
	if (size)
		memcpy(text, data, size);
	text[size] = 0;
	return text;
}

/* Fills a result before a call that must not change it */
static inline void fuzz_mark(void *result, size_t size)
{
	memset(result, 0xa5, size);
}

static inline int fuzz_is_marked(const void *result, size_t size)
{
	const unsigned char *byte = result;

	while (size--)
		if (*byte++ != 0xa5)
			return 0;
	return 1;
}

#endif /* TESTS_FUZZ_FUZZ_H */
