/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CONTMON_TOP_KEYS_H
#define CONTMON_TOP_KEYS_H

#include "model.h"

/* The action that a key requires */
enum top_action { TOP_DRAW, TOP_ARRANGE, TOP_READ, TOP_QUIT };

/* @key: a character, or KEY_* of ncurses */
enum top_action top_model_key(struct top_model *model, int key);

#endif /* CONTMON_TOP_KEYS_H */
