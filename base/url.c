// SPDX-License-Identifier: GPL-2.0-only
#include "url.h"

#include <errno.h>
#include <string.h>

#define NO_URL "not a URL that begins with http:// or https://"
#define NO_HOST "a URL without a host"
#define NO_PORT "a URL whose port is not a number from 1 to 65535"

static const char *behind_scheme(const char *text)
{
	if (strncmp(text, "http://", 7) == 0)
		return text + 7;
	return strncmp(text, "https://", 8) == 0 ? text + 8 : NULL;
}

static int explain(CURLUcode code, const char **ret_why)
{
	switch (code) {
	case CURLUE_OK:
		return 0;
	case CURLUE_OUT_OF_MEMORY:
		*ret_why = strerror(ENOMEM);
		return -ENOMEM;
	case CURLUE_USER_NOT_ALLOWED:
		*ret_why = "a URL with a user or a password";
		return -EPERM;
	case CURLUE_BAD_PORT_NUMBER:
		*ret_why = NO_PORT;
		return -EINVAL;
	case CURLUE_NO_HOST:
		*ret_why = NO_HOST;
		return -EINVAL;
	case CURLUE_BAD_HOSTNAME:
	case CURLUE_BAD_IPV6:
		*ret_why = "a URL whose host is neither a name nor an address";
		return -EINVAL;
	default:
		*ret_why = NO_URL;
		return -EINVAL;
	}
}

/* Refuses port 0, which libcurl accepts. */
static int check_port(CURLU *url, const char **ret_why)
{
	char *port = NULL;
	bool is_zero;

	if (curl.url_get(url, CURLUPART_PORT, &port, 0) != CURLUE_OK)
		return 0;
	is_zero = strcmp(port, "0") == 0;
	curl.free(port);
	if (!is_zero)
		return 0;
	*ret_why = NO_PORT;
	return -EINVAL;
}

static int parse(CURLU *url, const char *text, const char **ret_why)
{
	const char *rest = behind_scheme(text);
	int r;

	*ret_why = rest && *rest == '/' ? NO_HOST : NO_URL;
	if (!rest || *rest == '/' || text[strcspn(text, " \t\"<>")])
		return -EINVAL;
	r = explain(curl.url_set(url, CURLUPART_URL, text,
				 CURLU_DISALLOW_USER), ret_why);
	return r < 0 ? r : check_port(url, ret_why);
}

int url_parse(const char *text, CURLU **ret, const char **ret_why)
{
	CURLU *url = curl.url();
	int r;

	*ret_why = strerror(ENOMEM);
	if (!url)
		return -ENOMEM;
	r = parse(url, text, ret_why);
	if (r < 0)
		curl.url_cleanup(url);
	else
		*ret = url;
	return r;
}

bool url_has(CURLU *url, CURLUPart part)
{
	char *text = NULL;

	if (curl.url_get(url, part, &text, 0) != CURLUE_OK)
		return false;
	curl.free(text);
	return true;
}
