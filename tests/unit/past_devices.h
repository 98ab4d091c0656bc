/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A store that is fed with the IO of containers by device, and asked for it. A
 * test that includes this has the line " * wrap: device_name".
 */
#ifndef PAST_DEVICES_H
#define PAST_DEVICES_H

#include "tests/unit/store_file.h"

#include "contmond/model/model.h"

int __wrap_device_name(unsigned int major, unsigned int minor,
		       char ret[DEVICE_NAME_MAX]);

int __wrap_device_name(unsigned int major, unsigned int minor,
		       char ret[DEVICE_NAME_MAX])
{
	if (major != 8)
		return -ENOENT;
	snprintf(ret, DEVICE_NAME_MAX, "sd%c", 'a' + (int)minor / 16);
	return 0;
}

/* A device without limits that has read @read bytes, written twice as many */
struct used {
	unsigned int major;
	unsigned int minor;
	double read;
};

static inline struct model_device device_of(const struct used *used)
{
	struct model_device device = {
		.major = used->major,
		.minor = used->minor,
		.row = {
			.read_bytes_total = used->read,
			.write_bytes_total = 2 * used->read,
			.read_ops_total = used->read / 10,
			.write_ops_total = used->read / 5,
			.read_limit_bytes_per_second = NAN,
			.write_limit_bytes_per_second = NAN,
			.read_limit_ops_per_second = NAN,
			.write_limit_ops_per_second = NAN,
		},
	};

	return device;
}

/* What one container has used in a tick */
struct use {
	const char *title;
	uint64_t cgroup_id;
	const struct used *devices;
	size_t nr;
};

#define MAX_USES 2
#define MAX_USED 5

static inline void tick_with(int64_t t_s, const struct use *uses, size_t nr)
{
	static struct model_device devices[MAX_USES][MAX_USED];
	struct container_row rows[MAX_USES];
	struct store_container containers[MAX_USES];
	char ids[MAX_USES][32];
	struct system_row host = { .nr_cpus = 4 };
	const struct store_tick tick = {
		.t_ms = T0 + t_s * 1000,
		.boottime_ns = (uint64_t)(BOOT0 + t_s * 1000) * NS_PER_MS,
		.system = &host,
		.containers = containers,
		.nr_containers = nr,
	};
	size_t i, j;

	for (i = 0; i < nr; i++) {
		const struct box box = { uses[i].title, uses[i].cgroup_id, 1 };

		rows[i] = row_of(&box, ids[i]);
		containers[i] = (struct store_container){
			.cgroup_id = box.cgroup_id,
			.row = &rows[i],
			.devices = devices[i],
			.nr_devices = uses[i].nr,
		};
		for (j = 0; j < uses[i].nr; j++)
			devices[i][j] = device_of(&uses[i].devices[j]);
	}
	assert_int_equal(store_tick(store, &tick), 0);
}

/* A tick of one container */
static inline void tick_used(int64_t t_s, const struct used *devices, size_t nr)
{
	const struct use use = { "web", 1, devices, nr };

	tick_with(t_s, &use, 1);
}

static inline void ask_device(const char *device, const char *metric,
			      int64_t from_s, int64_t to_s, int64_t step_s)
{
	const struct column *column = table_find(&device_table, metric);
	const struct history_query query = {
		.columns = &column,
		.nr_columns = 1,
		.device = device,
		.from_ms = T0 + from_s * 1000,
		.to_ms = T0 + to_s * 1000,
		.step_ms = step_s * 1000,
		.max_rows = 100000,
	};

	assert_non_null(column);
	ask_for(&query);
}

static inline void change(const char *sql)
{
	sqlite3 *sqlite;

	assert_int_equal(sqlite3_open(path, &sqlite), SQLITE_OK);
	assert_int_equal(sqlite3_exec(sqlite, sql, NULL, NULL, NULL),
			 SQLITE_OK);
	sqlite3_close(sqlite);
}

#endif /* PAST_DEVICES_H */
