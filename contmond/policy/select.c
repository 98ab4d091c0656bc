// SPDX-License-Identifier: GPL-2.0-only
#include "select.h"

#include <fnmatch.h>
#include <string.h>

#include "base/names_protected.h"
#include "base/text.h"

static const char *text_of(const struct subject *subject,
			   enum policy_field field)
{
	const struct container_row *row = subject->candidate->row;

	switch (field) {
	case POLICY_NAME:
		return subject->candidate->name;
	case POLICY_IMAGE:
		return row->image;
	case POLICY_COMMAND:
		return row->command;
	case POLICY_RUNTIME:
		return row->runtime;
	case POLICY_POD:
		return row->pod;
	case POLICY_CLASS:
		return subject->class;
	case POLICY_TYPE:
		return subject->type;
	case POLICY_STATE:
		return row->state;
	case POLICY_COMPOSE_PROJECT:
		return row->compose_project;
	default:
		return row->compose_service;
	}
}

/* What does it mean that a string is NULL? */
static enum policy_answer absence(const struct subject *subject,
				  enum policy_field field)
{
	switch (field) {
	case POLICY_CLASS:
		return subject->has_class;
	case POLICY_TYPE:
		return subject->has_type;
	case POLICY_STATE:
		return POLICY_NOT_KNOWN;
	case POLICY_RUNTIME:
	case POLICY_POD:
		return POLICY_NO;	/* known from the cgroup's path */
	default:
		return subject->candidate->is_described ? POLICY_NO :
							  POLICY_NOT_KNOWN;
	}
}

enum policy_answer select_text(const struct subject *subject,
			       enum policy_field field, const char **ret)
{
	*ret = text_of(subject, field);
	return *ret ? POLICY_YES : absence(subject, field);
}

bool select_fits(const struct policy_pattern *pattern, const char *text)
{
	if (!pattern->text)
		return true;
	if (pattern->is_word)
		return text_has_word(text, pattern->text);
	return fnmatch(pattern->text, text, 0) == 0;
}

static enum policy_answer ask_label(const struct policy_pattern *pattern,
				    const struct policy_candidate *candidate)
{
	const struct container_info name = {
		.labels = candidate->labels, .nr_labels = candidate->nr_labels,
	};
	const char *value = name_label(&name, pattern->key);

	if (value)
		return select_fits(pattern, value) ? POLICY_YES : POLICY_NO;
	return candidate->is_described ? POLICY_NO : POLICY_NOT_KNOWN;
}

static enum policy_answer ask_pattern(const struct policy_term *term,
				      const struct policy_pattern *pattern,
				      const struct subject *subject)
{
	enum policy_answer answer;
	const char *text;

	if (term->field == POLICY_LABEL)
		return ask_label(pattern, subject->candidate);
	answer = select_text(subject, term->field, &text);
	if (answer != POLICY_YES)
		return answer;
	return select_fits(pattern, text) ? POLICY_YES : POLICY_NO;
}

static enum policy_answer ask_term(const struct policy_term *term,
				   const struct subject *subject)
{
	enum policy_answer result = POLICY_NO;
	size_t i;

	for (i = 0; i < term->nr_patterns && result != POLICY_YES; i++) {
		enum policy_answer answer =
			ask_pattern(term, &term->patterns[i], subject);

		if (answer != POLICY_NO)
			result = answer;
	}
	if (!term->is_negated || result == POLICY_NOT_KNOWN)
		return result;
	return result == POLICY_YES ? POLICY_NO : POLICY_YES;
}

enum policy_answer select_all(const struct policy_terms *terms,
			      const struct subject *subject)
{
	enum policy_answer result = POLICY_YES;
	size_t i;

	for (i = 0; i < terms->nr; i++) {
		enum policy_answer answer = ask_term(&terms->all[i], subject);

		if (answer == POLICY_NO)
			return POLICY_NO;
		if (answer == POLICY_NOT_KNOWN)
			result = POLICY_NOT_KNOWN;
	}
	return result;
}

bool select_state(const struct policy_terms *terms, const char *state)
{
	const struct container_row row = { .state = state };
	const struct policy_candidate candidate = { .id = "", .row = &row };
	const struct subject subject = { .candidate = &candidate };
	size_t i;

	for (i = 0; i < terms->nr; i++) {
		if (terms->all[i].field == POLICY_STATE &&
		    ask_term(&terms->all[i], &subject) != POLICY_YES)
			return false;
	}
	return true;
}

enum policy_answer select_any(const struct policy_terms *terms,
			      const struct subject *subject,
			      const struct policy_term **ret)
{
	enum policy_answer result = POLICY_NO;
	size_t i;

	for (i = 0; i < terms->nr; i++) {
		enum policy_answer answer = ask_term(&terms->all[i], subject);

		if (answer == POLICY_YES) {
			if (ret)
				*ret = &terms->all[i];
			return POLICY_YES;
		}
		if (answer == POLICY_NOT_KNOWN)
			result = POLICY_NOT_KNOWN;
	}
	return result;
}

/*
 * Finds the first group that matches. Returns POLICY_NOT_KNOWN if an earlier
 * one may match.
 */
static enum policy_answer find_group(const struct policy_groups *groups,
				     const struct subject *subject,
				     const char **ret)
{
	size_t i;

	for (i = 0; i < groups->nr; i++) {
		enum policy_answer answer =
			select_any(&groups->all[i].match, subject, NULL);

		if (answer == POLICY_YES)
			*ret = groups->all[i].name;
		if (answer != POLICY_NO)
			return answer;
	}
	return POLICY_NO;
}

void select_subject(const struct policy *policy,
		    const struct policy_candidate *candidate,
		    struct subject *ret)
{
	const struct container_info name = {
		.labels = candidate->labels, .nr_labels = candidate->nr_labels,
	};

	*ret = (struct subject){ .candidate = candidate };
	ret->has_type = find_group(&policy->types, ret, &ret->type);
	ret->class = name_label(&name, LABEL_CLASS);
	if (ret->class)
		ret->has_class = POLICY_YES;
	else if (!candidate->is_described)
		ret->has_class = POLICY_NOT_KNOWN;
	else
		ret->has_class = find_group(&policy->classes, ret,
					    &ret->class);
}
