/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The built-in page. Its files are part of the program and contain nothing
 * about this host, so they need no token.
 */
#ifndef CONTMOND_SERVE_PAGE_H
#define CONTMOND_SERVE_PAGE_H

#include "facts.h"

endpoint_fn page_index_html, page_app_js, page_style_css, page_icon_svg,
	page_uplot_js, page_uplot_css;

#endif /* CONTMOND_SERVE_PAGE_H */
