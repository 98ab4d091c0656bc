/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Client for requests to act, which contmon-engine carries out; runs in the
 * event loop
 */
#ifndef BASE_ACT_CLIENT_H
#define BASE_ACT_CLIENT_H

#include <stdbool.h>

#include <systemd/sd-event.h>

#include "act_protocol.h"

/**
 * struct act_client_fns - what to call; they may send, but must not free the
 * client
 * @connected: called with the hello when requests can be sent, and with NULL
 *	when they no longer can. Answers that have not arrived by then will not
 *	come: send those requests again after the next hello
 * @answered: an answer of kind ACT_STEP, ACT_FINISHED or ACT_UNDONE; valid
 *	during the call
 */
struct act_client_fns {
	void (*connected)(const struct act_answer *hello, void *userdata);
	void (*answered)(const struct act_answer *answer, void *userdata);
	void *userdata;
};

/** struct act_client - opaque */
struct act_client;

/**
 * act_client_new() - connect, and reconnect when the connection is lost
 * @path: ACT_SOCKET
 *
 * If the socket does not exist, tries again every 5 seconds and logs nothing.
 */
int act_client_new(sd_event *event, const char *path,
		   const struct act_client_fns *fns, struct act_client **ret);
void act_client_free(struct act_client *client);

/** act_client_ready() - can requests be sent? */
bool act_client_ready(const struct act_client *client);

/**
 * act_client_send() - send a request; never blocks
 *
 * Returns -ENOTCONN without a connection, -ENOBUFS if contmon-engine does not
 * read fast enough, -ENOMEM.
 */
int act_client_send(struct act_client *client,
		    const struct act_request *request);

#endif /* BASE_ACT_CLIENT_H */
