// SPDX-License-Identifier: GPL-2.0-only
#include "self.h"

#include <math.h>

#include "answer.h"
#include "contmond/collect/self.h"

#define ROW self_row
static const struct column columns[] = {
	COLUMN(started_ms, UNIT_TIME),
	COLUMN(uptime_seconds, UNIT_SECONDS),
	COLUMN(cpu_seconds_total, UNIT_SECONDS),
	COLUMN(cpu_user_seconds_total, UNIT_SECONDS),
	COLUMN(cpu_system_seconds_total, UNIT_SECONDS),
	COLUMN(rss_bytes, UNIT_BYTES),
	COLUMN(rss_peak_bytes, UNIT_BYTES),
	COLUMN(threads, UNIT_COUNT),
	COLUMN(open_fds, UNIT_COUNT),
	COLUMN(max_fds, UNIT_COUNT),
	COLUMN(samples_total, UNIT_COUNT),
	COLUMN(samples_missed_total, UNIT_COUNT),
	COLUMN(runs_missed_total, UNIT_COUNT),
	COLUMN(sample_seconds_total, UNIT_SECONDS),
	COLUMN(last_sample_seconds, UNIT_SECONDS),
	COLUMN(clients, UNIT_COUNT),
	COLUMN(streams, UNIT_COUNT),
	COLUMN(requests_total, UNIT_COUNT),
	COLUMN(requests_2xx_total, UNIT_COUNT),
	COLUMN(requests_3xx_total, UNIT_COUNT),
	COLUMN(requests_4xx_total, UNIT_COUNT),
	COLUMN(requests_5xx_total, UNIT_COUNT),
	COLUMN(sent_bytes_total, UNIT_BYTES),
	COLUMN(store_bytes, UNIT_BYTES),
	COLUMN(store_max_bytes, UNIT_BYTES),
	COLUMN(store_waiting, UNIT_COUNT),
	COLUMN(store_waiting_bytes, UNIT_BYTES),
	COLUMN(store_lost_total, UNIT_COUNT),
	COLUMN(store_lost_of_users_total, UNIT_COUNT),
	COLUMN(store_damaged_total, UNIT_COUNT),
	COLUMN(store_removed_total, UNIT_COUNT),
	COLUMN(store_commits_total, UNIT_COUNT),
	COLUMN(store_commit_seconds_total, UNIT_SECONDS),
	COLUMN(store_last_commit_seconds, UNIT_SECONDS),
	COLUMN(store_slowest_commit_seconds, UNIT_SECONDS),
};
#undef ROW

const struct table self_table = TABLE(columns);

static void add_process(struct self_row *row)
{
	struct self self;

	self_read(&self);
	row->cpu_user_seconds_total = self.cpu_user_seconds;
	row->cpu_system_seconds_total = self.cpu_system_seconds;
	row->cpu_seconds_total = self.cpu_user_seconds +
				 self.cpu_system_seconds;
	row->rss_bytes = self.rss_bytes;
	row->rss_peak_bytes = self.rss_peak_bytes;
	row->threads = self.threads;
	row->open_fds = self.open_fds;
	row->max_fds = self.max_fds;
}

static void add_samples(const struct status *status, struct self_row *row)
{
	row->started_ms = status->started_ms > 0 ?
		(double)status->started_ms : (double)NAN;
	row->uptime_seconds = status_uptime_seconds(status);
	row->samples_total = (double)status->samples_total;
	row->samples_missed_total = (double)status->samples_missed_total;
	row->runs_missed_total = (double)status->runs_missed_total;
	row->sample_seconds_total = status->sample_seconds_total;
	row->last_sample_seconds = status->samples_total ?
		status->last_sample_seconds : (double)NAN;
}

static double requests(struct traffic *traffic, unsigned int class)
{
	return (double)traffic_requests(traffic, 100 * class,
					100 * class + 99);
}

static void add_traffic(struct traffic *traffic, struct self_row *row)
{
	row->clients = (double)atomic_load(&traffic->clients);
	row->streams = (double)atomic_load(&traffic->streams);
	row->requests_2xx_total = requests(traffic, 2);
	row->requests_3xx_total = requests(traffic, 3);
	row->requests_4xx_total = requests(traffic, 4);
	row->requests_5xx_total = requests(traffic, 5);
	row->requests_total = row->requests_2xx_total +
			      row->requests_3xx_total +
			      row->requests_4xx_total +
			      row->requests_5xx_total;
	row->sent_bytes_total = (double)atomic_load(&traffic->sent_bytes);
}

static void add_store(struct store *store, struct self_row *row)
{
	struct store_status status;
	bool has_commits;

	store_get_status(store, &status);
	has_commits = status.commits > 0;
	row->store_bytes = (double)status.bytes;
	row->store_max_bytes = (double)status.max_bytes;
	row->store_waiting = (double)status.waiting;
	row->store_waiting_bytes = (double)status.waiting_bytes;
	row->store_lost_total = (double)status.lost;
	row->store_lost_of_users_total = (double)status.lost_of_users;
	row->store_damaged_total = (double)status.damaged;
	row->store_removed_total = (double)status.removed;
	row->store_commits_total = (double)status.commits;
	row->store_commit_seconds_total = status.commit_seconds;
	row->store_last_commit_seconds = has_commits ?
		status.last_commit_seconds : (double)NAN;
	row->store_slowest_commit_seconds = has_commits ?
		status.slowest_commit_seconds : (double)NAN;
}

void self_row_make(const struct facts *facts, struct self_row *ret)
{
	add_process(ret);
	add_samples(facts->status, ret);
	add_traffic(facts->traffic, ret);
	add_store(facts->store, ret);
}

void self_handle(const struct facts *facts, const struct request *request,
		 struct reply *reply)
{
	struct self_row row;

	(void)request;
	self_row_make(facts, &row);
	answer_row(reply, &self_table, &row);
}
