/* SPDX-License-Identifier: GPL-2.0-only */
/* The commands of `contmon policy`; each returns the exit status. */
#ifndef CONTMON_POLICY_POLICY_H
#define CONTMON_POLICY_POLICY_H

int cli_policy_check(int argc, char **argv);
int cli_policy_explain(int argc, char **argv);
int cli_policy_log(int argc, char **argv);
int cli_policy_replay(int argc, char **argv);
int cli_policy_status(int argc, char **argv);
int cli_policy_veto(int argc, char **argv);

#endif /* CONTMON_POLICY_POLICY_H */
