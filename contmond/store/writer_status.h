/* SPDX-License-Identifier: GPL-2.0-only */
/* The status of the thread that writes */
#ifndef CONTMOND_STORE_WRITER_STATUS_H
#define CONTMOND_STORE_WRITER_STATUS_H

#include "writer.h"

/** writer_set_why() - why the database is not written; "" if it is; logged */
__attribute__((format(printf, 2, 3)))
void writer_set_why(struct writer *writer, const char *format, ...);

/** writer_note_commit() - a commit that started at @begin_ns is done */
void writer_note_commit(struct writer *writer, uint64_t begin_ns);

/** writer_update_status() - call after some entries were written */
void writer_update_status(struct writer *writer);

/** writer_log_unwritten() - at the end: entries still in the queue are lost */
void writer_log_unwritten(const struct writer *writer);

#endif /* CONTMOND_STORE_WRITER_STATUS_H */
