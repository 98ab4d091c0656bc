// SPDX-License-Identifier: GPL-2.0-only
#include "base/buffer.h"
#include "base/util.h"
#include "contmon/cli/error.h"
#include "contmond/store/past.h"
#include "open.h"
#include "setting.h"

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static const char *cure(int error)
{
	switch (error) {
	case -ENOENT:
		return "; is contmond running? Else name a file: --store FILE";
	case -EACCES:
	case -EPERM:
		return "; be root, or a member of the group contmon";
	case -EROFS:
		return "; copy it with its -wal file to a directory of yours";
	case -EPROTO:
		return "; update contmon";
	default:
		return "";
	}
}

int cli_past_open(const char **path, struct store **ret)
{
	char *why = NULL;
	int r, status = cli_past_choose(path);

	if (status != CLI_GO_ON)
		return status;
	r = store_open_reader(*path, ret, &why);
	if (r < 0)
		cli_error("%s: %s%s", *path, why ?: "out of memory", cure(r));
	free(why);
	return r < 0 ? CLI_FAILURE : CLI_GO_ON;
}

bool cli_past_is_part(const char *path, const char *other)
{
	static const char *const ends[] = { "", "-wal", "-shm", "-lock" };
	_cleanup_free_ char *real = realpath(path, NULL);
	struct stat a, b;
	bool same = false;
	size_t i;

	if (!real || stat(other, &b) < 0)
		return false;
	for (i = 0; i < ARRAY_SIZE(ends) && !same; i++) {
		char name[PATH_MAX + sizeof("-lock")];

		snprintf(name, sizeof(name), "%s%s", real, ends[i]);
		same = stat(name, &a) == 0 && a.st_dev == b.st_dev &&
		       a.st_ino == b.st_ino;
	}
	return same;
}

int cli_past_failed(const char *path, int error)
{
	if (error != -EBADMSG)
		return cli_failed(path, error);
	cli_error("%s: it is damaged", path);
	return CLI_FAILURE;
}

void cli_past_close(struct store *store, const char *path)
{
	struct store_status status;

	store_get_status(store, &status);
	if (status.damaged > 0)
		cli_error("%s: a part is damaged, and missing here", path);
	store_close(store);
}

/* Finding a container */

#define MAX_WORDS 8

/* Words for a message, each only once; if there are more, only that is shown */
struct words_shown {
	char *words[MAX_WORDS];
	size_t nr;
	bool more;
};

static int show_word(struct words_shown *shown, const char *word, int length)
{
	char *copy;
	size_t i;

	if (asprintf(&copy, "%.*s", length, word) < 0)
		return -ENOMEM;
	for (i = 0; i < shown->nr && strcmp(shown->words[i], copy) != 0; i++)
		;
	if (i == shown->nr && i < MAX_WORDS) {
		shown->words[shown->nr++] = copy;
		return 0;
	}
	shown->more |= i == MAX_WORDS;
	free(copy);
	return 0;
}

static void put_words(struct buffer *text, const struct words_shown *shown)
{
	size_t i;

	for (i = 0; i < shown->nr; i++)
		buffer_printf(text, "%s%s", i ? ", " : "", shown->words[i]);
	buffer_puts(text, shown->more ? ", ..." : "");
}

static void words_shown_done(struct words_shown *shown)
{
	while (shown->nr > 0)
		free(shown->words[--shown->nr]);
}

/* @ids: ids that begin with @name; @titles: all titles */
struct search {
	const char *name;
	struct cli_past_who by_name, by_id;
	struct words_shown ids, titles;
};

/* The newest rows come first, so the first title found is the newest. */
static int extend(struct cli_past_who *who, const char *word,
		  const struct past_container *container)
{
	int64_t first = (int64_t)container->first_ms;
	int64_t last = (int64_t)container->last_ms;

	if (!who->word) {
		who->word = strdup(word);
		who->first_ms = first;
		who->last_ms = last;
	}
	if (first < who->first_ms)
		who->first_ms = first;
	if (last > who->last_ms)
		who->last_ms = last;
	return who->word ? 0 : -ENOMEM;
}

static int note_id(struct search *search,
		   const struct past_container *container)
{
	const char *id = container->id;

	/* Twelve digits are enough for the message. */
	if (search->by_id.word && strcmp(search->by_id.word, id) != 0)
		return show_word(&search->ids, id, 12);
	if (show_word(&search->ids, id, 12) < 0)
		return -ENOMEM;
	return extend(&search->by_id, id, container);
}

static int look(const void *row, void *userdata)
{
	const struct past_container *container = row;
	struct search *search = userdata;
	const char *title = container->title ?: container->id;
	const char *id = container->id ?: "";

	if (!title)
		return 0;
	if (show_word(&search->titles, title, INT_MAX) < 0)
		return -ENOMEM;
	if (strcmp(title, search->name) == 0)
		return extend(&search->by_name, title, container);
	if (*search->name && strncmp(id, search->name,
				     strlen(search->name)) == 0)
		return note_id(search, container);
	return 0;
}

static void refuse(const struct search *search, const char *path)
{
	struct buffer text = { 0 };

	if (search->ids.nr > 1) {
		buffer_printf(&text, "%s: more than one container has an id "
			      "that begins with it: ", search->name);
		put_words(&text, &search->ids);
	} else if (search->titles.nr > 0) {
		buffer_printf(&text, "no container %s in %s; it has ",
			      search->name, path);
		put_words(&text, &search->titles);
	} else {
		buffer_printf(&text, "no container %s in %s; it has none yet",
			      search->name, path);
	}
	cli_error("%s", text.failed ? "out of memory" : text.text);
	buffer_done(&text);
}

static int choose(struct search *search, const char *path,
		  struct cli_past_who *ret)
{
	struct cli_past_who *found = search->by_name.word ? &search->by_name :
							    &search->by_id;

	if (!found->word || (found == &search->by_id && search->ids.nr > 1)) {
		refuse(search, path);
		return CLI_FAILURE;
	}
	*ret = *found;
	found->word = NULL;
	return CLI_GO_ON;
}

int cli_past_find(struct store *store, const char *path, const char *name,
		  struct cli_past_who *ret)
{
	const struct past_query everyone = { .to_ms = INT64_MAX,
					     .max_rows = SIZE_MAX };
	struct search search = { .name = name };
	int r = store_containers(store, &everyone, look, &search);
	int status = r < 0 ? cli_past_failed(path, r) :
			     choose(&search, path, ret);

	cli_past_who_done(&search.by_name);
	cli_past_who_done(&search.by_id);
	words_shown_done(&search.ids);
	words_shown_done(&search.titles);
	return status;
}

int cli_past_find_host(struct store *store, const char *path,
		       struct cli_past_who *ret)
{
	int r = store_range(store, &ret->first_ms, &ret->last_ms);

	if (r == -ENOENT) {
		cli_error("%s: nothing is recorded", path);
		return CLI_FAILURE;
	}
	if (r == 0) {
		ret->word = strdup(CLI_PAST_HOST);
		r = ret->word ? 0 : -ENOMEM;
	}
	return r < 0 ? cli_past_failed(path, r) : CLI_GO_ON;
}

void cli_past_who_done(struct cli_past_who *who)
{
	free(who->word);
	*who = (struct cli_past_who){ 0 };
}
