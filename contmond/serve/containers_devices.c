// SPDX-License-Identifier: GPL-2.0-only
#include "containers_devices.h"

#include <math.h>

#include "answer.h"
#include "contmond/model/known.h"
#include "contmond/model/title.h"

/**
 * struct device_row - one device of one container
 * @device: its number, "8:0"; @device_name: "sda", or NULL
 *
 * X_max is the container's own limit, X_limit the lowest of its own and those
 * of cgroups above.
 */
struct device_row {
	double t;
	const char *container;
	const char *device;
	const char *device_name;
	double read_bytes_total;
	double write_bytes_total;
	double read_ops_total;
	double write_ops_total;
	double discard_bytes_total;
	double discard_ops_total;
	double read_max_bytes_per_second;
	double write_max_bytes_per_second;
	double read_max_ops_per_second;
	double write_max_ops_per_second;
	double read_limit_bytes_per_second;
	double write_limit_bytes_per_second;
	double read_limit_ops_per_second;
	double write_limit_ops_per_second;
};

#define ROW device_row
static const struct column columns[] = {
	COLUMN(t, UNIT_TIME),
	COLUMN(container, UNIT_TEXT),
	COLUMN(device, UNIT_TEXT),
	COLUMN(device_name, UNIT_TEXT),
	COLUMN(read_bytes_total, UNIT_BYTES),
	COLUMN(write_bytes_total, UNIT_BYTES),
	COLUMN(read_ops_total, UNIT_COUNT),
	COLUMN(write_ops_total, UNIT_COUNT),
	COLUMN(discard_bytes_total, UNIT_BYTES),
	COLUMN(discard_ops_total, UNIT_COUNT),
	COLUMN(read_max_bytes_per_second, UNIT_BYTES_PER_SECOND),
	COLUMN(write_max_bytes_per_second, UNIT_BYTES_PER_SECOND),
	COLUMN(read_max_ops_per_second, UNIT_COUNT),
	COLUMN(write_max_ops_per_second, UNIT_COUNT),
	COLUMN(read_limit_bytes_per_second, UNIT_BYTES_PER_SECOND),
	COLUMN(write_limit_bytes_per_second, UNIT_BYTES_PER_SECOND),
	COLUMN(read_limit_ops_per_second, UNIT_COUNT),
	COLUMN(write_limit_ops_per_second, UNIT_COUNT),
};
#undef ROW

static const struct table device_table = TABLE(columns);

static const struct device_limits *
limits_of(const struct settings *settings, const struct device_io *io)
{
	size_t i;

	for (i = 0; i < settings->nr_devices; i++) {
		const struct device_limits *limits = &settings->devices[i];

		if (limits->major == io->major && limits->minor == io->minor)
			return limits;
	}
	return NULL;
}

static double rate(uint64_t value)
{
	return known_limit(1, 1, value);
}

static void fill_limits(const struct device_limits *limits,
			struct device_row *row)
{
	const struct device_limits none = {
		.own = { CONTMON_UNLIMITED, CONTMON_UNLIMITED,
			 CONTMON_UNLIMITED, CONTMON_UNLIMITED },
		.effective = { CONTMON_UNLIMITED, CONTMON_UNLIMITED,
			       CONTMON_UNLIMITED, CONTMON_UNLIMITED },
	};

	if (!limits)
		limits = &none;
	row->read_max_bytes_per_second = rate(limits->own.read_bytes);
	row->write_max_bytes_per_second = rate(limits->own.write_bytes);
	row->read_max_ops_per_second = rate(limits->own.read_ops);
	row->write_max_ops_per_second = rate(limits->own.write_ops);
	row->read_limit_bytes_per_second = rate(limits->effective.read_bytes);
	row->write_limit_bytes_per_second =
		rate(limits->effective.write_bytes);
	row->read_limit_ops_per_second = rate(limits->effective.read_ops);
	row->write_limit_ops_per_second = rate(limits->effective.write_ops);
}

static void add(const struct container_row *container,
		const struct sample_container *sampled,
		const struct device_io *io, struct reply *reply)
{
	const unsigned int valid = sampled->stats.valid;
	char number[24], name[DEVICE_NAME_MAX];
	struct device_row row = {
		.t = container->t,
		.container = container->container,
		.device = number,
#define TOTAL(member) \
		.member##_total = known(valid, CGROUP_STATS_IO, io->member)
		TOTAL(read_bytes),
		TOTAL(write_bytes),
		TOTAL(read_ops),
		TOTAL(write_ops),
		TOTAL(discard_bytes),
		TOTAL(discard_ops),
#undef TOTAL
	};

	snprintf(number, sizeof(number), "%u:%u", io->major, io->minor);
	if (device_name(io->major, io->minor, name) == 0)
		row.device_name = name;
	fill_limits(limits_of(&sampled->settings, io), &row);
	answer_add(reply, &device_table, NULL, &row);
}

static bool has_io(const struct cgroup_stats *stats,
		   const struct device_limits *limits)
{
	size_t i;

	for (i = 0; i < stats->nr_devices; i++) {
		if (stats->devices[i].major == limits->major &&
		    stats->devices[i].minor == limits->minor)
			return true;
	}
	return false;
}

/* First the devices it has used, then those with only limits */
static void add_all(const struct container_row *container,
		    const struct sample_container *sampled,
		    struct reply *reply)
{
	const struct cgroup_stats *stats = &sampled->stats;
	const struct settings *settings = &sampled->settings;
	size_t i;

	for (i = 0; i < stats->nr_devices; i++)
		add(container, sampled, &stats->devices[i], reply);
	for (i = 0; i < settings->nr_devices; i++) {
		const struct device_io unused = {
			.major = settings->devices[i].major,
			.minor = settings->devices[i].minor,
		};

		if (!has_io(stats, &settings->devices[i]))
			add(container, sampled, &unused, reply);
	}
}

void containers_devices_handle(const struct facts *facts,
			       const struct request *request,
			       struct reply *reply)
{
	_cleanup_words_ struct words list = { 0 };
	const struct model *model = facts->model;
	size_t i;

	if (words_init(&list, request_get(request, "container")) < 0) {
		reply_error(reply, 503, "out of memory");
		return;
	}
	answer_begin(reply);
	for (i = 0; i < model->nr_listed; i++) {
		const struct model_container *container =
			model_container(model, i);
		const struct sample_container *sampled =
			model_sampled(model, container);

		if (sampled && title_in_list(&list, container->row.container,
					     container->row.id))
			add_all(&container->row, sampled, reply);
	}
	answer_end(reply, false);
}
