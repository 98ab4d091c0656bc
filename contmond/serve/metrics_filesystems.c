// SPDX-License-Identifier: GPL-2.0-only
#include "metrics_filesystems.h"

#include "contmond/model/metric_label.h"
#include "metrics_parts.h"

static void show(const struct exposition *e, const char *name,
		 const struct filesystem *filesystem, uint64_t number)
{
	struct buffer labels = { 0 };

	metric_label(&labels, "id", "/");
	parts_device_label(&labels, filesystem->major, filesystem->minor);
	if (labels.failed)
		e->body->failed = true;
	else
		exposition_sample(e, name, labels.text, "", (double)number);
	buffer_done(&labels);
}

void metrics_filesystems(const struct exposition *e,
			 const struct filesystems *filesystems)
{
	static const char limit[] = "container_fs_limit_bytes";
	static const char usage[] = "container_fs_usage_bytes";
	size_t i;

	if (filesystems->nr == 0)
		return;
	exposition_family(e, limit, "Size of the file system of a device.");
	for (i = 0; i < filesystems->nr; i++)
		show(e, limit, &filesystems->entries[i],
		     filesystems->entries[i].size_bytes);
	exposition_family(e, usage, "Used bytes of the file system of a "
			  "device.");
	for (i = 0; i < filesystems->nr; i++)
		show(e, usage, &filesystems->entries[i],
		     filesystems->entries[i].used_bytes);
}
