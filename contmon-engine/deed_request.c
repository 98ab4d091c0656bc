// SPDX-License-Identifier: GPL-2.0-only
/* Requests to the engine that has a deed's container */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "acts_private.h"
#include "base/util.h"

#define LOOK_MS 10000

const struct engine_docker *deed_docker(struct deed *deed)
{
	const struct engines *engines = deed->acts->engines;
	const char *socket;

	if (!deed->engine) {
		socket = acts_engine(deed->acts, request_of(deed));
		deed->engine = socket ? strdup(socket) : NULL;
	}
	return deed->engine ? engines_at(engines, deed->engine) : NULL;
}

int deed_send(struct deed *deed, const char *method, const char *what,
	      int64_t silence_ms, order_fn *fn, void *userdata,
	      struct order **ret)
{
	_cleanup_free_ char *path = NULL;
	const struct engine_docker *docker = deed_docker(deed);
	struct fetcher *fetcher;
	const char *prefix;

	prefix = docker ? engine_docker_prefix(docker, &fetcher) : NULL;
	if (!prefix)
		return -ENOTCONN;
	if (asprintf(&path, "%s/containers/%s%s", prefix,
		     request_of(deed)->container, what) < 0)
		return -ENOMEM;
	return order_begin(fetcher, method, path,
			   (long)silence_ms, fn, userdata, ret);
}

int deed_inspect(struct deed *deed, order_fn *fn, void *userdata,
		 struct order **ret)
{
	return deed_send(deed, NULL, "/json", LOOK_MS, fn, userdata, ret);
}
