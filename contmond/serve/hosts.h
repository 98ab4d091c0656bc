/* SPDX-License-Identifier: GPL-2.0-only */
/* Host headers: a defence against names that were rebound to this host. */
#ifndef CONTMOND_SERVE_HOSTS_H
#define CONTMOND_SERVE_HOSTS_H

#include <stdbool.h>

/**
 * hosts_allowed() - is this Host header, of any port, one of this host?
 * @header: NULL when there was none, as old clients do; no browser does
 * @own: the address that is listened on, IPv6 in brackets
 */
bool hosts_allowed(const char *header, const char *own);

#endif /* CONTMOND_SERVE_HOSTS_H */
