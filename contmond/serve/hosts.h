/* SPDX-License-Identifier: GPL-2.0-only */
/* Checks Host headers, against DNS names that were rebound to this host */
#ifndef CONTMOND_SERVE_HOSTS_H
#define CONTMOND_SERVE_HOSTS_H

#include <stdbool.h>

/**
 * hosts_allowed() - does this Host header, with any port, name this host?
 * @header: NULL if there was none, as with old clients, but no browser
 * @own: the listening address, IPv6 in brackets
 */
bool hosts_allowed(const char *header, const char *own);

#endif /* CONTMOND_SERVE_HOSTS_H */
