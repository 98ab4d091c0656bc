// SPDX-License-Identifier: GPL-2.0-only
/*
 * The container of a cgroup path. In the tables a ')' follows the container's
 * own cgroup; it is removed before the path is looked up.
 */
#include "tests/unit/identity.h"

struct row {
	const char *marked_path;
	enum contmon_runtime runtime;
	const char *id;
	const char *pod;
	bool rootless;
};

#define PLAIN(path, runtime, id) { path, runtime, id, "", false }
#define IN_POD(path, runtime, id, pod) { path, runtime, id, pod, false }
#define ROOTLESS(path, runtime, id, pod) { path, runtime, id, pod, true }

static const struct row docker[] = {
	PLAIN("/system.slice/docker-" A ".scope)", DOCKER, A),
	PLAIN("/system.slice/docker-" A ".scope)/init.scope", DOCKER, A),
	PLAIN("/system.slice/docker-" A ".scope)/system.slice/a.service",
	      DOCKER, A),
	PLAIN("/my.slice/my-own.slice/docker-" A ".scope)", DOCKER, A),
	PLAIN("/docker/" A ")", DOCKER, A),
	PLAIN("/docker/" A ")/child/of/it", DOCKER, A),
	ROOTLESS(USER "/app.slice/docker-" A ".scope)", DOCKER, A, ""),
	ROOTLESS(USER "/user.slice/docker-" A ".scope)/x", DOCKER, A, ""),
	PLAIN("/docker/" A "/docker/" B ")", DOCKER, B),
	PLAIN("/system.slice/docker-" A ".scope/docker/" B ")/x", DOCKER, B),
	PLAIN("docker/" A ")", DOCKER, A),
	PLAIN("/docker/buildx/" A ")", DOCKER, A),
	PLAIN("/docker/buildx/" A ")/init.scope", DOCKER, A),
	PLAIN("/docker/kata_" A ")", DOCKER, A),
	PLAIN("/system.slice/docker-" STEP ".scope)", BUILDKIT, STEP),
	PLAIN("/docker/buildkit/" STEP ")", BUILDKIT, STEP),
	PLAIN("/buildkit/" STEP ")/x", BUILDKIT, STEP),
	PLAIN("/docker/buildx/" A "/buildkit/" STEP ")", BUILDKIT, STEP),
	ROOTLESS("/wsl-user/distro-1/systemd" USER "/user.slice/docker-" A
		 ".scope)", DOCKER, A, ""),
};

static const struct row podman[] = {
	PLAIN("/machine.slice/libpod-" A ".scope)", PODMAN, A),
	PLAIN("/machine.slice/libpod-" A ".scope)/container", PODMAN, A),
	IN_POD("/machine.slice/machine-libpod_pod_" B ".slice/libpod-" A
	       ".scope)/container", PODMAN, A, B),
	PLAIN("/libpod_parent/libpod-" A ")", PODMAN, A),
	IN_POD("/libpod_parent/" B "/libpod-" A ")", PODMAN, A, B),
	ROOTLESS(USER "/user.slice/libpod-" A ".scope)/container", PODMAN, A,
		 ""),
	ROOTLESS(USER "/user.slice/user-libpod_pod_" B ".slice/libpod-" A
		 ".scope)/container", PODMAN, A, B),
	PLAIN("/system.slice/web.service/libpod-payload-" A ")", PODMAN, A),
};

static const struct row kubernetes[] = {
	IN_POD(BURSTABLE UID_ ".slice/cri-containerd-" A ".scope)", CONTAINERD,
	       A, UID),
	IN_POD(KUBEPODS "/kubepods-pod" UID_ ".slice/cri-containerd-" A
	       ".scope)", CONTAINERD, A, UID),
	IN_POD(BURSTABLE STATIC_UID ".slice/cri-containerd-" A ".scope)/x/y",
	       CONTAINERD, A, STATIC_UID),
	IN_POD(BURSTABLE UID_ ".slice/crio-" A ".scope)", CRIO, A, UID),
	IN_POD(BURSTABLE UID_ ".slice/crio-" A ".scope)/container", CRIO, A,
	       UID),
	IN_POD(BURSTABLE UID_ ".slice/docker-" A ".scope)", DOCKER, A, UID),
	IN_POD("/kubepods/besteffort/pod" UID "/" A ")", KUBERNETES, A, UID),
	IN_POD("/kubepods/burstable/pod" UID "/" A ")/x", KUBERNETES, A, UID),
	IN_POD("/kubepods/pod" UID "/" A ")", KUBERNETES, A, UID),
	IN_POD("/kubepods/burstable/pod" STATIC_UID "/" A ")", KUBERNETES, A,
	       STATIC_UID),
	IN_POD("/kubepods/burstable/pod" UID "/crio-" A ")", CRIO, A, UID),
	IN_POD(KIND UID_ ".slice/cri-containerd-" A ".scope)", CONTAINERD, A,
	       UID),
	IN_POD("/system.slice/docker-" B ".scope" KIND UID_
	       ".slice/cri-containerd-" A ".scope)/x", CONTAINERD, A, UID),
	IN_POD("/kubelet.slice/kubelet-kubepods.slice/kubelet-kubepods-pod" UID_
	       ".slice/cri-containerd-" A ".scope)", CONTAINERD, A, UID),
	IN_POD(KUBEPODS "/kubepods-pod" UID_ ".slice/crio-" A
	       ".scope)/container", CRIO, A, UID),
	IN_POD(KUBEPODS "/kubepods-pod" UID_ ".slice/docker-" A ".scope)",
	       DOCKER, A, UID),
	IN_POD("/docker/" B "/kubelet/kubepods/besteffort/pod" UID "/" A ")",
	       KUBERNETES, A, UID),
	IN_POD("/kubelet/kubepods/burstable/pod" UID "/" A ")", KUBERNETES, A,
	       UID),
	IN_POD("/system.slice/containerd.service/kubepods-burstable-pod" UID_
	       ".slice:cri-containerd:" A ")", CONTAINERD, A, UID),
};

/* Docker's daemon or a container may have any cgroup as parent. */
static const struct row any_parent[] = {
	PLAIN("/actions_job/" A ")", UNKNOWN, A),
	PLAIN("/batch/job-7/" A ")", UNKNOWN, A),
	PLAIN("/batch/job-7/" A ")/child/of/it", UNKNOWN, A),
	PLAIN("/a/b/c/d/" A ")", UNKNOWN, A),
	PLAIN("/" A ")", UNKNOWN, A),
	PLAIN("/my-namespace/" A ")", UNKNOWN, A),
	PLAIN("/docker/" A "/batch/" B ")", UNKNOWN, B),
	PLAIN("/batch/kata_" A ")", UNKNOWN, A),
	ROOTLESS(USER "/app.slice/batch/" A ")", UNKNOWN, A, ""),
	IN_POD(BURSTABLE UID_ ".slice/" A ")", KUBERNETES, A, UID),
	IN_POD(BURSTABLE UID_ ".slice/kata_" A ")", KUBERNETES, A, UID),
	IN_POD("/kubepods/besteffort/pod" UID "/kata_" A ")", KUBERNETES, A,
	       UID),
	IN_POD("/kubepods/besteffort/pod" UID "/" A ")/sandbox", KUBERNETES, A,
	       UID),
	PLAIN("/kata_sandboxed_pod/" A ")", UNKNOWN, A),
};

/* LXC accepts any name that its directory can have. */
static const struct row names[] = {
	PLAIN("/lxc.payload.a b)", LXC, "a b"),
	PLAIN("/lxc.payload.a,b;c)/init.scope", LXC, "a,b;c"),
	PLAIN("/lxc.payload.it's \"quoted\")", LXC, "it's \"quoted\""),
	PLAIN("/lxc.payload.*+<$>?!%&=[]{}~|^`#)", LXC, "*+<$>?!%&=[]{}~|^`#"),
	PLAIN("/lxc.payload.-o)", LXC, "-o"),
	PLAIN("/lxc.payload..hidden)", LXC, ".hidden"),
	PLAIN("/lxc.payload....)", LXC, "..."),
	PLAIN("/lxc.payload.a\\x1b)", LXC, "a\\x1b"),
	PLAIN("/lxc.payload.a\\)", LXC, "a\\"),
	PLAIN("/lxc.payload.\xc3\xa4)", LXC, "\xc3\xa4"),
	PLAIN("/lxc.payload.\xff\xfe)", LXC, "\xff\xfe"),
	PLAIN("/lxc.payload.\033[2J)", LXC, "\033[2J"),
	PLAIN("/lxc/a b)", LXC, "a b"),
	PLAIN("/lxc.payload/<script>)", LXC, "<script>"),
	PLAIN("/machine.slice/machine-lxc\\x2d1234\\x2dweb.scope)", LXC, "web"),
	PLAIN("/machine.slice/machine-lxc\\x2d7\\x2dmy\\x2dweb.scope)/x", LXC,
	      "my-web"),
	PLAIN("/default/my redis)", CONTAINERD, "my redis"),
	PLAIN("/openfaas-fn/figlet)", CONTAINERD, "figlet"),
	PLAIN("/openfaas/gateway)", CONTAINERD, "gateway"),
	/* systemd-nspawn --keep-unit */
	PLAIN("/machine.slice/container@web.service/payload)", NSPAWN, "web"),
	PLAIN("/machine.slice/container@my\\x2dweb.service/payload)/init.scope",
	      NSPAWN, "my-web"),
	PLAIN("/system.slice/box.service/payload)", NSPAWN, "box"),
	PLAIN("/system.slice/box.service/payload)/system.slice/a.service",
	      NSPAWN, "box"),
	PLAIN("/machine.slice/systemd-nspawn@a\\x20b.service)/payload", NSPAWN,
	      "a b"),
};

static const struct row others[] = {
	PLAIN("/system.slice/nerdctl-" A ".scope)", CONTAINERD, A),
	ROOTLESS(USER "/user.slice/nerdctl-" A ".scope)", CONTAINERD, A, ""),
	PLAIN("/system.slice/default-" A ".scope)", CONTAINERD, A),
	PLAIN("/default/" A ")", CONTAINERD, A),
	PLAIN("/default/my-redis)", CONTAINERD, "my-redis"),
	PLAIN("/k8s.io/" A ")/x", CONTAINERD, A),
	PLAIN("/lxc.payload.web)", LXC, "web"),
	PLAIN("/lxc.payload.my-c1.example)/system.slice/a.service", LXC,
	      "my-c1.example"),
	PLAIN("/lxc.payload.project_c1)/init.scope", LXC, "project_c1"),
	PLAIN("/lxc.payload/web)", LXC, "web"),
	PLAIN("/lxc/101)", LXC, "101"),
	PLAIN("/lxc/101)/ns", LXC, "101"),
	PLAIN("/lxc/101)/ns/init.scope", LXC, "101"),
	PLAIN("/lxc/101/ns/system.slice/docker-" A ".scope)", DOCKER, A),
	PLAIN("/lxc.payload.a/lxc.payload.b)", LXC, "b"),
	PLAIN("/machine.slice/systemd-nspawn@deb.service)/payload", NSPAWN,
	      "deb"),
	PLAIN("/machine.slice/systemd-nspawn@my-box.service)/supervisor",
	      NSPAWN, "my-box"),
	PLAIN("/machine.slice/systemd-nspawn@my\\x2dbox.service)/payload/init"
	      ".scope", NSPAWN, "my-box"),
	PLAIN("/machine.slice/machine-deb.scope)", NSPAWN, "deb"),
	/* systemd 262 */
	PLAIN("/machine.slice/deb.scope/payload)", NSPAWN, "deb"),
	PLAIN("/machine.slice/my\\x2dbox.scope/payload)/init.scope", NSPAWN,
	      "my-box"),
	PLAIN("/machine.slice/machine-my\\x2dbox.scope)/payload", NSPAWN,
	      "my-box"),
	PLAIN("/nomad.slice/share.slice/" UID ".web.scope)", NOMAD, UID ".web"),
	PLAIN("/nomad.slice/reserve.slice/" UID ".web.scope)/x", NOMAD, UID
	      ".web"),
	PLAIN("/nomad.slice/" UID ".web.scope)", NOMAD, UID ".web"),
	PLAIN("/nomad.slice/share.slice/docker-" A ".scope)", DOCKER, A),
	IN_POD("/ecs/" STATIC_UID "/" A ")", DOCKER, A, STATIC_UID),
	IN_POD("/ecs/" UID "/" A ")/x", DOCKER, A, UID),
	PLAIN("/ecs/cluster/" STATIC_UID "/" A ")", DOCKER, A),
	IN_POD("/ecstasks.slice/ecstasks-" STATIC_UID ".slice/docker-" A
	       ".scope)", DOCKER, A, STATIC_UID),
};

static void check_row(const struct row *row)
{
	const char *mark = strchr(row->marked_path, ')');
	struct contmon_identity got;
	char path[1024];
	size_t length;

	assert_non_null(mark);
	length = (size_t)(mark - row->marked_path);
	assert_in_range(strlen(row->marked_path), 1, sizeof(path) - 1);
	strcpy(path, row->marked_path);
	memmove(path + length, path + length + 1, strlen(path + length));

	memset(&got, 0xff, sizeof(got));
	if (contmon_identify(path, &got) != 1 || got.runtime != row->runtime ||
	    strcmp(got.id, row->id) != 0 || strcmp(got.pod, row->pod) != 0 ||
	    got.rootless != row->rootless || got.path_length != length)
		fail_msg("%s: %s id '%s' pod '%s' rootless %d length %zu",
			 path, contmon_runtime_name(got.runtime), got.id,
			 got.pod, got.rootless, got.path_length);
}

static void check_rows(const struct row *rows, size_t nr)
{
	size_t i;

	for (i = 0; i < nr; i++)
		check_row(&rows[i]);
}

static void test_docker(void **state)
{
	(void)state;
	check_rows(docker, NR(docker));
}

static void test_podman(void **state)
{
	(void)state;
	check_rows(podman, NR(podman));
}

static void test_kubernetes(void **state)
{
	(void)state;
	check_rows(kubernetes, NR(kubernetes));
}

static void test_any_parent(void **state)
{
	(void)state;
	check_rows(any_parent, NR(any_parent));
}

static void test_names(void **state)
{
	(void)state;
	check_rows(names, NR(names));
}

static void test_other_runtimes(void **state)
{
	(void)state;
	check_rows(others, NR(others));
}

/* An id of the maximum length, and one byte more */
static void test_long_names(void **state)
{
	static const char prefix[] = "/lxc/";
	struct contmon_identity got;
	char path[sizeof(prefix) + CONTMON_ID_MAX + 1];
	size_t n = sizeof(prefix) - 1;

	(void)state;
	memcpy(path, prefix, n);
	memset(path + n, 'a', CONTMON_ID_MAX + 1);
	path[n + CONTMON_ID_MAX] = 0;
	assert_int_equal(contmon_identify(path, &got), 1);
	assert_int_equal(strlen(got.id), CONTMON_ID_MAX);

	path[n + CONTMON_ID_MAX] = 'a';
	path[n + CONTMON_ID_MAX + 1] = 0;
	check_none(path);
}

/* A path of any length must use neither much stack nor much time. */
static void test_very_long_paths(void **state)
{
	size_t length = 1 << 20;
	char *path = malloc(length + 1);
	size_t i;

	(void)state;
	assert_non_null(path);
	memset(path, '/', length);
	path[length] = 0;
	check_none(path);
	memset(path, 'k', length);
	check_none(path);
	for (i = 0; i < length; i++)
		path[i] = "/kubepods-pod"[i % 13];
	check_none(path);
	free(path);
}

static void test_runtimes_have_names(void **state)
{
	int i;

	(void)state;
	assert_string_equal(contmon_runtime_name(CONTMON_RUNTIME_NONE), "host");
	assert_string_equal(contmon_runtime_name(NOMAD), "nomad");
	for (i = 0; i <= BUILDKIT; i++)
		assert_non_null(contmon_runtime_name((enum contmon_runtime)i));
	assert_string_equal(contmon_runtime_name((enum contmon_runtime)999),
			    "unknown");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_docker),
		cmocka_unit_test(test_podman),
		cmocka_unit_test(test_kubernetes),
		cmocka_unit_test(test_any_parent),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_other_runtimes),
		cmocka_unit_test(test_long_names),
		cmocka_unit_test(test_very_long_paths),
		cmocka_unit_test(test_runtimes_have_names),
	};

	return cmocka_run_group_tests_name("identity", tests, NULL, NULL);
}
