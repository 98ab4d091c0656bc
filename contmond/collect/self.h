/* SPDX-License-Identifier: GPL-2.0-only */
/* Resource usage of this process, as the kernel counts it */
#ifndef CONTMOND_COLLECT_SELF_H
#define CONTMOND_COLLECT_SELF_H

/**
 * struct self - NAN is unknown
 * @rss_peak_bytes: since the start
 * @max_fds: limit for @open_fds
 */
struct self {
	double cpu_user_seconds;
	double cpu_system_seconds;
	double rss_bytes;
	double rss_peak_bytes;
	double threads;
	double open_fds;
	double max_fds;
};

void self_read(struct self *ret);

#endif /* CONTMOND_COLLECT_SELF_H */
