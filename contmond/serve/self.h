/* SPDX-License-Identifier: GPL-2.0-only */
/* /api/v1/self: resource usage and work of contmond itself */
#ifndef CONTMOND_SERVE_SELF_H
#define CONTMOND_SERVE_SELF_H

#include "facts.h"

/** struct self_row - NAN is unknown */
struct self_row {
	double started_ms;
	double uptime_seconds;
	double cpu_seconds_total;
	double cpu_user_seconds_total;
	double cpu_system_seconds_total;
	double rss_bytes;
	double rss_peak_bytes;
	double threads;
	double open_fds;
	double max_fds;
	double samples_total;
	double samples_missed_total;
	double runs_missed_total;
	double sample_seconds_total;
	double last_sample_seconds;
	double clients;
	double streams;
	double requests_total;
	double requests_2xx_total;
	double requests_3xx_total;
	double requests_4xx_total;
	double requests_5xx_total;
	double sent_bytes_total;
	double store_bytes;
	double store_max_bytes;
	double store_waiting;
	double store_waiting_bytes;
	double store_lost_total;
	double store_lost_of_users_total;
	double store_damaged_total;
	double store_removed_total;
	double store_commits_total;
	double store_commit_seconds_total;
	double store_last_commit_seconds;
	double store_slowest_commit_seconds;
};

extern const struct table self_table;

/** self_row_make() - to be called with the facts held */
void self_row_make(const struct facts *facts, struct self_row *ret);

endpoint_fn self_handle;

#endif /* CONTMOND_SERVE_SELF_H */
