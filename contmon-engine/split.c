// SPDX-License-Identifier: GPL-2.0-only
/*
 * Looks only at brackets, commas and strings; the reader of a value checks
 * whether it is valid JSON.
 */
#include "split.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "large.h"

#define UNICODE_ESCAPE 6	/* bytes of \uXXXX */

/*
 * @depth: nesting of brackets inside the value
 * @mark: length of the value before the current member or string
 */
struct split {
	enum split_form form;
	const char *const *keys;
	split_fn *fn;
	void *userdata;
	bool in_array;
	bool after_array;

	struct buffer value;
	struct large large;
	bool too_long;
	unsigned int depth;

	struct {
		bool possible;	/* the value is an object, and there are keys */
		bool expected;	/* the next string is a key */
		bool any;	/* a member has been kept */
		bool dropping;
		size_t mark;
	} member;

	struct {
		bool inside;
		bool is_key;
		bool cut;
		size_t mark;
		char escape[UNICODE_ESCAPE];
		size_t nr_escape;
		char high[UNICODE_ESCAPE];	/* of a surrogate pair */
		bool has_high;
	} string;
};

/* Values */

static bool may_have(struct split *split, size_t nr_bytes)
{
	return nr_bytes <= SPLIT_VALUE_MAX &&
	       (nr_bytes <= SPLIT_LARGE || large_take(&split->large));
}

static void drop_value(struct split *split)
{
	split->value.length = 0;
	if (!split->large.held)
		return;
	large_give(&split->large);
	buffer_done(&split->value);
}

static void give_up(struct split *split)
{
	split->too_long = true;
	drop_value(split);
}

static void on_lost(void *userdata)
{
	give_up(userdata);
}

struct split *split_new(enum split_form form, const char *const *keys,
			uid_t user, split_fn *fn, void *userdata)
{
	struct split *split = calloc(1, sizeof(*split));

	if (!split)
		return NULL;
	split->form = form;
	split->keys = keys;
	split->fn = fn;
	split->userdata = userdata;
	split->large = (struct large){
		.user = user, .lose = on_lost, .userdata = split,
	};
	return split;
}

void split_free(struct split *split)
{
	if (!split)
		return;
	drop_value(split);
	buffer_done(&split->value);
	free(split);
}

static void keep(struct split *split, const char *bytes, size_t nr_bytes)
{
	if (split->member.dropping || split->too_long)
		return;
	if (!may_have(split, split->value.length + nr_bytes)) {
		give_up(split);
		return;
	}
	buffer_add(&split->value, bytes, nr_bytes);
}

static int end_value(struct split *split)
{
	struct buffer *value = &split->value;
	int r = 0;

	if (split->too_long) {
		r = split->fn(NULL, 0, split->userdata);
	} else if (value->failed) {
		r = -ENOMEM;
	} else if (value->length > 0) {
		/* The bytes of an unwanted member may follow the value. */
		value->text[value->length] = '\0';
		r = split->fn(value->text, value->length, split->userdata);
	}
	drop_value(split);
	split->too_long = false;
	split->depth = 0;
	memset(&split->member, 0, sizeof(split->member));
	memset(&split->string, 0, sizeof(split->string));
	return r;
}

/* Members of a value that is an object */

static bool is_wanted(const struct split *split, const char *key, size_t length)
{
	size_t i;

	for (i = 0; split->keys[i]; i++) {
		if (strncmp(split->keys[i], key, length) == 0 &&
		    split->keys[i][length] == '\0')
			return true;
	}
	return false;
}

static void begin_member(struct split *split)
{
	split->member.mark = split->value.length;
	if (split->member.any)
		keep(split, ",", 1);
}

/* Called when the key is complete, except for its closing quote */
static void choose_member(struct split *split)
{
	const struct buffer *value = &split->value;
	size_t key = split->string.mark;

	if (split->too_long || value->failed)
		return;
	if (is_wanted(split, value->text + key, value->length - key)) {
		split->member.any = true;
		return;
	}
	split->value.length = split->member.mark;
	split->member.dropping = true;
}

/* Strings */

static void begin_string(struct split *split)
{
	memset(&split->string, 0, sizeof(split->string));
	split->string.inside = true;
	split->string.is_key = split->member.possible && split->depth == 1 &&
			       split->member.expected;
	if (split->string.is_key)
		begin_member(split);
	keep(split, "\"", 1);
	split->string.mark = split->value.length;
}

static size_t room_in_string(const struct split *split)
{
	size_t length = split->value.length - split->string.mark;

	return length < SPLIT_STRING_MAX ? SPLIT_STRING_MAX - length : 0;
}

/* Adds the whole escape, or truncates the string here. */
static void keep_escape(struct split *split, const char *escape, size_t length)
{
	split->string.cut |= length > room_in_string(split);
	if (!split->string.cut)
		keep(split, escape, length);
}

/* Adds what there is room for, but never part of a character. */
static void keep_characters(struct split *split, const char *bytes,
			    size_t nr_bytes)
{
	size_t take = room_in_string(split);

	if (split->string.cut)
		return;
	if (take > nr_bytes)
		take = nr_bytes;
	while (take < nr_bytes && (bytes[take] & 0xc0) == 0x80)
		take++;
	split->string.cut = take < nr_bytes;
	keep(split, bytes, take);
}

static void replace_character(struct split *split)
{
	keep_escape(split, "\\ufffd", UNICODE_ESCAPE);
}

static void end_pair(struct split *split, const char *low)
{
	char pair[2 * UNICODE_ESCAPE];

	split->string.has_high = false;
	if (!low) {
		replace_character(split);
		return;
	}
	memcpy(pair, split->string.high, UNICODE_ESCAPE);
	memcpy(pair + UNICODE_ESCAPE, low, UNICODE_ESCAPE);
	keep_escape(split, pair, sizeof(pair));
}

static void keep_unicode(struct split *split, const char *escape)
{
	char digits[5] = { 0 };
	unsigned long code;

	memcpy(digits, escape + 2, 4);
	code = strtoul(digits, NULL, 16);
	if (code >= 0xdc00 && code <= 0xdfff && split->string.has_high) {
		end_pair(split, escape);
		return;
	}
	if (split->string.has_high)
		end_pair(split, NULL);
	if (code >= 0xd800 && code <= 0xdbff) {
		memcpy(split->string.high, escape, UNICODE_ESCAPE);
		split->string.has_high = true;
	} else if (code == 0 || (code >= 0xdc00 && code <= 0xdfff)) {
		replace_character(split);
	} else {
		keep_escape(split, escape, UNICODE_ESCAPE);
	}
}

/* Returns whether @c belongs to the escape that has started. */
static bool take_escape(struct split *split, char c)
{
	size_t *nr = &split->string.nr_escape;
	char *escape = split->string.escape;

	if (*nr >= 2 && !isxdigit((unsigned char)c)) {
		keep_escape(split, escape, *nr);
		*nr = 0;
		return false;
	}
	escape[(*nr)++] = c;
	if (escape[1] == 'u' && *nr < UNICODE_ESCAPE)
		return true;
	if (*nr == UNICODE_ESCAPE) {
		keep_unicode(split, escape);
	} else {
		if (split->string.has_high)
			end_pair(split, NULL);
		keep_escape(split, escape, *nr);
	}
	*nr = 0;
	return true;
}

static void end_string(struct split *split)
{
	if (split->string.has_high)
		end_pair(split, NULL);
	split->string.inside = false;
	if (split->string.is_key) {
		split->member.expected = false;
		choose_member(split);
	}
	keep(split, "\"", 1);
}

static size_t plain_characters(const char *bytes, size_t nr_bytes)
{
	size_t i = 0;

	while (i < nr_bytes && bytes[i] != '"' && bytes[i] != '\\' &&
	       (unsigned char)bytes[i] >= 0x20)
		i++;
	return i;
}

/* Returns how many of @bytes were used, at least one. */
static size_t take_string(struct split *split, const char *bytes,
			  size_t nr_bytes)
{
	size_t nr;

	if (split->string.nr_escape > 0 && take_escape(split, *bytes))
		return 1;
	if (*bytes == '\\') {
		split->string.escape[0] = '\\';
		split->string.nr_escape = 1;
		return 1;
	}
	if (*bytes == '"') {
		end_string(split);
		return 1;
	}
	if (split->string.has_high)
		end_pair(split, NULL);
	nr = plain_characters(bytes, nr_bytes);
	if (nr > 0) {
		keep_characters(split, bytes, nr);
		return nr;
	}
	keep_characters(split, " ", 1);	/* replaces a control character */
	return 1;
}

/* Structure */

static void open_bracket(struct split *split, char c)
{
	if (split->depth++ == 0) {
		split->member.possible = c == '{' && split->keys;
		split->member.expected = true;
	}
	keep(split, &c, 1);
}

static int close_bracket(struct split *split, char c)
{
	if (split->depth == 0 && split->form == SPLIT_ARRAY && c == ']') {
		split->after_array = true;
		return end_value(split);
	}
	if (split->depth > 0 && --split->depth == 0)
		split->member.dropping = false;
	keep(split, &c, 1);
	return 0;
}

static int take_comma(struct split *split)
{
	if (split->depth == 0 && split->form == SPLIT_ARRAY)
		return end_value(split);
	if (split->depth == 1 && split->member.possible) {
		/* begin_member() adds the comma where a member is kept. */
		split->member.dropping = false;
		split->member.expected = true;
		return 0;
	}
	keep(split, ",", 1);
	return 0;
}

static int take_structure(struct split *split, char c)
{
	switch (c) {
	case '"':
		begin_string(split);
		return 0;
	case '{':
	case '[':
		open_bracket(split, c);
		return 0;
	case '}':
	case ']':
		return close_bracket(split, c);
	case ',':
		return take_comma(split);
	case ' ':
	case '\t':
	case '\r':
	case '\n':
		if (split->value.length == 0)
			return 0;
		break;
	}
	keep(split, &c, 1);
	return 0;
}

static int begin_array(struct split *split, char c)
{
	if (c == '[')
		split->in_array = true;
	else if (!isspace((unsigned char)c))
		return -EBADMSG;
	return 0;
}

int split_feed(struct split *split, const char *bytes, size_t nr_bytes)
{
	size_t taken;
	int r = 0;

	for (; r == 0 && nr_bytes > 0; bytes += taken, nr_bytes -= taken) {
		taken = 1;
		if (split->form == SPLIT_ARRAY && !split->in_array)
			r = begin_array(split, *bytes);
		else if (split->after_array)
			return 0;
		else if (split->form == SPLIT_LINES && *bytes == '\n')
			r = end_value(split);
		else if (split->string.inside)
			taken = take_string(split, bytes, nr_bytes);
		else
			r = take_structure(split, *bytes);
	}
	return r;
}

int split_end(struct split *split)
{
	switch (split->form) {
	case SPLIT_ARRAY:
		return split->after_array ? 0 : -EBADMSG;
	case SPLIT_WHOLE:
		if (split->too_long)
			return -EMSGSIZE;
		return split->value.length > 0 ? end_value(split) : -EBADMSG;
	default:
		return 0;
	}
}
