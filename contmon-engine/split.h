/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Splits a stream of JSON into values that are parsed one by one: an invalid
 * value does not affect others, and memory is bounded for any input, also that
 * of all streams together: see large.h. Of an object only the wanted members
 * are kept, and long strings are cut. NUL and half a surrogate pair, which C
 * strings or UTF-8 cannot represent, become U+FFFD.
 */
#ifndef CONTMON_ENGINE_SPLIT_H
#define CONTMON_ENGINE_SPLIT_H

#include <stddef.h>
#include <sys/types.h>

/* Maximum length of a string, and of a value, after cutting */
#define SPLIT_STRING_MAX 4096
#define SPLIT_VALUE_MAX (1024 * 1024)

/* Only LARGE_MAX streams may have a longer value than this at once. */
#define SPLIT_LARGE (16 * 1024)

enum split_form {
	SPLIT_WHOLE,	/* the stream is one value */
	SPLIT_ARRAY,	/* it is an array; its elements are the values */
	SPLIT_LINES,	/* there is a value on each line */
};

/**
 * split_fn - gets a value, which may be invalid; an error ends the stream
 * @text: NUL-terminated; NULL for a value that is too long, or for which there
 *	is no room
 */
typedef int split_fn(const char *text, size_t length, void *userdata);

/** struct split - opaque */
struct split;

/**
 * split_new() - returns NULL without memory
 * @keys: the wanted members, NULL-terminated; must outlive it. NULL: all
 * @user: whose stream it is
 */
struct split *split_new(enum split_form form, const char *const *keys,
			uid_t user, split_fn *fn, void *userdata);
void split_free(struct split *split);

/**
 * split_feed() - add bytes, and call split_fn for each complete value
 *
 * Returns -EBADMSG if an expected array is missing, -ENOMEM, or the error of
 * split_fn; after that the stream cannot be used.
 */
int split_feed(struct split *split, const char *bytes, size_t nr_bytes);

/**
 * split_end() - end of the stream
 *
 * Returns -EBADMSG when an array has no end or the single value is missing,
 * -EMSGSIZE when that is too long, or the error of split_fn, which gets it.
 */
int split_end(struct split *split);

#endif /* CONTMON_ENGINE_SPLIT_H */
