/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The server of base/act_protocol.h: decides who may send requests, and how
 * many.
 */
#ifndef CONTMON_ENGINE_ACT_SERVER_H
#define CONTMON_ENGINE_ACT_SERVER_H

#include <systemd/sd-event.h>

#include "acts.h"

/** struct act_server - opaque */
struct act_server;

/**
 * act_server_new() - listen on @path (mode 0660), and for the answers of @acts
 */
int act_server_new(sd_event *event, const char *path, struct acts *acts,
		   struct act_server **ret);

/** act_server_free() - drops all clients, removes the socket */
void act_server_free(struct act_server *server);

#endif /* CONTMON_ENGINE_ACT_SERVER_H */
