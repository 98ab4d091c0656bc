/* SPDX-License-Identifier: GPL-2.0-only */
/* The commands; each returns the exit status. */
#ifndef CONTMON_COMMANDS_H
#define CONTMON_COMMANDS_H

int cli_info(int argc, char **argv);
int cli_ps(int argc, char **argv);
int cli_containers(int argc, char **argv);
int cli_top(int argc, char **argv);
int cli_watch(int argc, char **argv);
int cli_events(int argc, char **argv);
int cli_cmdline(int argc, char **argv);
int cli_alloc(int argc, char **argv);
int cli_load(int argc, char **argv);
int cli_history(int argc, char **argv);
int cli_log(int argc, char **argv);
int cli_export(int argc, char **argv);
int cli_policy(int argc, char **argv);
int cli_import(int argc, char **argv);
int cli_grafana(int argc, char **argv);

#endif /* CONTMON_COMMANDS_H */
