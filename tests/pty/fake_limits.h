/* SPDX-License-Identifier: GPL-2.0-only */
/* The limits of fake_contmon's containers. */
#ifndef FAKE_LIMITS_H
#define FAKE_LIMITS_H

int __real_contmon_limits_new(struct contmon_paths *paths_of,
			      const struct contmon_cgroups *snapshot,
			      struct contmon_limits **ret);
int __wrap_contmon_limits_new(struct contmon_paths *paths_of,
			      const struct contmon_cgroups *snapshot,
			      struct contmon_limits **ret);
int __real_contmon_limits_get(struct contmon_limits *limits, uint64_t id,
			      struct contmon_cgroup_limits *ret);
int __wrap_contmon_limits_get(struct contmon_limits *limits, uint64_t id,
			      struct contmon_cgroup_limits *ret);
void __real_contmon_limits_free(struct contmon_limits *limits);
void __wrap_contmon_limits_free(struct contmon_limits *limits);

int __wrap_contmon_limits_new(struct contmon_paths *paths_of,
			      const struct contmon_cgroups *snapshot,
			      struct contmon_limits **ret)
{
	if (fake_root("cgroup"))
		return __real_contmon_limits_new(paths_of, snapshot, ret);
	*ret = (struct contmon_limits *)&paths;
	return 0;
}

/* Every second container has a quota, and the slice a limit for all in it. */
int __wrap_contmon_limits_get(struct contmon_limits *limits, uint64_t id,
			      struct contmon_cgroup_limits *ret)
{
	struct contmon_cgroup row;

	if (fake_root("cgroup"))
		return __real_contmon_limits_get(limits, id, ret);
	row = cgroup_at((uint32_t)id);
	*ret = (struct contmon_cgroup_limits){
		.valid = CONTMON_LIMIT_MEMORY | CONTMON_LIMIT_CPU,
		.memory_bytes = { row.memory_max_bytes, row.memory_max_bytes,
				  id },
		.cpu_ns = { CONTMON_UNLIMITED, CONTMON_UNLIMITED, 0 },
	};
	if (row.parent_id == 2 && row.memory_max_bytes > 768 * MIB)
		ret->memory_bytes = (struct contmon_limit){
			row.memory_max_bytes, 768 * MIB, 2,
		};
	if (id % 2)
		ret->cpu_ns = (struct contmon_limit){
			3 * SECOND / 2, 3 * SECOND / 2, id,
		};
	return 0;
}

void __wrap_contmon_limits_free(struct contmon_limits *limits)
{
	if (fake_root("cgroup"))
		__real_contmon_limits_free(limits);
}

#endif /* FAKE_LIMITS_H */
