/* SPDX-License-Identifier: GPL-2.0-only */
/* Requests of a target, by libcurl. */
#ifndef CONTMOND_FORWARD_REQUEST_H
#define CONTMOND_FORWARD_REQUEST_H

#include "target.h"

/** request_init() - what all requests of a target share; or -ENOMEM */
int request_init(struct target *target);

/** request_prepare() - a request with these rows; or -ENOMEM */
int request_prepare(struct target *target, const struct rows_range *range);

/** request_result() - of an answer that was cut, a status of success counts */
CURLcode request_result(const struct target *target, CURLcode result);

/**
 * request_reason() - why it has failed, without secrets
 * @status: 0 when there was no answer
 */
void request_reason(const struct target *target, CURLcode result, long status,
		    struct target_reason *ret);

/** request_was_sent() - may the target have got a request with this result? */
bool request_was_sent(CURLcode result);

#endif /* CONTMOND_FORWARD_REQUEST_H */
