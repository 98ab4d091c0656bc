/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A row that waits to be written: which statement, and its values. Values
 * hold the numbers of this run; the database's are found by adding what it
 * had already when it was opened.
 */
#ifndef CONTMOND_STORE_ENTRY_H
#define CONTMOND_STORE_ENTRY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum statement {
	ADD_SPAN,
	ADD_FRAME,
	ADD_CONTAINER,
	CHANGE_CONTAINER,
	SEE_CONTAINER,
	RESUME_CONTAINER,
	END_CONTAINER,
	ADD_FINAL,
	ADD_CLOCK,
	ADD_EVENT,
	ADD_AUDIT,
	SET_CURSOR,
	ADD_CONTAINER_MINUTE,
	ADD_HOST_MINUTE,
	NR_STATEMENTS,
};

enum value_kind {
	VALUE_NULL,
	VALUE_INTEGER,
	VALUE_REAL,
	VALUE_TEXT,
	VALUE_BLOB,
	VALUE_SPAN,		/* an integer: number of a span */
	VALUE_SEQ,		/* of a tick */
	VALUE_CONTAINER,	/* of a container */
	VALUE_BASE,		/* none: what those of containers get */
};

struct value {
	enum value_kind kind;
	union {
		int64_t integer;
		double real;
		char *bytes;
	};
	size_t length;
};

#define ENTRY_MAX_VALUES 20

/**
 * struct entry - opaque except where it is bound
 * @references: holders; under the queue's lock
 * @bytes: how much memory it takes
 * @tier: of a span or frame
 */
struct entry {
	struct entry *next;
	unsigned int references;
	enum statement statement;
	unsigned int tier;
	size_t bytes;
	size_t nr;
	bool failed;
	struct value values[ENTRY_MAX_VALUES];
};

/** entry_new() - NULL without memory; adding to NULL is harmless */
struct entry *entry_new(enum statement statement);
void entry_free(struct entry *entry);

/* Values, in the order of the statement's parameters */
void entry_add(struct entry *entry, enum value_kind kind, int64_t integer);
void entry_add_null(struct entry *entry);
void entry_add_real(struct entry *entry, double real);	/* NAN: NULL */
void entry_add_text(struct entry *entry, const char *text);	/* NULL: NULL */
void entry_add_blob(struct entry *entry, const void *bytes, size_t nr_bytes);

/** entry_add_whole() - a number that is whole; NAN: NULL */
void entry_add_whole(struct entry *entry, double number);

#endif /* CONTMOND_STORE_ENTRY_H */
