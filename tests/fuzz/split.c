// SPDX-License-Identifier: GPL-2.0-only
/*
 * A stream of JSON, split into values: the values are the same for any size of
 * pieces, and those of a valid array are valid. The first byte is the form of
 * the stream, a(rray), l(ines) or one value, the second the length of a piece,
 * the third whether only some members are wanted.
 */
#include "fuzz.h"

#include <errno.h>
#include <jansson.h>
#include <stdbool.h>

#include "base/buffer.h"
#include "contmon-engine/split.h"

static const char *const keys[] = { "Id", "k", NULL };

struct seen {
	struct buffer values;
	size_t nr;
	bool all_json;
};

static bool is_json(const char *text, size_t length)
{
	json_t *json = json_loadb(text, length, JSON_DECODE_ANY |
				  JSON_DECODE_INT_AS_REAL, NULL);
	bool is = json != NULL;

	json_decref(json);
	return is;
}

static int see(const char *text, size_t length, void *userdata)
{
	struct seen *seen = userdata;

	MUST(text && length > 0 && length <= SPLIT_VALUE_MAX);
	MUST(text[length] == '\0');
	buffer_add(&seen->values, text, length);
	buffer_add(&seen->values, "\n\n", 2);
	seen->nr++;
	seen->all_json &= is_json(text, length);
	return 0;
}

static int run(enum split_form form, bool some, const char *text, size_t size,
	       size_t piece, struct seen *seen)
{
	struct split *split = split_new(form, some ? keys : NULL, 0, see,
					seen);
	int r = 0;

	MUST(split);
	*seen = (struct seen){ .all_json = true };
	for (; r == 0 && size > 0; text += piece, size -= piece) {
		if (piece > size)
			piece = size;
		r = split_feed(split, text, piece);
	}
	if (r == 0)
		r = split_end(split);
	MUST(r == 0 || r == -EBADMSG);
	split_free(split);
	return r;
}

static void check_array(const char *text, size_t size, int r,
			const struct seen *seen)
{
	json_t *array = json_loadb(text, size, JSON_DECODE_INT_AS_REAL |
				   JSON_ALLOW_NUL, NULL);

	if (json_is_array(array)) {
		MUST(r == 0);
		MUST(seen->nr == json_array_size(array));
		MUST(seen->all_json);
	}
	json_decref(array);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	enum split_form form;
	struct seen whole, pieces;
	char *text;
	bool some;
	int r;

	if (size < 3)
		return 0;
	form = data[0] == 'a' ? SPLIT_ARRAY :
	       data[0] == 'l' ? SPLIT_LINES : SPLIT_WHOLE;
	some = data[2] & 1;
	size -= 3;
	text = fuzz_text(data + 3, size);
	r = run(form, some, text, size, size, &whole);
	MUST(run(form, some, text, size, data[1] ? data[1] : 1, &pieces) == r);
	MUST(whole.nr == pieces.nr);
	MUST(whole.values.length == pieces.values.length);
	if (whole.values.length)
		MUST(memcmp(whole.values.text, pieces.values.text,
			    whole.values.length) == 0);
	if (form == SPLIT_ARRAY)
		check_array(text, size, r, &whole);
	buffer_done(&whole.values);
	buffer_done(&pieces.values);
	free(text);
	return 0;
}
