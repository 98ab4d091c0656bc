/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tests whether a container's strings match terms. An unknown string matches
 * nothing, not even "not". Pure.
 */
#ifndef CONTMOND_POLICY_SELECT_H
#define CONTMOND_POLICY_SELECT_H

#include "decide.h"

/**
 * struct subject - a container and its class and type
 * @class, @type: NULL if it has none; unknown if @has_class or @has_type is
 *	POLICY_NOT_KNOWN
 */
struct subject {
	const struct policy_candidate *candidate;
	const char *class;
	const char *type;
	enum policy_answer has_class;
	enum policy_answer has_type;
};

/** select_subject() - determine its type and its class, at first unknown */
void select_subject(const struct policy *policy,
		    const struct policy_candidate *candidate,
		    struct subject *ret);

enum policy_answer select_all(const struct policy_terms *terms,
			      const struct subject *subject);

/** select_any() - @ret: the first term that matches; may be NULL */
enum policy_answer select_any(const struct policy_terms *terms,
			      const struct subject *subject,
			      const struct policy_term **ret);

/** select_fits() - does a string match a pattern? */
bool select_fits(const struct policy_pattern *pattern, const char *text);

/** select_state() - can containers in this state match all terms? */
bool select_state(const struct policy_terms *terms, const char *state);

/**
 * select_text() - get the string of any field but POLICY_LABEL; NULL if none
 *
 * Returns POLICY_NOT_KNOWN if it is unknown.
 */
enum policy_answer select_text(const struct subject *subject,
			       enum policy_field field, const char **ret);

#endif /* CONTMOND_POLICY_SELECT_H */
