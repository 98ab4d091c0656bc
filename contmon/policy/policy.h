/* SPDX-License-Identifier: GPL-2.0-only */
/* The commands of `contmon policy`; each returns the exit status. */
#ifndef CONTMON_POLICY_POLICY_H
#define CONTMON_POLICY_POLICY_H

int cli_policy_check(int argc, char **argv);

#endif /* CONTMON_POLICY_POLICY_H */
