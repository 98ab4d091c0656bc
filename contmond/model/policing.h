/* SPDX-License-Identifier: GPL-2.0-only */
/* What policies are doing, as rows of the API */
#ifndef CONTMOND_MODEL_POLICING_H
#define CONTMOND_MODEL_POLICING_H

#include "rows.h"

/**
 * struct policing_rule_row - a rule
 * @state: "active", or "gave up" after actions that did not help
 * @selected, @over: number of containers at the newest tick; NAN before the
 *	first
 */
struct policing_rule_row {
	const char *rule;
	const char *rule_hash;
	const char *file;
	double line;
	const char *action;
	double dry_run;
	const char *state;
	double selected;
	double over;
	double decisions_total;
};

/**
 * struct policing_class_row - a class
 * @running: number of its containers that run, at the newest tick; NAN before
 *	the first
 * @counted: those of them that count for @minimum
 * @above_minimum: @counted minus @minimum
 */
struct policing_class_row {
	const char *class;
	const char *file;
	double line;
	double minimum;
	double running;
	double counted;
	double above_minimum;
};

/**
 * struct policing_pending_row - a decision that has not ended
 * @acts_ms: when it acts unless it is vetoed; NAN once it has acted
 */
struct policing_pending_row {
	double t;
	const char *decision;
	const char *state;
	const char *action;
	double dry_run;
	double acts_ms;
	const char *container;
	const char *container_id;
	const char *rule;
	const char *rule_hash;
	const char *reason;
};

/**
 * struct policing - if all is zero, there are no policies
 * @mode: "off" without rules, "dry run", "active"; NULL if policies were never
 *	loaded
 * @error: why the newest files could not be loaded, or why policies do not
 *	work; empty if all is well
 * @actions_total: does not count dry runs
 */
struct policing {
	const char *mode;
	char error[512];
	struct policing_rule_row *rules;
	size_t nr_rules;
	struct policing_class_row *classes;
	size_t nr_classes;
	struct policing_pending_row *pending;
	size_t nr_pending;
	double decisions_total;
	double actions_total;
	double failures_total;
};

extern const struct table policing_rule_table;
extern const struct table policing_class_table;
extern const struct table policing_pending_table;

/** policing_done() - free the rows and their strings, which are malloced */
void policing_done(struct policing *policing);

#endif /* CONTMOND_MODEL_POLICING_H */
