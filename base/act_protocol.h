/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The protocol in which contmond asks contmon-engine to act on containers.
 *
 * contmon-engine listens on ACT_SOCKET, a stream socket, only if it was started
 * with --act. Both sides send JSON objects, one on each line, of at most
 * ACT_LINE_MAX bytes. Only root, contmon-engine's own user and the user
 * "contmon" may send requests; others are refused and disconnected.
 *
 * Requests. Unknown members are null or absent.
 *
 *	{"op":"act","decision":"d1","container":"0123...","started_ms":...,
 *	 "steps":["stop","kill","remove"],"grace_ms":10000,"rule":"cpu-hog",
 *	 "reason":"cpu_percent 97 > 20 for 30 s",...}
 *		Act on one container, once: struct act_request. A decision that
 *		is under way or has been carried out is not carried out again:
 *		its answers are sent again, and the last one says "repeated".
 *		This holds even after a restart of contmon-engine, for the
 *		newest ACT_DECISIONS_MAX decisions. A decision that was refused
 *		has done nothing and may be sent again. The same decision about
 *		another container or cgroup is refused as invalid.
 *	{"op":"inspect","decision":"q1","container":"0123..."}
 *		Report the state. The decision may be any valid id.
 *	{"op":"undo","decision":"d1"}
 *		End the pause or the limit of a decision now. The result is
 *		"done" even if there is nothing to undo any more.
 *		there is nothing to undo any more.
 *
 * What is acted on. If there is a container, its engine acts on it, and
 * started_ms is the start that the engine reports, or null if the container was
 * not running. If several engines have a container with this id, the one that
 * reports the "cgroup" is meant; if none does, the request is refused with
 * "no_engine". It is also refused if the cgroup is in a user's slice, belongs
 * to a user or is inside another container, unless an engine reports this
 * cgroup, or an engine of the slice's user has the container; and if the engine
 * does not belong to "user_id", the user to whom the container belongs
 * according to contmond (0 for root). Without a container, a cgroup that no
 * engine knows is meant, by its path and its id: "kill", "pause" and "limit"
 * work on it. If it is no longer the same container or cgroup, nothing is done.
 *
 * Steps. One of "restart", "pause" and "limit"; or "stop", "kill" and "remove"
 * in this order, each of them optional.
 *
 *	stop	the container's stop signal; it has grace_ms to end
 *	kill	SIGKILL to all that is left; after "stop" not before grace_ms
 *		have passed, whatever the engine says of the stop
 *	remove	remove the ended container; never its volumes
 *	restart	stop, kill after grace_ms, and start
 *	pause	freeze for at most hold_ms
 *	limit	lower the limits of its cgroup (cpu.max, memory.high) for at
 *		most hold_ms. Limits that are already lower are kept. It kills
 *		nothing: memory above the limit is reclaimed, and processes that
 *		need more are slowed down. The engine does not know of the
 *		limit, which ends when the container is restarted.
 *
 * contmon-engine itself undoes pauses and limits, even after it was killed and
 * started again.
 *
 * Answers. "op" is their kind:
 *
 *	{"op":"hello","version":1,"per_minute":1,"per_hour":5}
 *		The first message, with the budget. A client that does not know
 *		the version disconnects.
 *	{"op":"step","decision":"d1","step":"stop","result":"done",
 *	 "http_status":204}
 *		A step has ended.
 *	{"op":"finished","decision":"d1","result":"done","populated":false}
 *		The last answer to each request: struct act_answer. "result" is
 *		the result of the last step.
 *	{"op":"undone","decision":"d1","step":"pause","result":"done"}
 *		To every client: a pause or limit has ended. "failed": it has
 *		not, and will be tried again while it is "held". Of containers
 *		that are not root's, it is not any more ACT_LET_GO_MS after it
 *		should have ended.
 *
 * Results:
 *
 *	done	  the step has taken effect. After "stop" and "kill" no process
 *		  is left: the engine says so, or the cgroup's "populated" is 0
 *	failed	  it was tried, but did not take effect, or may not have
 *	refused	  nothing was done
 *	skipped	  only for a step: not needed, because the container had ended
 *	gone	  it no longer exists, or had ended before the first step
 *	replaced  it is another one by now, or was started again meanwhile
 *
 * "code" tells programs why something was refused or has failed (enum
 * act_code); "why" tells people.
 *
 * New keys, ops, results and codes may be added at any time. A client must
 * ignore unknown keys and ops, and treat unknown results as failed.
 */
#ifndef BASE_ACT_PROTOCOL_H
#define BASE_ACT_PROTOCOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buffer.h"

#define ACT_SOCKET "/run/contmon/act.sock"
#define ACT_VERSION 1
#define ACT_LINE_MAX (16 * 1024)

#define ACT_DECISION_MAX 64
#define ACT_TEXT_MAX 512
#define ACT_CGROUP_MAX 4096
#define ACT_STEPS_MAX 3

/* The number of decisions whose outcome is remembered */
#define ACT_DECISIONS_MAX 256

/*
 * Limits for decisions under way, and for pauses and limits in force. At most
 * half of each may be for containers of users.
 */
#define ACT_UNDER_WAY_MAX 8
#define ACT_HELD_MAX 64

#define ACT_GRACE_MS 10000
#define ACT_GRACE_MS_MIN 1000
#define ACT_GRACE_MS_MAX (3600 * 1000)
#define ACT_LET_GO_MS (3600 * 1000)
#define ACT_HOLD_MS (600 * 1000)
#define ACT_HOLD_MS_MIN 1000
#define ACT_HOLD_MS_MAX (24 * 3600 * 1000)

/* The lowest limits that Docker and the kernel accept */
#define ACT_CPU_CORES_MIN 0.01
#define ACT_CPU_CORES_MAX 100000.0
#define ACT_MEMORY_BYTES_MIN (6 * 1024 * 1024)

/* What contmon-engine and contmond's rules leave alone unless told otherwise */
#define ACT_MIN_AGE_S 60

#define ACT_PER_MINUTE 1
#define ACT_PER_HOUR 5
#define ACT_BUDGET_MAX 1000

enum act_op { ACT_ACT, ACT_INSPECT, ACT_UNDO };

enum act_step {
	ACT_STOP,
	ACT_KILL,
	ACT_REMOVE,
	ACT_RESTART,
	ACT_PAUSE,
	ACT_LIMIT,
};

enum act_result {
	ACT_DONE,
	ACT_FAILED,
	ACT_REFUSED,
	ACT_SKIPPED,
	ACT_GONE,
	ACT_REPLACED,
};

/**
 * enum act_code - why something was refused or has failed
 * @ACT_NO_CODE: neither
 * @ACT_INVALID: not a valid request
 * @ACT_USER: this user may not send requests
 * @ACT_BUSY: too much is under way or in force, or this container is being
 *	acted on
 * @ACT_PROTECTED: contmon-engine's own rules forbid it, for instance because it
 *	is too young
 * @ACT_BUDGET: too many acts in the last minute or hour
 * @ACT_VOLUMES: it has anonymous volumes, or may have some
 * @ACT_UNSUPPORTED: the step is impossible for this target, or in its state
 * @ACT_NO_ENGINE: its engine does not answer or is unknown; nothing was sent
 * @ACT_UNKNOWN_OUTCOME: the engine stopped in the middle, and did not return in
 *	time
 * @ACT_ERROR: the engine or the kernel reported an error
 * @ACT_TIMEOUT: it was accepted, but had no effect in time
 */
enum act_code {
	ACT_NO_CODE,
	ACT_INVALID,
	ACT_USER,
	ACT_BUSY,
	ACT_PROTECTED,
	ACT_BUDGET,
	ACT_VOLUMES,
	ACT_UNSUPPORTED,
	ACT_NO_ENGINE,
	ACT_UNKNOWN_OUTCOME,
	ACT_ERROR,
	ACT_TIMEOUT,
};

/** act_step_name() etc. - the names in the protocol */
const char *act_step_name(enum act_step step);
const char *act_result_name(enum act_result result);
const char *act_code_name(enum act_code code);

/** act_step_find() - returns -EINVAL for an unknown name */
int act_step_find(const char *name, enum act_step *ret);

/**
 * struct act_request - what contmond asks for
 * @decision: up to ACT_DECISION_MAX letters, digits and "._-"
 * @container: the engine's id; NULL to act on the cgroup
 * @runtime: of the container, as contmond knows it; may be NULL
 * @cgroup: path in the hierarchy of cgroup v2; NULL if unknown
 * @cgroup_id: its inode number; 0 if unknown
 * @user_id: the user of the container's engine; 0 for root, -1 if unknown
 * @started_ms: epoch; 0 if it was not running
 * @steps: like all that follows, not for ACT_INSPECT and ACT_UNDO
 * @grace_ms: ACT_GRACE_MS if absent
 * @hold_ms: ACT_HOLD_MS if absent
 * @cpu_cores: 0 for no CPU limit
 * @memory_bytes: 0 for no memory limit
 * @rule, @reason: for the log; may be NULL
 * @anonymous_volumes_ok: remove the container even if it has some. They are not
 *	removed with it, but nothing refers to them any more
 */
struct act_request {
	enum act_op op;
	const char *decision;
	const char *container;
	const char *runtime;
	const char *cgroup;
	uint64_t cgroup_id;
	int64_t user_id;
	int64_t started_ms;
	enum act_step steps[ACT_STEPS_MAX];
	size_t nr_steps;
	int64_t grace_ms;
	int64_t hold_ms;
	double cpu_cores;
	int64_t memory_bytes;
	const char *rule;
	const char *reason;
	bool anonymous_volumes_ok;
};

/**
 * struct act_parsed - one parsed request
 * @decision: "" if it could not be read; may be set even if the request is
 *	invalid
 * @why: what is wrong with an invalid request
 * @json: owns the strings of @request
 */
struct act_parsed {
	struct act_request request;
	char decision[ACT_DECISION_MAX + 1];
	char why[128];
	struct json_t *json;
};

/**
 * act_read_request() - parse one line
 *
 * Returns -EBADMSG if it is invalid. Always call act_parsed_done().
 */
int act_read_request(const char *line, size_t length, struct act_parsed *ret);
void act_parsed_done(struct act_parsed *parsed);

/**
 * act_write_request() - @request must be valid
 *
 * @to fails if the path of the cgroup is not UTF-8.
 */
void act_write_request(struct buffer *to, const struct act_request *request);

enum act_kind {
	ACT_MESSAGE_UNKNOWN,	/* from a newer contmon-engine */
	ACT_HELLO,
	ACT_STEP,
	ACT_FINISHED,
	ACT_UNDONE,
};

/**
 * struct act_answer - a message of contmon-engine
 * @version, @per_minute, @per_hour: only in ACT_HELLO
 * @decision: "" in ACT_HELLO, and in the answer to a line that is no request
 * @step: in ACT_STEP and ACT_UNDONE
 * @code, @why: with "refused" and "failed"
 * @http_status: the engine's answer; 0 if it was not asked or did not answer
 *
 * In ACT_FINISHED only:
 * @populated: does the cgroup contain processes? -1 if unknown
 * @held: a pause or limit of this decision is in force
 * @held_until_ms: epoch; 0 if none is in force
 * @repeated: the decision was already known
 *
 * In ACT_FINISHED for "inspect", and for "act" if the container was inspected:
 * @state: as the engine calls it; NULL if unknown
 * @started_ms: epoch; 0 if it is not running
 * @anonymous_volumes: 1 if it has some, 0 if not, -1 if unknown
 * @auto_remove: 1 if the engine removes it when it ends, 0 if not, -1 if
 *	unknown
 * @restart_policy: "no", "always", ...; NULL if unknown
 * @protected_by: why contmon-engine would refuse; NULL if it is not protected
 */
struct act_answer {
	enum act_kind kind;
	int64_t version;
	int64_t per_minute;
	int64_t per_hour;
	const char *decision;
	enum act_step step;
	enum act_result result;
	enum act_code code;
	const char *why;
	int64_t http_status;
	int populated;
	bool held;
	int64_t held_until_ms;
	bool repeated;
	const char *state;
	int64_t started_ms;
	int anonymous_volumes;
	int auto_remove;
	const char *restart_policy;
	const char *protected_by;
};

/** ACT_ANSWER_UNKNOWN - initializer of an answer */
#define ACT_ANSWER_UNKNOWN { .decision = "", .populated = -1,		\
	.anonymous_volumes = -1, .auto_remove = -1 }

void act_write_answer(struct buffer *to, const struct act_answer *answer);

/**
 * act_read_answer() - parse one line
 * @ret_json: owns the strings; json_decref() it
 *
 * An unknown result becomes ACT_FAILED, an unknown code ACT_ERROR. Returns
 * -EBADMSG, with nothing to free, if the line is invalid.
 */
int act_read_answer(const char *line, size_t length, struct act_answer *ret,
		    struct json_t **ret_json);

#endif /* BASE_ACT_PROTOCOL_H */
