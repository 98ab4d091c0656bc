// SPDX-License-Identifier: GPL-2.0-only
/* CSV as in RFC 4180, without line ends in fields, which an export escapes */
#include "base/lines.h"
#include "imported.h"

#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define MAX_FIELDS 512

/**
 * struct table_reader - where it is
 * @keys: of the columns; point into @headings
 * @line: the last one that was read; those too long are counted, too
 */
struct table_reader {
	const struct cli_imported_sink *sink;
	struct lines lines;
	char *headings;
	const char *keys[MAX_FIELDS];
	size_t nr_keys;
	uint64_t line;
	uint64_t nr_too_long;
};

static int complain(const struct table_reader *reader, const char *why)
{
	reader->sink->bad(reader->line, why, reader->sink->userdata);
	return 0;
}

/* Unquotes a field in place; returns what is behind it, NULL if it is bad. */
static char *cut_quoted(char *text)
{
	char *to = text, *from = text + 1;

	while (*from && (*from != '"' || from[1] == '"')) {
		from += *from == '"';
		*to++ = *from++;
	}
	if (*from != '"' || (from[1] && from[1] != ','))
		return NULL;
	*to = '\0';
	return from + 1;
}

/*
 * Cuts @line at its commas. A field is NULL if it is empty without quotes.
 * NULL, or why the line is bad
 */
static const char *cut(char *line, const char *ret[MAX_FIELDS], size_t *ret_nr)
{
	size_t nr = 0;

	while (line) {
		bool quoted = *line == '"';
		char *end = quoted ? cut_quoted(line) : strchrnul(line, ',');
		bool last = end && !*end;

		if (nr == MAX_FIELDS)
			return "it has too many fields";
		if (!end)
			return "a field has no closing quote";
		if (!quoted)
			*end = '\0';
		if (!quoted && strchr(line, '"'))
			return "a quote is inside of a field";
		ret[nr++] = quoted || *line ? line : NULL;
		line = last ? NULL : end + 1;
	}
	*ret_nr = nr;
	return NULL;
}

static const char *set_number(struct cli_imported *row, const char *key,
			      const char *text)
{
	double number = NAN;
	char *end;

	if (text) {
		number = strtod(text, &end);
		if (*end || !isfinite(number) || !strchr("-0123456789", *text))
			return "a value is not a number";
	}
	if (strcmp(key, "t") == 0)
		return cli_imported_set_t(row, number);
	cli_imported_set(row, key, number);
	return NULL;
}

static const char *fill(const struct table_reader *reader,
			const char *const *fields, struct cli_imported *row)
{
	const char *why = NULL;
	size_t i;

	cli_imported_init(row);
	for (i = 0; i < reader->nr_keys && !why; i++) {
		const char *key = reader->keys[i];

		if (strcmp(key, "container") == 0)
			row->container = fields[i];
		else if (strcmp(key, "id") == 0)
			row->id = fields[i];
		else if (strcmp(key, "t") == 0 ||
			 table_find(&container_table, key))
			why = set_number(row, key, fields[i]);
	}
	return why ?: cli_imported_lacks(row);
}

static bool has_key(const struct table_reader *reader, const char *key)
{
	size_t i;

	for (i = 0; i < reader->nr_keys; i++) {
		if (strcmp(reader->keys[i], key) == 0)
			return true;
	}
	return false;
}

static int read_headings(struct table_reader *reader, char *line)
{
	const char *why;
	size_t i;

	reader->headings = strdup(line);
	if (!reader->headings)
		return -ENOMEM;
	why = cut(reader->headings, reader->keys, &reader->nr_keys);
	for (i = 0; i < reader->nr_keys; i++)
		reader->keys[i] = reader->keys[i] ?: "";
	if (why || !has_key(reader, "t") || !has_key(reader, "container")) {
		complain(reader, "neither JSON nor CSV with headings as t and "
			 "container");
		return -EBADMSG;
	}
	return 0;
}

static int read_row(struct table_reader *reader, char *line)
{
	const char *fields[MAX_FIELDS], *why;
	struct cli_imported row;
	size_t nr;

	why = cut(line, fields, &nr);
	if (!why && nr != reader->nr_keys)
		why = "it has another number of fields than the headings";
	if (!why)
		why = fill(reader, fields, &row);
	return why ? complain(reader, why) :
		     reader->sink->row(&row, reader->sink->userdata);
}

static void note_too_long(struct table_reader *reader)
{
	while (reader->nr_too_long < reader->lines.nr_too_long) {
		reader->nr_too_long++;
		reader->line++;
		complain(reader, "it is longer than 1 MiB");
	}
}

static int read_line(const char *bytes, size_t length, void *userdata)
{
	struct table_reader *reader = userdata;
	char *line;
	int r;

	note_too_long(reader);
	reader->line++;
	if (length > 0 && bytes[length - 1] == '\r')
		length--;
	if (length == 0)
		return 0;
	if (memchr(bytes, '\0', length) && reader->headings)
		return complain(reader, "it has a NUL character");
	line = strndup(bytes, length);
	if (!line)
		return -ENOMEM;
	r = reader->headings ? read_row(reader, line) :
			       read_headings(reader, line);
	free(line);
	return r;
}

static int feed(struct table_reader *reader, const char *bytes, size_t nr)
{
	return lines_feed(&reader->lines, bytes, nr, CLI_IMPORTED_MAX,
			  read_line, reader);
}

int cli_imported_read_csv(FILE *from, const char *begin, size_t nr,
			  const struct cli_imported_sink *sink)
{
	struct table_reader reader = { .sink = sink };
	char bytes[1 << 16];
	int r = feed(&reader, begin, nr);

	while (r == 0 && (nr = fread(bytes, 1, sizeof(bytes), from)) > 0)
		r = feed(&reader, bytes, nr);
	if (r == 0 && ferror(from))
		r = -errno;
	if (r == 0)
		r = feed(&reader, "\n", 1);
	if (r == 0)
		note_too_long(&reader);
	lines_reset(&reader.lines);
	free(reader.headings);
	/* It was reported. */
	return r == -EBADMSG ? 0 : r;
}
