/* SPDX-License-Identifier: GPL-2.0-only */
/* /api/v1/commands: CPU by command, including processes that have ended */
#ifndef CONTMOND_SERVE_COMMANDS_H
#define CONTMOND_SERVE_COMMANDS_H

#include "facts.h"

endpoint_fn commands_handle;

#endif /* CONTMOND_SERVE_COMMANDS_H */
