// SPDX-License-Identifier: GPL-2.0-only
#include "libcurl.h"
#include "library.h"
#include "util.h"

struct libcurl curl;

/*
 * Debian has variants for GnuTLS, which contmond uses anyway, and for OpenSSL.
 */
static const char *const names[] = {
	"libcurl-gnutls.so.4", "libcurl.so.4", NULL,
};

static const struct library_function functions[] = {
#define LIBCURL_SYMBOL(name) { "curl_" #name, &curl.name },
	LIBCURL_FUNCTIONS(LIBCURL_SYMBOL)
#undef LIBCURL_SYMBOL
};

int libcurl_load(void)
{
	return curl.url_set ? 0 : library_load(names, functions,
					       ARRAY_SIZE(functions));
}
