/* SPDX-License-Identifier: GPL-2.0-only */
/* URLs that people write, as libcurl reads them. */
#ifndef BASE_URL_H
#define BASE_URL_H

#include <stdbool.h>

#include "libcurl.h"

/**
 * url_parse() - read the URL of a web server, after libcurl_load()
 * @ret: free with curl.url_cleanup()
 * @ret_why: what is wrong with it
 *
 * libcurl corrects what it can: for it, the host of "http:///x" is x. Such a
 * URL is refused.
 *
 * Returns -EPERM for one with a user or a password, -EINVAL for one that is
 * wrong otherwise, -ENOMEM.
 */
int url_parse(const char *text, CURLU **ret, const char **ret_why);

/** url_has() - does it have this part? */
bool url_has(CURLU *url, CURLUPart part);

#endif /* BASE_URL_H */
