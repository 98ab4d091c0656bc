/* SPDX-License-Identifier: GPL-2.0-only */
/* What a client prefers, according to Accept and Accept-Encoding */
#ifndef CONTMOND_SERVE_ACCEPT_H
#define CONTMOND_SERVE_ACCEPT_H

#include <stdbool.h>

/**
 * struct wish - how much a client wants something
 * @quality: 0 (not at all) to 1000; -1 if the header does not mention it
 * @is_named: it is mentioned by name, not just by a wildcard
 */
struct wish {
	int quality;
	bool is_named;
};

/**
 * accept_wish() - look up @what in a header
 * @header: its value, or NULL
 * @what: "gzip", "text/plain"
 * @version: ignore members of the header with another version parameter; NULL:
 *	there are no versions
 *
 * The most specific member counts, as in RFC 9110: first a name, then "text"
 * and "*", then "*" alone. A member with an invalid weight is ignored.
 */
struct wish accept_wish(const char *header, const char *what,
			const char *version);

/** gzip_accepted() - does this value of Accept-Encoding allow gzip? */
bool gzip_accepted(const char *accept_encoding);

#endif /* CONTMOND_SERVE_ACCEPT_H */
