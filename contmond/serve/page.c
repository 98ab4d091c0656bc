// SPDX-License-Identifier: GPL-2.0-only
#include "page.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <zlib.h>

/*
 * struct file - one file of the page
 * @etag: made for the first request; weak, since the compressed answer has the
 *	same one
 */
struct file {
	const char *content_type;
	const char *begin;
	const char *end;
	char etag[32];
};

static size_t length_of(const struct file *file)
{
	return (size_t)(file->end - file->begin);
}

/* There may be several servers, each in its own thread. */
static void make_etag(struct file *file)
{
	static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

	pthread_mutex_lock(&lock);
	if (!file->etag[0])
		snprintf(file->etag, sizeof(file->etag), "W/\"%08lx-%zx\"",
			 crc32_z(0, (const Bytef *)file->begin,
				 length_of(file)),
			 length_of(file));
	pthread_mutex_unlock(&lock);
}

static void answer_with(struct file *file, const struct request *request,
			struct reply *reply)
{
	const char *known = request->if_none_match;

	make_etag(file);
	reply->content_type = file->content_type;
	reply->etag = file->etag;
	reply->constant_body = file->begin;
	if (known && strstr(known, file->etag)) {
		reply->status = 304;
		return;
	}
	reply->status = 200;
	reply->constant_length = length_of(file);
}

/* The symbols are defined in web.S. */
#define FILE_OF_PAGE(name, type)					\
	extern const char web_##name[], web_##name##_end[];		\
									\
	void page_##name(const struct facts *facts,			\
			 const struct request *request,			\
			 struct reply *reply)				\
	{								\
		static struct file file = {				\
			type, web_##name, web_##name##_end, "",		\
		};							\
									\
		(void)facts;						\
		answer_with(&file, request, reply);			\
	}

FILE_OF_PAGE(index_html, "text/html; charset=utf-8")
FILE_OF_PAGE(app_js, "text/javascript; charset=utf-8")
FILE_OF_PAGE(style_css, "text/css; charset=utf-8")
FILE_OF_PAGE(icon_svg, "image/svg+xml")
FILE_OF_PAGE(uplot_js, "text/javascript; charset=utf-8")
FILE_OF_PAGE(uplot_css, "text/css; charset=utf-8")
