// SPDX-License-Identifier: GPL-2.0-only
#include "page.h"

#include <stdio.h>
#include <string.h>
#include <zlib.h>

#include "base/util.h"

/* Defined in web.S */
#define ASSET(name) \
	extern const char web_##name[], web_##name##_end[]
ASSET(index_html);
ASSET(app_js);
ASSET(style_css);
ASSET(icon_svg);
ASSET(uplot_js);
ASSET(uplot_css);

static const struct asset {
	const char *path;
	const char *content_type;
	const char *begin;
	const char *end;
} assets[] = {
	{ "/", "text/html; charset=utf-8", web_index_html,
	  web_index_html_end },
	{ "/index.html", "text/html; charset=utf-8", web_index_html,
	  web_index_html_end },
	{ "/app.js", "text/javascript; charset=utf-8", web_app_js,
	  web_app_js_end },
	{ "/style.css", "text/css; charset=utf-8", web_style_css,
	  web_style_css_end },
	{ "/icon.svg", "image/svg+xml", web_icon_svg, web_icon_svg_end },
	{ "/uplot.js", "text/javascript; charset=utf-8", web_uplot_js,
	  web_uplot_js_end },
	{ "/uplot.css", "text/css; charset=utf-8", web_uplot_css,
	  web_uplot_css_end },
};

/* Weak: the compressed answer has the same one. */
static const char *etag_of(size_t i)
{
	static char etags[ARRAY_SIZE(assets)][32];
	size_t length = (size_t)(assets[i].end - assets[i].begin);

	if (!etags[i][0])
		snprintf(etags[i], sizeof(etags[i]), "W/\"%08lx-%zx\"",
			 crc32_z(0, (const Bytef *)assets[i].begin, length),
			 length);
	return etags[i];
}

bool page_handle(const struct request *request, struct reply *reply)
{
	const char *known = request->if_none_match;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(assets); i++) {
		if (strcmp(assets[i].path, request->path) == 0)
			break;
	}
	if (i == ARRAY_SIZE(assets))
		return false;
	reply->content_type = assets[i].content_type;
	reply->etag = etag_of(i);
	reply->constant_body = assets[i].begin;
	if (known && strstr(known, reply->etag)) {
		reply->status = 304;
		return true;
	}
	reply->status = 200;
	reply->constant_length = (size_t)(assets[i].end - assets[i].begin);
	return true;
}
