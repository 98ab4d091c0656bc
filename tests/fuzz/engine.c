// SPDX-License-Identifier: GPL-2.0-only
/*
 * Answers of a container engine. The first byte is the kind of the rest:
 * v(ersion), an entry of a l(ist), i(nspect), e(vent), a layer's s(ize), or
 * else a time.
 */
#include "fuzz.h"

#include <errno.h>

#include "contmon-engine/parse.h"

/* The result must be writable as a line of base/names_protocol.h. */
static void check(struct description *description)
{
	const struct container_info *name = &description->name;
	struct names_message message;
	struct buffer line = { 0 };

	MUST(names_is_id(name->id));
	MUST(name->created_ms >= 0 && name->started_ms >= 0);
	MUST(name->finished_ms >= 0 && name->exit_code >= -1);
	MUST(name->began_ms >= 0 && (name->finished_ms || !name->began_ms));
	MUST(description->alive || description->pid <= 0);
	names_write_set(&line, name);
	MUST(!line.failed);
	MUST(names_read(line.text, line.length, &message) == 0);
	MUST(message.op == NAMES_SET);
	MUST(strcmp(message.name.id, name->id) == 0);
	names_message_done(&message);
	buffer_done(&line);
	description_done(description);
}

static void check_container(const char *text, size_t size, bool listed)
{
	struct description description;
	int r = listed ? parse_listed(text, size, &description) :
			 parse_inspected(text, size, &description);

	MUST(r == 0 || r == -EBADMSG);
	if (r == 0)
		check(&description);
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
	struct engine_version version;
	int r;

	fuzz_mark(&version, sizeof(version));
	r = parse_version(text, size, &version);
	MUST(r == 0 || r == -EBADMSG || r == -EPROTO);
	if (r < 0)
		MUST(fuzz_is_marked(&version, sizeof(version)));
	else
		MUST(version.major == 1 && version.minor >= 24 &&
		     version.runtime);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text;

	if (size == 0)
		return 0;
	text = fuzz_text(data + 1, size - 1);
	switch (data[0]) {
	case 'v':
		check_version(text, size - 1);
		break;
	case 'l':
	case 'i':
		check_container(text, size - 1, data[0] == 'l');
		break;
	case 's':
		MUST(parse_layer(text, size - 1, "0123") >= -1);
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
