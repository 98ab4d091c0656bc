// SPDX-License-Identifier: GPL-2.0-only
#include "output.h"
#include "record.h"

#include <stdio.h>
#include <string.h>

static json_t *state_letter(uint32_t state)
{
	char letter[2] = { (char)state, 0 };

	if (state <= ' ' || state > '~')
		return json_null();
	return json_string(letter);
}

static json_t *uuid(const uint8_t *b)
{
	char text[40];

	snprintf(text, sizeof(text),
		 "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-"
		 "%02x%02x%02x%02x%02x%02x",
		 b[0], b[1], b[2], b[3], b[4], b[5], b[6], b[7], b[8], b[9],
		 b[10], b[11], b[12], b[13], b[14], b[15]);
	return json_string(text);
}

static json_t *value(const struct cli_member *member, const void *record)
{
	const void *at = (const char *)record + member->offset;
	const uint32_t *u32 = at;
	uint64_t u64;

	switch (member->type) {
	case CLI_U32:
		return json_integer(*u32);
	case CLI_S32:
		return json_integer(*(const int32_t *)at);
	case CLI_STATE:
		return state_letter(*u32);
	case CLI_COMM:
		return cli_json_text(at, 16);
	case CLI_RELEASE:
		return cli_json_text(at, 32);
	case CLI_UUID:
		return uuid(at);
	case CLI_U32_3:
		return json_pack("[I,I,I]", (json_int_t)u32[0],
				 (json_int_t)u32[1], (json_int_t)u32[2]);
	case CLI_U64:
	case CLI_LIMIT:	/* CONTMON_UNLIMITED is too large for JSON integers */
		memcpy(&u64, at, sizeof(u64));
		return cli_json_u64(u64);
	}
	return NULL;
}

json_t *cli_record(const struct cli_member *members, const void *record,
		   uint64_t valid)
{
	json_t *object = json_object();
	int r = 0;

	for (; r == 0 && members->name; members++) {
		bool known = !members->group || (valid & members->group);

		r = json_object_set_new(object, members->name,
					known ? value(members, record) :
						json_null());
	}
	if (r == 0)
		return object;
	json_decref(object);
	return NULL;
}
