/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A decision of contmond that is being carried out, and what remains of it
 * afterwards: its answers, and a pause or limit that will be undone. The
 * container is inspected before each step, and afterwards until the step has
 * taken effect. So no step is done twice, even if an answer is lost or either
 * side restarts.
 */
#ifndef CONTMON_ENGINE_OPERATION_H
#define CONTMON_ENGINE_OPERATION_H

#include <sys/queue.h>
#include <sys/types.h>

#include <systemd/sd-event.h>

#include "base/act_protocol.h"
#include "facts.h"
#include "order.h"

#define OPERATION_WHY_MAX 256
#define CGROUP_VALUE_MAX 64

/**
 * struct asker - who asks
 * @client: of the server, 0 for none
 * @pid: 0 if it is not known
 * @uid: SOCKET_PATH_NO_USER if it is not known
 */
struct asker {
	uint64_t client;
	pid_t pid;
	uid_t uid;
};

/**
 * struct limit - one limit file of a cgroup
 * @before: value before the change; "" if it was not changed
 * @set: value that was written
 */
struct limit {
	char before[CGROUP_VALUE_MAX];
	char set[CGROUP_VALUE_MAX];
};

/**
 * struct hold - a pause or limit in force
 * @until_ms: when it ends (since boot); 0 if none is in force
 * @is_stuck: it was abandoned, but could not be undone completely yet
 * @asker: waits for its end
 */
struct hold {
	uint64_t until_ms;
	struct limit cpu;
	struct limit memory;
	struct order *order;
	sd_event_source *timer;
	unsigned int nr_failures;
	bool is_stuck;
	bool unpaused;
	bool asked;
	struct asker asker;
};

/**
 * struct operation - private to the files of acts
 * @line: the request
 * @said: the answers about its steps
 * @last: the last answer, when it has finished
 * @kept: what the file has of it, once that does not change any more
 * @begun: something was or may have been done
 * @of_users: it was about a user's container then, whose engine may be gone
 * @at: index of the step
 * @engine: socket of the engine that owns the container; NULL until known
 * @sent: the engine was asked for this step; @error, @status and @message are
 *	its answer
 * @kill_from_ms: the grace after "stop" ends, by the monotonic clock, which
 *	goes on from process to process; 0: it was not asked to stop
 * @resumed: @sent by an earlier process: its answer is not known
 * @due: the time for this step is over
 * @draft: the final answer while it is put together
 */
struct operation {
	struct acts *acts;
	TAILQ_ENTRY(operation) link;
	struct act_parsed parsed;
	char *line;
	struct buffer said;
	char *last;
	struct json_t *kept;
	bool begun;
	bool of_users;
	size_t at;
	char *engine;
	char *cgroup;
	uint64_t cgroup_id;
	struct hold hold;

	struct asker asker;
	bool sent;
	bool resumed;
	bool due;
	bool patient;
	int error;
	long status;
	char message[OPERATION_WHY_MAX];
	uint64_t kill_from_ms;
	struct order *order;
	sd_event_source *poll;
	sd_event_source *deadline;
	struct act_answer draft;
	char state[32];
	char restart_policy[32];
};

/** operation_new() - takes ownership of @parsed, even on failure */
int operation_new(struct acts *acts, struct act_parsed *parsed,
		  const char *line, size_t length, struct operation **ret);
void operation_free(struct operation *operation);

static inline const struct act_request *
request_of(const struct operation *operation)
{
	return &operation->parsed.request;
}

/** operation_finished() - true as well if it was refused */
static inline bool operation_finished(const struct operation *operation)
{
	return operation->last;
}

/** operation_start() - start it, or continue it after a restart */
void operation_start(struct operation *operation);

/** operation_step() - the current step */
enum act_step operation_step(const struct operation *operation);

/** operation_has_step() - is @step one of its steps? */
bool operation_has_step(const struct operation *operation, enum act_step step);

/**
 * operation_begin() - call before the first change: spends one act of the
 * budget
 *
 * Further calls change nothing. Returns false if the operation was refused.
 */
bool operation_begin(struct operation *operation);

/** operation_end_step() - end the current step; start the next, or finish */
__attribute__((format(printf, 4, 5)))
void operation_end_step(struct operation *operation, enum act_result result,
			enum act_code code, const char *format, ...);

/** operation_end() - finish the operation before anything was done */
__attribute__((format(printf, 4, 5)))
void operation_end(struct operation *operation, enum act_result result,
		   enum act_code code, const char *format, ...);

#define operation_refuse(operation, code, ...) \
	operation_end(operation, ACT_REFUSED, code, __VA_ARGS__)

/** operation_end_inspect() - finish a request to inspect */
void operation_end_inspect(struct operation *operation, enum act_result result,
			   const char *protected_by);

/** operation_wait() - set @due after this time */
void operation_wait(struct operation *operation, int64_t ms);

/** operation_grace_end_ms() - when a grace that begins now is over */
uint64_t operation_grace_end_ms(const struct operation *operation);

/** operation_is_in_grace() - it was asked to stop, and must not be killed */
bool operation_is_in_grace(const struct operation *operation);

/** operation_poll() - look again after a moment */
void operation_poll(struct operation *operation, int64_t ms);

/* operation_engine.c */

/** operation_look() - inspect the container, then continue */
void operation_look(struct operation *operation);

/* operation_request.c */

/**
 * operation_docker() - the engine that has the container; NULL if none is there
 *
 * Once known, it stays the same, even if the container is gone.
 */
const struct engine_docker *operation_docker(struct operation *operation);

/** operation_inspect() - send a request to inspect the container */
int operation_inspect(struct operation *operation, order_fn *fn, void *userdata,
		      struct order **ret);

/** operation_send() - send a request to change the container */
int operation_send(struct operation *operation, const char *method,
		   const char *what, int64_t silence_ms, order_fn *fn,
		   void *userdata, struct order **ret);

/* operation_cgroup.c */

/** operation_act_on_cgroup() - start or continue a step that needs no engine */
void operation_act_on_cgroup(struct operation *operation);

/** operation_limit() - lower the limits of @operation->cgroup */
void operation_limit(struct operation *operation);

/** operation_populated() - does the cgroup contain processes? -1 if unknown */
int operation_populated(const struct operation *operation);

/* hold.c */

/** hold_begin() - a pause or limit is now in force */
void hold_begin(struct operation *operation);

/** hold_continue() - the same after a restart */
void hold_continue(struct operation *operation);

/** hold_show() - report whether it is in force, and until when */
void hold_show(const struct operation *operation, struct act_answer *answer);

/** hold_undo() - end it now; @asker gets the answer, NULL for nobody */
void hold_undo(struct operation *operation, const struct asker *asker);

/**
 * hold_abandon() - undo what was done of a limit or of a pause of a cgroup that
 * failed
 *
 * What cannot be undone now remains in force, and is tried again.
 */
void hold_abandon(struct operation *operation);

void hold_done(struct hold *hold);

#endif /* CONTMON_ENGINE_OPERATION_H */
