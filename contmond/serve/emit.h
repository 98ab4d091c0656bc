/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * JSON, written without a tree of it: rows go out by the ten thousand. Strings,
 * the hostile part, are quoted by jansson; the tests read all of it back with it.
 */
#ifndef CONTMOND_SERVE_EMIT_H
#define CONTMOND_SERVE_EMIT_H

#include "base/buffer.h"
#include "contmond/model/rows.h"

/** json_text() - a string, or null for NULL; what is not UTF-8 is replaced */
void json_text(struct buffer *buffer, const char *text);

/** json_number() - a number, or null for NAN */
void json_number(struct buffer *buffer, double number);

/** json_key() - "key": with a comma before it unless @first */
void json_key(struct buffer *buffer, const char *key, bool first);

/**
 * json_row() - an object with the columns of a table
 * @wanted: for each column whether it is written; NULL for all
 */
void json_row(struct buffer *buffer, const struct table *table,
	      const bool *wanted, const void *row);

#endif /* CONTMOND_SERVE_EMIT_H */
