// SPDX-License-Identifier: GPL-2.0-only
#include "overhead.h"

#include <stddef.h>

/* libcurl reports the data that it has read before it decodes the chunks. */
static int on_debug(CURL *easy, curl_infotype type, char *bytes, size_t size,
		    void *userdata)
{
	uint64_t *nr_read = userdata;

	(void)easy;
	(void)bytes;
	if (type == CURLINFO_DATA_IN)
		*nr_read += size;
	return 0;
}

void overhead_watch(CURL *easy, uint64_t *nr_read)
{
	curl_easy_setopt(easy, CURLOPT_DEBUGFUNCTION, on_debug);
	curl_easy_setopt(easy, CURLOPT_DEBUGDATA, nr_read);
	curl_easy_setopt(easy, CURLOPT_VERBOSE, 1L);
}

bool overhead_is_too_much(uint64_t nr_read, uint64_t counted)
{
	return nr_read > counted && nr_read - counted > counted + OVERHEAD_MAX;
}
