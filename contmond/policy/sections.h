/* SPDX-License-Identifier: GPL-2.0-only */
/* Makes a policy from the sections of rule files. Pure. */
#ifndef CONTMOND_POLICY_SECTIONS_H
#define CONTMOND_POLICY_SECTIONS_H

#include "base/buffer.h"
#include "policy.h"

/** enum section_kind - the word before the name in a section's head */
enum section_kind {
	SECTION_POLICY,
	SECTION_PROTECT,
	SECTION_CLASS,
	SECTION_TYPE,
	SECTION_RULE,
	SECTION_NR_KINDS,
};

/** section_kind_name() - as written in a head */
const char *section_kind_name(enum section_kind kind);

struct section_line {
	char *key;
	char *value;
	unsigned int line;
};

/**
 * struct section - one section as it is written
 * @name: NULL if its kind has none
 * @file: borrowed
 * @line: line of its head
 */
struct section {
	enum section_kind kind;
	char *name;
	const char *file;
	unsigned int line;
	struct section_line *lines;
	size_t nr_lines;
};

struct sections {
	struct section *all;
	size_t nr;
};

/** section_complain_fn - receives a mistake; @line is NULL for the head */
typedef void section_complain_fn(const struct section *section,
				 const struct section_line *line,
				 const char *why, void *userdata);

/**
 * section_parse_head() - get kind and name
 * @ret_name: malloced; NULL if the kind has none
 * @why: what is allowed, after -EINVAL
 */
int section_parse_head(const char *head, enum section_kind *ret_kind,
		       char **ret_name, struct buffer *why);

/**
 * sections_apply() - fill in @policy, which is zero-initialised
 *
 * Returns -EINVAL after mistakes, or -ENOMEM. @policy must be freed in any
 * case.
 */
int sections_apply(const struct sections *sections, struct policy *policy,
		   section_complain_fn *complain, void *userdata);

/** section_find_line() - the first line with a key, or NULL */
const struct section_line *section_find_line(const struct section *section,
					     const char *key);

/** section_find_value() - the first line whose value contains @part, or NULL */
const struct section_line *section_find_value(const struct section *section,
					      const char *key,
					      const char *part);

#endif /* CONTMOND_POLICY_SECTIONS_H */
