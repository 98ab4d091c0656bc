/* SPDX-License-Identifier: GPL-2.0-only */
/* What a request line asks for. */
#ifndef CONTMOND_SERVE_TARGET_H
#define CONTMOND_SERVE_TARGET_H

#include <stdbool.h>

#define TARGET_HOST_MAX 255

/**
 * struct target - a request target without its query string
 * @path: from its first slash on; of the text that was parsed, or "/"
 * @host: of a target in absolute form, which replaces the Host header; a host
 *	that is too long is "?", which no host is called
 * @has_host: it is in absolute form
 */
struct target {
	const char *path;
	char host[TARGET_HOST_MAX + 1];
	bool has_host;
};

/** target_parse() - "/path", or "http://host:port/path" as to a proxy */
void target_parse(const char *text, struct target *ret);

#endif /* CONTMOND_SERVE_TARGET_H */
