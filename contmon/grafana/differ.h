/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CONTMON_GRAFANA_DIFFER_H
#define CONTMON_GRAFANA_DIFFER_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

/**
 * enum grafana_scope - what is compared
 * @GRAFANA_WHOLE: both have the same members
 * @GRAFANA_WANTED: what is stored may have members that nobody asked for
 */
enum grafana_scope { GRAFANA_WHOLE, GRAFANA_WANTED };

/** struct grafana_place - where two values differ first: "panels[3].title" */
struct grafana_place {
	char text[160];
	size_t length;
};

/**
 * grafana_differs() - is something stored that is not as it is wanted?
 * @stored: may be NULL
 * @place: zero-initialise; where they differ
 *
 * A member that is missing is the same as one that is null, false, "", [], {}.
 * Numbers are equal if their values are.
 */
bool grafana_differs(const json_t *wanted, const json_t *stored,
		     enum grafana_scope scope, struct grafana_place *place);

/** grafana_differs_at() - the same of a member of two objects */
bool grafana_differs_at(const json_t *wanted, const json_t *stored,
			const char *key, enum grafana_scope scope,
			struct grafana_place *place);

#endif /* CONTMON_GRAFANA_DIFFER_H */
