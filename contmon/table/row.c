// SPDX-License-Identifier: GPL-2.0-only
#include "row.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define NONE SIZE_MAX

/*
 * A row while the tree is being made; indices are those of the old order. A
 * snapshot is not atomic, so parents may even form a circle.
 */
struct node {
	struct cli_row *row;
	size_t parent, child, next;
	bool placed;
};

struct index {
	uint64_t id;
	size_t at;
};

struct tree {
	struct node *nodes;
	struct index *index;	/* by id */
	size_t nr;
};

static int compare_ids(const void *a, const void *b)
{
	const struct index *x = a, *y = b;

	return x->id < y->id ? -1 : x->id > y->id;
}

static size_t find(const struct tree *tree, uint64_t id)
{
	struct index key = { .id = id }, *found;

	found = bsearch(&key, tree->index, tree->nr, sizeof(key), compare_ids);
	return found ? found->at : NONE;
}

/* From the last to the first, so that lists of children keep the order. */
static void link_nodes(struct tree *tree)
{
	size_t i;

	for (i = tree->nr; i-- > 0;) {
		struct node *node = &tree->nodes[i];
		struct node *parent;

		node->parent = find(tree, node->row->parent_id);
		if (node->parent == i)
			node->parent = NONE;
		if (node->parent == NONE)
			continue;
		parent = &tree->nodes[node->parent];
		node->next = parent->child;
		parent->child = i;
	}
}

/* The next node after one whose children are done, below @top */
static size_t climb(const struct tree *tree, size_t at, size_t top,
		    unsigned int *depth)
{
	while (at != top && tree->nodes[at].next == NONE) {
		at = tree->nodes[at].parent;
		(*depth)--;
	}
	return at == top ? NONE : tree->nodes[at].next;
}

static size_t place(struct tree *tree, size_t top, struct cli_row **to)
{
	unsigned int depth = 0;
	size_t at = top, nr = 0;

	while (at != NONE) {
		struct node *node = &tree->nodes[at];

		node->placed = true;
		node->row->depth = depth;
		to[nr++] = node->row;
		if (node->child != NONE) {
			at = node->child;
			depth++;
		} else {
			at = climb(tree, at, top, &depth);
		}
	}
	return nr;
}

/* Removes a node from its parent's children. */
static void cut(struct tree *tree, size_t at)
{
	struct node *node = &tree->nodes[at];
	size_t *link = &tree->nodes[node->parent].child;

	while (*link != at)
		link = &tree->nodes[*link].next;
	*link = node->next;
}

static void place_all(struct tree *tree, struct cli_row **to)
{
	size_t i, nr = 0;

	for (i = 0; i < tree->nr; i++)
		if (tree->nodes[i].parent == NONE)
			nr += place(tree, i, to + nr);

	/*
	 * The remaining rows are in circles: cut each circle at its first row.
	 */
	for (i = 0; nr < tree->nr && i < tree->nr; i++)
		if (!tree->nodes[i].placed) {
			cut(tree, i);
			nr += place(tree, i, to + nr);
		}
}

int cli_rows_tree(struct cli_rows *rows)
{
	struct tree tree = { .nr = rows->nr };
	size_t i;
	int r = -ENOMEM;

	tree.nodes = calloc(rows->nr + 1, sizeof(*tree.nodes));
	tree.index = calloc(rows->nr + 1, sizeof(*tree.index));
	if (tree.nodes && tree.index) {
		for (i = 0; i < rows->nr; i++) {
			tree.nodes[i] = (struct node){
				.row = rows->v[i], .parent = NONE,
				.child = NONE, .next = NONE,
			};
			tree.index[i] = (struct index){ rows->v[i]->id, i };
		}
		qsort(tree.index, tree.nr, sizeof(*tree.index), compare_ids);
		link_nodes(&tree);
		place_all(&tree, rows->v);
		r = 0;
	}
	free(tree.nodes);
	free(tree.index);
	return r;
}

void cli_rows_done(struct cli_rows *rows)
{
	free(rows->v);
	*rows = (struct cli_rows){ 0 };
}
