// SPDX-License-Identifier: GPL-2.0-only
#include "page.h"

#include "etag.h"

/* struct file - one file of the page */
struct file {
	const char *content_type;
	const char *begin;
	const char *end;
};

static void answer_with(const struct file *file, struct reply *reply)
{
	size_t length = (size_t)(file->end - file->begin);

	etag_make(reply->etag, file->begin, length);
	reply->may_be_kept = true;
	reply->content_type = file->content_type;
	reply->constant_body = file->begin;
	reply->status = 200;
	reply->constant_length = length;
}

/* The symbols are defined in web.S. */
#define FILE_OF_PAGE(name, type)					\
	extern const char web_##name[], web_##name##_end[];		\
									\
	void page_##name(const struct facts *facts,			\
			 const struct request *request,			\
			 struct reply *reply)				\
	{								\
		static const struct file file = {			\
			type, web_##name, web_##name##_end,		\
		};							\
									\
		(void)facts;						\
		(void)request;						\
		answer_with(&file, reply);				\
	}

FILE_OF_PAGE(index_html, "text/html; charset=utf-8")
FILE_OF_PAGE(app_js, "text/javascript; charset=utf-8")
FILE_OF_PAGE(style_css, "text/css; charset=utf-8")
FILE_OF_PAGE(icon_svg, "image/svg+xml")
FILE_OF_PAGE(uplot_js, "text/javascript; charset=utf-8")
FILE_OF_PAGE(uplot_css, "text/css; charset=utf-8")
