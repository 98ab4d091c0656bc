// SPDX-License-Identifier: GPL-2.0-only
#include "http_request.h"

#include <string.h>
#include <strings.h>

struct adding {
	struct request *request;
	int error;
};

static enum MHD_Result add_parameter(void *userdata, enum MHD_ValueKind kind,
				     const char *key, size_t key_size,
				     const char *value, size_t value_size)
{
	struct adding *adding = userdata;

	(void)kind;
	(void)key_size;
	(void)value_size;
	adding->error = request_add(adding->request, key, value ?: "");
	return adding->error < 0 ? MHD_NO : MHD_YES;
}

int http_read_parameters(struct MHD_Connection *connection,
			 struct request *request)
{
	struct adding adding = { .request = request };

	MHD_get_connection_values_n(connection, MHD_GET_ARGUMENT_KIND,
				    add_parameter, &adding);
	return adding.error;
}

const char *http_header(struct MHD_Connection *connection, const char *name)
{
	return MHD_lookup_connection_value(connection, MHD_HEADER_KIND, name);
}

bool http_is_read(const char *method)
{
	return strcmp(method, MHD_HTTP_METHOD_GET) == 0 ||
	       strcmp(method, MHD_HTTP_METHOD_HEAD) == 0;
}

static enum MHD_Result count_host(void *userdata, enum MHD_ValueKind kind,
				  const char *key, const char *value)
{
	unsigned int *nr = userdata;

	(void)kind;
	(void)value;
	*nr += strcasecmp(key, MHD_HTTP_HEADER_HOST) == 0;
	return MHD_YES;
}

bool http_has_many_hosts(struct MHD_Connection *connection)
{
	unsigned int nr = 0;

	MHD_get_connection_values(connection, MHD_HEADER_KIND, count_host,
				  &nr);
	return nr > 1;
}
