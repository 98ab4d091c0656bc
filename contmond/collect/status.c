// SPDX-License-Identifier: GPL-2.0-only
#include "status.h"

#include <math.h>
#include <string.h>
#include <sys/utsname.h>
#include <systemd/sd-id128.h>

#include "base/clock.h"
#include "base/utf8.h"

#define HTTP_API_VERSION 1

void status_init(struct status *status)
{
	struct utsname names;
	sd_id128_t boot;

	status->started_boottime_ns = clock_boottime_ns();
	if (uname(&names) == 0) {
		utf8_copy(status->host, sizeof(status->host), names.nodename,
			  strlen(names.nodename));
		utf8_copy(status->kernel, sizeof(status->kernel),
			  names.release, strlen(names.release));
	}
	if (sd_id128_get_boot(&boot) == 0)
		sd_id128_to_uuid_string(boot, status->boot_id);
}

void status_driver(struct status *status, const struct contmon_get_info *info)
{
	const char *release = (const char *)info->release;

	status->device_open = true;
	status->driver = *info;
	utf8_copy(status->driver_release, sizeof(status->driver_release),
		  release, strnlen(release, sizeof(info->release)));
}

double status_uptime_seconds(const struct status *status)
{
	return (double)(clock_boottime_ns() - status->started_boottime_ns) /
	       1e9;
}

void status_health(const struct status *status, struct health_row *ret)
{
	*ret = (struct health_row){
		.status = "ok",
		.source = status->device_open ? "driver" : NULL,
		.engine = status->engine_connected ? "connected" :
						     "disconnected",
		.last_sample_ms = status->last_sample_ms > 0 ?
			(double)status->last_sample_ms : (double)NAN,
		.samples_total = (double)status->samples_total,
		.samples_missed_total = (double)status->samples_missed_total,
		.uptime_seconds = status_uptime_seconds(status),
	};
	if (status->reason[0]) {
		ret->status = "degraded";
		ret->reason = status->reason;
	} else if (status->samples_total == 0) {
		ret->status = "starting";
		ret->reason = "nothing has been sampled yet";
	}
}

static const char *or_null(const char *text)
{
	return text[0] ? text : NULL;
}

void status_info(const struct status *status, struct info_row *ret)
{
	bool open = status->device_open;

	*ret = (struct info_row){
		.version = CONTMON_VERSION,
		.api_version = HTTP_API_VERSION,
		.driver_release = open ? status->driver_release : NULL,
		.driver_api_version = open ?
			(double)status->driver.api_version : (double)NAN,
		.host = or_null(status->host),
		.kernel = or_null(status->kernel),
		.boot_id = or_null(status->boot_id),
		.nr_cpus = open ? (double)status->driver.nr_cpus : (double)NAN,
		.interval_ms = (double)status->interval_ms,
		.history_seconds = (double)status->history_seconds,
	};
}
