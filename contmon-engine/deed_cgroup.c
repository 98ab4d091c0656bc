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

static int open_cgroup(struct deed *deed)
{
	const char *root = deed->acts->config.cgroups;

	if (!root || !deed->cgroup)
		return -EOPNOTSUPP;
	return cgroup_open(root, deed->cgroup, deed->cgroup_id,
			   &deed->cgroup_id);
}

static bool is_no_more(int error)
{
	return error == -ENOENT || error == -ESTALE || error == -ENODEV;
}

int deed_populated(const struct deed *deed)
{
	const char *root = deed->acts->config.cgroups;
	_cleanup_close_ int fd = -1;

	if (!root || !deed->cgroup)
		return -1;
	fd = cgroup_open(root, deed->cgroup, deed->cgroup_id, NULL);
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

static int plan(struct deed *deed, int fd)
{
	const struct act_request *request = request_of(deed);
	int r = 0;

	if (request->cpu_cores > 0)
		r = plan_cpu(fd, request->cpu_cores, &deed->hold.cpu);
	if (r == 0 && request->memory_bytes > 0)
		r = plan_memory(fd, request->memory_bytes,
				&deed->hold.memory);
	return r;
}

static void end_by_error(struct deed *deed, int error)
{
	if (error == -ESTALE)
		deed_end_step(deed, ACT_REPLACED, ACT_NO_CODE,
			      "another cgroup has its path now");
	else if (is_no_more(error))
		deed_end_step(deed, ACT_GONE, ACT_NO_CODE,
			      "there is no such cgroup");
	else
		deed_end_step(deed, ACT_FAILED, ACT_ERROR, "%s: %s",
			      deed->cgroup, strerror(-error));
}

static bool is_planned(const struct hold *hold)
{
	return *hold->cpu.set || *hold->memory.set;
}

static void put_in_force(struct deed *deed, int fd)
{
	struct hold *hold = &deed->hold;
	int r = set_limits(fd, hold);

	if (r < 0) {
		hold_abandon(deed);
		end_by_error(deed, r);
		return;
	}
	if (!is_planned(hold)) {
		deed_end_step(deed, ACT_FAILED, ACT_ERROR,
			      "somebody else has changed its limits");
		return;
	}
	deed_end_step(deed, ACT_DONE, ACT_NO_CODE, "%s%s%s%s",
		      *hold->cpu.set ? "cpu.max " : "", hold->cpu.set,
		      *hold->memory.set ? " memory.high " : "",
		      hold->memory.set);
}

/* Saved before it is done, so that it is undone even after a crash. */
void deed_limit(struct deed *deed)
{
	_cleanup_close_ int fd = open_cgroup(deed);
	int r = fd < 0 || is_planned(&deed->hold) ? fd : plan(deed, fd);

	if (r < 0) {
		end_by_error(deed, r);
		return;
	}
	if (!is_planned(&deed->hold)) {
		deed_refuse(deed, ACT_UNSUPPORTED,
			    "its limits are not higher");
		return;
	}
	hold_begin(deed);
	if (deed_begin(deed))
		put_in_force(deed, fd);
}

/* kill and pause */

static bool may_begin(struct deed *deed, int fd)
{
	const struct act_request *request = request_of(deed);
	const char *why = cgroup_protection(deed->acts, deed->cgroup, fd,
					    &deed->asker);
	char frozen[CGROUP_VALUE_MAX] = "";

	if (why) {
		deed_refuse(deed, ACT_PROTECTED, "it is protected: %s", why);
		return false;
	}
	if (request->steps[0] != ACT_KILL && request->steps[0] != ACT_PAUSE &&
	    request->steps[0] != ACT_LIMIT) {
		deed_refuse(deed, ACT_UNSUPPORTED, "no engine owns it: only "
			    "kill, pause and limit are possible");
		return false;
	}
	if (request->nr_steps > 1) {
		deed_refuse(deed, ACT_UNSUPPORTED,
			    "no engine owns it, so it cannot be removed");
		return false;
	}
	cgroup_get(fd, "cgroup.freeze", frozen, sizeof(frozen));
	if (request->steps[0] != ACT_PAUSE || strcmp(frozen, "1") != 0)
		return true;
	deed_refuse(deed, ACT_UNSUPPORTED, "it is frozen already");
	return false;
}

static void send_step(struct deed *deed, int fd)
{
	bool kills = deed_step(deed) == ACT_KILL;
	int r;

	if (!kills)
		hold_begin(deed);
	if (!deed_begin(deed))
		return;
	deed->sent = true;
	r = cgroup_set(fd, kills ? "cgroup.kill" : "cgroup.freeze", "1");
	if (r == -ENOENT && deed_populated(deed) != 0)
		r = -EOPNOTSUPP;
	if (r < 0) {
		end_by_error(deed, r);
		return;
	}
	deed_wait(deed, EFFECT_MS);
	deed_poll(deed, 0);
}

static void check_step(struct deed *deed, int fd)
{
	bool kills = deed_step(deed) == ACT_KILL;
	int is = kills ? cgroup_event(fd, "populated") == 0 :
			 cgroup_event(fd, "frozen") == 1;

	if (is) {
		deed_end_step(deed, ACT_DONE, ACT_NO_CODE, "%s", "");
		return;
	}
	if (!deed->due) {
		deed_poll(deed, POLL_MS);
		return;
	}
	if (!kills)
		hold_abandon(deed);
	deed_end_step(deed, ACT_FAILED, ACT_TIMEOUT, "%s", kills ?
		      "it still contains processes" :
		      "its processes did not freeze");
}

static void act(struct deed *deed, int fd)
{
	if (deed->resumed)
		deed->sent = deed->resumed = false;
	if (deed->sent)
		check_step(deed, fd);
	else if (!deed->begun && !may_begin(deed, fd))
		return;
	else if (deed_step(deed) == ACT_LIMIT)
		deed_limit(deed);
	else
		send_step(deed, fd);
}

static void inspect(struct deed *deed, int fd)
{
	if (fd < 0) {
		deed_end_inspect(deed, fd == -ESTALE ? ACT_REPLACED :
				 is_no_more(fd) ? ACT_GONE : ACT_FAILED, NULL);
		return;
	}
	deed_end_inspect(deed, ACT_DONE, cgroup_protection(
		deed->acts, deed->cgroup, fd, &deed->asker));
}

void deed_act_on_cgroup(struct deed *deed)
{
	_cleanup_close_ int fd = open_cgroup(deed);

	if (request_of(deed)->op == ACT_INSPECT)
		inspect(deed, fd);
	else if (fd >= 0)
		act(deed, fd);
	else if (is_no_more(fd) && deed->sent && deed_step(deed) == ACT_KILL)
		deed_end_step(deed, ACT_DONE, ACT_NO_CODE, "%s", "");
	else
		end_by_error(deed, fd);
}
