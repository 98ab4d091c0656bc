// SPDX-License-Identifier: GPL-2.0-only
/*
 * One planted bug per load, selected by name: the debug kernels must find it,
 * and the runner must fail. It never stays loaded.
 */
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/timer.h>

static char *bug;
module_param(bug, charp, 0);
MODULE_PARM_DESC(bug, "none, or the name of one of bugs[]");

static void overrun(void)
{
	char *p = kmalloc(33, GFP_KERNEL);

	if (p)
		pr_info("byte 40 of 33: %d\n", READ_ONCE(p[40]));
	kfree(p);
}

static void freed(void)
{
	char *p = kmalloc(33, GFP_KERNEL);

	kfree(p);
	if (p)
		pr_info("byte 3 of none: %d\n", READ_ONCE(p[3]));
}

static int table[4];

static void bounds(void)
{
	int i = ARRAY_SIZE(table);

	OPTIMIZER_HIDE_VAR(i);
	pr_info("entry 4 of 4: %d\n", table[i]);
}

static void expire(struct timer_list *timer)
{
}

static void object(void)
{
	struct timer_list *timer = kmalloc(sizeof(*timer), GFP_KERNEL);

	if (!timer)
		return;
	timer_setup(timer, expire, 0);
	mod_timer(timer, jiffies + 3600 * HZ);
	kfree(timer);
}

static void leak(void)
{
	void *p = kmalloc(1000, GFP_KERNEL);

	OPTIMIZER_HIDE_VAR(p);
}

static DEFINE_MUTEX(first);
static DEFINE_MUTEX(second);

/* Not usleep_range(): on a slow machine its time is over before it sleeps. */
static void sleep(void)
{
	rcu_read_lock();
	mutex_lock(&first);
	mutex_unlock(&first);
	rcu_read_unlock();
}

static void locks(void)
{
	mutex_lock(&first);
	mutex_lock(&second);
	mutex_unlock(&second);
	mutex_unlock(&first);

	mutex_lock(&second);
	mutex_lock(&first);
	mutex_unlock(&first);
	mutex_unlock(&second);
}

static unsigned long counter;

static int count(void *unused)
{
	while (!kthread_should_stop()) {
		counter++;
		cond_resched();
	}
	return 0;
}

static void race(void)
{
	unsigned long end = jiffies + 5 * HZ;
	struct task_struct *task;

	task = kthread_create_on_cpu(count, NULL, 1, "race");
	if (IS_ERR(task))
		return;
	wake_up_process(task);
	while (time_before(jiffies, end)) {
		counter++;
		cond_resched();
	}
	kthread_stop(task);
}

static const struct {
	const char *name;
	void (*make)(void);
} bugs[] = {
	{ "overrun", overrun },
	{ "freed", freed },
	{ "bounds", bounds },
	{ "object", object },
	{ "sleep", sleep },
	{ "leak", leak },
	{ "locks", locks },
	{ "race", race },
};

static int __init control_init(void)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(bugs); i++)
		if (bug && !strcmp(bug, bugs[i].name))
			bugs[i].make();
	return 0;
}
module_init(control_init);

static void __exit control_exit(void)
{
}
module_exit(control_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Seeded bugs for tests of the test machine");
