/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A policy: all rule files, loaded and checked. Immutable after policy_load().
 * The language is described in contmon-policy(5).
 */
#ifndef CONTMOND_POLICY_POLICY_H
#define CONTMOND_POLICY_POLICY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "contmond/model/rows.h"

/* 16 hexadecimal digits */
#define POLICY_HASH_LENGTH 16

/** enum policy_field - a string of a container that selectors compare */
enum policy_field {
	POLICY_NAME,
	POLICY_IMAGE,
	POLICY_COMMAND,
	POLICY_RUNTIME,
	POLICY_POD,
	POLICY_CLASS,
	POLICY_TYPE,
	POLICY_STATE,
	POLICY_LABEL,
	POLICY_COMPOSE_PROJECT,
	POLICY_COMPOSE_SERVICE,
	POLICY_NR_FIELDS,
};

/** policy_field_name() - as written in rule files */
const char *policy_field_name(enum policy_field field);

/**
 * struct policy_pattern - what a string is compared with
 * @key: of a label, else NULL
 * @text: a glob or a word; NULL matches any value of the label
 * @is_word: @text must occur as a whole word
 */
struct policy_pattern {
	char *key;
	char *text;
	bool is_word;
};

/**
 * struct policy_term - FIELD PATTERN...
 * @is_negated: starts with "not"
 * @text: as it was written
 */
struct policy_term {
	enum policy_field field;
	bool is_negated;
	struct policy_pattern *patterns;
	size_t nr_patterns;
	char *text;
};

struct policy_terms {
	struct policy_term *all;
	size_t nr;
};

/** enum policy_reading - what is computed from a column */
enum policy_reading {
	POLICY_LEVEL,	/* its number */
	POLICY_SHARE,	/* of bytes, in percent of the host's */
	POLICY_RATE,	/* of a total, per second, since the previous tick */
	POLICY_GAIN,	/* of a total, over `for` */
	POLICY_GROWTH,	/* of a gauge, per minute, over `for` */
};

enum policy_comparison {
	POLICY_MORE,
	POLICY_MORE_OR_EQUAL,
	POLICY_LESS,
	POLICY_LESS_OR_EQUAL,
};

/**
 * struct policy_condition - OPERAND COMPARISON THRESHOLD [until END]
 * @column: of container_table; NULL for the seconds since the container's end
 * @end: the value after "until", at which it ends; NAN without
 * @text: as it was written
 */
struct policy_condition {
	const struct column *column;
	enum policy_reading reading;
	enum policy_comparison comparison;
	double threshold;
	double end;
	char *text;
};

/** policy_looks_back() - is it computed from values of the whole `for`? */
static inline bool policy_looks_back(const struct policy_condition *condition)
{
	return condition->reading == POLICY_GAIN ||
	       condition->reading == POLICY_GROWTH;
}

struct policy_conditions {
	struct policy_condition *all;
	size_t nr;
};

/* Steps of an action, in the order in which they are taken */
#define POLICY_NOTIFY (1u << 0)
#define POLICY_RESTART (1u << 1)
#define POLICY_PAUSE (1u << 2)
#define POLICY_LIMIT (1u << 3)
#define POLICY_STOP (1u << 4)
#define POLICY_KILL (1u << 5)
#define POLICY_REMOVE (1u << 6)

/* Steps after which the container does not run, at least for a while */
#define POLICY_DISRUPTIVE (POLICY_RESTART | POLICY_PAUSE | POLICY_STOP | \
			   POLICY_KILL | POLICY_REMOVE)

/** policy_step_name() - the name of one bit, in rule files and in the audit */
const char *policy_step_name(unsigned int step);

#define POLICY_STEPS_MAX 64

/** policy_steps_text() - the names of all bits, with blanks; returns @text */
const char *policy_steps_text(unsigned int steps, char text[POLICY_STEPS_MAX]);

/** struct policy_place - where something starts in a file */
struct policy_place {
	char *file;
	unsigned int line;
};

/**
 * struct policy_rule - one [rule NAME]; the settings of [policy] are applied
 * @hash: hash of its text
 * @all: all must hold
 * @any: one must hold, unless there are none
 * @for_ms: how long they must hold; 0 for a single tick
 * @keep_newest: how many of each group are spared; 0 for no such condition
 * @per: the field that defines groups; POLICY_NR_FIELDS for a single group
 * @steps: POLICY_NOTIFY to POLICY_REMOVE
 * @limit_cpu_cores, @limit_memory_bytes: for POLICY_LIMIT; NAN if unchanged
 * @hold_ms: time until POLICY_PAUSE and POLICY_LIMIT end
 * @warn_ms: time between the warning and the action; 0 for no warning
 */
struct policy_rule {
	char *name;
	char hash[POLICY_HASH_LENGTH + 1];
	struct policy_place place;
	struct policy_terms select;
	struct policy_conditions all;
	struct policy_conditions any;
	int64_t for_ms;
	unsigned int keep_newest;
	enum policy_field per;
	unsigned int steps;
	int64_t grace_ms;
	int64_t hold_ms;
	double limit_cpu_cores;
	double limit_memory_bytes;
	int64_t warn_ms;
	int64_t cool_down_ms;
	bool dry_run;
};

/** policy_rule_condition() - the @i-th condition: first `all`, then `any` */
static inline const struct policy_condition *
policy_rule_condition(const struct policy_rule *rule, size_t i)
{
	return i < rule->all.nr ? &rule->all.all[i] :
				  &rule->any.all[i - rule->all.nr];
}

/**
 * struct policy_group - one [class NAME] or [type NAME]
 * @match: one must match
 * @minimum: of a class: the number of containers that are left alive
 */
struct policy_group {
	char *name;
	struct policy_place place;
	struct policy_terms match;
	unsigned int minimum;
};

struct policy_groups {
	struct policy_group *all;
	size_t nr;
};

/**
 * struct policy_warning - something that can never have an effect
 * @text: contains the section and the reason
 */
struct policy_warning {
	struct policy_place place;
	char *text;
};

/**
 * struct policy - all rule files
 * @hash: hash of their text
 * @dry_run: nothing is done, whatever a rule says
 * @protect: any matching term protects; these groups have no names
 * @rules: in the order in which they decide
 * @warnings: not mistakes, but without effect
 */
struct policy {
	char hash[POLICY_HASH_LENGTH + 1];
	bool dry_run;
	unsigned int budget_per_minute;
	unsigned int budget_per_hour;
	unsigned int give_up_after;
	int64_t min_age_ms;
	int64_t warn_ms;
	int64_t cool_down_ms;
	struct policy_groups protect;
	struct policy_groups classes;
	struct policy_groups types;
	struct policy_rule *rules;
	size_t nr_rules;
	struct policy_warning *warnings;
	size_t nr_warnings;
};

/** policy_mode() - "off" (no rules), "dry run" (none acts) or "active" */
const char *policy_mode(const struct policy *policy);

/** policy_rule_find() - find a rule by name; NULL if there is none */
const struct policy_rule *policy_rule_find(const struct policy *policy,
					   const char *name);

void policy_free(struct policy *policy);

#endif /* CONTMOND_POLICY_POLICY_H */
