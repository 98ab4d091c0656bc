// SPDX-License-Identifier: GPL-2.0-only
#include "cursor.h"

#include <errno.h>

#include "contmond/store/past.h"
#include "contmond/store/ticks.h"

int cursor_range(struct store *store, const struct target_options *options,
		 int64_t *ret_first, int64_t *ret_end)
{
	int feed = options_feed(options);

	return feed < 0 ? store_ticks_range(store, ret_first, ret_end) :
	       store_feed_range(store, (enum feed)feed, ret_first, ret_end);
}

int cursor_read(struct store *store, const struct target_options *options,
		int64_t *ret)
{
	int feed = options_feed(options);

	return feed < 0 ? store_cursor(store, options->name, ret) :
	       store_feed_cursor(store, (enum feed)feed, options->name, ret);
}

int cursor_write(struct store *store, const struct target_options *options,
		 int64_t seq)
{
	int feed = options_feed(options);

	return feed < 0 ? store_set_cursor(store, options->name, seq) :
	       store_set_feed_cursor(store, (enum feed)feed, options->name,
				     seq);
}

int cursor_follow(struct store *store, const struct target_options *options,
		  int64_t *position)
{
	int64_t first, end, saved;
	int r;

	if (options_feed(options) < 0)
		return 0;
	r = cursor_range(store, options, &first, &end);
	if (r < 0)
		return r;
	r = cursor_read(store, options, &saved);
	if (r == -ENOENT || (r == 0 && *position > end))
		*position = first;
	return r == -ENOENT ? 0 : r;
}
