// SPDX-License-Identifier: GPL-2.0-only
/* FIELD PATTERN [PATTERN...], not FIELD PATTERN... */
#include "parse.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"

#define BLANKS " \t"
#define WORD_PREFIX "word:"

enum token {
	TOKEN_END,
	TOKEN_COMMA,
	TOKEN_WORD,
	TOKEN_UNCLOSED,	/* a quote that is not closed */
};

/**
 * struct scan - a line that is being read
 * @word: of the last TOKEN_WORD, without quotes
 * @is_quoted: it was quoted, and is therefore not a keyword
 */
struct scan {
	const char *at;
	char *word;
	bool is_quoted;
};

static enum token scan_word(struct scan *scan)
{
	char *to = scan->word;
	bool is_open = false;

	scan->is_quoted = false;
	for (; *scan->at; scan->at++) {
		if (*scan->at == '"') {
			is_open = !is_open;
			scan->is_quoted = true;
		} else if (!is_open && strchr(BLANKS ",", *scan->at)) {
			break;
		} else {
			*to++ = *scan->at;
		}
	}
	*to = '\0';
	return is_open ? TOKEN_UNCLOSED : TOKEN_WORD;
}

static enum token scan_next(struct scan *scan)
{
	scan->at += strspn(scan->at, BLANKS);
	if (!*scan->at)
		return TOKEN_END;
	if (*scan->at != ',')
		return scan_word(scan);
	scan->at++;
	return TOKEN_COMMA;
}

static int refuse(struct buffer *why, const char *text)
{
	buffer_puts(why, text);
	return -EINVAL;
}

static int refuse_empty(struct buffer *why, enum policy_field field)
{
	buffer_printf(why, "no pattern after %s", policy_field_name(field));
	return -EINVAL;
}

/*
 * Is @word a comment, or an operator of other languages like !, &, | and =? As
 * a pattern it would select something unintended, and protect less.
 */
static bool is_mistake(const char *word)
{
	static const char *const words[] = { "not", "and", "or" };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(words); i++) {
		if (strcmp(word, words[i]) == 0)
			return true;
	}
	return strchr(word, ';') || (*word && strchr("#!='&|", *word));
}

static int refuse_word(struct buffer *why, const char *word)
{
	buffer_printf(why, "'%s' is no pattern without double quotes: terms "
		      "are [not] FIELD PATTERN..., with commas between them, "
		      "and a comment begins with a blank and ;", word);
	return -EINVAL;
}

static int set_pattern(const struct scan *scan, enum policy_field field,
		       struct policy_pattern *pattern, struct buffer *why)
{
	const char *value = scan->word;

	if (!scan->is_quoted && is_mistake(value))
		return refuse_word(why, value);
	if (field == POLICY_LABEL) {
		const char *equals = strchr(value, '=');
		size_t length = strcspn(value, "=");

		if (length == 0)
			return refuse(why, "a label without a key");
		pattern->key = strndup(value, length);
		if (!pattern->key)
			return -ENOMEM;
		if (!equals)
			return 0;
		value = equals + 1;
	}
	pattern->is_word = strncmp(value, WORD_PREFIX,
				   strlen(WORD_PREFIX)) == 0;
	if (pattern->is_word)
		value += strlen(WORD_PREFIX);
	if (!*value && field != POLICY_LABEL)
		return refuse_empty(why, field);
	pattern->text = strdup(value);
	return pattern->text ? 0 : -ENOMEM;
}

static int add_pattern(const struct scan *scan, struct policy_term *term,
		       struct buffer *why)
{
	struct policy_pattern *grown =
		reallocarray(term->patterns, term->nr_patterns + 1,
			     sizeof(*grown));

	if (!grown)
		return -ENOMEM;
	term->patterns = grown;
	grown[term->nr_patterns] = (struct policy_pattern){ 0 };
	return set_pattern(scan, term->field, &grown[term->nr_patterns++],
			   why);
}

bool policy_parse_field(const char *name, enum policy_field *ret)
{
	size_t i;

	for (i = 0; i < POLICY_NR_FIELDS; i++) {
		if (strcmp(policy_field_name((enum policy_field)i),
			   name) == 0) {
			*ret = (enum policy_field)i;
			return true;
		}
	}
	return false;
}

static int refuse_field(struct buffer *why, const char *name)
{
	size_t i;

	buffer_printf(why, "unknown field '%s'; the fields are ", name);
	for (i = 0; i < POLICY_NR_FIELDS; i++)
		buffer_printf(why, "%s%s", i ? ", " : "",
			      policy_field_name((enum policy_field)i));
	return -EINVAL;
}

/* Reads up to the next comma or the end. */
static int scan_patterns(struct scan *scan, struct policy_term *term,
			 struct buffer *why, enum token *ret)
{
	enum token token;
	int r;

	while ((token = scan_next(scan)) == TOKEN_WORD) {
		r = add_pattern(scan, term, why);
		if (r < 0)
			return r;
	}
	if (token == TOKEN_UNCLOSED)
		return refuse(why, "a quote is not closed");
	if (term->nr_patterns == 0)
		return refuse_empty(why, term->field);
	*ret = token;
	return 0;
}

static int scan_term(struct scan *scan, struct policy_term *term,
		     struct buffer *why, enum token *ret)
{
	const char *start = scan->at + strspn(scan->at, BLANKS);
	enum token token = scan_next(scan);
	size_t length;
	int r;

	if (token == TOKEN_WORD && !scan->is_quoted &&
	    strcmp(scan->word, "not") == 0) {
		term->is_negated = true;
		token = scan_next(scan);
	}
	if (token == TOKEN_UNCLOSED)
		return refuse(why, "a quote is not closed");
	if (token != TOKEN_WORD)
		return refuse(why, "a term is missing: FIELD PATTERN");
	if (!policy_parse_field(scan->word, &term->field))
		return refuse_field(why, scan->word);
	r = scan_patterns(scan, term, why, ret);
	if (r < 0)
		return r;
	length = (size_t)(scan->at - start);
	while (length > 0 && strchr(BLANKS ",", start[length - 1]))
		length--;
	term->text = strndup(start, length);
	return term->text ? 0 : -ENOMEM;
}

static int add_term(struct scan *scan, struct policy_terms *to,
		    struct buffer *why, enum token *ret)
{
	struct policy_term *grown;

	if (to->nr == POLICY_MAX_TERMS) {
		buffer_printf(why, "more than %d terms", POLICY_MAX_TERMS);
		return -EINVAL;
	}
	grown = reallocarray(to->all, to->nr + 1, sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	to->all = grown;
	grown[to->nr] = (struct policy_term){ 0 };
	return scan_term(scan, &grown[to->nr++], why, ret);
}

int policy_parse_terms(const char *text, struct policy_terms *to,
		       struct buffer *why)
{
	_cleanup_free_ char *word = malloc(strlen(text) + 1);
	struct scan scan = { .at = text, .word = word };
	enum token token = TOKEN_COMMA;
	int r = word ? 0 : -ENOMEM;

	while (r == 0 && token == TOKEN_COMMA)
		r = add_term(&scan, to, why, &token);
	return r;
}
