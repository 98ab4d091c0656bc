// SPDX-License-Identifier: GPL-2.0-only
/*
 * Two globs are compared only if the result is certain without trying texts:
 * when one of them matches a single text or everything, or both are equal.
 */
#include "overlap.h"

#include <string.h>

#include "select.h"

bool overlap_is_plain(const struct policy_pattern *pattern)
{
	return pattern->text && !pattern->is_word &&
	       !strpbrk(pattern->text, "*?[\\");
}

static bool has_same_key(const struct policy_pattern *a,
			 const struct policy_pattern *b)
{
	return !a->key || strcmp(a->key, b->key) == 0;
}

static bool matches_all(const struct policy_pattern *pattern)
{
	return !pattern->text ||
	       (!pattern->is_word && strcmp(pattern->text, "*") == 0);
}

/* Does every text that @inner matches also match @outer? */
static bool covers(const struct policy_pattern *outer,
		   const struct policy_pattern *inner)
{
	if (!has_same_key(outer, inner))
		return false;
	if (matches_all(outer))
		return true;
	if (overlap_is_plain(inner))
		return select_fits(outer, inner->text);
	return inner->text && inner->is_word == outer->is_word &&
	       strcmp(inner->text, outer->text) == 0;
}

/* Is it certain that no text matches both? */
static bool are_apart(const struct policy_pattern *a,
		      const struct policy_pattern *b)
{
	if (!has_same_key(a, b))
		return false;
	return (overlap_is_plain(a) && !select_fits(b, a->text)) ||
	       (overlap_is_plain(b) && !select_fits(a, b->text));
}

static bool is_covered(const struct policy_pattern *pattern,
		       const struct policy_term *term)
{
	size_t i;

	for (i = 0; i < term->nr_patterns; i++) {
		if (covers(&term->patterns[i], pattern))
			return true;
	}
	return false;
}

static bool is_apart(const struct policy_pattern *pattern,
		     const struct policy_term *term)
{
	size_t i;

	for (i = 0; i < term->nr_patterns; i++) {
		if (!are_apart(&term->patterns[i], pattern))
			return false;
	}
	return true;
}

/* Does the term exclude every text that matches @pattern? */
static bool rules_out(const struct policy_term *term,
		      const struct policy_pattern *pattern)
{
	return term->is_negated ? is_covered(pattern, term) :
				  is_apart(pattern, term);
}

static bool is_ruled_out(const struct policy_terms *terms, size_t i,
			 const struct policy_pattern *pattern)
{
	size_t j;

	for (j = 0; j < terms->nr; j++) {
		if (j != i && terms->all[j].field == terms->all[i].field &&
		    rules_out(&terms->all[j], pattern))
			return true;
	}
	return false;
}

bool overlap_is_empty(const struct policy_terms *terms, size_t i)
{
	const struct policy_term *term = &terms->all[i];
	size_t j;

	for (j = 0; j < term->nr_patterns && !term->is_negated; j++) {
		if (!is_ruled_out(terms, i, &term->patterns[j]))
			return false;
	}
	return !term->is_negated;
}

static bool are_covered(const struct policy_term *inner,
			const struct policy_term *outer)
{
	size_t i;

	for (i = 0; i < inner->nr_patterns; i++) {
		if (!is_covered(&inner->patterns[i], outer))
			return false;
	}
	return true;
}

static bool are_all_apart(const struct policy_term *a,
			  const struct policy_term *b)
{
	size_t i;

	for (i = 0; i < a->nr_patterns; i++) {
		if (!is_apart(&a->patterns[i], b))
			return false;
	}
	return true;
}

bool overlap_implies(const struct policy_term *a, const struct policy_term *b)
{
	if (a->field != b->field)
		return false;
	if (a->is_negated)
		return b->is_negated && are_covered(b, a);
	return b->is_negated ? are_all_apart(a, b) : are_covered(a, b);
}
