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

void metrics_filesystems_limit(const struct exposition *e,
			       const struct filesystems *filesystems)
{
	static const char limit[] = "container_fs_limit_bytes";
	size_t i;

	if (filesystems->nr == 0)
		return;
	exposition_family(e, limit, "Size of the file system of a device.");
	for (i = 0; i < filesystems->nr; i++)
		show(e, limit, &filesystems->entries[i],
		     filesystems->entries[i].size_bytes);
}

bool metrics_filesystems_usage(const struct exposition *e,
			       const struct filesystems *filesystems,
			       const struct metric *metric)
{
	size_t i;

	if (filesystems->nr == 0)
		return false;
	exposition_family(e, metric->name, metric->help);
	for (i = 0; i < filesystems->nr; i++)
		show(e, metric->name, &filesystems->entries[i],
		     filesystems->entries[i].used_bytes);
	return true;
}
