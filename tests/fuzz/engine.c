// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a container engine answers. The first byte says what the rest is:
 * v(ersion), l(ist), i(nspect), e(vent), or else a time.
 */
#include "fuzz.h"

#include <errno.h>

#include "contmon-engine/parse.h"

/* A record is one line of base/names_protocol.h. */
static int check(struct description *description, void *userdata)
{
	const char *record = description->record;
	size_t length = strlen(record);
	struct names_message message;

	(void)userdata;
	MUST(length > 0 && strchr(record, '\n') == record + length - 1);
	MUST(names_read(record, length, &message) == 0);
	MUST(message.op == NAMES_SET);
	MUST(strcmp(message.name.id, description->id) == 0);
	MUST(message.name.created_ms >= 0 && message.name.started_ms >= 0);
	names_message_done(&message);
	description_done(description);
	return 0;
}

static void check_event(const char *text, size_t size)
{
	char id[NAME_ID_MAX + 1];
	int r;

	fuzz_mark(id, sizeof(id));
	r = parse_event(text, size, id);
	MUST(r == 1 || r == 0 || r == -EBADMSG);
	if (r == 1)
		MUST(id[0] && memchr(id, 0, sizeof(id)));
	else
		MUST(fuzz_is_marked(id, sizeof(id)));
}

static void check_version(const char *text, size_t size)
{
	struct api_version version;
	int r;

	fuzz_mark(&version, sizeof(version));
	r = parse_version(text, size, &version);
	MUST(r == 0 || r == -EBADMSG || r == -EPROTO);
	if (r < 0)
		MUST(fuzz_is_marked(&version, sizeof(version)));
	else
		MUST(version.major == 1 && version.minor >= 24);
}

static void check_inspect(const char *text, size_t size)
{
	struct description description;
	int r;

	fuzz_mark(&description, sizeof(description));
	r = parse_inspect(text, size, &description);
	if (r == 0) {
		check(&description, NULL);
		return;
	}
	MUST(r == -EBADMSG);
	MUST(fuzz_is_marked(&description, sizeof(description)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text;
	int r;

	if (size == 0)
		return 0;
	text = fuzz_text(data + 1, size - 1);
	switch (data[0]) {
	case 'v':
		check_version(text, size - 1);
		break;
	case 'l':
		r = parse_list(text, size - 1, check, NULL);
		MUST(r == 0 || r == -EBADMSG);
		break;
	case 'i':
		check_inspect(text, size - 1);
		break;
	case 'e':
		check_event(text, size - 1);
		break;
	default:
		MUST(parse_time_ms(text) >= 0);
	}
	free(text);
	return 0;
}
