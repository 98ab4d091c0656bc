/* SPDX-License-Identifier: GPL-2.0-only */
/* Writes a minute as rows for plain SQL */
#ifndef CONTMOND_STORE_MINUTE_H
#define CONTMOND_STORE_MINUTE_H

#include "lives.h"
#include "moment.h"
#include "queue.h"

/** minute_write() - @bucket: one minute; its gauges are sums */
void minute_write(const struct moment *bucket, struct lives *lives,
		  struct queue *queue);

#endif /* CONTMOND_STORE_MINUTE_H */
