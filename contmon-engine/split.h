/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Splits a stream of JSON into values that are parsed one by one. An invalid
 * value does not affect others, and memory is bounded for any input, even for
 * all streams together (see large.h). Only the wanted members of an object are
 * kept, and long strings are truncated. NUL and unpaired surrogates, which C
 * strings or UTF-8 cannot represent, become U+FFFD.
 */
#ifndef CONTMON_ENGINE_SPLIT_H
#define CONTMON_ENGINE_SPLIT_H

#include <stddef.h>
#include <sys/types.h>

/* Maximum length of a string, and of a value, after truncation */
#define SPLIT_STRING_MAX 4096
#define SPLIT_VALUE_MAX (1024 * 1024)

/* At most LARGE_MAX streams may have a longer value at the same time. */
#define SPLIT_LARGE (16 * 1024)

enum split_form {
	SPLIT_WHOLE,	/* the stream is one value */
	SPLIT_ARRAY,	/* the stream is an array of values */
	SPLIT_LINES,	/* each line is a value */
};

/**
 * split_fn - gets a value, which may be invalid; an error ends the stream
 * @text: NUL-terminated; NULL if the value is too long or there is no room for
 *	it
 */
typedef int split_fn(const char *text, size_t length, void *userdata);

/** struct split - opaque */
struct split;

/**
 * split_new() - returns NULL if there is no memory
 * @keys: wanted members, NULL-terminated, must outlive it; NULL for all
 * @user: whose stream it is
 */
struct split *split_new(enum split_form form, const char *const *keys,
			uid_t user, split_fn *fn, void *userdata);
void split_free(struct split *split);

/**
 * split_feed() - add bytes, and call split_fn for each complete value
 *
 * Returns -EBADMSG if an expected array is missing, -ENOMEM, or the error of
 * split_fn; then the stream must not be used any more.
 */
int split_feed(struct split *split, const char *bytes, size_t nr_bytes);

/**
 * split_end() - end the stream; passes an incomplete single value to split_fn
 *
 * Returns -EBADMSG if an array has no end or a single value is missing,
 * -EMSGSIZE if that is too long, or the error of split_fn.
 */
int split_end(struct split *split);

#endif /* CONTMON_ENGINE_SPLIT_H */
