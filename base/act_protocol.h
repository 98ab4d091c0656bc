/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The protocol in which contmond asks contmon-engine to act on containers.
 *
 * contmon-engine listens on ACT_SOCKET, a stream socket, only if it was started
 * with --act. Both sides send JSON objects, each on a line of its own, of at
 * most ACT_LINE_MAX bytes. Only root, contmon-engine's own user and the user
 * "contmon" may ask; others are refused and disconnected.
 *
 * Requests. A member that is unknown is null or absent.
 *
 *	{"op":"act","decision":"d1","container":"0123...","started_ms":...,
 *	 "steps":["stop","kill","remove"],"grace_ms":10000,"rule":"cpu-hog",
 *	 "reason":"cpu_percent 97 > 20 for 30 s",...}
 *		Act on one container, once: struct act_request. A decision that
 *		is under way or has been carried out is not carried out again:
 *		its answers are sent again, and the last one says "repeated".
 *		That also holds when contmon-engine was started again, for the
 *		newest ACT_DECISIONS_MAX decisions. A decision that was refused
 *		has done nothing and may be sent again.
 *		Of another container or cgroup it is refused as invalid.
 *	{"op":"inspect","decision":"q1","container":"0123..."}
 *		Tell the state. Any text that is a valid decision id does.
 *	{"op":"undo","decision":"d1"}
 *		End the pause or the limit of a decision now. It is done also if
 *		there is nothing to undo any more.
 *
 * What is acted on. With a container, the engine that has it acts on it, and
 * started_ms is the start that the engine reports, or null if the container was
 * not running. If several engines have a container with this id, it is the one
 * that reports the "cgroup"; if none does, the request is refused with
 * "no_engine". So it is if the cgroup is in a user's slice, belongs to a user
 * or is in that of another container, unless an engine reports that cgroup, or
 * one of the slice's user has the container. So it is, too, if that engine is
 * not of the user "user_id", whose container it is for contmond (0: root's).
 * Without a container, a cgroup that no engine knows is meant, by its path and
 * its id: "kill", "pause" and "limit" work on it. If it is not the same
 * container or cgroup any more, nothing is done.
 *
 * Steps. One of "restart", "pause" and "limit"; or "stop", "kill" and "remove"
 * in this order, each of them optional.
 *
 *	stop	the container's stop signal; it has grace_ms to end
 *	kill	SIGKILL to all that is left; after "stop" not before grace_ms
 *		have passed, whatever the engine says of the stop
 *	remove	remove the ended container; never its volumes
 *	restart	stop, kill after grace_ms, and start
 *	pause	freeze for hold_ms at most
 *	limit	lower the limits of its cgroup (cpu.max, memory.high) for
 *		hold_ms at most. A limit that is lower already stays. Nothing is
 *		killed by it: memory over the limit is reclaimed, and what
 *		needs more is slowed down. The engine does not know of it, and
 *		it ends when the container is restarted.
 *
 * contmon-engine undoes a pause and a limit by itself, also after it was killed
 * and started again.
 *
 * Answers, "op" is their kind:
 *
 *	{"op":"hello","version":1,"per_minute":1,"per_hour":5}
 *		The first message, with the budget. A client disconnects when it
 *		does not know the version.
 *	{"op":"step","decision":"d1","step":"stop","result":"done",
 *	 "http_status":204}
 *		A step has ended.
 *	{"op":"finished","decision":"d1","result":"done","populated":false}
 *		The last answer to each request: struct act_answer. "result" is
 *		that of the last step that was carried out.
 *	{"op":"undone","decision":"d1","step":"pause","result":"done"}
 *		To every client: a pause or limit has ended. "failed": it has
 *		not, and will be tried again while it is "held". Of containers
 *		that are not root's, it is not any more ACT_LET_GO_MS after it
 *		should have ended.
 *
 * Results:
 *
 *	done	  it is so. After "stop" and "kill" nothing of it runs any more:
 *		  the engine says so, or the cgroup's "populated" is 0
 *	failed	  it was tried, and is not so, or may not be so
 *	refused	  nothing was done
 *	skipped	  only of a step: not needed, because it had ended before
 *	gone	  it does not exist any more, or had ended before the first step
 *	replaced  it is another one by now, or was started again meanwhile
 *
 * "code" tells why something was refused or has failed, for programs (enum
 * act_code); "why" tells it to people.
 *
 * New keys, ops, results and codes may be added at any time: a client must
 * ignore keys and ops that it does not know, and treat other results as failed.
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

/* Decisions whose outcome is kept */
#define ACT_DECISIONS_MAX 256

/*
 * Decisions that are under way, and pauses and limits in force, at once; half
 * of them at most by engines of users
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

/* The least limits: what Docker and the kernel accept */
#define ACT_CPU_CORES_MIN 0.01
#define ACT_CPU_CORES_MAX 100000.0
#define ACT_MEMORY_BYTES_MIN (6 * 1024 * 1024)

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
 * enum act_code - why it was refused, or has failed
 * @ACT_NO_CODE: neither
 * @ACT_INVALID: not a request of this protocol
 * @ACT_USER: this user may not ask
 * @ACT_BUSY: too much is under way or held, or the same container is acted on
 * @ACT_PROTECTED: by contmon-engine's own rules
 * @ACT_BUDGET: too many acts in the last minute or hour
 * @ACT_VOLUMES: it has anonymous volumes, or may have some
 * @ACT_UNSUPPORTED: the step is not possible for what it is, or as it is
 * @ACT_NO_ENGINE: its engine does not answer, or is not known; nothing was sent
 * @ACT_UNKNOWN_OUTCOME: the engine ended in the middle, and did not come back
 *	in time
 * @ACT_ERROR: the engine or the kernel says no
 * @ACT_TIMEOUT: it was accepted, and had no effect in time
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

/** act_step_name() etc. - the words of the protocol */
const char *act_step_name(enum act_step step);
const char *act_result_name(enum act_result result);
const char *act_code_name(enum act_code code);

/** act_step_find() - returns -EINVAL for an unknown word */
int act_step_find(const char *name, enum act_step *ret);

/**
 * struct act_request - what contmond asks for
 * @decision: up to ACT_DECISION_MAX letters, digits and "._-"
 * @container: the engine's id; NULL: act on the cgroup
 * @runtime: of the container, as contmond knows it, for the log; may be NULL
 * @cgroup: in the hierarchy of cgroup v2, from the root on; NULL if unknown
 * @cgroup_id: its inode number; 0 if unknown
 * @user_id: whose container it is; 0: root's; -1 if unknown
 * @started_ms: epoch; 0: it was not running
 * @steps: not for ACT_INSPECT and ACT_UNDO, as all that follows
 * @grace_ms: ACT_GRACE_MS if absent
 * @hold_ms: ACT_HOLD_MS if absent
 * @cpu_cores: 0: no such limit
 * @memory_bytes: 0: no such limit
 * @rule, @reason: for the log; may be NULL
 * @anonymous_volumes_ok: remove a container although it has some. They are not
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
 * @decision: also of an invalid request if it could be read, else ""
 * @why: what is wrong with an invalid one
 * @json: owns the texts of @request
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
 * Returns -EBADMSG for an invalid one. act_parsed_done() is needed always.
 */
int act_read_request(const char *line, size_t length, struct act_parsed *ret);
void act_parsed_done(struct act_parsed *parsed);

/**
 * act_write_request() - @request must be valid
 *
 * @to fails for a cgroup whose path is not UTF-8.
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
 * @decision: "" in ACT_HELLO, and in the answer to what is no request
 * @step: in ACT_STEP and ACT_UNDONE
 * @code, @why: with "refused" and "failed"
 * @http_status: of the engine; 0: it was not asked, or did not answer
 *
 * In ACT_FINISHED only:
 * @populated: does the cgroup contain processes? -1 if unknown
 * @held: a pause or limit of this decision is in force
 * @held_until_ms: epoch; 0 without one
 * @repeated: the decision was known already
 *
 * In ACT_FINISHED of "inspect", and also of "act" if it was looked at:
 * @state: the engine's word; NULL if unknown
 * @started_ms: epoch; 0 if it is not running
 * @anonymous_volumes: 1 if it has some, 0 if not, -1 if unknown
 * @auto_remove: 1 if the engine removes it when it ends, 0, -1
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

/** ACT_ANSWER_UNKNOWN - to begin an answer with */
#define ACT_ANSWER_UNKNOWN { .decision = "", .populated = -1,		\
	.anonymous_volumes = -1, .auto_remove = -1 }

void act_write_answer(struct buffer *to, const struct act_answer *answer);

/**
 * act_read_answer() - parse one line
 * @ret_json: owns the texts; json_decref() it
 *
 * An unknown result is ACT_FAILED, an unknown code ACT_ERROR. Returns -EBADMSG
 * for an invalid line, and then there is nothing to free.
 */
int act_read_answer(const char *line, size_t length, struct act_answer *ret,
		    struct json_t **ret_json);

#endif /* BASE_ACT_PROTOCOL_H */
