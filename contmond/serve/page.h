/* SPDX-License-Identifier: GPL-2.0-only */
/* The built-in page, embedded in the program. */
#ifndef CONTMOND_SERVE_PAGE_H
#define CONTMOND_SERVE_PAGE_H

#include <stdbool.h>

#include "request.h"

/**
 * page_handle() - answer with a file of the page
 *
 * Returns false when the path is none. The files hold nothing of this host, so
 * they need no token.
 */
bool page_handle(const struct request *request, struct reply *reply);

#endif /* CONTMOND_SERVE_PAGE_H */
