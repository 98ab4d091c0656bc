/* SPDX-License-Identifier: GPL-2.0-only */
/* /api/v1/commands/past: the commands that used the most CPU at a moment */
#ifndef CONTMOND_SERVE_COMMANDS_PAST_H
#define CONTMOND_SERVE_COMMANDS_PAST_H

#include "facts.h"

endpoint_fn commands_past_handle;

#endif /* CONTMOND_SERVE_COMMANDS_PAST_H */
