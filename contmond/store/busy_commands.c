// SPDX-License-Identifier: GPL-2.0-only
#include "busy_commands.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "by_container.h"

#define MAX_OF_CONTAINER 12
#define MAX_READ 1000000
/* So the sum of all does not overflow, not even that of both kinds. */
#define MAX_CPU_MS (INT64_MAX / 2 / MAX_READ)

void busy_commands_done(struct busy_commands *commands)
{
	free(commands->all);
	free(commands->unseen);
	*commands = (struct busy_commands){ 0 };
}

void busy_commands_clear(struct busy_commands *commands)
{
	commands->nr = 0;
	commands->nr_unseen = 0;
	commands->unknown = false;
}

static bool is_known(const struct command_use *use)
{
	return use->living_ms >= 0;
}

/* As far as it is known */
static int64_t all_ms(const struct command_use *use)
{
	return (is_known(use) ? use->living_ms : 0) + use->exited_ms;
}

static void add_up(struct command_use *sum, const struct command_use *use)
{
	sum->living_ms = is_known(sum) && is_known(use) ?
			 sum->living_ms + use->living_ms : COMMAND_CPU_UNKNOWN;
	sum->exited_ms += use->exited_ms;
}

static int insert(struct busy_commands *commands, size_t at,
		  const struct command_use *use)
{
	void *all = by_container_insert(commands->all, &commands->nr,
					&commands->allocated, sizeof(*use),
					at, use);

	if (!all)
		return -ENOMEM;
	commands->all = all;
	return 0;
}

/*
 * Returns which of the commands of a container makes room for @use, or NULL.
 * Of those that are known, and of those that are not, none does for one of the
 * other kind while they are only half of all.
 */
static struct command_use *find_least(struct command_use *all,
				      const struct command_use *use)
{
	struct command_use *least[2] = { NULL, NULL }, *alike;
	size_t i, nr_alike = 0;

	for (i = 0; i < MAX_OF_CONTAINER; i++) {
		struct command_use **of_kind = &least[is_known(&all[i])];

		nr_alike += is_known(&all[i]) == is_known(use);
		if (!*of_kind || all_ms(&all[i]) < all_ms(*of_kind))
			*of_kind = &all[i];
	}
	if (nr_alike < MAX_OF_CONTAINER / 2)
		return least[!is_known(use)];
	alike = least[is_known(use)];
	return all_ms(alike) < all_ms(use) ? alike : NULL;
}

int busy_commands_add(struct busy_commands *commands,
		      const struct command_use *use)
{
	size_t first = by_container_first(commands->all, commands->nr,
					  sizeof(*use), use->c);
	struct command_use *least;
	size_t i;

	for (i = first; i < commands->nr && commands->all[i].c == use->c;
	     i++) {
		if (strcmp(commands->all[i].comm, use->comm) == 0) {
			add_up(&commands->all[i], use);
			return 0;
		}
	}
	if (i - first < MAX_OF_CONTAINER)
		return insert(commands, i, use);
	least = find_least(commands->all + first, use);
	if (least)
		*least = *use;
	return 0;
}

/* Index of @c in the list of those unseen, or where it would be inserted */
static size_t find_unseen(const struct busy_commands *commands, uint32_t c)
{
	return by_container_first(commands->unseen, commands->nr_unseen,
				  sizeof(c), c);
}

static int insert_unseen(struct busy_commands *commands, size_t at, uint32_t c)
{
	void *unseen = by_container_insert(commands->unseen,
					   &commands->nr_unseen,
					   &commands->unseen_allocated,
					   sizeof(c), at, &c);

	if (!unseen)
		return -ENOMEM;
	commands->unseen = unseen;
	return 0;
}

int busy_commands_unseen(struct busy_commands *commands, uint32_t c)
{
	return busy_commands_are_seen(commands, c) ?
	       insert_unseen(commands, find_unseen(commands, c), c) : 0;
}

bool busy_commands_are_seen(const struct busy_commands *commands, uint32_t c)
{
	size_t i = find_unseen(commands, c);

	return i == commands->nr_unseen || commands->unseen[i] != c;
}

static int add_to(void *to, const void *use)
{
	return busy_commands_add(to, use);
}

static int add_unseen_to(void *to, const void *c)
{
	return busy_commands_unseen(to, *(const uint32_t *)c);
}

/* Takes the place of what was there, or is freed after an error. */
static int become(struct busy_commands *commands, struct busy_commands *next,
		  int r)
{
	busy_commands_done(r < 0 ? next : commands);
	if (r == 0)
		*commands = *next;
	return r;
}

static int merge_many(struct busy_commands *commands,
		      const struct busy_commands *from)
{
	struct busy_commands merged = { .unknown = commands->unknown |
						   from->unknown };
	int r = by_container_merge(commands->all, commands->nr, from->all,
				   from->nr, sizeof(*from->all), add_to,
				   &merged);

	if (r == 0)
		r = by_container_merge(commands->unseen, commands->nr_unseen,
				       from->unseen, from->nr_unseen,
				       sizeof(*from->unseen), add_unseen_to,
				       &merged);
	return become(commands, &merged, r);
}

int busy_commands_merge(struct busy_commands *commands,
			const struct busy_commands *from)
{
	size_t i;
	int r = 0;

	if (!by_container_are_few(from->nr, commands->nr) ||
	    !by_container_are_few(from->nr_unseen, commands->nr_unseen))
		return merge_many(commands, from);
	for (i = 0; i < from->nr && r == 0; i++)
		r = busy_commands_add(commands, &from->all[i]);
	for (i = 0; i < from->nr_unseen && r == 0; i++)
		r = busy_commands_unseen(commands, from->unseen[i]);
	commands->unknown |= from->unknown;
	return r;
}

/*
 * Is the command among the busiest of its container, which begin at @first? Of
 * those that are known and of those that are not, each is only compared with
 * its kind.
 */
static bool leads(const struct busy_commands *commands, size_t first,
		  size_t at)
{
	const struct command_use *use = &commands->all[at];
	size_t i, busier = 0;

	for (i = first; i < commands->nr && commands->all[i].c == use->c;
	     i++) {
		int64_t ms = all_ms(&commands->all[i]);

		if (is_known(&commands->all[i]) != is_known(use))
			continue;
		busier += ms > all_ms(use) || (ms == all_ms(use) && i < at);
	}
	return busier < MAX_BUSY_COMMANDS &&
	       (!is_known(use) || all_ms(use) > 0);
}

static void write_leaders(const struct busy_commands *commands,
			  struct buffer *ret)
{
	struct buffer body = { 0 };
	uint32_t c = 0, nr = 0;
	size_t i, first = 0;

	for (i = 0; i < commands->nr; i++) {
		const struct command_use *use = &commands->all[i];

		if (use->c != commands->all[first].c)
			first = i;
		if (!leads(commands, first, i))
			continue;
		nr++;
		put_varint(&body, use->c - c);
		c = use->c;
		put_varint(&body, strlen(use->comm));
		buffer_puts(&body, use->comm);
		put_signed(&body, use->living_ms);
		put_signed(&body, use->exited_ms);
	}
	put_varint(ret, nr);
	buffer_append(ret, &body);
	buffer_done(&body);
}

void busy_commands_write(const struct busy_commands *commands,
			 struct buffer *ret)
{
	uint32_t c = 0;
	size_t i;

	write_leaders(commands, ret);
	put_varint(ret, commands->nr_unseen);
	for (i = 0; i < commands->nr_unseen; i++) {
		put_varint(ret, commands->unseen[i] - c);
		c = commands->unseen[i];
	}
}

static int append(struct busy_commands *commands,
		  const struct command_use *use)
{
	return commands->nr == MAX_READ ? -EBADMSG :
					  insert(commands, commands->nr, use);
}

static int append_unseen(struct busy_commands *commands, uint32_t c)
{
	return commands->nr_unseen == MAX_READ ? -EBADMSG :
	       insert_unseen(commands, commands->nr_unseen, c);
}

int busy_commands_append(struct busy_commands *commands,
			 const struct busy_commands *from)
{
	size_t i;
	int r = from->nr > MAX_READ - commands->nr ||
		from->nr_unseen > MAX_READ - commands->nr_unseen ? -EBADMSG : 0;

	for (i = 0; i < from->nr && r == 0; i++)
		r = append(commands, &from->all[i]);
	for (i = 0; i < from->nr_unseen && r == 0; i++)
		r = append_unseen(commands, from->unseen[i]);
	commands->unknown |= from->unknown;
	return r;
}

int busy_commands_settle(struct busy_commands *commands)
{
	struct busy_commands settled = { .unknown = commands->unknown };
	int r = by_container_settle(commands->all, commands->nr,
				    sizeof(*commands->all), add_to, &settled);

	if (r == 0)
		r = by_container_settle(commands->unseen, commands->nr_unseen,
					sizeof(*commands->unseen),
					add_unseen_to, &settled);
	return become(commands, &settled, r);
}

static bool is_in(const struct c_range *range, uint32_t c)
{
	return c >= range->first && c <= range->last;
}

static int read_leaders(struct busy_commands *commands, struct reader *bytes,
			const struct c_range *wanted)
{
	uint32_t nr = get_count(bytes, MAX_READ), i, c = 0;
	int r = 0;

	for (i = 0; i < nr && r == 0 && !bytes->failed; i++) {
		struct command_use use = { 0 };
		const uint8_t *comm;
		uint32_t length;

		c += get_count(bytes, UINT32_MAX - c);
		use.c = c;
		length = get_count(bytes, sizeof(use.comm) - 1);
		comm = get_bytes(bytes, length);
		if (comm)
			memcpy(use.comm, comm, length);
		use.living_ms = get_signed_to(bytes, MAX_CPU_MS);
		use.exited_ms = get_signed_to(bytes, MAX_CPU_MS);
		/* It is never unknown. */
		if (use.exited_ms < 0)
			r = -EBADMSG;
		else if (!bytes->failed && is_in(wanted, c))
			r = append(commands, &use);
	}
	return r;
}

int busy_commands_read(struct busy_commands *commands, struct reader *bytes,
		       const struct c_range *wanted)
{
	int r = read_leaders(commands, bytes, wanted);
	uint32_t nr = get_count(bytes, MAX_READ), i, c = 0;

	for (i = 0; i < nr && r == 0 && !bytes->failed; i++) {
		c += get_count(bytes, UINT32_MAX - c);
		if (!bytes->failed && is_in(wanted, c))
			r = append_unseen(commands, c);
	}
	return bytes->failed ? -EBADMSG : r;
}
