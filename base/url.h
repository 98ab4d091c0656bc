/* SPDX-License-Identifier: GPL-2.0-only */
/* URLs that people write, parsed by libcurl */
#ifndef BASE_URL_H
#define BASE_URL_H

#include <stdbool.h>

#include "libcurl.h"

/**
 * url_parse() - parse the URL of a web server; call libcurl_load() before
 * @ret: free it with curl.url_cleanup()
 * @ret_why: what is wrong with it
 *
 * libcurl would repair some URLs: it takes x for the host of "http:///x". Such
 * a URL is refused.
 *
 * Returns -EPERM for a URL with a user or a password, -EINVAL for one that is
 * wrong in another way, -ENOMEM.
 */
int url_parse(const char *text, CURLU **ret, const char **ret_why);

/** url_has() - does the URL have this part? */
bool url_has(CURLU *url, CURLUPart part);

#endif /* BASE_URL_H */
