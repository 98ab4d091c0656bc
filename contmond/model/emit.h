/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * JSON, written directly into the answer, because there are tens of thousands
 * of rows. Strings may contain anything, and are quoted by jansson.
 */
#ifndef CONTMOND_MODEL_EMIT_H
#define CONTMOND_MODEL_EMIT_H

#include "base/buffer.h"
#include "rows.h"

/** emit_text() - a string, or null for NULL; invalid UTF-8 is replaced */
void emit_text(struct buffer *buffer, const char *text);

/** emit_number() - a number, or null for NAN */
void emit_number(struct buffer *buffer, double number);

/** emit_key() - "key": with a preceding comma unless @first */
void emit_key(struct buffer *buffer, const char *key, bool first);

/** emit_member() - a key with a string */
void emit_member(struct buffer *buffer, const char *key, const char *text,
		 bool first);

/** emit_buffer() - a string that is in @text, which is freed */
void emit_buffer(struct buffer *buffer, struct buffer *text);

/**
 * emit_row() - an object with the columns of a table
 * @wanted: the columns to write; NULL for all
 */
void emit_row(struct buffer *buffer, const struct table *table,
	      const bool *wanted, const void *row);

/** emit_row_of_host() - the same, preceded by the key "host"; null if empty */
void emit_row_of_host(struct buffer *buffer, const char *host,
		      const struct table *table, const bool *wanted,
		      const void *row);

#endif /* CONTMOND_MODEL_EMIT_H */
