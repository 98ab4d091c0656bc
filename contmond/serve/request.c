// SPDX-License-Identifier: GPL-2.0-only
#include "request.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct parameter *find(const struct request *request, const char *key)
{
	size_t i;

	for (i = 0; i < request->nr_parameters; i++) {
		if (strcmp(request->parameters[i].key, key) == 0)
			return (struct parameter *)&request->parameters[i];
	}
	return NULL;
}

static int join(struct parameter *parameter, const char *value)
{
	char *joined;

	if (asprintf(&joined, "%s,%s", parameter->value, value) < 0)
		return -ENOMEM;
	free(parameter->value);
	parameter->value = joined;
	return 0;
}

int request_add(struct request *request, const char *key, const char *value)
{
	struct parameter *parameter = find(request, key);

	if (parameter)
		return join(parameter, value);
	if (request->nr_parameters == REQUEST_MAX_PARAMETERS)
		return -E2BIG;
	parameter = &request->parameters[request->nr_parameters];
	parameter->key = strdup(key);
	parameter->value = strdup(value);
	if (parameter->key && parameter->value) {
		request->nr_parameters++;
		return 0;
	}
	free(parameter->key);
	free(parameter->value);
	return -ENOMEM;
}

const char *request_get(const struct request *request, const char *key)
{
	const struct parameter *parameter = find(request, key);

	if (!parameter || !*parameter->value ||
	    strcmp(parameter->value, "*") == 0)
		return NULL;
	return parameter->value;
}

void request_done(struct request *request)
{
	size_t i;

	for (i = 0; i < request->nr_parameters; i++) {
		free(request->parameters[i].key);
		free(request->parameters[i].value);
	}
	*request = (struct request){ 0 };
}
