/* SPDX-License-Identifier: GPL-2.0-only */
/* /api/v1/commands/series: the commands that used the most CPU, over time */
#ifndef CONTMOND_SERVE_COMMANDS_SERIES_H
#define CONTMOND_SERVE_COMMANDS_SERIES_H

#include "facts.h"

endpoint_fn commands_series_handle;

#endif /* CONTMOND_SERVE_COMMANDS_SERIES_H */
