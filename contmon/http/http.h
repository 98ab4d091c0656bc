/* SPDX-License-Identifier: GPL-2.0-only */
/* What requests to Grafana and to contmond have in common. */
#ifndef CONTMON_HTTP_HTTP_H
#define CONTMON_HTTP_HTTP_H

#include "base/libcurl.h"

/**
 * struct cli_http - one server
 * @easy: for options of its own
 * @error: libcurl's words for the last failure
 */
struct cli_http {
	CURL *easy;
	char *base;
	size_t header_bytes;	/* of this answer */
	char error[CURL_ERROR_SIZE];
};

/**
 * cli_http_base() - check the URL of a server, behind which paths are put
 * @text: http or https, perhaps with a path
 * @ret: malloced, without a slash at its end
 * @ret_why: what is wrong, if it returns an error
 *
 * Returns -EINVAL for a wrong URL, -ENOPKG without libcurl, -ENOMEM.
 */
int cli_http_base(const char *text, char **ret, const char **ret_why);

/**
 * cli_http_open() - prepare for requests
 * @url: as for cli_http_base()
 * @ca_file: certificates to trust instead of the system's; NULL
 * @ret: must not be moved; is as good as closed after an error
 * @ret_why: what is wrong, if it returns an error
 *
 * Redirects are not followed: they would take a token to another place. No
 * proxy is used, whatever the environment says.
 *
 * Returns the same errors.
 */
int cli_http_open(const char *url, const char *ca_file, struct cli_http *ret,
		  const char **ret_why);

/** cli_http_close() - may be called for one that is zero */
void cli_http_close(struct cli_http *http);

/**
 * cli_http_perform() - make a request and wait for its end
 * @path: is put behind the URL of the server
 * @token: NULL for none
 * @headers: lines such as "Accept: text/plain"; ends with NULL
 *
 * It is a GET unless @easy has been told otherwise.
 */
CURLcode cli_http_perform(struct cli_http *http, const char *path,
			  const char *token, const char *const *headers);

/** cli_http_why() - what @result means, for people */
const char *cli_http_why(const struct cli_http *http, CURLcode result);

/**
 * cli_http_read_token() - read a token from a file that not all users can read
 * @ret: free with secret_free()
 *
 * Returns CLI_GO_ON, or CLI_FAILURE after reporting an error.
 */
int cli_http_read_token(const char *file, char **ret);

#endif /* CONTMON_HTTP_HTTP_H */
