// SPDX-License-Identifier: GPL-2.0-only
#include "names_reader.h"

#include <errno.h>

static int greet(const struct names_message *message)
{
	return message->version == NAMES_VERSION ? 0 : -EPROTO;
}

static int set(struct names_reader *reader,
	       const struct container_info *container)
{
	int r = names_set(reader->names, container);

	if (r == 0 && reader->heard)
		r = reader->heard(container, reader->userdata);
	return r == -ENOSPC ? 0 : r;
}

static int apply(struct names_reader *reader,
		 const struct names_message *message)
{
	switch (message->op) {
	case NAMES_UNKNOWN:
		return 0;
	case NAMES_HELLO:
		return greet(message);
	case NAMES_RESET:
		names_begin(reader->names);
		return 0;
	case NAMES_SET:
		reader->changed = true;
		return set(reader, &message->name);
	case NAMES_REMOVE:
		names_remove(reader->names, message->name.id,
			     message->name.engine);
		break;
	case NAMES_ENGINES:
		names_set_engines(reader->names, message->engines,
				  message->nr_engines);
		break;
	case NAMES_SYNC:
		names_end(reader->names);
		break;
	case NAMES_ENGINE:
		reader->connected = message->connected;
		reader->complete = true;
		break;
	}
	reader->changed = true;
	return 0;
}

static int on_line(const char *line, size_t length, void *userdata)
{
	struct names_reader *reader = userdata;
	struct names_message message;
	int r = names_read(line, length, &message);

	if (r < 0) {
		reader->nr_bad++;
		return 0;
	}
	r = apply(reader, &message);
	names_message_done(&message);
	return r;
}

int names_reader_feed(struct names_reader *reader, const char *bytes,
		      size_t nr_bytes)
{
	int r;

	reader->changed = false;
	r = lines_feed(&reader->lines, bytes, nr_bytes, NAMES_LINE_MAX,
		       on_line, reader);
	reader->nr_bad += reader->lines.nr_too_long;
	reader->lines.nr_too_long = 0;
	return r;
}

void names_reader_reset(struct names_reader *reader)
{
	lines_reset(&reader->lines);
	reader->complete = false;
	reader->connected = false;
	reader->nr_bad = 0;
}
