// SPDX-License-Identifier: GPL-2.0-only
#include "base/clock.h"
#include "program.h"
#include "stop.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

/* Of each output, the rest is cut. */
#define OUTPUT_MAX ((size_t)1 << 20)

/* Of one that has no limit of its own; a busy engine is slow. */
#define LIMIT_MS (10 * 60 * 1000)
/* From SIGTERM to SIGKILL, and from that to giving up */
#define END_NS (2 * NS_PER_SECOND)
/* How late its end, or a request to stop, may be noticed */
#define NAP_MS 20

void load_answer_done(struct load_answer *answer)
{
	free(answer->out);
	free(answer->error);
	*answer = (struct load_answer){ 0 };
}

/*
 * In a process group of its own, where the terminal's Ctrl-C does not reach it,
 * and with the signals that this process has blocked or ignores.
 */
static int set_attributes(posix_spawnattr_t *attributes)
{
	sigset_t none, pipe;

	sigemptyset(&none);
	sigemptyset(&pipe);
	sigaddset(&pipe, SIGPIPE);
	posix_spawnattr_setpgroup(attributes, 0);
	posix_spawnattr_setsigmask(attributes, &none);
	posix_spawnattr_setsigdefault(attributes, &pipe);
	return posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETPGROUP |
					POSIX_SPAWN_SETSIGMASK |
					POSIX_SPAWN_SETSIGDEF);
}

static int spawn(char **words, int out, int error, pid_t *ret_pid)
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	int r = posix_spawn_file_actions_init(&actions);

	if (r != 0)
		return -r;
	r = posix_spawnattr_init(&attributes);
	if (r == 0) {
		r = set_attributes(&attributes);
		if (r == 0)
			r = posix_spawn_file_actions_addopen(
				&actions, STDIN_FILENO, "/dev/null", O_RDONLY,
				0);
		if (r == 0)
			r = posix_spawn_file_actions_adddup2(&actions, out,
							     STDOUT_FILENO);
		if (r == 0)
			r = posix_spawn_file_actions_adddup2(&actions, error,
							     STDERR_FILENO);
		if (r == 0)
			r = posix_spawnp(ret_pid, words[0], &actions,
					 &attributes, words, environ);
		posix_spawnattr_destroy(&attributes);
	}
	posix_spawn_file_actions_destroy(&actions);
	return -r;
}

/* Has it ended by then, or else why not: -ETIMEDOUT, or -ECANCELED */
static int wait_until(pid_t pid, uint64_t deadline_ns, bool may_stop,
		      int *ret_status)
{
	pid_t ended;

	while ((ended = waitpid(pid, ret_status, WNOHANG)) == 0) {
		if (may_stop && load_stop_wait(0))
			return -ECANCELED;
		if (clock_monotonic_ns() >= deadline_ns)
			return -ETIMEDOUT;
		poll(NULL, 0, NAP_MS);
	}
	return ended < 0 ? -errno : 0;
}

/* One that even SIGKILL does not end, such as in a broken NFS, is left. */
static void end_group(pid_t pid)
{
	static const int signals[] = { SIGTERM, SIGKILL };
	int status;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(signals); i++) {
		kill(-pid, signals[i]);
		if (wait_until(pid, clock_monotonic_ns() + END_NS, false,
			       &status) == 0)
			return;
	}
}

static int wait_for(pid_t pid, const struct load_command *command)
{
	uint64_t limit_ms = command->limit_ms ?: LIMIT_MS;
	int status = 0;
	int r = wait_until(pid, clock_monotonic_ns() + limit_ms * NS_PER_MS,
			   command->may_stop, &status);

	if (r == -ETIMEDOUT || r == -ECANCELED)
		end_group(pid);
	if (r < 0)
		return r;
	return WIFEXITED(status) ? WEXITSTATUS(status) : -EINTR;
}

static char *read_all(int fd)
{
	off_t size = lseek(fd, 0, SEEK_END);
	size_t room = size < 0 ? 0 : (size_t)size;
	ssize_t length;
	char *text;

	if (room > OUTPUT_MAX)
		room = OUTPUT_MAX;
	text = malloc(room + 1);
	if (!text)
		return NULL;
	length = pread(fd, text, room, 0);
	text[length < 0 ? 0 : length] = 0;
	return text;
}

/*
 * Into memory, not into pipes: a process that looks after a container may keep
 * what it was given open for as long as that lives.
 */
int load_program_run(const struct load_command *command,
		     struct load_answer *ret)
{
	_cleanup_close_ int out = memfd_create("stdout", MFD_CLOEXEC);
	_cleanup_close_ int error = memfd_create("stderr", MFD_CLOEXEC);
	pid_t pid;

	if (command->failed || out < 0 || error < 0) {
		ret->status = command->failed ? -ENOMEM : -errno;
		return ret->status;
	}
	ret->status = spawn(command->words, out, error, &pid);
	if (ret->status < 0)
		return ret->status;
	ret->status = wait_for(pid, command);
	ret->out = read_all(out);
	ret->error = read_all(error);
	if (!ret->out || !ret->error)
		ret->status = -ENOMEM;
	return ret->status;
}

/*
 * Programs also print warnings and, at the end, where to read more: it is the
 * first line with the word error, in one of its spellings, or else the first.
 */
const char *load_answer_why(struct load_answer *answer)
{
	char *rest = answer->error, *line, *first = NULL;

	switch (answer->status) {
	case -EINTR:
		return "killed";
	case -ETIMEDOUT:
		return "no answer in time";
	case -ECANCELED:
		return "interrupted";
	}
	if (answer->status < 0)
		return strerror(-answer->status);
	while ((line = strsep(&rest, "\n"))) {
		/* The log of Podman */
		if (strncmp(line, "time=", 5) == 0)
			continue;
		if (strstr(line, "rror") || strstr(line, "ERROR"))
			return line;
		if (!first && *line)
			first = line;
	}
	return first ? first : "it failed without saying why";
}
