/* SPDX-License-Identifier: GPL-2.0-only */
/* /api/v1/events: starts and ends of containers, and OOM kills */
#ifndef CONTMOND_SERVE_EVENTS_H
#define CONTMOND_SERVE_EVENTS_H

#include "facts.h"

endpoint_fn events_handle;

/** events_stream_handle() - an endless body of server-sent events */
endpoint_fn events_stream_handle;

#endif /* CONTMOND_SERVE_EVENTS_H */
