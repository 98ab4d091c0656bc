/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A libmicrohttpd without sockets and threads: it calls the server's functions
 * in the order of the real one, for one request at a time. What only one
 * connection at a time never needs is empty.
 */
#ifndef TESTS_FUZZ_FAKE_MHD_H
#define TESTS_FUZZ_FAKE_MHD_H

#include "fuzz.h"

#include <microhttpd.h>
#include <stdarg.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#define MHD_MAX_VALUES 300

/**
 * struct mhd_value - one header, or one parameter; the texts are the request's
 */
struct mhd_value {
	enum MHD_ValueKind kind;
	const char *key;
	const char *value;
};

/**
 * struct MHD_Response - what the server has made
 * @bytes: NULL where there is a @reader
 * @values: headers
 */
struct MHD_Response {
	const char *bytes;
	size_t length;
	MHD_ContentReaderCallback reader;
	MHD_ContentReaderFreeCallback done;
	void *userdata;
	struct mhd_value values[16];
	size_t nr;
	int references;
};

/**
 * struct MHD_Connection - one request
 * @fds: the server's end, and the client's
 */
struct MHD_Connection {
	struct mhd_value values[MHD_MAX_VALUES];
	size_t nr;
	struct MHD_Response *response;
	unsigned int status;
	int fds[2];
	void *userdata;
	union MHD_ConnectionInfo info;
};

/* The functions of the server */
static struct MHD_Daemon {
	MHD_AccessHandlerCallback answer;
	void *(*check_uri)(void *userdata, const char *uri,
			   struct MHD_Connection *connection);
	MHD_NotifyConnectionCallback connection;
	MHD_RequestCompletedCallback completed;
	void *userdata;
} mhd;

struct MHD_Daemon *MHD_start_daemon(unsigned int flags, uint16_t port,
				    MHD_AcceptPolicyCallback accept,
				    void *accept_userdata,
				    MHD_AccessHandlerCallback answer,
				    void *userdata, ...)
{
	enum MHD_OPTION option;
	va_list options;

	(void)flags;
	(void)port;
	(void)accept;
	(void)accept_userdata;
	mhd.answer = answer;
	mhd.userdata = userdata;
	va_start(options, userdata);
	while ((option = va_arg(options, enum MHD_OPTION)) != MHD_OPTION_END) {
		switch (option) {
		case MHD_OPTION_URI_LOG_CALLBACK:
			mhd.check_uri = va_arg(options, void *);
			va_arg(options, void *);
			break;
		case MHD_OPTION_NOTIFY_CONNECTION:
			mhd.connection = va_arg(options, void *);
			va_arg(options, void *);
			break;
		case MHD_OPTION_NOTIFY_COMPLETED:
			mhd.completed = va_arg(options, void *);
			va_arg(options, void *);
			break;
		case MHD_OPTION_ARRAY:
			va_arg(options, void *);
			break;
		case MHD_OPTION_CONNECTION_MEMORY_LIMIT:
			va_arg(options, size_t);
			break;
		default:
			va_arg(options, unsigned int);
		}
	}
	va_end(options);
	return &mhd;
}

void MHD_stop_daemon(struct MHD_Daemon *daemon)
{
	(void)daemon;
}

MHD_socket MHD_quiesce_daemon(struct MHD_Daemon *daemon)
{
	(void)daemon;
	return MHD_INVALID_SOCKET;
}

enum MHD_Result MHD_add_connection(struct MHD_Daemon *daemon, MHD_socket fd,
				   const struct sockaddr *address,
				   socklen_t length)
{
	(void)daemon;
	(void)fd;
	(void)address;
	(void)length;
	return MHD_NO;
}

void MHD_suspend_connection(struct MHD_Connection *connection)
{
	(void)connection;
}

void MHD_resume_connection(struct MHD_Connection *connection)
{
	(void)connection;
}

const union MHD_ConnectionInfo *
MHD_get_connection_info(struct MHD_Connection *connection,
			enum MHD_ConnectionInfoType type, ...)
{
	switch (type) {
	case MHD_CONNECTION_INFO_CONNECTION_FD:
		connection->info.connect_fd = connection->fds[0];
		return &connection->info;
	case MHD_CONNECTION_INFO_SOCKET_CONTEXT:
		connection->info.socket_context = connection->userdata;
		return &connection->info;
	default:
		return NULL;
	}
}

int MHD_get_connection_values(struct MHD_Connection *connection,
			      enum MHD_ValueKind kind,
			      MHD_KeyValueIterator next, void *userdata)
{
	size_t i;
	int nr = 0;

	for (i = 0; i < connection->nr; i++) {
		const struct mhd_value *value = &connection->values[i];

		if (value->kind != kind)
			continue;
		nr++;
		if (!next(userdata, kind, value->key, value->value))
			break;
	}
	return nr;
}

int MHD_get_connection_values_n(struct MHD_Connection *connection,
				enum MHD_ValueKind kind,
				MHD_KeyValueIteratorN next, void *userdata)
{
	size_t i;
	int nr = 0;

	for (i = 0; i < connection->nr; i++) {
		const struct mhd_value *value = &connection->values[i];

		if (value->kind != kind)
			continue;
		nr++;
		if (!next(userdata, kind, value->key, strlen(value->key),
			  value->value,
			  value->value ? strlen(value->value) : 0))
			break;
	}
	return nr;
}

const char *MHD_lookup_connection_value(struct MHD_Connection *connection,
					enum MHD_ValueKind kind,
					const char *key)
{
	size_t i;

	for (i = 0; i < connection->nr; i++) {
		const struct mhd_value *value = &connection->values[i];

		if (value->kind == kind && strcasecmp(value->key, key) == 0)
			return value->value;
	}
	return NULL;
}

static struct MHD_Response *mhd_response(void)
{
	struct MHD_Response *response = calloc(1, sizeof(*response));

	MUST(response);
	response->references = 1;
	return response;
}

struct MHD_Response *
MHD_create_response_from_buffer(size_t size, void *buffer,
				enum MHD_ResponseMemoryMode mode)
{
	struct MHD_Response *response = mhd_response();

	MUST(mode == MHD_RESPMEM_PERSISTENT);
	response->bytes = buffer;
	response->length = size;
	return response;
}

struct MHD_Response *MHD_create_response_from_buffer_with_free_callback_cls(
	size_t size, void *buffer, MHD_ContentReaderFreeCallback done,
	void *userdata)
{
	struct MHD_Response *response = mhd_response();

	response->bytes = buffer;
	response->length = size;
	response->done = done;
	response->userdata = userdata;
	return response;
}

struct MHD_Response *
MHD_create_response_from_callback(uint64_t size, size_t block_size,
				  MHD_ContentReaderCallback reader,
				  void *userdata,
				  MHD_ContentReaderFreeCallback done)
{
	struct MHD_Response *response = mhd_response();

	MUST(size == MHD_SIZE_UNKNOWN && block_size > 0);
	response->reader = reader;
	response->done = done;
	response->userdata = userdata;
	return response;
}

/* A line of its own must not begin in a header. */
enum MHD_Result MHD_add_response_header(struct MHD_Response *response,
					const char *header, const char *value)
{
	struct mhd_value *next = &response->values[response->nr++];

	MUST(response->nr <= 16);
	MUST(*value && !strpbrk(value, "\r\n"));
	next->key = header;
	next->value = value;
	return MHD_YES;
}

static inline const char *mhd_header(const struct MHD_Response *response,
				     const char *key)
{
	size_t i;

	for (i = 0; i < response->nr; i++) {
		if (strcasecmp(response->values[i].key, key) == 0)
			return response->values[i].value;
	}
	return NULL;
}

enum MHD_Result MHD_queue_response(struct MHD_Connection *connection,
				   unsigned int status,
				   struct MHD_Response *response)
{
	MUST(!connection->response);
	response->references++;
	connection->response = response;
	connection->status = status;
	return MHD_YES;
}

void MHD_destroy_response(struct MHD_Response *response)
{
	if (--response->references > 0)
		return;
	if (response->done)
		response->done(response->userdata);
	free(response);
}

/* Decodes in place: %XX, and + in a parameter */
static inline void mhd_decode(char *text, int is_parameter)
{
	char *to = text;
	unsigned int c;

	for (; *text; text++) {
		c = (unsigned char)*text;
		if (c == '+' && is_parameter)
			c = ' ';
		if (c == '%' && sscanf(text + 1, "%2x", &c) == 1 &&
		    strspn(text + 1, "0123456789abcdefABCDEF") >= 2)
			text += 2;
		else if (*text == '%')
			c = '%';
		*to++ = (char)c;
	}
	*to = '\0';
}

static inline void mhd_add(struct MHD_Connection *connection,
			   enum MHD_ValueKind kind, const char *key,
			   const char *value)
{
	struct mhd_value *next = &connection->values[connection->nr];

	if (connection->nr == MHD_MAX_VALUES)
		return;
	connection->nr++;
	next->kind = kind;
	next->key = key;
	next->value = value;
}

static inline void mhd_add_parameters(struct MHD_Connection *connection,
				      char *query)
{
	char *word;

	while ((word = strsep(&query, "&"))) {
		char *value = strchr(word, '=');

		if (value)
			*value++ = '\0';
		mhd_decode(word, 1);
		if (value)
			mhd_decode(value, 1);
		mhd_add(connection, MHD_GET_ARGUMENT_KIND, word, value);
	}
}

/*
 * Asks for what @line has: "METHOD TARGET". The headers have been added.
 * Returns false if the server has answered without libmicrohttpd.
 */
static inline int mhd_ask(struct MHD_Connection *connection, char *line)
{
	char *target = strchr(line, ' '), *query;
	void *state;
	size_t none = 0;
	char byte;
	int i;

	*target++ = '\0';
	mhd.connection(mhd.userdata, connection, &connection->userdata,
		       MHD_CONNECTION_NOTIFY_STARTED);
	state = mhd.check_uri(NULL, target, connection);
	if (recv(connection->fds[1], &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 1)
		return 0;
	query = strchr(target, '?');
	if (query)
		*query++ = '\0';
	mhd_add_parameters(connection, query);
	mhd_decode(target, 0);
	for (i = 0; i < 2 && !connection->response; i++)
		MUST(mhd.answer(mhd.userdata, connection, target, line,
				"HTTP/1.1", NULL, &none, &state) == MHD_YES);
	MUST(connection->response);
	mhd.completed(mhd.userdata, connection, &state,
		      MHD_REQUEST_TERMINATED_COMPLETED_OK);
	return 1;
}

static inline void mhd_open(struct MHD_Connection *connection)
{
	memset(connection, 0, sizeof(*connection));
	MUST(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0,
			connection->fds) == 0);
}

static inline void mhd_close(struct MHD_Connection *connection)
{
	if (connection->response)
		MHD_destroy_response(connection->response);
	mhd.connection(mhd.userdata, connection, &connection->userdata,
		       MHD_CONNECTION_NOTIFY_CLOSED);
	close(connection->fds[0]);
	close(connection->fds[1]);
}

#endif /* TESTS_FUZZ_FAKE_MHD_H */
