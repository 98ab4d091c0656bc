/* SPDX-License-Identifier: GPL-2.0-only */
/* A certificate and its key, as PEM */
#ifndef CONTMOND_SERVE_CERTIFICATE_H
#define CONTMOND_SERVE_CERTIFICATE_H

/**
 * certificate_check() - can a server use them together?
 * @ret_why: the reason after -EINVAL; a constant
 */
int certificate_check(const char *certificate, const char *key,
		      const char **ret_why);

#endif /* CONTMOND_SERVE_CERTIFICATE_H */
