/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CONTMON_TOP_VIEW_H
#define CONTMON_TOP_VIEW_H

#include "model.h"

int top_view_begin(void);	/* as screen_begin() */
void top_view_end(void);
void top_view_draw(struct top_model *model);

#endif /* CONTMON_TOP_VIEW_H */
