/* SPDX-License-Identifier: GPL-2.0-only */
/* What a protocol of plain text has written */
#ifndef TESTS_UNIT_FORWARD_TEXT_H
#define TESTS_UNIT_FORWARD_TEXT_H

#include "forward.h"

static struct buffer text;

/* Nothing is left of it. */
static inline void must_be(const char *wanted)
{
	buffer_add(&text, "", 1);
	assert_string_equal(text.text, wanted);
	buffer_done(&text);
	text = (struct buffer){ 0 };
}

#endif /* TESTS_UNIT_FORWARD_TEXT_H */
