/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Do a container's texts match? What is unknown matches nothing, and does not
 * match "not" either. Pure.
 */
#ifndef CONTMOND_POLICY_SELECT_H
#define CONTMOND_POLICY_SELECT_H

#include "decide.h"

/**
 * struct subject - a container with what was found out about it
 * @class, @type: NULL without one; unknown if the answer is POLICY_NOT_KNOWN
 */
struct subject {
	const struct policy_candidate *candidate;
	const char *class;
	const char *type;
	enum policy_answer has_class;
	enum policy_answer has_type;
};

/** select_subject() - find its type and its class, which begin unknown */
void select_subject(const struct policy *policy,
		    const struct policy_candidate *candidate,
		    struct subject *ret);

enum policy_answer select_all(const struct policy_terms *terms,
			      const struct subject *subject);

/** select_any() - @ret: the first term that is true; may be NULL */
enum policy_answer select_any(const struct policy_terms *terms,
			      const struct subject *subject,
			      const struct policy_term **ret);

/** select_fits() - does the text match the pattern? */
bool select_fits(const struct policy_pattern *pattern, const char *text);

/** select_state() - can containers in that state match all terms? */
bool select_state(const struct policy_terms *terms, const char *state);

/**
 * select_text() - text of a field but POLICY_LABEL, NULL without one
 *
 * Returns POLICY_NOT_KNOWN if it is unknown.
 */
enum policy_answer select_text(const struct subject *subject,
			       enum policy_field field, const char **ret);

#endif /* CONTMOND_POLICY_SELECT_H */
