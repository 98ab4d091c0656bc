// SPDX-License-Identifier: GPL-2.0-only
/*
 * Rows of an import. Each has what it must have, and a good row after any JSON,
 * in a line of its own, is read.
 */
#include "fuzz.h"

#include <math.h>
#include <stdbool.h>

#include "contmon/past/imported.h"

#define GOOD "\n{\"t\":1769853600000,\"container\":\"good\",\"processes\":7}"

struct seen {
	uint64_t line, nr_bad;
	bool good;
};

static int see(const struct cli_imported *row, void *userdata)
{
	struct seen *seen = userdata;

	MUST(row->t_ms >= 0 && row->t_ms < INT64_MAX / 1000000);
	MUST(row->container && *row->container);
	MUST(row->pid >= 0);
	MUST(!isinf(row->numbers.processes));
	seen->good = row->t_ms == 1769853600000 &&
		     strcmp(row->container, "good") == 0 &&
		     row->numbers.processes == 7;
	return 0;
}

static void note(uint64_t line, const char *why, void *userdata)
{
	struct seen *seen = userdata;

	/* A row is named by its first line, other text by its own. */
	MUST(line > 0 && line <= 1 + seen->line);
	MUST(why && *why);
	seen->nr_bad++;
}

static bool is_json(const char *text)
{
	if (strncmp(text, "\xef\xbb\xbf", 3) == 0)
		text += 3;
	text += strspn(text, " \t\r\n");
	return *text == '{' || *text == '[';
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct seen seen = { 0 };
	const struct cli_imported_sink sink = { see, note, &seen };
	size_t i, length = size + sizeof(GOOD) - 1;
	char *text = malloc(length + 1);
	FILE *from;

	MUST(text);
	if (size)
		memcpy(text, data, size);
	memcpy(text + size, GOOD, sizeof(GOOD));
	for (i = 0; i < length; i++)
		seen.line += text[i] == '\n';
	from = fmemopen(text, length, "r");
	MUST(from);
	MUST(cli_imported_read(from, &sink) == 0);
	fclose(from);
	if (is_json(text))
		MUST(seen.good);
	free(text);
	return 0;
}
