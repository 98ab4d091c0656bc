/* SPDX-License-Identifier: GPL-2.0-only */
/* What a load says of its progress, to people and to programs. */
#ifndef CONTMON_LOAD_REPORT_H
#define CONTMON_LOAD_REPORT_H

#include "session.h"

/**
 * struct load_report - something was made or removed
 * @event: "made" or "removed"
 * @id: NULL if it has none
 * @type: of a new container; else NULL
 * @nr, @count: which of how many, or 0
 */
struct load_report {
	const char *event;
	enum load_what what;
	enum load_engine engine;
	const char *name;
	const char *id;
	const char *type;
	uint64_t nr, count;
};

void load_report(struct load *load, const struct load_report *report);

/* Only for people */
__attribute__((format(printf, 2, 3)))
void load_say(struct load *load, const char *format, ...);

#endif /* CONTMON_LOAD_REPORT_H */
