/* SPDX-License-Identifier: GPL-2.0-only */
/* The target in a request line */
#ifndef CONTMOND_SERVE_TARGET_H
#define CONTMOND_SERVE_TARGET_H

#include <stdbool.h>

#define TARGET_HOST_MAX 255

/**
 * struct target - a request target without its query string
 * @path: starts at the first slash, points into the parsed text; or "/"
 * @host: of a target in absolute form, which replaces the Host header; "?",
 *	which is not a valid host, if it is too long
 * @has_host: it is in absolute form
 */
struct target {
	const char *path;
	char host[TARGET_HOST_MAX + 1];
	bool has_host;
};

/** target_parse() - "/path", or "http://host:port/path" as for a proxy */
void target_parse(const char *text, struct target *ret);

#endif /* CONTMOND_SERVE_TARGET_H */
