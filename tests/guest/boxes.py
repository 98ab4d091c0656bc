# SPDX-License-Identifier: GPL-2.0-only
"""A real container of each installed runtime. All run the same two processes,
from a root file system with a single static program. The runtime is asked for
the container's name and its first process."""

import os
import pwd
import shutil
import signal
import subprocess

import docker
import proc
import tap

NAME = docker.PREFIX + "box"
TREES = "/var/tmp/contmon-test-trees"
SCRIPT = "sleep 100000 & wait"
COMMAND = ["/bin/sh", "-c", SCRIPT]
HEX_ID = "0123456789abcdef" * 4
USER = "contmon-rootless"
TIMEOUT_S = tap.PATIENCE_S

# Podman leaves conmon there if it runs in a unit of systemd, as the tests do.
ENV = {key: value for key, value in os.environ.items()
       if key != "INVOCATION_ID"}


def out(*command, env=None):
    """The output of a command; an error contains its message."""
    done = subprocess.run(command, stdout=subprocess.PIPE, env=env or ENV,
                          stderr=subprocess.PIPE, stdin=subprocess.DEVNULL,
                          text=True, timeout=TIMEOUT_S, check=False, cwd="/")
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)}: {done.stderr.strip()}")
    return done.stdout.strip()


def tree(name):
    path = f"{TREES}/{name}"
    for directory in ("bin", "dev", "etc", "proc", "run", "sbin", "sys", "tmp",
                      "usr"):
        os.makedirs(f"{path}/{directory}")
    shutil.copy("/bin/busybox", f"{path}/bin/busybox")
    for applet in ("bin/sh", "bin/sleep", "sbin/init"):
        os.symlink("/bin/busybox", f"{path}/{applet}")
    with open(f"{path}/etc/os-release", "w", encoding="ascii") as file:
        file.write("ID=contmon-test\n")
    # For those that boot: init and one more process, as in the others
    with open(f"{path}/etc/inittab", "w", encoding="ascii") as file:
        file.write("::respawn:/bin/sleep 100000\n")
    return path


class User:
    """One who lingers. Their service manager is started by hand, because there
    is no logind here to start it and set its environment."""

    def __init__(self, name):
        out("useradd", "--create-home", name)
        user = pwd.getpwnam(name)
        self.name, self.id, self.home = name, user.pw_uid, user.pw_dir
        self.directory = f"/run/user/{self.id}"
        self.unit = f"user@{self.id}.service"
        self.drop_in = f"/run/systemd/system/{self.unit}.d"
        os.makedirs(self.drop_in)
        with open(f"{self.drop_in}/test.conf", "w", encoding="ascii") as file:
            file.write("[Service]\n"
                       f"Environment=XDG_RUNTIME_DIR={self.directory}\n")
        out("systemctl", "daemon-reload")
        out("systemctl", "start", self.unit)
        self.command = ["setpriv", "--reuid", str(self.id), "--regid",
                        str(user.pw_gid), "--init-groups"]
        self.env = {
            "HOME": self.home, "PATH": os.environ["PATH"],
            "XDG_RUNTIME_DIR": self.directory,
            "DBUS_SESSION_BUS_ADDRESS": f"unix:path={self.directory}/bus"}

    def out(self, *command):
        return out(*self.command, *command, env=self.env)

    def remove(self):
        out("systemctl", "stop", self.unit)
        shutil.rmtree(self.drop_in)
        out("userdel", "--remove", self.name)


class Box:
    """A runtime's container. The constructor of each starts it and sets id
    and pid; the rest suits most of them."""

    program = None          # no test without it
    runtime = None
    pod = None
    rootless = False
    helper = None           # the name of the process that looks after it
    counts_helper = False   # as one of the container's own

    def remove(self):
        """Kill and remove it."""

    def parent(self):
        shown = {}
        proc.from_stat(self.pid, shown)
        return shown["ppid"]

    def processes(self):
        """The processes in its pid namespace, which is independent of cgroups
        """
        mine = proc.namespace(self.pid, "pid")
        found = {pid for pid in proc.pids()
                 if proc.namespace(pid, "pid") == mine}
        if self.counts_helper:
            found.add(self.parent())
        return sorted(found)


class Docker(Box):
    program = "dockerd"
    runtime = "docker"
    helper = "containerd-shim"

    def __init__(self):
        self.container = docker.Container("box", SCRIPT)
        self.id, self.pid = self.container.id, self.container.pid

    def remove(self):
        docker.remove(self.id)


class Podman(Box):
    program = "podman"
    runtime = "podman"
    helper = "conmon"
    command = ["podman"]
    env = None
    kind = "podman"

    def __init__(self):
        self.run(*self.options())
        self.id, pid = self.inspect("{{.Id}} {{.State.Pid}}").split()
        self.pid = int(pid)

    def options(self):
        return ["--network", "none"]

    def tree(self):
        return tree(self.kind)

    def podman(self, *words):
        return out(*self.command, *words, env=self.env)

    def run(self, *options):
        self.podman("run", "-d", "--name", f"{NAME}-{self.kind}", *options,
                    "--rootfs", self.tree(), *COMMAND)

    def inspect(self, what):
        return self.podman("inspect", "--format", what, f"{NAME}-{self.kind}")

    def remove(self):
        self.podman("rm", "-f", "-t", "0", f"{NAME}-{self.kind}")


class PodmanPod(Podman):
    kind = "pod"

    def options(self):
        self.pod = self.podman("pod", "create", "--network", "none", "--name",
                               NAME)
        return ["--pod", NAME]

    def remove(self):
        self.podman("pod", "rm", "-f", "-t", "0", NAME)


class PodmanRootless(Podman):
    """By a user"""

    kind = "rootless"
    rootless = True

    def __init__(self):
        self.user = User(USER)
        self.command = [*self.user.command, "podman"]
        self.env = self.user.env
        super().__init__()

    def tree(self):
        path = super().tree()
        out("chown", "-R", USER, path)
        return path

    def remove(self):
        super().remove()
        self.user.remove()


class Containerd(Box):
    """By containerd's own client, whose cgroups are /NAMESPACE/ID. An id may
    be any name, so only paths in the usual namespaces identify a container."""

    program = "ctr"
    runtime = "containerd"
    helper = "containerd-shim"
    space, id = "default", NAME + "-ctr"

    def __init__(self):
        self.ctr("run", "-d", "--rootfs", tree(f"ctr-{self.space}"), self.id,
                 *COMMAND)
        tasks = [line.split() for line in self.ctr("task", "ls").splitlines()]
        self.pid = next(int(task[1]) for task in tasks if task[0] == self.id)

    def ctr(self, *words):
        # It waits 10 s for containerd unless told, too short on a busy machine.
        return out("ctr", "--connect-timeout", "5m", "-n", self.space, *words)

    def remove(self):
        self.ctr("task", "kill", "-s", "KILL", self.id)
        tap.wait_for(lambda: "RUNNING" not in self.ctr("task", "ls"))
        self.ctr("task", "rm", self.id)
        self.ctr("container", "rm", self.id)


class ContainerdNamespace(Containerd):
    """In another namespace its path could be that of any runtime."""

    runtime = "unknown"
    space, id = "contmon-test", HEX_ID


class Lxc(Box):
    program = "lxc-start"
    runtime = "lxc"
    helper = "lxc-start"
    id = NAME + "-lxc"

    def __init__(self):
        root = tree(type(self).__name__)
        self.where = ["-n", self.id, "-P", f"{TREES}/lxc-containers"]
        directory = f"{TREES}/lxc-containers/{self.id}"
        os.makedirs(directory)
        # Not all versions support quotes in a command.
        with open(f"{root}/script", "w", encoding="ascii") as file:
            file.write(SCRIPT)
        with open(f"{directory}/config", "w", encoding="ascii") as file:
            file.write(f"lxc.rootfs.path = dir:{root}\n"
                       "lxc.net.0.type = empty\n"
                       "lxc.apparmor.profile = unconfined\n"
                       "lxc.init.cmd = /bin/sh /script\n")
        log = f"{directory}/log"
        out("lxc-start", "-d", "-o", log, "-l", "INFO", *self.where)
        pid = tap.wait_for(lambda: out("lxc-info", "-p", "-H", *self.where),
                           20)
        if not pid:
            raise RuntimeError(f"it ended: {proc.read(log)}")
        self.pid = int(pid)

    def remove(self):
        out("lxc-stop", "-k", *self.where)


class LxcOdd(Lxc):
    """LXC accepts any name that a directory may have."""

    id = NAME + " odd,'\"*+<$%=[x]:ä"


class Nspawn(Box):
    """Started by hand: machined makes a scope for the machine."""

    program = "systemd-nspawn"
    runtime = "nspawn"
    helper = "systemd-nspawn"
    id = NAME + "-scope"

    def __init__(self):
        self.start()

        def leader():
            try:
                return int(out("machinectl", "show", self.id, "-p", "Leader",
                               "--value"))
            except RuntimeError:
                return None
        self.pid = tap.wait_for(leader)
        if not self.pid:
            raise RuntimeError(f"no machine {self.id}")

    def start(self):
        # pylint: disable=consider-using-with
        self.process = subprocess.Popen(
            ["systemd-nspawn", "-q", "-M", self.id, "-D", tree(self.id),
             "--console=pipe", *COMMAND], stdin=subprocess.DEVNULL)

    def remove(self):
        out("machinectl", "terminate", self.id)
        self.process.wait(TIMEOUT_S)


class NspawnService(Nspawn):
    """machinectl start, which boots the tree's init. The supervisor is in the
    machine's own unit, and counts as one of its processes."""

    id = NAME + "-service"
    counts_helper = True

    def start(self):
        os.makedirs("/etc/systemd/nspawn", exist_ok=True)
        with open(f"/etc/systemd/nspawn/{self.id}.nspawn", "w",
                  encoding="ascii") as file:
            file.write("[Exec]\nPrivateUsers=no\n"
                       "[Network]\nVirtualEthernet=no\n")
        os.makedirs("/var/lib/machines", exist_ok=True)
        shutil.move(tree(self.id), f"/var/lib/machines/{self.id}")
        out("machinectl", "start", self.id)

    def remove(self):
        # This init has no orderly shutdown; the supervisor has.
        os.kill(self.pid, signal.SIGKILL)
        out("systemctl", "stop", f"systemd-nspawn@{self.id}.service")
        shutil.rmtree(f"/var/lib/machines/{self.id}")
        os.unlink(f"/etc/systemd/nspawn/{self.id}.nspawn")


class NspawnKeepUnit(Nspawn):
    """In a service of its own: no scope is made for the machine."""

    id = NAME + "-web"
    unit = f"container@{id}.service"

    def start(self):
        with open(f"/run/systemd/system/{self.unit}", "w",
                  encoding="ascii") as file:
            file.write("[Service]\nDelegate=yes\nSlice=machine.slice\n"
                       "ExecStart=systemd-nspawn --keep-unit -q "
                       f"-M {self.id} -D {tree(self.id)} --console=pipe "
                       f"/bin/sh -c '{SCRIPT}'\n")
        out("systemctl", "daemon-reload")
        out("systemctl", "start", self.unit)

    def remove(self):
        out("systemctl", "stop", self.unit)
        os.unlink(f"/run/systemd/system/{self.unit}")


class NspawnPlainUnit(NspawnKeepUnit):
    """The same if the unit has no instance"""

    id = NAME + "-plain"
    unit = f"{id}.service"


KINDS = [Docker, Podman, PodmanPod, PodmanRootless, Containerd,
         ContainerdNamespace, Lxc, LxcOdd, Nspawn, NspawnService,
         NspawnKeepUnit, NspawnPlainUnit]
