// SPDX-License-Identifier: GPL-2.0-only
/*
 * Steps that write to files of a cgroup: all steps if no engine owns the
 * container, and limits even if one does. A limit set through an engine could
 * not be undone: Docker cannot remove a memory limit, and Podman has no request
 * to change limits before 5.1.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "acts_private.h"
#include "base/util.h"
#include "cgroup_files.h"

#define POLL_MS 100
#define EFFECT_MS 15000
#define CPU_PERIOD_US 100000

static int open_cgroup(struct operation *operation)
{
	const char *root = operation->acts->config.cgroups;

	if (!root || !operation->cgroup)
		return -EOPNOTSUPP;
	return cgroup_open(root, operation->cgroup, operation->cgroup_id,
			   &operation->cgroup_id);
}

static bool is_no_more(int error)
{
	return error == -ENOENT || error == -ESTALE || error == -ENODEV;
}

int operation_populated(const struct operation *operation)
{
	const char *root = operation->acts->config.cgroups;
	_cleanup_close_ int fd = -1;

	if (!root || !operation->cgroup)
		return -1;
	fd = cgroup_open(root, operation->cgroup, operation->cgroup_id, NULL);
	return is_no_more(fd) ? 0 : fd < 0 ? -1 :
	       cgroup_event(fd, "populated");
}

/* Limits */

static bool is_lower(const char *cpu_max, double cores)
{
	double quota, period;

	return sscanf(cpu_max, "%lf %lf", &quota, &period) == 2 &&
	       period > 0 && quota / period <= cores;
}

/* The file does not exist unless the controller is enabled. */
static int plan_cpu(int fd, double cores, struct limit *limit)
{
	char now[CGROUP_VALUE_MAX];
	int r = cgroup_get(fd, "cpu.max", now, sizeof(now));

	if (r < 0)
		return r == -ENOENT ? -EOPNOTSUPP : r;
	if (is_lower(now, cores))
		return 0;
	strcpy(limit->before, now);
	snprintf(limit->set, sizeof(limit->set), "%" PRIi64 " %d",
		 (int64_t)(cores * CPU_PERIOD_US), CPU_PERIOD_US);
	return 0;
}

static int plan_memory(int fd, int64_t bytes, struct limit *limit)
{
	char now[CGROUP_VALUE_MAX];
	int r = cgroup_get(fd, "memory.high", now, sizeof(now));

	if (r < 0)
		return r == -ENOENT ? -EOPNOTSUPP : r;
	if (strcmp(now, "max") != 0 && atoll(now) <= bytes)
		return 0;
	strcpy(limit->before, now);
	snprintf(limit->set, sizeof(limit->set), "%" PRIi64,
		 bytes - bytes % sysconf(_SC_PAGESIZE));
	return 0;
}

/*
 * After a restart, the value may have been changed by somebody else since it
 * was planned. Then it is left alone.
 */
static int set_limit(int fd, const char *file, struct limit *limit)
{
	char now[CGROUP_VALUE_MAX];
	int r;

	if (!*limit->set)
		return 0;
	r = cgroup_get(fd, file, now, sizeof(now));
	if (r < 0 || strcmp(now, limit->set) == 0)
		return r;
	if (strcmp(now, limit->before) == 0)
		return cgroup_set(fd, file, limit->set);
	*limit = (struct limit){ 0 };
	return 0;
}

static int set_limits(int fd, struct hold *hold)
{
	int r = set_limit(fd, "cpu.max", &hold->cpu);

	return r < 0 ? r : set_limit(fd, "memory.high", &hold->memory);
}

static int plan(struct operation *operation, int fd)
{
	const struct act_request *request = request_of(operation);
	int r = 0;

	if (request->cpu_cores > 0)
		r = plan_cpu(fd, request->cpu_cores, &operation->hold.cpu);
	if (r == 0 && request->memory_bytes > 0)
		r = plan_memory(fd, request->memory_bytes,
				&operation->hold.memory);
	return r;
}

static void end_by_error(struct operation *operation, int error)
{
	if (error == -ESTALE)
		operation_end_step(operation, ACT_REPLACED, ACT_NO_CODE,
				   "another cgroup has its path now");
	else if (is_no_more(error))
		operation_end_step(operation, ACT_GONE, ACT_NO_CODE,
				   "there is no such cgroup");
	else
		operation_end_step(operation, ACT_FAILED, ACT_ERROR, "%s: %s",
				   operation->cgroup, strerror(-error));
}

static bool is_planned(const struct hold *hold)
{
	return *hold->cpu.set || *hold->memory.set;
}

static void put_in_force(struct operation *operation, int fd)
{
	struct hold *hold = &operation->hold;
	int r = set_limits(fd, hold);

	if (r < 0) {
		hold_abandon(operation);
		end_by_error(operation, r);
		return;
	}
	if (!is_planned(hold)) {
		operation_end_step(operation, ACT_FAILED, ACT_ERROR,
				   "somebody else has changed its limits");
		return;
	}
	operation_end_step(operation, ACT_DONE, ACT_NO_CODE, "%s%s%s%s",
			   *hold->cpu.set ? "cpu.max " : "", hold->cpu.set,
			   *hold->memory.set ? " memory.high " : "",
			   hold->memory.set);
}

/* Saved before it is done, so that it is undone even after a crash. */
void operation_limit(struct operation *operation)
{
	_cleanup_close_ int fd = open_cgroup(operation);
	int r = fd < 0 || is_planned(&operation->hold) ? fd :
		plan(operation, fd);

	if (r < 0) {
		end_by_error(operation, r);
		return;
	}
	if (!is_planned(&operation->hold)) {
		operation_refuse(operation, ACT_UNSUPPORTED,
				 "its limits are not higher");
		return;
	}
	hold_begin(operation);
	if (operation_begin(operation))
		put_in_force(operation, fd);
}

/* kill and pause */

static bool may_begin(struct operation *operation, int fd)
{
	const struct act_request *request = request_of(operation);
	const char *why = cgroup_protection(operation, fd);
	char frozen[CGROUP_VALUE_MAX] = "";

	if (why) {
		operation_refuse(operation, ACT_PROTECTED,
				 "it is protected: %s", why);
		return false;
	}
	if (request->steps[0] != ACT_KILL && request->steps[0] != ACT_PAUSE &&
	    request->steps[0] != ACT_LIMIT) {
		operation_refuse(operation, ACT_UNSUPPORTED,
				 "no engine owns it: only "
				 "kill, pause and limit are possible");
		return false;
	}
	if (request->nr_steps > 1) {
		operation_refuse(operation, ACT_UNSUPPORTED,
				 "no engine owns it, so it cannot be removed");
		return false;
	}
	cgroup_get(fd, "cgroup.freeze", frozen, sizeof(frozen));
	if (request->steps[0] != ACT_PAUSE || strcmp(frozen, "1") != 0)
		return true;
	operation_refuse(operation, ACT_UNSUPPORTED, "it is frozen already");
	return false;
}

static void send_step(struct operation *operation, int fd)
{
	bool kills = operation_step(operation) == ACT_KILL;
	int r;

	if (!kills)
		hold_begin(operation);
	if (!operation_begin(operation))
		return;
	operation->sent = true;
	r = cgroup_set(fd, kills ? "cgroup.kill" : "cgroup.freeze", "1");
	if (r == -ENOENT && operation_populated(operation) != 0)
		r = -EOPNOTSUPP;
	if (r < 0) {
		end_by_error(operation, r);
		return;
	}
	operation_wait(operation, EFFECT_MS);
	operation_poll(operation, 0);
}

static void check_step(struct operation *operation, int fd)
{
	bool kills = operation_step(operation) == ACT_KILL;
	int is = kills ? cgroup_event(fd, "populated") == 0 :
			 cgroup_event(fd, "frozen") == 1;

	if (is) {
		operation_end_step(operation, ACT_DONE, ACT_NO_CODE, "%s", "");
		return;
	}
	if (!operation->due) {
		operation_poll(operation, POLL_MS);
		return;
	}
	if (!kills)
		hold_abandon(operation);
	operation_end_step(operation, ACT_FAILED, ACT_TIMEOUT, "%s", kills ?
			   "it still contains processes" :
			   "its processes did not freeze");
}

static void act(struct operation *operation, int fd)
{
	if (operation->resumed)
		operation->sent = operation->resumed = false;
	if (operation->sent)
		check_step(operation, fd);
	else if (!operation->begun && !may_begin(operation, fd))
		return;
	else if (operation_step(operation) == ACT_LIMIT)
		operation_limit(operation);
	else
		send_step(operation, fd);
}

static void inspect(struct operation *operation, int fd)
{
	if (fd < 0) {
		operation_end_inspect(operation, fd == -ESTALE ? ACT_REPLACED :
				      is_no_more(fd) ? ACT_GONE : ACT_FAILED,
				      NULL);
		return;
	}
	operation_end_inspect(operation, ACT_DONE,
			      cgroup_protection(operation, fd));
}

void operation_act_on_cgroup(struct operation *operation)
{
	_cleanup_close_ int fd = open_cgroup(operation);

	if (request_of(operation)->op == ACT_INSPECT)
		inspect(operation, fd);
	else if (fd >= 0)
		act(operation, fd);
	else if (is_no_more(fd) && operation->sent &&
		 operation_step(operation) == ACT_KILL)
		operation_end_step(operation, ACT_DONE, ACT_NO_CODE, "%s", "");
	else
		end_by_error(operation, fd);
}
