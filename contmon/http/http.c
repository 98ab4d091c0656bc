// SPDX-License-Identifier: GPL-2.0-only
#include "base/answer_headers.h"
#include "base/secret.h"
#include "base/url.h"
#include "contmon/cli/error.h"
#include "http.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CONNECT_TIMEOUT_MS 10000L

/* Paths are appended to it, so it has no slash at its end. */
static int make_base(CURLU *url, char **ret, const char **ret_why)
{
	char *whole = NULL;
	size_t length;

	*ret_why = "a URL with more than a path";
	if (url_has(url, CURLUPART_QUERY) || url_has(url, CURLUPART_FRAGMENT))
		return -EINVAL;
	*ret_why = strerror(ENOMEM);
	if (curl.url_get(url, CURLUPART_URL, &whole, 0) != CURLUE_OK)
		return -ENOMEM;
	length = strlen(whole);
	while (length > 0 && whole[length - 1] == '/')
		length--;
	*ret = strndup(whole, length);
	curl.free(whole);
	return *ret ? 0 : -ENOMEM;
}

int cli_http_base(const char *text, char **ret, const char **ret_why)
{
	int r = libcurl_load();
	CURLU *url;

	*ret_why = "without libcurl";
	if (r < 0)
		return r;
	r = url_parse(text, &url, ret_why);
	if (r == -EPERM) {
		*ret_why = "a URL with a user or a password; use a token";
		return -EINVAL;
	}
	if (r < 0)
		return r;
	r = make_base(url, ret, ret_why);
	curl.url_cleanup(url);
	return r;
}

static void set_options(struct cli_http *http, const char *ca_file)
{
	CURL *easy = http->easy;

	curl.easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	/* The time limit is one also for name servers that do not answer. */
	curl.easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
	curl.easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
	curl.easy_setopt(easy, CURLOPT_PROXY, "");
	curl.easy_setopt(easy, CURLOPT_USERAGENT, "contmon/" CONTMON_VERSION);
	curl.easy_setopt(easy, CURLOPT_HTTP_VERSION,
			 (long)CURL_HTTP_VERSION_1_1);
	curl.easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, CONNECT_TIMEOUT_MS);
	curl.easy_setopt(easy, CURLOPT_ERRORBUFFER, http->error);
	curl.easy_setopt(easy, CURLOPT_HEADERFUNCTION, answer_headers_add);
	curl.easy_setopt(easy, CURLOPT_HEADERDATA, &http->header_bytes);
	if (ca_file)
		curl.easy_setopt(easy, CURLOPT_CAINFO, ca_file);
}

int cli_http_open(const char *url, const char *ca_file, struct cli_http *ret,
		  const char **ret_why)
{
	int r;

	*ret = (struct cli_http){ 0 };
	r = cli_http_base(url, &ret->base, ret_why);
	if (r < 0)
		return r;
	*ret_why = strerror(ENOMEM);
	ret->easy = curl.easy_init();
	if (!ret->easy) {
		cli_http_close(ret);
		return -ENOMEM;
	}
	set_options(ret, ca_file);
	return 0;
}

void cli_http_close(struct cli_http *http)
{
	if (http->easy)
		curl.easy_cleanup(http->easy);
	free(http->base);
	*http = (struct cli_http){ 0 };
}

/* False without memory; then the list is freed. */
static bool add_header(struct curl_slist **list, const char *line)
{
	struct curl_slist *grown = curl.slist_append(*list, line);

	if (!grown)
		curl.slist_free_all(*list);
	*list = grown;
	return grown;
}

/* NULL without memory */
static struct curl_slist *make_headers(const char *token,
				       const char *const *lines)
{
	char authorization[SECRET_MAX_LENGTH + 64];
	struct curl_slist *list = NULL;
	bool ok = add_header(&list, "Expect:");

	if (ok && token) {
		snprintf(authorization, sizeof(authorization),
			 "Authorization: Bearer %s", token);
		ok = add_header(&list, authorization);
		explicit_bzero(authorization, sizeof(authorization));
	}
	for (; ok && *lines; lines++)
		ok = add_header(&list, *lines);
	return list;
}

CURLcode cli_http_perform(struct cli_http *http, const char *path,
			  const char *token, const char *const *headers)
{
	struct curl_slist *list = make_headers(token, headers);
	CURLcode result = CURLE_OUT_OF_MEMORY;
	char *url;

	http->error[0] = '\0';
	http->header_bytes = 0;
	if (asprintf(&url, "%s%s", http->base, path) < 0)
		url = NULL;
	if (list && url) {
		curl.easy_setopt(http->easy, CURLOPT_URL, url);
		curl.easy_setopt(http->easy, CURLOPT_HTTPHEADER, list);
		result = curl.easy_perform(http->easy);
		curl.easy_setopt(http->easy, CURLOPT_HTTPHEADER, NULL);
	}
	curl.slist_free_all(list);
	free(url);
	return result;
}

const char *cli_http_why(const struct cli_http *http, CURLcode result)
{
	return http->error[0] ? http->error : curl.easy_strerror(result);
}

int cli_http_read_token(const char *file, char **ret)
{
	const char *why = NULL;
	int r = secret_read(file, ret, &why);

	if (r == 0)
		return CLI_GO_ON;
	cli_error("%s: %s", file, why ?: strerror(-r));
	return CLI_FAILURE;
}
