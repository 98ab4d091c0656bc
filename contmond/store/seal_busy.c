// SPDX-License-Identifier: GPL-2.0-only
#include "seal_busy.h"

#include "busy.h"
#include "frames.h"
#include "tier.h"

/* Number of moments whose processes, or commands, share a chunk */
#define MOMENTS 60

/* The chunk that is being filled, of one table; @first: its first moment */
struct list {
	sqlite3_stmt *statement;
	struct buffer bytes;
	uint32_t first;
};

struct chunks {
	struct seal *seal;
	struct packer *packer;
	struct list processes;
	struct list commands;
	struct buffer packed;
};

static int begin(struct chunks *chunks, struct seal *seal, struct db *db,
		 struct packer *packer)
{
	int r;

	*chunks = (struct chunks){ .seal = seal, .packer = packer };
	r = db_prepare(db->sqlite,
		       "INSERT INTO chunk_processes VALUES (NULL, ?1, ?2, ?3)",
		       &chunks->processes.statement);
	return r < 0 ? r : db_prepare(db->sqlite,
		"INSERT INTO chunk_commands VALUES (NULL, ?1, ?2, ?3)",
		&chunks->commands.statement);
}

static void done(struct chunks *chunks)
{
	sqlite3_finalize(chunks->processes.statement);
	sqlite3_finalize(chunks->commands.statement);
	buffer_done(&chunks->processes.bytes);
	buffer_done(&chunks->commands.bytes);
	buffer_done(&chunks->packed);
}

static int write_list(struct chunks *chunks, struct list *list)
{
	struct seal *seal = chunks->seal;
	int r;

	if (list->bytes.length == 0)
		return 0;
	r = pack(chunks->packer, &list->bytes, &chunks->packed);
	if (r < 0)
		return r;
	sqlite3_bind_int64(list->statement, 1, seal->span);
	sqlite3_bind_int64(list->statement, 2, list->first);
	sqlite3_bind_blob64(list->statement, 3, chunks->packed.text,
			    chunks->packed.length, SQLITE_STATIC);
	r = db_step(list->statement);
	sqlite3_reset(list->statement);
	seal->bytes += chunks->packed.length;
	list->bytes.length = 0;
	return r;
}

static int write_chunks(struct chunks *chunks)
{
	int r = write_list(chunks, &chunks->processes);

	return r < 0 ? r : write_list(chunks, &chunks->commands);
}

static struct buffer *bytes_at(struct list *list, uint32_t at)
{
	if (list->bytes.length == 0)
		list->first = at;
	return &list->bytes;
}

/* Moments whose commands are unknown are in no chunk. */
static int add(struct chunks *chunks, const struct busy *busy, uint32_t at)
{
	busiest_write(&busy->processes, bytes_at(&chunks->processes, at));
	if (busy->commands.unknown)
		return write_list(chunks, &chunks->commands);
	busy_commands_write(&busy->commands, bytes_at(&chunks->commands, at));
	return 0;
}

static int collect(struct chunks *chunks, struct frames *frames)
{
	const struct timeline *timeline = &chunks->seal->timeline;
	struct busy busy = { 0 };
	uint32_t at = 0;
	int r;

	while ((r = frames_next(frames)) > 0 && at < timeline->nr) {
		if (at % MOMENTS == 0)
			r = write_chunks(chunks);
		if (r < 0)
			break;
		busy_clear(&busy);
		if (frames_busy(frames, &busy) < 0)
			chunks->seal->damaged++;
		r = add(chunks, &busy, at++);
		if (r < 0)
			break;
	}
	if (r >= 0)
		r = write_chunks(chunks);
	busy_done(&busy);
	return r;
}

int seal_busy(struct seal *seal, struct db *db, struct packer *packer)
{
	static const bool none[1000];
	struct chunks chunks;
	struct frames frames;
	int r = begin(&chunks, seal, db, packer);

	seal->has_busy = true;
	if (r == 0)
		r = frames_begin(&frames, db->sqlite, seal->span, 0,
				 seal->layout, seal->tier == RAW, none,
				 packer);
	if (r == 0) {
		r = collect(&chunks, &frames);
		frames_done(&frames);
	}
	done(&chunks);
	return r;
}
