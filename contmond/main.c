// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <inttypes.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <systemd/sd-daemon.h>
#include <systemd/sd-event.h>

#include "base/clock.h"
#include "base/descriptors.h"
#include "base/log.h"
#include "base/standard.h"
#include "base/util.h"
#include "config.h"
#include "once.h"
#include "options.h"
#include "pipeline.h"
#include "rules.h"
#include "server.h"

/* A reload was refused; documented in contmond(8) */
#define MESSAGE_ID_REFUSED "b5cf44f75f5d4b9f80ae675b621976c7"

#define WRONG_RULES "mistakes in the newest rules; the log names them"

/* Files that contmond creates are for its user and group. */
#define UMASK 0027

/* Time limit for unfinished answers when contmond stops */
#define DRAIN_USEC (5 * 1000 * 1000)

struct daemon {
	const struct options *options;
	struct config config;
	sd_event *event;
	struct server *server;
	struct pipeline *pipeline;
	bool is_stopping;
	char notified[512];
};

/* Notifications to systemd */

static void notify_status(void *userdata)
{
	struct daemon *daemon = userdata;
	const struct facts *facts = pipeline_facts(daemon->pipeline);
	const struct status *status = facts->status;
	char text[sizeof(daemon->notified)];

	if (status->reason[0])
		snprintf(text, sizeof(text), "STATUS=No samples: %s",
			 status->reason);
	else
		snprintf(text, sizeof(text),
			 "STATUS=%zu containers, sampled every %" PRIu64 " ms",
			 facts->model->nr_containers, status->interval_ms);
	if (strcmp(text, daemon->notified) == 0)
		return;
	memcpy(daemon->notified, text, sizeof(text));
	sd_notify(0, text);
}

static void notify_reloading(void)
{
	sd_notifyf(0, "RELOADING=1\nMONOTONIC_USEC=%" PRIu64,
		   clock_monotonic_ns() / NS_PER_USEC);
}

/* Configuration */

static void log_errors(const char *what, int r, char *errors)
{
	char *line;

	if (!errors)
		log_err("%s: %s", what, strerror(-r));
	while ((line = strsep(&errors, "\n"))) {
		if (*line)
			log_err("%s", line);
	}
}

static int load(const struct options *options, struct config *ret)
{
	_cleanup_free_ char *errors = NULL;
	int r = config_load(options->config, ret, &errors);

	if (r < 0)
		log_errors("configuration", r, errors);
	return r;
}

static int check(const struct options *options)
{
	_cleanup_free_ char *errors = NULL;
	int r = config_check(options->config, &errors);

	if (r < 0)
		log_errors("configuration", r, errors);
	return r;
}

static int load_rules(const struct config *config, struct policy **ret)
{
	_cleanup_free_ char *errors = NULL;
	int r = rules_load(config->policy_directory, ret, &errors);

	if (r < 0)
		log_errors("policies", r, errors);
	return r;
}

/* Always opens the file again, because the old one may have been renamed. */
static int open_log(const struct config *config, int *ret_fd)
{
	int fd = config->log_file ? log_open_file(config->log_file) : -1;

	if (fd < 0 && config->log_file) {
		log_err("log_file = %s: %s", config->log_file, strerror(-fd));
		return fd;
	}
	*ret_fd = fd;
	return 0;
}

static struct pipeline_options pipeline_options(const struct config *config)
{
	return (struct pipeline_options){
		.interval_ms = config->interval_ms,
		.store_path = config->store_path,
		.store_max_bytes = config->store_max_bytes,
		.exposed = config->exposed,
	};
}

static int plan_targets(struct daemon *daemon, const struct config *config,
			struct forward_plan **ret)
{
	int r = forward_plan(pipeline_forward(daemon->pipeline),
			     config->targets, config->nr_targets, ret);

	if (r < 0)
		log_err("cannot forward: %s", strerror(-r));
	return r;
}

static void note_store(const struct config *old, const struct config *new)
{
	if (strcmp(old->store_path ?: "", new->store_path ?: "") != 0 ||
	    old->store_max_bytes != new->store_max_bytes)
		log_info("store and store_max_mb take effect at the next "
			 "start");
}

/* The log must tell whether containers are acted on. */
static void log_rules(const struct policy *policy)
{
	size_t i;

	if (policy->nr_rules == 0)
		log_info("policies: no rules");
	else
		log_info("policies: %zu rule%s, %s", policy->nr_rules,
			 policy->nr_rules == 1 ? "" : "s",
			 policy_mode(policy));
	for (i = 0; i < policy->nr_warnings; i++)
		log_warn("%s:%u: %s", policy->warnings[i].place.file,
			 policy->warnings[i].place.line,
			 policy->warnings[i].text);
}

/* All or nothing: what cannot be undone comes last, and cannot fail. */
static int apply(struct daemon *daemon, const struct config *config,
		 struct policy **policy)
{
	const struct pipeline_options old = pipeline_options(&daemon->config);
	const struct pipeline_options new = pipeline_options(config);
	struct forward_plan *targets = NULL;
	struct policy *before = NULL;
	int log_fd, r = open_log(config, &log_fd);

	if (r < 0)
		return r;
	r = plan_targets(daemon, config, &targets);
	if (r == 0)
		r = pipeline_set_options(daemon->pipeline, &new);
	if (r == 0)
		r = pipeline_set_policy(daemon->pipeline, *policy, &before);
	if (r == 0)
		r = server_change(daemon->server, &daemon->config, config);
	if (r < 0) {
		forward_plan_free(targets);
		pipeline_set_options(daemon->pipeline, &old);
		if (before && pipeline_set_policy(daemon->pipeline, before,
						  policy) < 0) {
			policy_free(before);
			*policy = NULL;	/* it is still in use */
		}
		if (log_fd >= 0)
			close(log_fd);
		return r;
	}
	log_use(log_fd);
	forward_use(pipeline_forward(daemon->pipeline), targets);
	note_store(&daemon->config, config);
	if ((*policy)->nr_rules > 0 || (before && before->nr_rules > 0))
		log_rules(*policy);
	policy_free(before);
	config_done(&daemon->config);
	daemon->config = *config;
	return 0;
}

static int reload(struct daemon *daemon)
{
	struct policy *policy = NULL;
	struct config config;
	int r = load(daemon->options, &config);

	if (r < 0)
		return r;
	r = load_rules(&config, &policy);
	if (r < 0)
		pipeline_refuse_policy(daemon->pipeline, WRONG_RULES);
	else
		r = apply(daemon, &config, &policy);
	if (r < 0) {
		policy_free(policy);
		config_done(&config);
	}
	return r;
}

/* Not while stopping: a new server would not know about that. */
static int on_reload(sd_event_source *source,
		     const struct signalfd_siginfo *signal, void *userdata)
{
	static const struct log_field refused[] = {
		{ "MESSAGE_ID", MESSAGE_ID_REFUSED }, { NULL, NULL },
	};
	struct daemon *daemon = userdata;
	int r;

	(void)source;
	(void)signal;
	if (daemon->is_stopping)
		return 0;
	notify_reloading();
	r = reload(daemon);
	if (r == 0)
		log_info("configuration reloaded");
	else
		log_with(LOG_ERR, refused,
			 "the old configuration stays in use");
	sd_notify(0, "READY=1");
	notify_status(daemon);
	return 0;
}

/* Start and stop */

static void on_drained(void *userdata)
{
	struct daemon *daemon = userdata;

	sd_event_exit(daemon->event, 0);
}

/* Finishes answers under way; a second signal stops at once. */
static int on_stop(sd_event_source *source,
		   const struct signalfd_siginfo *signal, void *userdata)
{
	struct daemon *daemon = userdata;

	(void)source;
	(void)signal;
	if (daemon->is_stopping)
		return sd_event_exit(daemon->event, 0);
	daemon->is_stopping = true;
	sd_notify(0, "STOPPING=1");
	return server_drain(daemon->server, DRAIN_USEC, on_drained, daemon);
}

static int set_up_signals(struct daemon *daemon)
{
	sigset_t signals;
	int r;

	sigemptyset(&signals);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGHUP);
	if (sigprocmask(SIG_BLOCK, &signals, NULL) < 0)
		return -errno;
	signal(SIGPIPE, SIG_IGN);
	r = sd_event_add_signal(daemon->event, NULL, SIGTERM, on_stop, daemon);
	if (r >= 0)
		r = sd_event_add_signal(daemon->event, NULL, SIGINT, on_stop,
					daemon);
	if (r >= 0)
		r = sd_event_add_signal(daemon->event, NULL, SIGHUP, on_reload,
					daemon);
	return r;
}

/*
 * Large answers are rare, so their memory is returned to the system at once.
 * What each sample needs is smaller, and stays.
 */
#define LARGE_BYTES (512 << 10)

/* Monitoring must work even if the rules do not. */
static int new_pipeline(struct daemon *daemon)
{
	struct pipeline_options options = pipeline_options(&daemon->config);
	bool is_wrong = load_rules(&daemon->config, &options.policy) < 0;
	int r = pipeline_new(daemon->event, &options, notify_status, daemon,
			     &daemon->pipeline);

	if (r < 0)
		return r;
	if (is_wrong) {
		pipeline_refuse_policy(daemon->pipeline, WRONG_RULES);
		log_warn("policies: no rule is in use until the mistakes are "
			 "mended");
	} else if (options.policy->nr_rules > 0) {
		log_rules(options.policy);
	}
	return 0;
}

static int set_up(struct daemon *daemon)
{
	struct forward_plan *targets = NULL;
	int r;

	descriptors_raise();
	mallopt(M_MMAP_THRESHOLD, LARGE_BYTES);
	mallopt(M_TRIM_THRESHOLD, LARGE_BYTES);
	mallopt(M_ARENA_MAX, 1);	/* there are few threads, mostly idle */
	r = sd_event_default(&daemon->event);
	if (r < 0)
		return r;
	r = set_up_signals(daemon);
	if (r < 0)
		return r;
	r = sd_event_set_watchdog(daemon->event, true);
	if (r < 0)
		return r;
	r = new_pipeline(daemon);
	if (r == 0)
		r = server_new(daemon->event, pipeline_facts(daemon->pipeline),
			       &daemon->server);
	if (r == 0)
		r = plan_targets(daemon, &daemon->config, &targets);
	if (r == 0)
		forward_use(pipeline_forward(daemon->pipeline), targets);
	return r;
}

static void tear_down(struct daemon *daemon)
{
	server_free(daemon->server);
	pipeline_free(daemon->pipeline);
	config_done(&daemon->config);
	sd_event_unref(daemon->event);
}

static void log_start(const struct config *config)
{
	if (config->address_length)
		log_info("contmond %s serves http%s://%s/", CONTMON_VERSION,
			 config->certificate ? "s" : "", config->listen);
	if (config->socket)
		log_info("contmond %s serves %s", CONTMON_VERSION,
			 config->socket);
}

static int run(const struct options *options)
{
	struct daemon daemon = { .options = options };
	int log_fd = -1, r = load(options, &daemon.config);

	if (r == 0)
		r = open_log(&daemon.config, &log_fd);
	if (r < 0) {
		config_done(&daemon.config);
		return r;
	}
	log_use(log_fd);
	r = set_up(&daemon);
	if (r < 0)
		log_err("cannot start: %s", strerror(-r));
	else
		r = server_open(daemon.server, &daemon.config);
	if (r == 0) {
		log_start(&daemon.config);
		sd_notify(0, "READY=1");
		r = sd_event_loop(daemon.event);
		if (r < 0)
			log_err("event loop: %s", strerror(-r));
	}
	tear_down(&daemon);
	return r;
}

static int do_it(const struct options *options)
{
	if (options->once)
		return once_run(options->json);
	return options->check_config ? check(options) : run(options);
}

int main(int argc, char **argv)
{
	struct options options = { 0 };
	int status;

	standard_reserve();
	log_open("contmond");
	umask(UMASK);
	status = options_parse(argc, argv, &options);
	if (status < 0)
		status = do_it(&options) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
	return standard_end(status);
}
