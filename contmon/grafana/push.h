/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CONTMON_GRAFANA_PUSH_H
#define CONTMON_GRAFANA_PUSH_H

/* The command `contmon grafana push`; returns the exit status */
int cli_grafana_push(int argc, char **argv);

#endif /* CONTMON_GRAFANA_PUSH_H */
