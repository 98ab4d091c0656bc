/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A row to be written: its statement and its values. Values use the numbers of
 * this run; offsets determined when the database was opened turn them into the
 * numbers of the database.
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
	REMOVE_FINAL,
	ADD_DEVICE,
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
	VALUE_EVENT,		/* of an event */
	VALUE_DECISION,		/* of a row of the audit */
	VALUE_CONTAINER,	/* of a container */
	VALUE_BASE,		/* no value: the base of container numbers */
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
 * struct entry - opaque except where its values are bound
 * @references: protected by the queue's lock
 * @bytes: size in memory
 * @tier: of a span or frame
 * @is_key: of a frame: it needs none before it
 * @user: whose container it is about, or QUEUE_OUTSIDE; 0: root's, or nobody's
 * @tick: with which it is written, see queue_begin_tick(); 0: by itself
 */
struct entry {
	struct entry *next;
	unsigned int references;
	enum statement statement;
	unsigned int tier;
	bool is_key;
	int64_t user;
	uint64_t tick;
	size_t bytes;
	size_t nr;
	bool failed;
	struct value values[ENTRY_MAX_VALUES];
};

/**
 * entry_new() - returns NULL if there is no memory; values may be added to NULL
 */
struct entry *entry_new(enum statement statement);
void entry_free(struct entry *entry);

/** entry_of_user() - set the user whose container it is about */
void entry_of_user(struct entry *entry, int64_t user);

/* Values, in the order of the statement's parameters */
void entry_add(struct entry *entry, enum value_kind kind, int64_t integer);
void entry_add_null(struct entry *entry);
void entry_add_real(struct entry *entry, double real);	/* NAN becomes NULL */
void entry_add_text(struct entry *entry, const char *text);	/* or NULL */
void entry_add_blob(struct entry *entry, const void *bytes, size_t nr_bytes);

/** entry_add_whole() - add a whole number; NAN becomes NULL */
void entry_add_whole(struct entry *entry, double number);

#endif /* CONTMOND_STORE_ENTRY_H */
