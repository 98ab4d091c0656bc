/* SPDX-License-Identifier: GPL-2.0-only */
/* libcurl, which is loaded only when needed: see library.h */
#ifndef BASE_LIBCURL_H
#define BASE_LIBCURL_H

#include <curl/curl.h>

#define LIBCURL_FUNCTIONS(each) \
	each(easy_cleanup) each(easy_escape) each(easy_getinfo) \
	each(easy_init) each(easy_perform) each(easy_setopt) \
	each(easy_strerror) each(free) each(global_cleanup) each(global_init) \
	each(multi_add_handle) each(multi_cleanup) each(multi_info_read) \
	each(multi_init) each(multi_perform) each(multi_poll) \
	each(multi_remove_handle) each(multi_wakeup) each(slist_append) \
	each(slist_free_all) each(url) each(url_cleanup) each(url_get) \
	each(url_set)

/** struct libcurl - libcurl's functions, without the prefix "curl_" */
struct libcurl {
#define LIBCURL_MEMBER(name) __typeof__(curl_##name) *name;
	LIBCURL_FUNCTIONS(LIBCURL_MEMBER)
#undef LIBCURL_MEMBER
};

/* Usable after libcurl_load() */
extern struct libcurl curl;

/** libcurl_load() - returns -ENOPKG if libcurl is not installed */
int libcurl_load(void);

#endif /* BASE_LIBCURL_H */
