// SPDX-License-Identifier: GPL-2.0-only
/*
 * The device: open, release, mmap and the dispatch of ioctls. Their handlers
 * are in the other files.
 */

#include <linux/capability.h>
#include <linux/compat.h>
#include <linux/cpumask.h>
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/nospec.h>
#include <linux/slab.h>
#include <linux/timekeeping.h>
#include <linux/uaccess.h>
#include <linux/uuid.h>

#include "compat.h"
#include "ended.h"
#include "exited.h"
#include "internal.h"
#include "stream.h"
#include "trace.h"
#include "user.h"

static u8 instance_id[16];
static u64 loaded_boottime_ns;

/* The groups that this kernel has data for */
static u64 task_fields(void)
{
	u64 fields = CONTMON_TASK_ALL;

	if (!IS_ENABLED(CONFIG_SCHED_INFO))
		fields &= ~CONTMON_TASK_RUNQ;
	if (!IS_ENABLED(CONFIG_TASK_DELAY_ACCT))
		fields &= ~CONTMON_TASK_DELAY;
	return fields;
}

static u64 cgroup_fields(void)
{
	u64 fields = CONTMON_CGROUP_ALL;

	if (!IS_ENABLED(CONFIG_MEMCG))
		fields &= ~(CONTMON_CGROUP_MEMCG | CONTMON_CGROUP_LIMIT);
	if (!IS_ENABLED(CONFIG_PSI))
		fields &= ~CONTMON_CGROUP_PSI;
	if (!contmon_trace_has_exited())
		fields &= ~CONTMON_CGROUP_EXITED;
	return fields;
}

long contmon_get_info(struct contmon_file *file, void *arg)
{
	struct contmon_get_info *info = arg;
	struct contmon_view view;

	if (info->flags)
		return -EOPNOTSUPP;

	contmon_view_init(&view);
	info->api_version = CONTMON_API_VERSION;
	info->max_entries = CONTMON_MAX_ENTRIES;
	info->features = CONTMON_FEATURE_THREADS | CONTMON_FEATURE_FILTERS |
			 CONTMON_FEATURE_CMDLINE;
	if (contmon_trace_has_exited())
		info->features |= CONTMON_FEATURE_EXITED;
	if (contmon_trace_has_events())
		info->features |= CONTMON_FEATURE_EVENTS;
	if (contmon_trace_has_populated())
		info->features |= CONTMON_FEATURE_POPULATED;
	info->task_fields = task_fields();
	info->cgroup_fields = cgroup_fields();
	info->max_mapping_bytes = CONTMON_MAX_MAPPING;
	info->max_entry_size = CONTMON_MAX_ENTRY_SIZE;
	info->task_entry_size = sizeof(struct contmon_task);
	info->cgroup_entry_size = sizeof(struct contmon_cgroup);
	info->nr_cpus = num_online_cpus();
	info->loaded_boottime_ns = contmon_view_boottime_ns(&view,
							    loaded_boottime_ns);
	info->now_boottime_ns = contmon_view_now_boottime_ns(&view);
	info->now_monotonic_ns = contmon_view_now_monotonic_ns(&view);
	info->now_realtime_ns = ktime_get_real_ns();
	memcpy(info->instance_id, instance_id, sizeof(info->instance_id));
	strscpy_pad(info->release, CONTMON_RELEASE, sizeof(info->release));
	return 0;
}

/* Room for any argument; each begins with its size */
union contmon_arg {
	u32 size;
	struct contmon_get_info get_info;
	struct contmon_snapshot_tasks snapshot_tasks;
	struct contmon_get_task get_task;
	struct contmon_snapshot_cgroups snapshot_cgroups;
	struct contmon_get_system get_system;
	struct contmon_alloc alloc;
	struct contmon_free free;
	struct contmon_resident resident;
	struct contmon_read_cmdline read_cmdline;
	struct contmon_watch watch;
};

/**
 * struct contmon_op - one ioctl
 * @number: the whole ioctl number
 * @size: size of the argument in this version
 * @min_size: its size in the first version
 * @run: the handler
 * @undo: undoes @run when the result cannot be copied out, or NULL
 */
struct contmon_op {
	unsigned int number;
	size_t size;
	size_t min_size;
	long (*run)(struct contmon_file *file, void *arg);
	void (*undo)(struct contmon_file *file, void *arg);
};

#define CONTMON_OP(NUMBER, name, min, ...)			\
	[_IOC_NR(NUMBER)] = {					\
		.number = (NUMBER),				\
		.size = sizeof(struct contmon_##name),		\
		.min_size = (min),				\
		.run = contmon_##name,				\
		__VA_ARGS__					\
	}

static const struct contmon_op contmon_ops[] = {
	CONTMON_OP(CONTMON_GET_INFO, get_info, 144),
	CONTMON_OP(CONTMON_SNAPSHOT_TASKS, snapshot_tasks, 56),
	CONTMON_OP(CONTMON_GET_TASK, get_task, 48),
	CONTMON_OP(CONTMON_SNAPSHOT_CGROUPS, snapshot_cgroups, 40),
	CONTMON_OP(CONTMON_GET_SYSTEM, get_system, 192),
	CONTMON_OP(CONTMON_ALLOC, alloc, 24, .undo = contmon_alloc_undo),
	CONTMON_OP(CONTMON_FREE, free, 24),
	CONTMON_OP(CONTMON_RESIDENT, resident, 32),
	CONTMON_OP(CONTMON_READ_CMDLINE, read_cmdline, 32),
	CONTMON_OP(CONTMON_WATCH, watch, 48),
};

static const struct contmon_op *contmon_find_op(unsigned int number)
{
	unsigned int nr = _IOC_NR(number);

	if (nr >= ARRAY_SIZE(contmon_ops))
		return NULL;
	nr = array_index_nospec(nr, ARRAY_SIZE(contmon_ops));
	if (contmon_ops[nr].number != number)
		return NULL;
	return &contmon_ops[nr];
}

static long contmon_ioctl(struct file *filp, unsigned int number,
			  unsigned long uaddr)
{
	const struct contmon_op *op = contmon_find_op(number);
	void __user *uarg = (void __user *)uaddr;
	union contmon_arg arg;
	long ret;
	u32 size;

	if (!op)
		return -ENOTTY;
	if (get_user(size, (u32 __user *)uarg))
		return -EFAULT;
	if (size < op->min_size)
		return -EINVAL;
	if (size > PAGE_SIZE)
		return -E2BIG;

	memset(&arg, 0, sizeof(arg));
	ret = copy_struct_from_user(&arg, op->size, uarg, size);
	if (ret)
		return ret;
	/* Another thread may have changed it since it was checked */
	arg.size = size;

	ret = op->run(filp->private_data, &arg);
	/* With EMSGSIZE, the argument contains the room needed */
	if (ret && ret != -EMSGSIZE)
		return ret;
	if (copy_to_user(uarg, &arg, min_t(size_t, size, op->size))) {
		if (!ret && op->undo)
			op->undo(filp->private_data, &arg);
		return -EFAULT;
	}
	return ret;
}

static int contmon_open(struct inode *inode, struct file *filp)
{
	struct contmon_file *file;

	file = kzalloc(sizeof(*file), GFP_KERNEL_ACCOUNT);
	if (!file)
		return -ENOMEM;
	file->user = contmon_user_get();
	if (!file->user) {
		kfree(file);
		return -ENOMEM;
	}
	contmon_mapping_init(&file->map, file->user);
	mutex_init(&file->place_lock);
	mutex_init(&file->stream_lock);
	init_waitqueue_head(&file->wait);
	filp->private_data = file;
	return nonseekable_open(inode, filp);
}

static int contmon_release(struct inode *inode, struct file *filp)
{
	struct contmon_file *file = filp->private_data;

	/* First what the OOM killer may be waiting for; the others may sleep */
	contmon_mapping_destroy(&file->map);
	contmon_stream_close(file);
	contmon_cgroups_close(file);
	contmon_user_put(file->user);
	kfree_rcu(file, rcu);
	return 0;
}

static int contmon_mmap(struct file *filp, struct vm_area_struct *vma)
{
	struct contmon_file *file = filp->private_data;

	return contmon_mapping_mmap(&file->map, vma);
}

static const struct file_operations contmon_fops = {
	.owner = THIS_MODULE,
	.open = contmon_open,
	.release = contmon_release,
	.mmap = contmon_mmap,
	.read_iter = contmon_stream_read,
	.poll = contmon_stream_poll,
	.unlocked_ioctl = contmon_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
};

static struct miscdevice contmon_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "contmon",
	.mode = 0660,	/* the udev rule adds the group */
	.fops = &contmon_fops,
};

static int __init contmon_init(void)
{
	int ret;

	generate_random_uuid(instance_id);
	loaded_boottime_ns = ktime_get_boottime_ns();
	ret = contmon_exited_init();
	if (ret)
		return ret;
	ret = contmon_ended_init();
	if (ret)
		goto err_exited;
	ret = contmon_streams_init();
	if (ret)
		goto err_ended;
	contmon_trace_init();
	ret = misc_register(&contmon_device);
	if (ret)
		goto err_trace;
	return 0;

err_trace:
	contmon_trace_exit();
	contmon_streams_exit();
err_ended:
	contmon_ended_exit();
err_exited:
	contmon_exited_exit();
	return ret;
}

static void __exit contmon_exit(void)
{
	misc_deregister(&contmon_device);
	contmon_trace_exit();
	contmon_streams_exit();
	contmon_ended_exit();
	contmon_exited_exit();
}

module_init(contmon_init);
module_exit(contmon_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Binary snapshots of every task and container");
MODULE_VERSION(CONTMON_RELEASE);
