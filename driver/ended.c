// SPDX-License-Identifier: GPL-2.0-only
/*
 * Processes that have ended and that the kernel has not freed yet.
 *
 * The walk finds a process until it is reaped. Its task_struct is freed an RCU
 * grace period later, which may take ten seconds where RCU is lazy, and only
 * that fires a tracepoint. So each process is recorded here when its last
 * thread exits. Before the accounts of exited.c are read, all recorded
 * processes that have been reaped are added to them. A process that is freed
 * earlier is added when it is freed.
 *
 * An entry holds no reference. It is removed, under the lock, before the
 * task_struct is freed, and may then become the account of the cgroup.
 *
 * A task keeps its CPU while it has a lock: one that has used up its CPU time,
 * or that others keep from running, must not delay the others that settle.
 *
 *   settling	(raw spinlock)	one task at a time settles a batch, so that an
 *				end waits for no more than one of them; taken
 *				before ended_lock. Others try again, and can be
 *				killed meanwhile
 *   ended_lock	(raw spinlock)	the entries, and that what is no longer pending
 *				is in an account; taken before the locks of
 *				exited.c
 */

#include <linux/hash.h>
#include <linux/list.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/slab.h>

#include "ended.h"
#include "exited.h"

/* Most entries visited, and processes added, while the lock is held once */
#define SETTLE_LOOKS 32U
#define SETTLE_BATCH 8U

/**
 * struct ended - a process that has ended
 * @node: in table
 * @pending: in the list of those not yet added to an account; empty afterwards
 * @leader: not freed before the entry is removed
 */
struct ended {
	struct hlist_node node;
	struct list_head pending;
	struct task_struct *leader;
};

static struct hlist_head *table;
static unsigned int table_bits;
static LIST_HEAD(pending);
static unsigned int nr_pending;
static DEFINE_RAW_SPINLOCK(ended_lock);
static DEFINE_RAW_SPINLOCK(settling);

static struct hlist_head *bucket_of(const struct task_struct *leader)
{
	return &table[hash_ptr(leader, table_bits)];
}

static struct ended *find(const struct task_struct *leader)
{
	struct ended *ended;

	hlist_for_each_entry(ended, bucket_of(leader), node)
		if (ended->leader == leader)
			return ended;
	return NULL;
}

static void insert(struct ended *ended, struct task_struct *leader)
{
	ended->leader = leader;
	hlist_add_head(&ended->node, bucket_of(leader));
	list_add_tail(&ended->pending, &pending);
	nr_pending++;
}

static void no_longer_pending(struct ended *ended)
{
	list_del_init(&ended->pending);
	nr_pending--;
}

/**
 * contmon_ended_add() - record that the last thread of a process exits
 * @leader: of the process; may be recorded already
 *
 * Returns false if it was already recorded. If no memory is left nothing is
 * recorded, and the process is added to an account when it is freed. Called by
 * the exiting thread.
 */
bool contmon_ended_add(struct task_struct *leader)
{
	struct ended *spare = contmon_spare_take(&contmon_accounts);
	unsigned long flags;
	bool first;

	BUILD_BUG_ON(sizeof(struct ended) > sizeof(struct contmon_account));
	raw_spin_lock_irqsave(&ended_lock, flags);
	first = !find(leader);
	if (first && spare)
		insert(spare, leader);
	raw_spin_unlock_irqrestore(&ended_lock, flags);
	if (!first && spare)
		contmon_spare_give(&contmon_accounts, spare);
	return first;
}

/* For a process that was not recorded */
static void add_unrecorded(struct task_struct *leader)
{
	struct contmon_account *spare = contmon_spare_take(&contmon_accounts);

	if (!contmon_exited_add(leader, spare) && spare)
		contmon_spare_give(&contmon_accounts, spare);
}

/* contmon_ended_free() - called just before a reaped process is freed */
void contmon_ended_free(struct task_struct *leader)
{
	struct ended *ended;
	unsigned long flags;
	bool used = false;

	raw_spin_lock_irqsave(&ended_lock, flags);
	ended = find(leader);
	if (ended) {
		hlist_del(&ended->node);
		if (!list_empty(&ended->pending)) {
			no_longer_pending(ended);
			used = contmon_exited_add(leader, (void *)ended);
		}
	}
	raw_spin_unlock_irqrestore(&ended_lock, flags);
	if (!ended)
		add_unrecorded(leader);
	else if (!used)
		contmon_spare_give(&contmon_accounts, ended);
}

/*
 * A process loses its id when it is reaped, while its usage is being moved.
 * After that, the usage is complete, and can be read without waiting for the
 * lock that guards it. Pairs with write_seqlock() in __exit_signal().
 */
static bool is_reaped(const struct task_struct *leader)
{
	const seqcount_t *moves = &leader->signal->stats_lock.seqcount.seqcount;

	if (READ_ONCE(leader->thread_pid))
		return false;
	smp_rmb();	/* the id, then the sequence */
	return !(smp_load_acquire(&moves->sequence) & 1);
}

static unsigned int count_pending(void)
{
	unsigned long flags;
	unsigned int nr;

	raw_spin_lock_irqsave(&ended_lock, flags);
	nr = nr_pending;
	raw_spin_unlock_irqrestore(&ended_lock, flags);
	return nr;
}

/**
 * struct spares - one for each process of a batch
 * @accounts: memory for accounts; owned
 * @nr: how many there are
 *
 * Without memory, the usage of a process would go to an ancestor of its cgroup
 * for good. So no process is added before there is memory for its account.
 */
struct spares {
	struct contmon_account *accounts[SETTLE_BATCH];
	unsigned int nr;
};

/* Makes it @wanted, or as many as memory allows. May sleep */
static void fill(struct spares *spares, unsigned int wanted)
{
	struct contmon_account *account;

	while (spares->nr < wanted) {
		account = kmalloc(sizeof(*account), GFP_KERNEL);
		if (!account)
			account = contmon_spare_take(&contmon_accounts);
		if (!account)
			return;
		spares->accounts[spares->nr++] = account;
	}
}

static void free_all(struct spares *spares)
{
	while (spares->nr)
		kfree(spares->accounts[--spares->nr]);
}

/*
 * Adds the first process of the list to its account, or, if it was not reaped,
 * moves it to the end of the list. Both locks held. Returns whether it was
 * added.
 */
static bool settle_first(struct spares *spares)
{
	struct ended *ended;

	ended = list_first_entry(&pending, struct ended, pending);
	if (!is_reaped(ended->leader)) {
		list_move_tail(&ended->pending, &pending);
		return false;
	}
	no_longer_pending(ended);
	if (contmon_exited_add(ended->leader, spares->accounts[spares->nr - 1]))
		spares->nr--;
	return true;
}

/* *@left is how many entries remain to visit */
static int settle_batch(struct spares *spares, unsigned int *left)
{
	unsigned int nr = spares->nr, looks;
	unsigned long flags;

	while (!raw_spin_trylock(&settling)) {
		if (fatal_signal_pending(current))
			return -EINTR;
		cond_resched();
		cpu_relax();
	}
	raw_spin_lock_irqsave(&ended_lock, flags);
	*left = min(*left, nr_pending);
	for (looks = 0; looks < SETTLE_LOOKS && nr && *left; looks++, --*left)
		nr -= settle_first(spares);
	raw_spin_unlock_irqrestore(&ended_lock, flags);
	raw_spin_unlock(&settling);
	return 0;
}

/*
 * contmon_ended_settle() - add all reaped processes to accounts. May sleep
 *
 * Several tasks may do this at once, in turns. The list is visited from its
 * beginning, so as many visits as it has entries, by whichever task, are enough
 * for all processes that were recorded before.
 *
 * Returns -EINTR after a fatal signal, or -ENOMEM; some may be left then.
 */
int contmon_ended_settle(void)
{
	unsigned int left = count_pending();
	struct spares spares = { .nr = 0 };
	int ret = 0;

	while (left && !ret) {
		fill(&spares, min(left, SETTLE_BATCH));
		ret = spares.nr ? settle_batch(&spares, &left) : -ENOMEM;
		if (!ret && left && fatal_signal_pending(current))
			ret = -EINTR;
		cond_resched();
	}
	free_all(&spares);
	return ret;
}

int contmon_ended_init(void)
{
	table_bits = contmon_exited_table_bits();
	table = kvcalloc(1UL << table_bits, sizeof(*table), GFP_KERNEL);
	if (!table)
		return -ENOMEM;
	return 0;
}

/* Called when no handler can run */
void contmon_ended_exit(void)
{
	struct hlist_node *next;
	struct ended *ended;
	unsigned long i;

	for (i = 0; i < 1UL << table_bits; i++)
		hlist_for_each_entry_safe(ended, next, &table[i], node)
			kfree(ended);
	kvfree(table);
}
