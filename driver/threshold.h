/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CONTMON_THRESHOLD_H
#define CONTMON_THRESHOLD_H

#include "stream.h"

int contmon_threshold_check(const struct contmon_watch *arg);
void contmon_threshold_start(struct contmon_stream *stream,
			     const struct contmon_watch *arg);
void contmon_threshold_stop(struct contmon_stream *stream);

#endif /* CONTMON_THRESHOLD_H */
