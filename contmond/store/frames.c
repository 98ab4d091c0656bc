// SPDX-License-Identifier: GPL-2.0-only
#include "frames.h"

#include <errno.h>

#include "db.h"

#include "base/util.h"

int frames_begin(struct frames *frames, sqlite3 *sqlite, int64_t span,
		 int64_t from, const struct layout *layout, bool raw,
		 const bool *wanted, struct packer *packer)
{
	int r;

	*frames = (struct frames){ .packer = packer };
	r = frame_reader_init(&frames->reader, layout, raw, wanted);
	if (r < 0)
		return r;
	r = db_prepare(sqlite, "SELECT seq, numbers, processes, moment "
		       "FROM frame WHERE span = ?1 AND moment >= coalesce("
		       "(SELECT max(moment) FROM frame WHERE span = ?1 "
		       "AND key AND moment <= ?2), 0) ORDER BY moment",
		       &frames->statement);
	if (r < 0) {
		frames_done(frames);
		return r;
	}
	sqlite3_bind_int64(frames->statement, 1, span);
	sqlite3_bind_int64(frames->statement, 2, from);
	return 0;
}

void frames_wait(struct frames *frames, struct entry *const *waiting,
		 size_t nr_waiting, int64_t span, int64_t seqs)
{
	frames->waiting = waiting;
	frames->nr_waiting = nr_waiting;
	frames->span = span;
	frames->seqs = seqs;
}

/* A frame from the database or from the queue */
struct found {
	int64_t moment;
	int64_t seq;
	const void *numbers;
	size_t nr_bytes;
	const void *processes;
	size_t nr_process_bytes;
};

static int find_stored(struct frames *frames, struct found *ret)
{
	sqlite3_stmt *statement = frames->statement;
	int r = statement ? db_step(statement) : 0;

	if (r == 1) {
		*ret = (struct found){
			sqlite3_column_int64(statement, 3),
			sqlite3_column_int64(statement, 0),
			sqlite3_column_blob(statement, 1),
			(size_t)sqlite3_column_bytes(statement, 1),
			sqlite3_column_blob(statement, 2),
			(size_t)sqlite3_column_bytes(statement, 2),
		};
		return 1;
	}
	sqlite3_finalize(statement);
	frames->statement = NULL;
	return r;
}

static int find_waiting(struct frames *frames, struct found *ret)
{
	while (frames->nr_waiting > 0) {
		const struct value *values = (*frames->waiting)->values;
		bool is_next = (*frames->waiting)->statement == ADD_FRAME &&
			       values[0].integer == frames->span &&
			       values[1].integer >= frames->next_moment;

		frames->waiting++;
		frames->nr_waiting--;
		if (!is_next)
			continue;
		*ret = (struct found){
			values[1].integer,
			values[2].integer + frames->seqs,
			values[5].bytes, values[5].length,
			values[6].kind == VALUE_BLOB ? values[6].bytes : NULL,
			values[6].length,
		};
		return 1;
	}
	return 0;
}

/* A frame has only changes, so it is useless if the previous one was lost. */
static void follow(struct frames *frames, const struct found *found)
{
	if (found->moment != frames->next_moment) {
		frames->reader.ready = false;
		frames->has_gap = true;
	}
	frames->next_moment = found->moment + 1;
}

static int read_one(struct frames *frames, const struct found *found)
{
	struct reader bytes;
	int r = unpack(frames->packer, found->numbers, found->nr_bytes,
		       &bytes);

	if (r < 0) {
		frames->reader.ready = false;
		return r;
	}
	return frame_read(&frames->reader, &bytes);
}

int frames_next(struct frames *frames)
{
	struct found found = { 0 };
	int r;

	for (;;) {
		r = find_stored(frames, &found);
		if (r == 0)
			r = find_waiting(frames, &found);
		if (r <= 0)
			return r;
		follow(frames, &found);
		r = read_one(frames, &found);
		if (r == 0)
			break;
		if (r != -EBADMSG && r != -ENODATA)
			return r;
		frames->damaged += r == -EBADMSG || !frames->has_gap;
	}
	frames->has_gap = false;
	frames->end_seq = (uint64_t)found.seq + 1;
	frames->processes = found.processes;
	frames->nr_process_bytes = found.nr_process_bytes;
	return 1;
}

int frames_unpack_busy(struct packer *packer, const void *processes,
		       size_t nr_bytes, struct busy *ret)
{
	struct reader bytes;
	int r;

	if (nr_bytes == 0) {
		ret->commands.unknown = true;
		return 0;
	}
	r = unpack(packer, processes, nr_bytes, &bytes);
	if (r == 0)
		r = busy_read(ret, &bytes);
	if (r == 0)
		r = busy_settle(ret);
	if (r < 0)
		ret->commands.unknown = true;
	return r;
}

int frames_busy(struct frames *frames, struct busy *ret)
{
	return frames_unpack_busy(frames->packer, frames->processes,
				  frames->nr_process_bytes, ret);
}

int frames_commands(struct frames *frames, const struct c_range *wanted,
		    struct busy_commands *ret)
{
	struct reader bytes;
	int r = frames->nr_process_bytes == 0 ? -ENODATA :
		unpack(frames->packer, frames->processes,
		       frames->nr_process_bytes, &bytes);

	if (r == 0)
		r = busy_read_commands(ret, &bytes, wanted);
	if (r < 0)
		ret->unknown = true;
	return r == -ENODATA ? 0 : r;
}

void frames_done(struct frames *frames)
{
	sqlite3_finalize(frames->statement);
	frame_reader_done(&frames->reader);
	*frames = (struct frames){ 0 };
}
