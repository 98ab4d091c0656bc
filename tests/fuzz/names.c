// SPDX-License-Identifier: GPL-2.0-only
/*
 * A line of contmon-engine's protocol: a parsed line that is written again must
 * be parsed to the same.
 */
#include "fuzz.h"

#include <errno.h>

#include "base/names_protocol.h"

static bool same(const char *a, const char *b)
{
	return a ? b && strcmp(a, b) == 0 : !b;
}

static void check_set(const struct container_info *name)
{
	struct buffer line = { 0 };
	struct names_message again;
	const char **text;
	size_t i;

	names_write_set(&line, name);
	MUST(!line.failed && line.length <= NAMES_LINE_MAX);
	MUST(strchr(line.text, '\n') == line.text + line.length - 1);
	MUST(names_read(line.text, line.length, &again) == 0);
	MUST(again.op == NAMES_SET);
	for (i = 0; (text = name_text((struct container_info *)name, i)); i++)
		MUST(same(*text, *name_text(&again.name, i)));
	MUST(again.name.created_ms == name->created_ms);
	MUST(again.name.started_ms == name->started_ms);
	MUST(again.name.finished_ms == name->finished_ms);
	MUST(again.name.began_ms == name->began_ms);
	MUST(again.name.exit_code == name->exit_code);
	MUST(again.name.oom_killed == name->oom_killed);
	MUST(again.name.restarts == name->restarts);
	MUST(again.name.anonymous_volumes == name->anonymous_volumes);
	MUST(again.name.user_id == name->user_id);
	MUST(again.name.nr_labels <= name->nr_labels);
	names_message_done(&again);
	buffer_done(&line);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size);
	struct names_message message;
	int r = names_read(text, size, &message);

	MUST(r == 0 || r == -EBADMSG);
	if (r == 0 && (message.op == NAMES_SET || message.op == NAMES_REMOVE))
		MUST(names_is_id(message.name.id));
	if (r == 0 && message.op == NAMES_SET)
		check_set(&message.name);
	if (r == 0)
		names_message_done(&message);
	free(text);
	return 0;
}
