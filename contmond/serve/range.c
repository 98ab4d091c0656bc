// SPDX-License-Identifier: GPL-2.0-only
#include "range.h"

#include "base/text.h"

#define MAX_EPOCH_MS (1LL << 50)
#define DEFAULT_LIMIT 500
#define MAX_LIMIT 20000

bool range_read_ms(const struct request *request, struct reply *reply,
		   const char *key, int64_t *value)
{
	const char *text = request_get(request, key);
	uint64_t read;

	if (!text)
		return true;
	if (text_to_u64(text, 0, MAX_EPOCH_MS, &read) < 0) {
		reply_error(reply, 400, "%s: not a number of milliseconds: %s",
			    key, text);
		return false;
	}
	*value = (int64_t)read;
	return true;
}

bool range_read(const struct request *request, struct reply *reply,
		int64_t *from_ms, int64_t *to_ms)
{
	if (!range_read_ms(request, reply, "from", from_ms) ||
	    !range_read_ms(request, reply, "to", to_ms))
		return false;
	if (*from_ms <= *to_ms)
		return true;
	reply_error(reply, 400, "from is later than to");
	return false;
}

bool range_read_seq(const char *name, const char *text, struct reply *reply,
		    int64_t *seq)
{
	uint64_t read;

	if (text_to_u64(text, 0, INT64_MAX, &read) < 0) {
		reply_error(reply, 400, "%s: not a seq: %s", name, text);
		return false;
	}
	*seq = (int64_t)read;
	return true;
}

bool range_read_limit(const struct request *request, struct reply *reply,
		      uint64_t *limit)
{
	const char *text = request_get(request, "limit");

	*limit = DEFAULT_LIMIT;
	if (!text || text_to_u64(text, 1, MAX_LIMIT, limit) == 0)
		return true;
	reply_error(reply, 400, "limit: not a number from 1 to %d: %s",
		    MAX_LIMIT, text);
	return false;
}
