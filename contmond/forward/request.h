/* SPDX-License-Identifier: GPL-2.0-only */
/* The requests of a target, using libcurl */
#ifndef CONTMOND_FORWARD_REQUEST_H
#define CONTMOND_FORWARD_REQUEST_H

#include "target.h"

/** request_init() - set what all requests of a target share; or -ENOMEM */
int request_init(struct target *target);

/** request_prepare() - prepare a request with these rows; or -ENOMEM */
int request_prepare(struct target *target, const struct rows_range *range);

/** request_result() - a truncated answer with a success status is a success */
CURLcode request_result(const struct target *target, CURLcode result);

/**
 * request_reason() - why a request has failed, without secrets
 * @status: 0 if there was no answer
 */
void request_reason(const struct target *target, CURLcode result, long status,
		    struct target_reason *ret);

/** request_was_sent() - may the target have received it, given this result? */
bool request_was_sent(CURLcode result);

#endif /* CONTMOND_FORWARD_REQUEST_H */
