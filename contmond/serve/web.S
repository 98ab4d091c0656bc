/* SPDX-License-Identifier: GPL-2.0-only */
/* The files that contmond/serve/web/build puts together, as they are. */

.macro asset symbol, file
	.global web_\symbol, web_\symbol\()_end
web_\symbol:
	.incbin "\file"
web_\symbol\()_end:
.endm

	.section .rodata
	asset index_html, "index.html"
	asset app_js, "app.js"
	asset style_css, "style.css"
	asset icon_svg, "icon.svg"
	asset uplot_js, "uplot.js"
	asset uplot_css, "uplot.css"

	.section .note.GNU-stack, "", %progbits
