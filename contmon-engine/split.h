/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A stream of JSON, cut into values that are understood one by one: what is
 * wrong with one value costs no other, and memory is bounded however much
 * comes. Of a value that is an object only the wanted members are kept, and
 * long strings are cut. What neither C nor UTF-8 can hold, a NUL and half a
 * surrogate pair, becomes U+FFFD.
 */
#ifndef CONTMON_ENGINE_SPLIT_H
#define CONTMON_ENGINE_SPLIT_H

#include <stddef.h>

/* What is left of a string, and of a value, at most */
#define SPLIT_STRING_MAX 4096
#define SPLIT_VALUE_MAX (1024 * 1024)

enum split_form {
	SPLIT_WHOLE,	/* the stream is one value */
	SPLIT_ARRAY,	/* it is an array; its elements are the values */
	SPLIT_LINES,	/* there is a value on each line */
};

/**
 * split_fn - gets a value, which may be nonsense; an error ends the stream
 * @text: ends with a NUL; NULL for a value that is too long
 */
typedef int split_fn(const char *text, size_t length, void *userdata);

/** struct split - opaque */
struct split;

/**
 * split_new() - returns NULL without memory
 * @keys: the wanted members, ends with NULL; must outlive it. NULL: all
 */
struct split *split_new(enum split_form form, const char *const *keys,
			split_fn *fn, void *userdata);
void split_free(struct split *split);

/**
 * split_feed() - take some bytes, call split_fn for each value that is complete
 *
 * Returns -EBADMSG for what should be an array and is none, -ENOMEM, or the
 * error of split_fn; the stream cannot be used any further after that.
 */
int split_feed(struct split *split, const char *bytes, size_t nr_bytes);

/**
 * split_end() - no more comes
 *
 * Returns -EBADMSG when an array has no end or the one value is missing,
 * -EMSGSIZE when that is too long, or the error of split_fn, which gets it.
 */
int split_end(struct split *split);

#endif /* CONTMON_ENGINE_SPLIT_H */
