// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * A container is known by the name of its cgroup. A pattern is compared with
 * the last components of a path, as many as it has itself; with a leading '/'
 * it must be the whole path. In a pattern
 *
 *   %H  is a container's id: 64 hex digits
 *   %N  is a container's name; only fixed text may follow it
 *   %P  is a pod's id: a UUID, whose dashes systemd makes '_', or 64 or 32 hex
 *       digits
 *   %W  is one word, such as the name of a containerd namespace
 *   *   is any text, or none
 *
 * and nothing of these goes beyond a '/'. The path is tried from its end, one
 * component less each time, so the innermost container counts and cgroups made
 * inside of it belong to it. For one length of the path the first rule counts.
 *
 * Whoever may make cgroups may name one like a container: the answer is as
 * good as the host's delegation of cgroups.
 */
#include "internal.h"

#include <limits.h>
#include <string.h>

#define HEX "0123456789abcdef"
#define ALNUM "0123456789" \
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

struct rule {
	enum contmon_runtime runtime;	/* NONE: looks like one, is none */
	const char *pattern;
};

/*
 * Helpers need a rule only where a container's rule would take them: conmon
 * (libpod-conmon-ID, crio-conmon-ID) and /lxc.monitor.NAME match none.
 */
static const struct rule rules[] = {
	{ CONTMON_RUNTIME_DOCKER, "docker-%H.scope" },
	{ CONTMON_RUNTIME_DOCKER, "docker/%H" },
	{ CONTMON_RUNTIME_DOCKER, "ecs/*/%H" },
	{ CONTMON_RUNTIME_DOCKER, "ecs/*/*/%H" },

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

	{ CONTMON_RUNTIME_NONE, "lxc/lxc.monitor.%N" },
	{ CONTMON_RUNTIME_LXC, "lxc.payload.%N" },
	{ CONTMON_RUNTIME_LXC, "lxc.payload/%N" },
	{ CONTMON_RUNTIME_LXC, "lxc/%N" },

	{ CONTMON_RUNTIME_NONE, "machine-qemu\\x2d*.scope" },
	{ CONTMON_RUNTIME_NSPAWN, "machine-%N.scope" },
	{ CONTMON_RUNTIME_NONE, "machine-*.scope/payload" },
	/* As systemd 262 has it; its other machines have no payload. */
	{ CONTMON_RUNTIME_NSPAWN, "machine.slice/%N.scope/payload" },
	{ CONTMON_RUNTIME_NSPAWN, "systemd-nspawn@%N.service" },

	{ CONTMON_RUNTIME_NOMAD, "nomad.slice/%N.scope" },
	{ CONTMON_RUNTIME_NOMAD, "nomad.slice/share.slice/%N.scope" },
	{ CONTMON_RUNTIME_NOMAD, "nomad.slice/reserve.slice/%N.scope" },

	/* containerd's own: its namespaces are cgroups at the top. */
	{ CONTMON_RUNTIME_CONTAINERD, "/default/%N" },
	{ CONTMON_RUNTIME_CONTAINERD, "/k8s.io/%N" },
	{ CONTMON_RUNTIME_CONTAINERD, "/%W/%H" },
};

/* The cgroup right above a container's own, when that is a pod's */
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
	struct text pod;
};

static size_t span(struct text t, const char *accept)
{
	size_t n = 0;

	/* strchr() finds the NUL, too. */
	while (n < t.length && t.s[n] && strchr(accept, t.s[n]))
		n++;
	return n;
}

static size_t match_hex(struct text t, size_t length)
{
	return span(t, HEX) == length ? length : 0;
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
		n = match_hex(t, 64);
	if (n == 0)
		n = match_hex(t, 32);
	return n;
}

/* All but the fixed text that follows: a name may have dots itself. */
static size_t match_name(struct text t, const char *rest)
{
	size_t n = strlen(rest);

	if (t.length <= n || span(t, ALNUM "_") == 0)
		return 0;
	t.length -= n;
	return span(t, ALNUM "_.:@+-\\") == t.length ? t.length : 0;
}

/* Bytes that the field which @pattern begins with takes of @t; 0: no match */
static size_t match_field(const char *pattern, struct text t,
			  struct captures *found)
{
	size_t n;

	switch (pattern[1]) {
	case 'H':
		n = match_hex(t, 64);
		found->id = (struct text){ t.s, n };
		return n;
	case 'N':
		n = match_name(t, pattern + 2);
		found->id = (struct text){ t.s, n };
		return n;
	case 'P':
		n = match_pod(t);
		found->pod = (struct text){ t.s, n };
		return n;
	default:
		return span(t, ALNUM "_") ? span(t, ALNUM "_.-") : 0;
	}
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

	for (n = 0; n <= t.length && n <= NAME_MAX; n++) {
		if (match(pattern + 1, skip(t, n), found))
			return true;
		if (n < t.length && t.s[n] == '/')
			return false;
	}
	return false;
}

/* The last components of @path that @pattern, by its '/', speaks of */
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

/* Is a cgroup of @path the service manager of a user, user@UID.service? */
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
 * Undo the \xNN of systemd's unit names. What comes out must be a name again:
 * it will be printed, and put into labels and paths.
 */
static bool copy_id(struct text from, char to[CONTMON_ID_MAX + 1])
{
	size_t n = 0;

	for (; from.length; n++) {
		char c = *from.s;
		size_t taken = 1;

		if (n == CONTMON_ID_MAX)
			return false;
		if (c == '\\') {
			if (from.length < 4 || from.s[1] != 'x' ||
			    hex_digit(from.s[2]) < 0 ||
			    hex_digit(from.s[3]) < 0)
				return false;
			c = (char)(hex_digit(from.s[2]) << 4 |
				   hex_digit(from.s[3]));
			taken = 4;
		}
		if (!c || !strchr(ALNUM "_.:@+-", c))
			return false;
		to[n] = c;
		from = skip(from, taken);
	}
	to[n] = 0;
	return true;
}

static void copy_pod(struct text from, char to[CONTMON_ID_MAX + 1])
{
	size_t i;

	for (i = 0; i < from.length; i++)
		to[i] = from.s[i] == '_' ? '-' : from.s[i];
	to[i] = 0;
}

static struct text whole_path(const char *path, size_t length)
{
	static const char deleted[] = " (deleted)";
	struct text t = { path, length };
	size_t n = sizeof(deleted) - 1;

	/* /proc says so of the removed cgroup of a zombie. */
	if (t.length > n && !memcmp(t.s + t.length - n, deleted, n))
		t.length -= n;
	return t;
}

int contmon_identify_part(const char *path, size_t length,
			  struct contmon_identity *ret)
{
	struct captures found;
	struct text t;

	memset(ret, 0, sizeof(*ret));

	for (t = whole_path(path, length); t.length; t = parent(t)) {
		const struct rule *rule = find_rule(t, &found);

		if (!rule || rule->runtime == CONTMON_RUNTIME_NONE ||
		    !copy_id(found.id, ret->id))
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
	};

	/* A number of a newer library than this one has no name here. */
	if ((size_t)runtime >= sizeof(names) / sizeof(names[0]))
		return "unknown";
	return names[runtime];
}
