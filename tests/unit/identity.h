/* SPDX-License-Identifier: GPL-2.0-only */
/* Shared by the tests of contmon_identify(): ids, paths, runtimes */
#ifndef TESTS_UNIT_IDENTITY_H
#define TESTS_UNIT_IDENTITY_H

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "contmon.h"

#define A16 "0123456789abcdef"
#define A A16 A16 A16 A16
#define B16 "fedcba9876543210"
#define B B16 B16 B16 B16
#define UID "8f0c6f3e-91b1-4a4b-9a4c-0a1b2c3d4e5f"
#define UID_ "8f0c6f3e_91b1_4a4b_9a4c_0a1b2c3d4e5f"
#define STATIC_UID "c9b9a1bd7d3d3d4c0d4f3c2b1a098765"
#define USER "/user.slice/user-1000.slice/user@1000.service"
#define KUBEPODS "/kubepods.slice"
#define BURSTABLE KUBEPODS "/kubepods-burstable.slice/kubepods-burstable-pod"
#define KIND "/kubelet.slice/kubelet-kubepods.slice" \
	"/kubelet-kubepods-besteffort.slice/kubelet-kubepods-besteffort-pod"

#define DOCKER CONTMON_RUNTIME_DOCKER
#define CONTAINERD CONTMON_RUNTIME_CONTAINERD
#define CRIO CONTMON_RUNTIME_CRIO
#define PODMAN CONTMON_RUNTIME_PODMAN
#define LXC CONTMON_RUNTIME_LXC
#define NSPAWN CONTMON_RUNTIME_NSPAWN
#define KUBERNETES CONTMON_RUNTIME_KUBERNETES
#define NOMAD CONTMON_RUNTIME_NOMAD
#define UNKNOWN CONTMON_RUNTIME_UNKNOWN
#define BUILDKIT CONTMON_RUNTIME_BUILDKIT
#define STEP "l3sxo3k7mqj6rhbvr7u1m1v5q"

#define NR(array) (sizeof(array) / sizeof((array)[0]))

__attribute__((unused))
static void check_none(const char *path)
{
	struct contmon_identity got, none = { 0 };

	memset(&got, 0xff, sizeof(got));
	if (contmon_identify(path, &got) != 0)
		fail_msg("'%s' is called %s '%s'", path,
			 contmon_runtime_name(got.runtime), got.id);
	assert_int_equal(got.runtime, CONTMON_RUNTIME_NONE);
	assert_string_equal(got.id, none.id);
	assert_string_equal(got.pod, none.pod);
	assert_int_equal(got.path_length, 0);
	assert_false(got.rootless);
}

#endif
