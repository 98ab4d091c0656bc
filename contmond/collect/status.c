// SPDX-License-Identifier: GPL-2.0-only
#include "status.h"

#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <systemd/sd-id128.h>

#include "base/clock.h"
#include "base/utf8.h"

void status_init(struct status *status)
{
	struct utsname names;
	sd_id128_t boot;

	status->started_boottime_ns = clock_boottime_ns();
	status->started_ms = (int64_t)(clock_realtime_ns() / NS_PER_MS);
	if (uname(&names) == 0) {
		utf8_copy(status->host, sizeof(status->host), names.nodename,
			  strlen(names.nodename));
		utf8_copy(status->kernel, sizeof(status->kernel),
			  names.release, strlen(names.release));
	}
	if (sd_id128_get_boot(&boot) == 0)
		sd_id128_to_uuid_string(boot, status->boot_id);
}

#define PROCFS_LACKS \
	"processes that live between two samples, OOM kills that end their " \
	"container, IO of other users' processes, and what procfs hides"

#define DRIVER_LACKS \
	"the moment when a container becomes empty, because a cgroup is more " \
	"than 64 levels deep"

void status_opened(struct status *status, enum contmon_source source,
		   const struct contmon_get_info *info, const char *why)
{
	const char *release = (const char *)info->release;

	status->driver = *info;
	status->driver_release[0] = '\0';
	snprintf(status->source_reason, sizeof(status->source_reason), "%s",
		 why ?: "");
	if (source != CONTMON_SOURCE_DRIVER) {
		status->source = "procfs";
		status->source_lacks = PROCFS_LACKS;
		return;
	}
	status->source = "driver";
	status->source_lacks = NULL;
	utf8_copy(status->driver_release, sizeof(status->driver_release),
		  release, strnlen(release, sizeof(info->release)));
}

void status_sampled(struct status *status, bool misses_emptied)
{
	if (strcmp(status->source, "driver") == 0)
		status->source_lacks = misses_emptied ? DRIVER_LACKS : NULL;
}

const char *status_source_reason(const struct status *status)
{
	return status->source && status->source_reason[0] ?
	       status->source_reason : NULL;
}

double status_uptime_seconds(const struct status *status)
{
	return (double)(clock_boottime_ns() - status->started_boottime_ns) /
	       1e9;
}
