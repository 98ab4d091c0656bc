/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Parses values of rule files. Each function returns 0, -ENOMEM, or -EINVAL
 * after writing to @why what is wrong and what is allowed. Pure.
 */
#ifndef CONTMOND_POLICY_PARSE_H
#define CONTMOND_POLICY_PARSE_H

#include "base/buffer.h"
#include "policy.h"

/* In one section; more would slow down each tick */
#define POLICY_MAX_TERMS 64

#define MS_PER_SECOND INT64_C(1000)
#define MS_PER_MINUTE (60 * MS_PER_SECOND)
#define MS_PER_HOUR (60 * MS_PER_MINUTE)
#define MS_PER_DAY (24 * MS_PER_HOUR)

/* Append the terms or conditions of one line. */
int policy_parse_terms(const char *text, struct policy_terms *to,
		       struct buffer *why);
int policy_parse_conditions(const char *text, struct policy_conditions *to,
			    struct buffer *why);

int policy_parse_bool(const char *text, bool *ret, struct buffer *why);
int policy_parse_count(const char *text, unsigned int min, unsigned int max,
		       unsigned int *ret, struct buffer *why);
int policy_parse_time(const char *text, int64_t min_ms, int64_t max_ms,
		      int64_t *ret_ms, struct buffer *why);
int policy_parse_number(const char *text, enum unit unit, double min,
			double max, double *ret, struct buffer *why);

/** policy_parse_steps() - the steps of an action */
int policy_parse_steps(const char *text, unsigned int *ret,
		       struct buffer *why);

/** policy_parse_per() - the field that defines groups */
int policy_parse_per(const char *text, enum policy_field *ret,
		     struct buffer *why);

/** policy_parse_field() - returns false if there is no such field */
bool policy_parse_field(const char *name, enum policy_field *ret);

/** policy_write_time() - in the syntax of rule files */
void policy_write_time(struct buffer *to, int64_t ms);

#endif /* CONTMOND_POLICY_PARSE_H */
