// SPDX-License-Identifier: GPL-2.0-only
/* The effect of each key on the model. view.c lists them for the user. */
#include "keys.h"

#include <curses.h>
#include <string.h>

#define KEY_ESCAPE 27

/* Removes the last character, which may have several bytes. */
static void shorten(char *text)
{
	size_t n = strlen(text);

	while (n && ((unsigned char)text[n - 1] & 0xc0) == 0x80)
		n--;
	if (n)
		n--;
	text[n] = 0;
}

static enum top_action type(struct top_model *model, int key)
{
	size_t n = strlen(model->filter);

	switch (key) {
	case '\r':
	case '\n':
	case KEY_ENTER:
		model->typing = false;
		return TOP_DRAW;
	case KEY_ESCAPE:
		model->typing = false;
		model->filter[0] = 0;
		return TOP_ARRANGE;
	case KEY_BACKSPACE:
	case 127:
	case '\b':
		shorten(model->filter);
		return TOP_ARRANGE;
	default:
		if (key < ' ' || key > 0xff || n == TOP_FILTER_MAX)
			return TOP_DRAW;
		model->filter[n] = (char)key;
		model->filter[n + 1] = 0;
		return TOP_ARRANGE;
	}
}

static enum top_action turn_to(struct top_model *model, enum top_page page,
			       const char *inside)
{
	model->page = page;
	strcpy(model->inside, inside);
	model->filter[0] = 0;
	model->selected = model->first = 0;
	model->following = false;
	return TOP_READ;
}

/* Shows the processes of the container at the cursor */
static enum top_action enter(struct top_model *model)
{
	const struct cli_container *container;

	if (model->page != TOP_CONTAINERS || !model->rows.nr)
		return TOP_DRAW;
	container = (const struct cli_container *)
		model->rows.v[model->selected];
	return turn_to(model, TOP_PROCESSES,
		       container->row.cgroup->identity.id);
}

/* Leaves what was entered last */
static enum top_action leave(struct top_model *model)
{
	if (*model->filter) {
		model->filter[0] = 0;
		return TOP_ARRANGE;
	}
	if (model->page == TOP_PROCESSES)
		return turn_to(model, TOP_CONTAINERS, "");
	return TOP_DRAW;
}

/* Sorts by the column @step places further on. */
static enum top_action sort_next(struct top_model *model, size_t step)
{
	struct cli_layout *layout = &model->layouts[model->page];
	size_t i = 0;

	while (layout->v[i] != layout->order.by)
		i++;
	layout->order.by = layout->v[(i + step) % layout->nr];
	return TOP_ARRANGE;
}

static enum top_action sort_by(struct top_model *model, const char *containers,
			       const char *processes)
{
	const char *name = model->page == TOP_CONTAINERS ? containers :
							   processes;

	cli_layout_sort(&model->layouts[model->page], name);
	return TOP_ARRANGE;
}

/* On both pages */
static enum top_action toggle_tree(struct top_model *model)
{
	bool tree = !model->layouts[model->page].tree;
	size_t i;

	for (i = 0; i < TOP_NR_PAGES; i++)
		model->layouts[i].tree = tree;
	return TOP_ARRANGE;
}

static enum top_action move_cursor(struct top_model *model, int key)
{
	long row = (long)model->selected, height = (long)model->height;

	switch (key) {
	case KEY_UP:
	case 'k':
		row--;
		break;
	case KEY_DOWN:
	case 'j':
		row++;
		break;
	case KEY_PPAGE:
		row -= height;
		break;
	case KEY_NPAGE:
		row += height;
		break;
	case KEY_HOME:
	case 'g':
		row = 0;
		break;
	case KEY_END:
	case 'G':
		row = (long)model->rows.nr;
		break;
	}
	top_model_select(model, row);
	return TOP_DRAW;
}

static enum top_action order(struct top_model *model, int key)
{
	struct cli_layout *layout = &model->layouts[model->page];

	switch (key) {
	case '>':
	case KEY_RIGHT:
		return sort_next(model, 1);
	case '<':
	case KEY_LEFT:
		return sort_next(model, layout->nr - 1);
	case 'r':
		layout->order.reverse = !layout->order.reverse;
		return TOP_ARRANGE;
	case 'C':
		return sort_by(model, "cpu-cores", "cpu-cores");
	case 'M':
		return sort_by(model, "memory-current-bytes", "rss-bytes");
	case 'I':
		return sort_by(model, "write-bytes-per-second",
			       "write-bytes-per-second");
	case 'N':
		return sort_by(model, "container", "pid");
	default:
		return move_cursor(model, key);
	}
}

enum top_action top_model_key(struct top_model *model, int key)
{
	if (model->typing)
		return type(model, key);
	if (model->help) {
		model->help = false;
		return TOP_DRAW;
	}
	switch (key) {
	case 'q':
	case KEY_F(10):
		return TOP_QUIT;
	case 'h':
	case '?':
	case KEY_F(1):
		model->help = true;
		return TOP_DRAW;
	case ' ':
		model->paused = !model->paused;
		return TOP_DRAW;
	case '/':
		model->typing = true;
		return TOP_DRAW;
	case 't':
		return toggle_tree(model);
	case '\r':
	case '\n':
	case KEY_ENTER:
		return enter(model);
	case KEY_ESCAPE:
	case KEY_BACKSPACE:
	case 127:
		return leave(model);
	case '\t':
		return turn_to(model, model->page == TOP_CONTAINERS ?
				      TOP_PROCESSES : TOP_CONTAINERS, "");
	default:
		return order(model, key);
	}
}
