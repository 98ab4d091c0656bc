// SPDX-License-Identifier: GPL-2.0-only
#include "lives.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/sorted.h"
#include "base/util.h"

/* How many ended containers are kept once there are too many */
#define KEPT_ENDED 256

/* The totals and maxima that a final record takes from a row */
static const struct {
	const char *key;
	size_t offset;
} finals[LIVES_NR_FINALS] = {
#define FINAL(key, member) { key, offsetof(struct store_final, member) }
	FINAL("cpu_seconds_total", cpu_seconds),
	FINAL("cpu_user_seconds_total", cpu_user_seconds),
	FINAL("cpu_system_seconds_total", cpu_system_seconds),
	FINAL("memory_peak_bytes", memory_peak_bytes),
	FINAL("memory_current_bytes", memory_peak_bytes),
	FINAL("oom_kills_total", oom_kills),
	FINAL("read_bytes_total", read_bytes),
	FINAL("write_bytes_total", write_bytes),
	FINAL("read_ops_total", read_ops),
	FINAL("write_ops_total", write_ops),
	FINAL("network_receive_bytes_total", network_receive_bytes),
	FINAL("network_transmit_bytes_total", network_transmit_bytes),
};

void lives_init(struct lives *lives, struct queue *queue,
		const char *boot_id)
{
	size_t i;

	*lives = (struct lives){ .queue = queue, .next_c = 1 };
	pthread_mutex_init(&lives->lock, NULL);
	snprintf(lives->boot_id, sizeof(lives->boot_id), "%s", boot_id);
	for (i = 0; i < LIVES_NR_FINALS; i++)
		lives->columns[i] = table_find(&container_table,
					       finals[i].key);
}

static void life_done(struct life *life)
{
	size_t i;

	for (i = 0; i < NR_LIFE_TEXTS; i++)
		free(life->texts[i]);
	free(life->devices);
}

void lives_done(struct lives *lives)
{
	size_t i;

	for (i = 0; i < lives->nr; i++)
		life_done(&lives->all[i]);
	free(lives->all);
	pthread_mutex_destroy(&lives->lock);
	*lives = (struct lives){ 0 };
}

/* Finding */

static int compare(const void *key, const void *element)
{
	const struct life *life = element;
	uint64_t cgroup_id = *(const uint64_t *)key;

	return (cgroup_id > life->cgroup_id) - (cgroup_id < life->cgroup_id);
}

static size_t place_of(const struct lives *lives, uint64_t cgroup_id,
		       bool *found)
{
	return sorted_place(&cgroup_id, lives->all, lives->nr,
			    sizeof(*lives->all), compare, found);
}

struct life *lives_by_cgroup(struct lives *lives, uint64_t cgroup_id)
{
	bool found;
	size_t place = place_of(lives, cgroup_id, &found);

	return found ? &lives->all[place] : NULL;
}

const struct life *lives_find(const struct lives *lives, uint32_t c)
{
	size_t i;

	for (i = 0; i < lives->nr; i++) {
		if (lives->all[i].c == c)
			return &lives->all[i];
	}
	return NULL;
}

/* All zero without the container. Only numbers of it may be used. */
static struct life copy_of(struct lives *lives, uint64_t cgroup_id)
{
	const struct life *life;
	struct life copy = { 0 };

	pthread_mutex_lock(&lives->lock);
	life = lives_by_cgroup(lives, cgroup_id);
	if (life)
		copy = *life;
	pthread_mutex_unlock(&lives->lock);
	return copy;
}

uint32_t lives_number(struct lives *lives, uint64_t cgroup_id)
{
	return copy_of(lives, cgroup_id).c;
}

int64_t lives_user(struct lives *lives, uint64_t cgroup_id)
{
	return copy_of(lives, cgroup_id).user_id;
}

bool lives_is_roots(struct lives *lives, uint64_t cgroup_id)
{
	return copy_of(lives, cgroup_id).is_roots;
}

static struct life *insert(struct lives *lives, uint64_t cgroup_id)
{
	bool found;
	size_t place = place_of(lives, cgroup_id, &found);
	size_t allocated = lives->allocated * 2 ?: 32;
	struct life *life, *all;

	if (lives->nr == lives->allocated) {
		all = reallocarray(lives->all, allocated, sizeof(*all));
		if (!all)
			return NULL;
		lives->all = all;
		lives->allocated = allocated;
	}
	life = &lives->all[place];
	memmove(life + 1, life, (lives->nr - place) * sizeof(*life));
	*life = (struct life){ .cgroup_id = cgroup_id };
	store_final_init(&life->final);
	lives->nr++;
	return life;
}

/* Contents of a row */

/*
 * A total does not shrink while its cgroup exists, and a peak never does. A
 * start does not change either, but the process that shows it may have ended
 * when contmond looks for it again.
 */
static void take_numbers(struct lives *lives, struct life *life,
			 const struct store_container *seen)
{
	const struct container_row *row = seen->row;
	double number;
	size_t i;

	if (isnan(life->final.started_ms))
		life->final.started_ms = row->started_ms;
	for (i = 0; i < LIVES_NR_FINALS; i++) {
		double *to = (double *)((char *)&life->final +
					finals[i].offset);

		if (!lives->columns[i])
			continue;
		number = column_number(lives->columns[i], row);
		if (to == &life->final.oom_kills)
			number -= seen->earlier_oom_kills;
		*to = fmax(*to, number);
	}
}

/* Rows */

struct entry *life_entry(const struct life *life, enum statement statement)
{
	struct entry *entry = entry_new(statement);

	entry_of_user(entry, life->user_id);
	entry_add(entry, VALUE_CONTAINER, life->c);
	return entry;
}

static void add_texts(struct entry *entry, const struct life *life)
{
	size_t i;

	for (i = 0; i < NR_LIFE_TEXTS; i++)
		entry_add_text(entry, life->texts[i]);
	if (life->created_ms > 0)
		entry_add(entry, VALUE_INTEGER, life->created_ms);
	else
		entry_add_null(entry);
	entry_add(entry, VALUE_INTEGER, life->user_id);
}

static void write_life(struct lives *lives, const struct life *life)
{
	struct entry *entry = life_entry(life, ADD_CONTAINER);

	entry_add_text(entry, lives->boot_id);
	entry_add(entry, VALUE_INTEGER, (int64_t)life->cgroup_id);
	add_texts(entry, life);
	entry_add(entry, VALUE_INTEGER, life->first_ms);
	entry_add(entry, VALUE_INTEGER, life->last_ms);
	queue_add(lives->queue, entry);
}

static void change_life(struct lives *lives, const struct life *life)
{
	struct entry *entry = life_entry(life, CHANGE_CONTAINER);

	add_texts(entry, life);
	queue_add(lives->queue, entry);
}

static void write_time(struct lives *lives, const struct life *life,
		       enum statement statement, int64_t t_ms)
{
	struct entry *entry = life_entry(life, statement);

	entry_add(entry, VALUE_INTEGER, t_ms);
	entry_add(entry, VALUE_INTEGER, life->first_ms);
	queue_add(lives->queue, entry);
}

static void write_final(struct lives *lives, const struct life *life)
{
	const struct store_final *final = &life->final;
	const double *numbers = (const double *)final;
	struct entry *entry = life_entry(life, ADD_FINAL);
	size_t i;

	for (i = 0; i < STORE_FINAL_NR; i++) {
		const double *number = &numbers[i];

		if (number == &final->cpu_seconds ||
		    number == &final->cpu_user_seconds ||
		    number == &final->cpu_system_seconds)
			entry_add_real(entry, *number);
		else
			entry_add_whole(entry, *number);
	}
	queue_add(lives->queue, entry);
}

/* Starts and ends */

static struct life *begin(struct lives *lives,
			  const struct store_container *seen, int64_t t_ms)
{
	struct life *life = insert(lives, seen->cgroup_id);

	if (!life)
		return NULL;
	life->c = lives->next_c++;
	life->first_ms = life->last_ms = life->seen_ms = t_ms;
	life_take_texts(life, seen);
	write_life(lives, life);
	return life;
}

/*
 * A container of cgroup v1 has the same number in its next run, and what was
 * known of the one before is not of this one. In v2 it is the same run, which
 * was missing from a tick, and only has not ended.
 */
static void come_back(struct lives *lives, struct life *life, int64_t t_ms)
{
	struct store_final *final = &life->final;
	double restarts = final->restarts;

	life->ended = false;
	if (life->texts[LIFE_CGROUP])
		final->ended_ms = final->exit_code = final->oom_killed = NAN;
	else
		store_final_init(final);
	final->restarts = restarts;
	write_time(lives, life, RESUME_CONTAINER, t_ms);
	queue_add(lives->queue, life_entry(life, REMOVE_FINAL));
}

static void see(struct lives *lives, struct life *life,
		const struct store_container *seen, int64_t t_ms)
{
	if (life_take_texts(life, seen))
		change_life(lives, life);
	if (life->ended)
		come_back(lives, life, t_ms);
	if (t_ms < life->first_ms)
		life->first_ms = t_ms;
	if (t_ms > life->last_ms)
		life->last_ms = t_ms;
	life->seen_ms = t_ms;
}

uint32_t lives_see(struct lives *lives, const struct store_container *seen,
		   int64_t t_ms, uint64_t seq)
{
	struct life *life;
	uint32_t c = 0;

	pthread_mutex_lock(&lives->lock);
	life = lives_by_cgroup(lives, seen->cgroup_id);
	if (life)
		see(lives, life, seen, t_ms);
	else
		life = begin(lives, seen, t_ms);
	if (life) {
		life->seen = seq;
		life->pid = seen->pid ?: life->pid;
		take_numbers(lives, life, seen);
		c = life->c;
	}
	pthread_mutex_unlock(&lives->lock);
	return c;
}

int lives_begin(struct lives *lives, const struct store_container *who,
		int64_t t_ms)
{
	bool is_there;

	pthread_mutex_lock(&lives->lock);
	is_there = lives_by_cgroup(lives, who->cgroup_id) ||
		   begin(lives, who, t_ms);
	pthread_mutex_unlock(&lives->lock);
	return is_there ? 0 : -ENOMEM;
}

void lives_rename(struct lives *lives, const struct store_container *who)
{
	struct life *life;

	pthread_mutex_lock(&lives->lock);
	life = lives_by_cgroup(lives, who->cgroup_id);
	if (life && life_take_texts(life, who))
		change_life(lives, life);
	pthread_mutex_unlock(&lives->lock);
}

static void end_life(struct lives *lives, struct life *life)
{
	if (isnan(life->final.ended_ms))
		life->final.ended_ms = (double)life->seen_ms;
	if (!life->ended) {
		life->of_user = life->user_id != 0;
		life->end = ++lives->nr_ends[life->of_user];
	}
	life->ended = true;
	write_time(lives, life, END_CONTAINER, (int64_t)life->final.ended_ms);
	write_final(lives, life);
}

/* Containers that ended in the newest tick are kept for its events. */
static bool may_forget(const struct life *life)
{
	return life->ended && !life->just_ended;
}

/* Removes those that ended first, separately for root and for users. */
static void forget(struct lives *lives)
{
	size_t i, ended[2] = { 0 }, kept = 0;

	for (i = 0; i < lives->nr; i++)
		ended[lives->all[i].of_user] += may_forget(&lives->all[i]);
	if (ended[false] <= LIVES_MAX_ENDED && ended[true] <= LIVES_MAX_ENDED)
		return;
	for (i = 0; i < lives->nr; i++) {
		struct life *life = &lives->all[i];

		if (may_forget(life) &&
		    ended[life->of_user] > LIVES_MAX_ENDED &&
		    life->end + KEPT_ENDED < lives->nr_ends[life->of_user])
			life_done(life);
		else
			lives->all[kept++] = *life;
	}
	lives->nr = kept;
}

void lives_end_tick(struct lives *lives, uint64_t seq)
{
	size_t i;

	pthread_mutex_lock(&lives->lock);
	for (i = 0; i < lives->nr; i++) {
		struct life *life = &lives->all[i];

		life->just_ended = !life->ended && life->seen != seq;
		if (life->just_ended)
			end_life(lives, life);
	}
	forget(lives);
	pthread_mutex_unlock(&lives->lock);
}

static void take_final(struct store_final *to, const struct store_final *from)
{
	double *numbers = (double *)to;
	const double *more = (const double *)from;
	const size_t first_total = offsetof(struct store_final, cpu_seconds) /
				   sizeof(double);
	size_t i;

	for (i = 0; i < STORE_FINAL_NR; i++) {
		if (i >= first_total)
			numbers[i] = fmax(numbers[i], more[i]);
		else if (!isnan(more[i]))
			numbers[i] = more[i];
	}
}

int lives_end(struct lives *lives, const struct store_container *who,
	      const struct store_final *final)
{
	struct life *life;
	int r = 0;

	pthread_mutex_lock(&lives->lock);
	life = lives_by_cgroup(lives, who->cgroup_id);
	if (!life && (who->row->cgroup || who->row->id)) {
		double first = isnan(final->started_ms) ? final->ended_ms :
							  final->started_ms;

		life = begin(lives, who, (int64_t)first);
		r = life ? 0 : -ENOMEM;
	} else if (life && life_take_texts(life, who)) {
		change_life(lives, life);
	}
	if (life) {
		take_final(&life->final, final);
		end_life(lives, life);
		forget(lives);
	}
	pthread_mutex_unlock(&lives->lock);
	return r;
}

int lives_resume(struct lives *lives, uint64_t cgroup_id, uint32_t c,
		 const char *title, int64_t user_id, int64_t first_ms,
		 int64_t last_ms, int64_t seen_ms)
{
	struct life *life;

	pthread_mutex_lock(&lives->lock);
	life = insert(lives, cgroup_id);
	if (life) {
		life->c = c;
		life->is_named = life_take_text(life, LIFE_TITLE, title);
		life->is_roots = life->is_named && user_id == 0;
		life->user_id = user_id;
		life->first_ms = first_ms;
		life->last_ms = last_ms;
		life->seen_ms = seen_ms;
	}
	pthread_mutex_unlock(&lives->lock);
	return life ? 0 : -ENOMEM;
}

void lives_rewrite(struct lives *lives)
{
	size_t i;

	pthread_mutex_lock(&lives->lock);
	for (i = 0; i < lives->nr; i++) {
		if (lives->all[i].ended)
			continue;
		write_life(lives, &lives->all[i]);
		lives_write_devices(lives, &lives->all[i]);
	}
	pthread_mutex_unlock(&lives->lock);
}

void lives_see_all(struct lives *lives)
{
	size_t i;

	pthread_mutex_lock(&lives->lock);
	for (i = 0; i < lives->nr; i++) {
		struct life *life = &lives->all[i];

		if (!life->ended)
			write_time(lives, life, SEE_CONTAINER, life->last_ms);
	}
	pthread_mutex_unlock(&lives->lock);
}
