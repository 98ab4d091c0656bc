// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * A container is recognised by the name of its cgroup. A pattern is compared
 * with the last components of a path, as many as the pattern has; with a
 * leading '/' it must match the whole path. In a pattern
 *
 *   %H  is a container's id: 64 hex digits
 *   %B  is the id of a step of a build: 25 digits of base 36
 *   %N  is a container's name, any text; only fixed text may follow it
 *   %U  is the same as part of a unit's name, in which systemd writes some
 *       characters as \xNN
 *   %P  is a pod's id: a UUID, in which systemd replaces dashes by '_', or 64
 *       or 32 hex digits
 *   *   is any text, or none
 *   **  at the end is the same, including everything below
 *
 * and none of the others matches a '/'. The path is tried from its end, with
 * one component less each time, so the innermost container counts, and cgroups
 * created inside it belong to it. For each length of the path the first
 * matching rule counts.
 *
 * Only names can be checked: any user who may create cgroups may name one like
 * a container.
 */
#include "internal.h"

#include <limits.h>
#include <string.h>

#define HEX "0123456789abcdef"
#define BASE36 "0123456789abcdefghijklmnopqrstuvwxyz"

struct rule {
	enum contmon_runtime runtime;	/* NONE: not a container */
	const char *pattern;
};

/*
 * Helpers need a rule only if a container's rule would match them. Those of
 * conmon (libpod-conmon-ID, crio-conmon-ID) and /lxc.monitor.NAME match none.
 */
static const struct rule rules[] = {
	/*
	 * Kata's processes outside of the virtual machine, with the same path
	 */
	{ CONTMON_RUNTIME_NONE, "/kata_overhead/**" },

	{ CONTMON_RUNTIME_DOCKER, "docker-%H.scope" },
	{ CONTMON_RUNTIME_DOCKER, "docker/%H" },
	{ CONTMON_RUNTIME_DOCKER, "docker/kata_%H" },
	{ CONTMON_RUNTIME_DOCKER, "docker/buildx/%H" },
	{ CONTMON_RUNTIME_DOCKER, "ecs/*/%H" },
	{ CONTMON_RUNTIME_DOCKER, "ecs/*/*/%H" },

	{ CONTMON_RUNTIME_BUILDKIT, "docker-%B.scope" },
	{ CONTMON_RUNTIME_BUILDKIT, "buildkit/%B" },

	{ CONTMON_RUNTIME_PODMAN, "libpod-%H.scope" },
	{ CONTMON_RUNTIME_PODMAN, "libpod-%H" },
	{ CONTMON_RUNTIME_PODMAN, "libpod-payload-%H" },
	{ CONTMON_RUNTIME_NONE, "libpod_parent/%H" },	/* a pod */

	{ CONTMON_RUNTIME_CRIO, "crio-%H.scope" },
	{ CONTMON_RUNTIME_CRIO, "crio-%H" },

	{ CONTMON_RUNTIME_CONTAINERD, "cri-containerd-%H.scope" },
	{ CONTMON_RUNTIME_CONTAINERD,
	  "*kubepods*-pod%P.slice:cri-containerd:%H" },
	{ CONTMON_RUNTIME_CONTAINERD, "nerdctl-%H.scope" },
	{ CONTMON_RUNTIME_CONTAINERD, "default-%H.scope" },
	{ CONTMON_RUNTIME_CONTAINERD, "k8s.io-%H.scope" },

	{ CONTMON_RUNTIME_KUBERNETES, "pod%P/%H" },
	{ CONTMON_RUNTIME_KUBERNETES, "pod%P/kata_%H" },
	{ CONTMON_RUNTIME_KUBERNETES, "*kubepods*-pod%P.slice/%H" },
	{ CONTMON_RUNTIME_KUBERNETES, "*kubepods*-pod%P.slice/kata_%H" },

	{ CONTMON_RUNTIME_NONE, "lxc/lxc.monitor.%N" },
	{ CONTMON_RUNTIME_LXC, "lxc.payload.%N" },
	{ CONTMON_RUNTIME_LXC, "lxc.payload/%N" },
	{ CONTMON_RUNTIME_LXC, "lxc/%N" },

	/* libvirt's */
	{ CONTMON_RUNTIME_LXC, "machine-lxc\\x2d*\\x2d%U.scope" },
	{ CONTMON_RUNTIME_NONE, "machine-qemu\\x2d*.scope" },

	{ CONTMON_RUNTIME_NSPAWN, "machine-%U.scope" },
	{ CONTMON_RUNTIME_NONE, "machine-*.scope/payload" },
	/* As of systemd 262; its other machines have no payload. */
	{ CONTMON_RUNTIME_NSPAWN, "machine.slice/%U.scope/payload" },
	{ CONTMON_RUNTIME_NSPAWN, "systemd-nspawn@%U.service" },
	{ CONTMON_RUNTIME_NONE, "systemd-nspawn@*.service/payload" },
	/* --keep-unit: in a service, whose instance is usually the machine */
	{ CONTMON_RUNTIME_NSPAWN, "*@%U.service/payload" },
	{ CONTMON_RUNTIME_NSPAWN, "%U.service/payload" },

	{ CONTMON_RUNTIME_NOMAD, "nomad.slice/%N.scope" },
	{ CONTMON_RUNTIME_NOMAD, "nomad.slice/share.slice/%N.scope" },
	{ CONTMON_RUNTIME_NOMAD, "nomad.slice/reserve.slice/%N.scope" },

	/* containerd itself: its namespaces are cgroups at the top. */
	{ CONTMON_RUNTIME_CONTAINERD, "/default/%N" },
	{ CONTMON_RUNTIME_CONTAINERD, "/k8s.io/%N" },
	{ CONTMON_RUNTIME_CONTAINERD, "/openfaas/%N" },
	{ CONTMON_RUNTIME_CONTAINERD, "/openfaas-fn/%N" },

	/*
	 * The user chooses the parent of the cgroup, so it may be any runtime.
	 */
	{ CONTMON_RUNTIME_UNKNOWN, "kata_%H" },
	{ CONTMON_RUNTIME_UNKNOWN, "%H" },
};

/* The cgroup right above a container's own, if it belongs to a pod */
static const char *const pods[] = {
	"*kubepods*-pod%P.slice",
	"pod%P",
	"*-libpod_pod_%P.slice",
	"libpod_parent/%P",
	"ecs/%P",
	"ecstasks-%P.slice",
};

struct text {
	const char *s;
	size_t length;
};

struct captures {
	struct text id;
	bool id_is_escaped;
	struct text pod;
};

static size_t span(struct text t, const char *accept)
{
	size_t n = 0;

	/* strchr() also finds the NUL. */
	while (n < t.length && t.s[n] && strchr(accept, t.s[n]))
		n++;
	return n;
}

static size_t match_digits(struct text t, const char *digits, size_t length)
{
	return span(t, digits) == length ? length : 0;
}

static size_t match_uuid(struct text t)
{
	static const char form[] = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
	size_t i;

	if (t.length < sizeof(form) - 1)
		return 0;
	for (i = 0; i < sizeof(form) - 1; i++) {
		const char *accept = form[i] == 'x' ? HEX : "-_";

		if (!t.s[i] || !strchr(accept, t.s[i]))
			return 0;
	}
	return i;
}

static size_t match_pod(struct text t)
{
	size_t n = match_uuid(t);

	if (n == 0)
		n = match_digits(t, HEX, 64);
	if (n == 0)
		n = match_digits(t, HEX, 32);
	return n;
}

static bool is_name(struct text t)
{
	return t.length && !memchr(t.s, '/', t.length) &&
	       !memchr(t.s, '\n', t.length) &&
	       !(t.length <= 2 && memcmp(t.s, "..", t.length) == 0);
}

/* All but the fixed text that follows, which the name may also contain */
static size_t match_name(struct text t, const char *rest)
{
	size_t n = strlen(rest);

	if (t.length <= n)
		return 0;
	t.length -= n;
	return is_name(t) ? t.length : 0;
}

/*
 * Matches the first field of @pattern at the start of @t. Returns the length; 0
 * if it does not match.
 */
static size_t match_field(const char *pattern, struct text t,
			  struct captures *found)
{
	size_t n;

	if (pattern[1] == 'P') {
		n = match_pod(t);
		found->pod = (struct text){ t.s, n };
		return n;
	}
	if (pattern[1] == 'H')
		n = match_digits(t, HEX, 64);
	else if (pattern[1] == 'B')
		n = match_digits(t, BASE36, 25);
	else
		n = match_name(t, pattern + 2);
	found->id = (struct text){ t.s, n };
	found->id_is_escaped = pattern[1] == 'U';
	return n;
}

static struct text skip(struct text t, size_t n)
{
	return (struct text){ t.s + n, t.length - n };
}

static bool match(const char *pattern, struct text t, struct captures *found)
{
	size_t n;

	for (; *pattern && *pattern != '*'; t = skip(t, n)) {
		if (*pattern == '%') {
			n = match_field(pattern, t, found);
			if (n == 0)
				return false;
			pattern += 2;
			continue;
		}
		n = 1;
		if (t.length == 0 || *t.s != *pattern++)
			return false;
	}
	if (!*pattern)
		return t.length == 0;
	if (pattern[1] == '*')
		return true;

	for (n = 0; n <= t.length && n <= NAME_MAX; n++) {
		if (match(pattern + 1, skip(t, n), found))
			return true;
		if (n < t.length && t.s[n] == '/')
			return false;
	}
	return false;
}

/* The last components of @path, as many as @pattern has */
static struct text last_components(const char *pattern, struct text path)
{
	const char *begin = path.s + path.length;

	for (; *pattern; pattern++) {
		if (*pattern != '/')
			continue;
		while (begin > path.s && *--begin != '/')
			;
	}
	while (begin > path.s && begin[-1] != '/')
		begin--;
	return skip(path, (size_t)(begin - path.s));
}

static bool match_end(const char *pattern, struct text path,
		      struct captures *found)
{
	*found = (struct captures){ 0 };
	if (*pattern == '/')
		return match(pattern, path, found);
	return match(pattern, last_components(pattern, path), found);
}

static struct text parent(struct text path)
{
	while (path.length && path.s[path.length - 1] != '/')
		path.length--;
	if (path.length)
		path.length--;
	return path;
}

static const struct rule *find_rule(struct text path, struct captures *found)
{
	size_t i;

	for (i = 0; i < sizeof(rules) / sizeof(rules[0]); i++)
		if (match_end(rules[i].pattern, path, found))
			return &rules[i];
	return NULL;
}

static struct text find_pod(struct text path)
{
	struct captures found;
	size_t i;

	for (i = 0; i < sizeof(pods) / sizeof(pods[0]); i++)
		if (match_end(pods[i], path, &found))
			return found.pod;
	return (struct text){ 0 };
}

/* Is a cgroup in @path the service manager of a user, user@UID.service? */
static bool is_rootless(struct text path)
{
	for (; path.length; path = parent(path)) {
		struct text name = last_components("", path);
		size_t n;

		if (name.length < 5 || memcmp(name.s, "user@", 5) != 0)
			continue;
		name = skip(name, 5);
		n = span(name, "0123456789");
		name = skip(name, n);
		if (n && name.length == 8 && !memcmp(name.s, ".service", 8))
			return true;
	}
	return false;
}

static int hex_digit(char c)
{
	const char *p = c ? strchr(HEX, c) : NULL;

	return p ? (int)(p - HEX) : -1;
}

/*
 * Decodes the first byte of @t, and returns its encoded length; 0 if there is
 * none.
 */
static size_t unescape(struct text t, bool is_escaped, char *ret)
{
	int high, low;

	*ret = *t.s;
	if (!is_escaped || *t.s != '\\')
		return 1;
	if (t.length < 4 || t.s[1] != 'x')
		return 0;
	high = hex_digit(t.s[2]);
	low = hex_digit(t.s[3]);
	if (high < 0 || low < 0)
		return 0;
	*ret = (char)(high << 4 | low);
	return 4;
}

/* The decoded name must be valid: it could contain a '/', for instance. */
static bool copy_id(const struct captures *found, char to[CONTMON_ID_MAX + 1])
{
	struct text from = found->id;
	size_t n, taken;

	for (n = 0; from.length; n++) {
		if (n == CONTMON_ID_MAX)
			return false;
		taken = unescape(from, found->id_is_escaped, &to[n]);
		if (taken == 0 || !to[n])
			return false;
		from = skip(from, taken);
	}
	to[n] = 0;
	return is_name((struct text){ to, n });
}

static void copy_pod(struct text from, char to[CONTMON_ID_MAX + 1])
{
	size_t i;

	for (i = 0; i < from.length; i++)
		to[i] = from.s[i] == '_' ? '-' : from.s[i];
	to[i] = 0;
}

int contmon_identify_part(const char *path, size_t length,
			  struct contmon_identity *ret)
{
	struct captures found;
	struct text t = { path, length };

	memset(ret, 0, sizeof(*ret));

	for (; t.length; t = parent(t)) {
		const struct rule *rule = find_rule(t, &found);

		if (!rule || rule->runtime == CONTMON_RUNTIME_NONE ||
		    !copy_id(&found, ret->id))
			continue;

		if (found.pod.length == 0)
			found.pod = find_pod(parent(t));
		copy_pod(found.pod, ret->pod);
		ret->runtime = rule->runtime;
		ret->rootless = is_rootless(parent(t));
		ret->path_length = t.length;
		return 1;
	}

	memset(ret, 0, sizeof(*ret));
	return 0;
}

int contmon_identify(const char *path, struct contmon_identity *ret)
{
	return contmon_identify_part(path, strlen(path), ret);
}

const char *contmon_runtime_name(enum contmon_runtime runtime)
{
	static const char *const names[] = {
		[CONTMON_RUNTIME_NONE] = "host",
		[CONTMON_RUNTIME_DOCKER] = "docker",
		[CONTMON_RUNTIME_CONTAINERD] = "containerd",
		[CONTMON_RUNTIME_CRIO] = "crio",
		[CONTMON_RUNTIME_PODMAN] = "podman",
		[CONTMON_RUNTIME_LXC] = "lxc",
		[CONTMON_RUNTIME_NSPAWN] = "nspawn",
		[CONTMON_RUNTIME_KUBERNETES] = "kubernetes",
		[CONTMON_RUNTIME_NOMAD] = "nomad",
		[CONTMON_RUNTIME_UNKNOWN] = "unknown",
		[CONTMON_RUNTIME_BUILDKIT] = "buildkit",
	};

	/* A number from a newer library has no name here. */
	if ((size_t)runtime >= sizeof(names) / sizeof(names[0]))
		return "unknown";
	return names[runtime];
}
