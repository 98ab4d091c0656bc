// SPDX-License-Identifier: GPL-2.0-only
#include "writer_status.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"

#define LOG_NS (60 * NS_PER_SECOND)

void writer_set_why(struct writer *writer, const char *format, ...)
{
	char why[sizeof(writer->status.why)] = "";
	va_list arguments;
	bool changed;

	va_start(arguments, format);
	vsnprintf(why, sizeof(why), format, arguments);
	va_end(arguments);
	pthread_mutex_lock(&writer->queue->lock);
	changed = strcmp(why, writer->status.why) != 0;
	memcpy(writer->status.why, why, sizeof(why));
	writer->queue->failing = why[0] != '\0';
	pthread_mutex_unlock(&writer->queue->lock);
	if (!changed)
		return;
	if (why[0])
		log_warn("store: %s", why);
	else
		log_info("store: %s is written again",
			 writer->path ?: "memory");
}

void writer_note_commit(struct writer *writer, uint64_t begin_ns)
{
	struct store_status *status = &writer->status;
	double seconds = (double)(clock_monotonic_ns() - begin_ns) / 1e9;

	pthread_mutex_lock(&writer->queue->lock);
	status->commits++;
	status->commit_seconds += seconds;
	status->last_commit_seconds = seconds;
	if (seconds > status->slowest_commit_seconds)
		status->slowest_commit_seconds = seconds;
	pthread_mutex_unlock(&writer->queue->lock);
}

/* Logs the first loss at once, then once a minute. */
static void log_lost(struct writer *writer, uint64_t lost,
		     uint64_t lost_of_users)
{
	uint64_t now_ns = clock_monotonic_ns();

	if (lost == writer->logged_lost ||
	    (writer->logged_lost && now_ns < writer->next_log_ns))
		return;
	log_err("store: %" PRIu64 " entries are lost: there was no room to "
		"keep them until they could be written; %" PRIu64 " of them "
		"are of users other than root", lost, lost_of_users);
	writer->logged_lost = lost;
	writer->next_log_ns = now_ns + LOG_NS;
}

void writer_log_unwritten(const struct writer *writer)
{
	size_t nr;

	pthread_mutex_lock(&writer->queue->lock);
	nr = writer->queue->nr;
	pthread_mutex_unlock(&writer->queue->lock);
	if (nr > 0)
		log_err("store: %zu entries are lost: they could not be "
			"written before the end", nr);
}

void writer_update_status(struct writer *writer)
{
	uint64_t bytes = db_bytes(&writer->db), lost, lost_of_users;

	pthread_mutex_lock(&writer->queue->lock);
	writer->status.bytes = bytes;
	writer->status.damaged += writer->seal.damaged;
	writer->seal.damaged = 0;
	lost = writer->queue->lost;
	lost_of_users = writer->queue->lost_of_users;
	pthread_mutex_unlock(&writer->queue->lock);
	log_lost(writer, lost, lost_of_users);
}
