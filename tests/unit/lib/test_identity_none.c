// SPDX-License-Identifier: GPL-2.0-only
/* Paths of cgroups that are in no container */
#include "tests/unit/identity.h"

static const char *const hosts[] = {
	"",
	"/",
	"//",
	"/init.scope",
	"/system.slice/ssh.service",
	"/system.slice/docker.service",
	"/system.slice/containerd.service",
	USER "/app.slice/x.service",

	/* helpers */
	"/machine.slice/libpod-conmon-" A ".scope",
	"/machine.slice/libpod-conmon-" A ".scope/x",
	USER "/user.slice/libpod-conmon-" A ".scope",
	"/machine.slice/machine-libpod_pod_" B ".slice/libpod-conmon-" A
		".scope",
	USER "/user.slice/user-libpod_pod_" B ".slice/libpod-conmon-" A
		".scope",
	USER "/user.slice/podman-pause-0a1b2c3d.scope",
	BURSTABLE UID_ ".slice/crio-conmon-" A ".scope",
	"/kubepods/burstable/pod" UID "/crio-conmon-" A,
	"/libpod_parent/conmon",
	"/libpod_parent/" B "/conmon",
	"/libpod_parent/" B,
	"/lxc.monitor.web",
	"/lxc.monitor/101",
	"/lxc/lxc.monitor.web",
	"/system.slice/web.service/libpod-conmon-" A,
	"/system.slice/web.service/supervisor",
	"/machine.slice/container@web.service/supervisor",
	"/machine.slice/container@web.service",
	"/kata_overhead/" A,
	"/kata_overhead/docker/" A,
	"/kata_overhead/kubepods/besteffort/pod" UID "/" A,
	"/kata-overhead.slice/runtime-rs-" A ".scope",

	/* a cgroup of containers is none */
	"/docker",
	"/lxc",
	"/default",
	"/machine.slice/machine-libpod_pod_" B ".slice",
	BURSTABLE UID_ ".slice",
	"/kubepods/burstable/pod" UID,
	"/ecs/" STATIC_UID,
	"/nomad.slice/share.slice",
	"/machine.slice/machine-qemu\\x2d1\\x2dvm.scope",
	"/machine.slice/vm.scope",
	"/machine.slice/deb.scope/supervisor",

	/* almost the name of a container */
	"/docker/" A "0",
	"/docker/" A16 A16 A16 "0123456789abcde",
	"/docker/" A16 A16 A16 "0123456789ABCDEF",
	"/docker/" A16 A16 A16 "0123456789abcdeg",
	"/docker/buildkit/" STEP "0",
	"/docker/buildkit/l3sxo3k7mqj6rhbvr7u1m1v5",
	"/docker/buildkit/L3sxo3k7mqj6rhbvr7u1m1v5q",
	"/buildkit",
	"/system.slice/docker-" A,
	"/system.slice/docker-" A ".slice",
	"/system.slice/docker-.scope",
	"/system.slice/docker-" A ".scope.d",
	"/system.slice/xdocker-" A ".scope",
	"/a/b/" A "0",
	"/a/b/kata-" A,
	"/my-namespace/my-redis",
	"/kata_overhead",
};

/*
 * Invalid names, or names that are invalid after systemd's escapes are undone
 */
static const char *const nameless[] = {
	"/lxc.payload.",
	"/lxc/..",
	"/lxc/.",
	"/lxc.payload.a\nb",
	"/machine.slice/machine-.scope",
	"/machine.slice/machine-\\x00.scope",
	"/machine.slice/machine-a\\x00.scope",
	"/machine.slice/machine-a\\x2fb.scope",
	"/machine.slice/machine-a\\x0ab.scope",
	"/machine.slice/machine-\\x2e\\x2e.scope",
	"/machine.slice/machine-a\\x.scope",
	"/machine.slice/machine-a\\x2.scope",
	"/machine.slice/machine-a\\.scope",
	"/machine.slice/machine-a\\n.scope",
	"/machine.slice/machine-\\x2d\\x2d.scop",
	"/machine.slice/systemd-nspawn@.service",
	"/machine.slice/systemd-nspawn@a/b.service",
	"/system.slice/.service/payload",
};

static void test_the_host_and_helpers_are_no_containers(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < NR(hosts); i++)
		check_none(hosts[i]);
}

static void test_without_a_name_there_is_no_container(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < NR(nameless); i++)
		check_none(nameless[i]);
}

/* A cgroup inside a container cannot leave it by its name. */
static void test_a_cgroup_without_a_name_stays_in_its_container(void **state)
{
	struct contmon_identity got;
	char path[1024];
	size_t i;

	(void)state;
	for (i = 0; i < NR(nameless); i++) {
		snprintf(path, sizeof(path), "/docker/" A "%s", nameless[i]);
		assert_int_equal(contmon_identify(path, &got), 1);
		assert_string_equal(got.id, A);
		assert_int_equal(got.path_length, strlen("/docker/" A));
	}
}

static void test_helpers_inside_belong_to_the_outer_container(void **state)
{
	struct contmon_identity got;

	(void)state;
	assert_int_equal(contmon_identify("/docker/" A "/libpod-conmon-" B
					  ".scope", &got), 1);
	assert_int_equal(got.runtime, DOCKER);
	assert_string_equal(got.id, A);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_host_and_helpers_are_no_containers),
		cmocka_unit_test(test_without_a_name_there_is_no_container),
		cmocka_unit_test(
			test_a_cgroup_without_a_name_stays_in_its_container),
		cmocka_unit_test(
			test_helpers_inside_belong_to_the_outer_container),
	};

	return cmocka_run_group_tests_name("identity_none", tests, NULL, NULL);
}
