// SPDX-License-Identifier: GPL-2.0-only
/*
 * Rows are flat objects, so any flat object is a row, whatever it is in: lines,
 * or arrays in an object. Thus a broken row cannot affect the next one, which
 * begins at the next brace.
 */
#include "base/buffer.h"
#include "imported.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

/**
 * struct scan - where it is
 * @line: in which it is, from 1
 * @begin: the line in which the row begins
 * @inside: in a row; @text is what is read of it
 * @wrong: what is wrong with the row; then @text is not used
 * @many: the row has a second member
 * @skip: the rest of the line, outside of rows, is no JSON
 */
struct scan {
	const struct cli_imported_sink *sink;
	struct buffer text;
	uint64_t line, begin;
	bool inside, in_string, escaped;
	const char *wrong;
	bool many;
	bool skip;
};

static void complain(const struct scan *scan, uint64_t line, const char *why)
{
	scan->sink->bad(line, why, scan->sink->userdata);
}

static void begin_row(struct scan *scan)
{
	scan->text.length = 0;
	scan->begin = scan->line;
	scan->inside = true;
	scan->in_string = scan->escaped = scan->many = false;
	scan->wrong = NULL;
}

/* Older monitors end lists with a comma. */
static void drop_last_comma(struct buffer *text)
{
	size_t i = text->length - 1;	/* the brace */

	while (i > 0 && isspace((unsigned char)text->text[i - 1]))
		i--;
	if (i > 0 && text->text[i - 1] == ',')
		text->text[i - 1] = ' ';
}

static int end_row(struct scan *scan)
{
	struct cli_imported row;
	const char *why = scan->wrong;
	json_t *json = NULL;
	int r = 0;

	scan->inside = false;
	if (scan->text.failed)
		return -ENOMEM;
	if (!why) {
		drop_last_comma(&scan->text);
		json = json_loadb(scan->text.text, scan->text.length,
				  JSON_DECODE_INT_AS_REAL, NULL);
		why = json ? cli_imported_from_json(&row, json) :
			     "it is not valid JSON";
	}
	if (why)
		complain(scan, scan->begin, why);
	else
		r = scan->sink->row(&row, scan->sink->userdata);
	json_decref(json);
	return r;
}

/* A string; a line end in it is an error, after which it has ended. */
static void step_string(struct scan *scan, char c)
{
	if (c == '\n') {
		scan->in_string = scan->escaped = false;
		if (scan->inside)
			scan->wrong = "a text has no end";
		else
			complain(scan, scan->line, "a text has no end");
	} else if (scan->escaped) {
		scan->escaped = false;
	} else if (c == '\\') {
		scan->escaped = true;
	} else if (c == '"') {
		scan->in_string = false;
	}
}

/* Is it not a row, but an object that contains rows: '{ "key":'? */
static bool is_around(const struct scan *scan)
{
	size_t i = scan->text.length - 1;	/* the new bracket */

	while (i > 0 && isspace((unsigned char)scan->text.text[i - 1]))
		i--;
	return !scan->wrong && !scan->many && i > 0 &&
	       scan->text.text[i - 1] == ':';
}

static void keep(struct scan *scan, char c)
{
	if (scan->wrong)
		return;
	buffer_add(&scan->text, &c, 1);
	if (scan->text.length > CLI_IMPORTED_MAX)
		scan->wrong = "it is longer than 1 MiB";
}

static int step_inside(struct scan *scan, char c)
{
	keep(scan, c);
	if (scan->text.failed)
		return -ENOMEM;
	switch (c) {
	case '"':
		scan->in_string = true;
		return 0;
	case ',':
		scan->many = true;
		return 0;
	case '}':
		return end_row(scan);
	case '[':
		if (is_around(scan))
			scan->inside = false;
		else
			scan->wrong = scan->wrong ?: "it has a list in it";
		return 0;
	case '{':
		if (!is_around(scan))
			complain(scan, scan->begin,
				 scan->wrong ?: "it has no end");
		begin_row(scan);
		keep(scan, c);
		return 0;
	default:
		return 0;
	}
}

static void step_outside(struct scan *scan, char c)
{
	if (c == '{') {
		begin_row(scan);
		keep(scan, c);
	} else if (scan->skip) {
		return;
	} else if (c == '"') {
		scan->in_string = true;
	} else if (!c || !strchr(" \t\r\n,:[]}", c)) {
		complain(scan, scan->line, "it is not JSON");
		scan->skip = true;
	}
}

static int step(struct scan *scan, char c)
{
	int r = 0;

	if (scan->in_string) {
		if (scan->inside)
			keep(scan, c);
		step_string(scan, c);
	} else if (scan->inside) {
		r = step_inside(scan, c);
	} else {
		step_outside(scan, c);
	}
	if (c == '\n') {
		scan->line++;
		scan->skip = false;
	}
	return r;
}

static int feed(struct scan *scan, const char *bytes, size_t nr)
{
	size_t i;
	int r = 0;

	for (i = 0; i < nr && r == 0; i++)
		r = step(scan, bytes[i]);
	return r;
}

int cli_imported_read_json(FILE *from, const char *begin, size_t nr,
			   const struct cli_imported_sink *sink)
{
	struct scan scan = { .sink = sink, .line = 1 };
	char bytes[1 << 16];
	int r = feed(&scan, begin, nr);

	while (r == 0 && (nr = fread(bytes, 1, sizeof(bytes), from)) > 0)
		r = feed(&scan, bytes, nr);
	if (r == 0 && ferror(from))
		r = -errno;
	if (r == 0 && scan.inside)
		complain(&scan, scan.begin, "it is cut off");
	buffer_done(&scan.text);
	return r;
}
