// SPDX-License-Identifier: GPL-2.0-only
/*
 * A stream cut into lines: however it is cut into pieces, the lines are the
 * same. The first byte is the length of a piece, the second that of a line.
 */
#include "fuzz.h"

#include <errno.h>

#include "base/lines.h"

struct seen {
	const char *text;	/* of the whole stream, from the next line on */
	const char *end;
	size_t max_bytes;
};

static int see(const char *line, size_t length, void *userdata)
{
	struct seen *seen = userdata;
	const char *end = memchr(seen->text, '\n',
				 (size_t)(seen->end - seen->text));

	MUST(end && (size_t)(end - seen->text) == length);
	MUST(length <= seen->max_bytes);
	MUST(memcmp(line, seen->text, length) == 0);
	seen->text = end + 1;
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct lines lines = { 0 };
	struct seen seen;
	size_t at, piece;
	char *text;
	int r = 0;

	if (size < 2)
		return 0;
	text = fuzz_text(data + 2, size - 2);
	seen = (struct seen){ text, text + size - 2, data[1] };
	for (at = 0; r == 0 && at < size - 2; at += piece) {
		piece = data[0] ? data[0] : 1;
		if (piece > size - 2 - at)
			piece = size - 2 - at;
		r = lines_feed(&lines, text + at, piece, seen.max_bytes, see,
			       &seen);
	}
	if (r < 0)
		MUST(r == -EMSGSIZE);
	else
		MUST(!memchr(seen.text, '\n', (size_t)(seen.end - seen.text)));
	lines_reset(&lines);
	free(text);
	return 0;
}
