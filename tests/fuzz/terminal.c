// SPDX-License-Identifier: GPL-2.0-only
/*
 * Names chosen by others, written to a terminal and as JSON. The first byte
 * selects the locale and the number of columns.
 */
#include "fuzz.h"

#include <jansson.h>
#include <locale.h>
#include <wchar.h>

#include "base/utf8.h"
#include "contmon/cli/text.h"

/* No control sequences, and as wide as computed */
static void check_harmless(const char *text)
{
	mbstate_t state = { 0 };
	size_t n, width = 0;
	const char *s;
	wchar_t c;

	for (s = text; *s; s += n) {
		MUST((unsigned char)*s >= 0x20 && *s != 0x7f);
		n = mbrtowc(&c, s, strlen(s), &state);
		MUST(n > 0 && n <= strlen(s));
		MUST(wcwidth(c) >= 1);
		width += (size_t)wcwidth(c);
	}
	MUST(cli_text_width(text) == width);
}

static void check_cut(const char *text, int columns)
{
	int width = -1, bytes = cli_text_cut(text, columns, &width);
	char *part;

	MUST(bytes >= 0 && (size_t)bytes <= strlen(text));
	MUST(width >= 0 && width <= columns);
	part = fuzz_text((const uint8_t *)text, (size_t)bytes);
	MUST(cli_text_width(part) == (size_t)width);
	free(part);
}

/* A writer and a reader of UTF-8 must agree. */
static void check_utf8(const char *bytes, size_t size)
{
	char *text = utf8_dup(bytes, size, SIZE_MAX);
	char *cut = malloc(size / 2 + 1);
	json_t *json;

	MUST(text && cut);
	utf8_copy(cut, size / 2 + 1, bytes, size);
	MUST(strlen(cut) <= size / 2);
	MUST(strncmp(cut, text, strlen(cut)) == 0);
	json = json_string(cut);
	MUST(json);
	json_decref(json);
	json = json_string(text);
	MUST(json && strcmp(json_string_value(json), text) == 0);
	json_decref(json);
	free(cut);
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *bytes, *text;
	int columns;

	if (size == 0)
		return 0;
	MUST(setlocale(LC_ALL, data[0] & 1 ? "C.UTF-8" : "C"));
	columns = data[0] >> 1;
	bytes = fuzz_text(data + 1, size - 1);
	text = cli_escape(bytes, size - 1);
	MUST(text && strlen(text) <= 4 * (size - 1));
	check_harmless(text);
	check_cut(text, columns);
	check_cut(bytes, columns);
	check_utf8(bytes, size - 1);
	free(text);
	free(bytes);
	return 0;
}
