/* SPDX-License-Identifier: GPL-2.0-only */
/* Paths of cgroups: a container of Docker, and another one inside it */
#ifndef DOCKER_PATHS_H
#define DOCKER_PATHS_H

#define A16 "0123456789abcdef"
#define A A16 A16 A16 A16

/* Indexed by the ids of the cgroups */
static const char *const paths[] = {
	[1] = "/",
	[2] = "/system.slice",
	[3] = "/system.slice/docker-" A ".scope",
	[4] = "/system.slice/docker-" A ".scope/\033[2Jinit",
	[5] = "/system.slice/docker-" A ".scope/init/lxc.payload.c1",
};

#endif /* DOCKER_PATHS_H */
