// SPDX-License-Identifier: GPL-2.0-only
/*
 * A stream split into lines: the lines are the same for any size of pieces. The
 * first byte is the length of a piece, the second that of a line.
 */
#include "fuzz.h"

#include "base/lines.h"

struct seen {
	const char *text;	/* rest of the stream, from the next line on */
	const char *end;
	size_t max_bytes;
	uint64_t nr_too_long;
};

/* Checks the next line that is not too long */
static int see(const char *line, size_t length, void *userdata)
{
	struct seen *seen = userdata;
	const char *end;

	for (;;) {
		end = memchr(seen->text, '\n',
			     (size_t)(seen->end - seen->text));
		MUST(end);
		if ((size_t)(end - seen->text) <= seen->max_bytes)
			break;
		seen->nr_too_long++;
		seen->text = end + 1;
	}
	MUST((size_t)(end - seen->text) == length);
	MUST(memcmp(line, seen->text, length) == 0);
	seen->text = end + 1;
	return 0;
}

/* After the last line, all lines in the rest must be too long. */
static void check_rest(struct seen *seen, const struct lines *lines)
{
	const char *end;

	while ((end = memchr(seen->text, '\n',
			     (size_t)(seen->end - seen->text)))) {
		MUST((size_t)(end - seen->text) > seen->max_bytes);
		seen->nr_too_long++;
		seen->text = end + 1;
	}
	if ((size_t)(seen->end - seen->text) > seen->max_bytes)
		seen->nr_too_long++;
	MUST(lines->nr_too_long == seen->nr_too_long);
	MUST(lines->length <= seen->max_bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct lines lines = { 0 };
	struct seen seen;
	size_t at, piece;
	char *text;

	if (size < 2)
		return 0;
	text = fuzz_text(data + 2, size - 2);
	seen = (struct seen){ text, text + size - 2, data[1], 0 };
	for (at = 0; at < size - 2; at += piece) {
		piece = data[0] ? data[0] : 1;
		if (piece > size - 2 - at)
			piece = size - 2 - at;
		MUST(lines_feed(&lines, text + at, piece, seen.max_bytes, see,
				&seen) == 0);
	}
	check_rest(&seen, &lines);
	lines_reset(&lines);
	free(text);
	return 0;
}
