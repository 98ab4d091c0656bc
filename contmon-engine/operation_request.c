// SPDX-License-Identifier: GPL-2.0-only
/* Requests to the engine that has an operation's container */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "acts_private.h"
#include "base/util.h"

#define LOOK_MS 10000

const struct engine_docker *operation_docker(struct operation *operation)
{
	const struct engines *engines = operation->acts->engines;
	const char *socket;

	if (!operation->engine) {
		socket = acts_engine(operation->acts, request_of(operation));
		operation->engine = socket ? strdup(socket) : NULL;
	}
	return operation->engine ? engines_at(engines, operation->engine) :
	       NULL;
}

int operation_send(struct operation *operation, const char *method,
		   const char *what, int64_t silence_ms, order_fn *fn,
		   void *userdata, struct order **ret)
{
	_cleanup_free_ char *path = NULL;
	const struct engine_docker *docker = operation_docker(operation);
	struct fetcher *fetcher;
	const char *prefix;

	prefix = docker ? engine_docker_prefix(docker, &fetcher) : NULL;
	if (!prefix)
		return -ENOTCONN;
	if (asprintf(&path, "%s/containers/%s%s", prefix,
		     request_of(operation)->container, what) < 0)
		return -ENOMEM;
	return order_begin(fetcher, method, path,
			   (long)silence_ms, fn, userdata, ret);
}

int operation_inspect(struct operation *operation, order_fn *fn, void *userdata,
		      struct order **ret)
{
	return operation_send(operation, NULL, "/json", LOOK_MS, fn, userdata,
			      ret);
}
