#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""The library's examples, built against an installed library, must print the
right values.

Usage: examples.py [driver|procfs [DIRECTORY]], the source and the directory of
the examples."""

import os
import subprocess
import sys

import proc
import tap

SOURCE = sys.argv[1] if len(sys.argv) > 1 else "driver"
EXAMPLES = sys.argv[2] if len(sys.argv) > 2 else os.path.join(
    os.path.dirname(os.path.abspath(__file__)), "../examples")
ENV = {**os.environ, "CONTMON_SOURCE": SOURCE, "LC_ALL": "C"}

MIB = 1 << 20

# Possible changes between two looks at a quiet process: pages of libraries, and
# counts that the kernel has not yet added to its sums
SLACK = 4 * MIB


def run_example(name, *args):
    done = subprocess.run([f"{EXAMPLES}/{name}", *args], env=ENV, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          check=False)
    return done.returncode, done.stdout, done.stderr


def eater(mib, before=""):
    """A process that has written this much, and waits"""
    child = subprocess.Popen(
        [sys.executable, "-c", f"{before}\nx = b'x' * {mib * MIB}\n"
         "print('ready', flush=True)\nimport time\ntime.sleep(600)"],
        stdout=subprocess.PIPE, text=True)
    child.stdout.readline()
    return child


def end(child):
    child.kill()
    child.wait()
    child.stdout.close()


def rss(pid):
    return sum(proc.kib(f"/proc/{pid}/status", key)
               for key in ("RssAnon", "RssFile", "RssShmem"))


def check_biggest(name):
    child = eater(200)

    def no_larger_one():
        _, out, _ = run_example(name)
        sizes = {int(pid): int(size) for pid, size, *_ in
                 map(str.split, out.splitlines())}
        others = [rss(pid) for pid in proc.pids() if pid not in sizes]
        return (max(others, default=0) <= min(sizes.values()) + SLACK,
                f"{max(others)}\n{out}")
    try:
        status, out, err = run_example(name)
        tap.ok(status == 0 and not err, f"{name}: succeeds", err)
        rows = [line.split(" ", 2) for line in out.splitlines()]
        sizes = [int(row[1]) for row in rows]
        tap.ok(1 < len(rows) <= 10 and sizes == sorted(sizes, reverse=True),
               f"{name}: ten processes at most, the largest first", out)
        reported = {int(row[0]): int(row[1]) for row in rows}
        is_, want = reported.get(child.pid, 0), rss(child.pid)
        tap.ok(200 * MIB <= is_ and abs(is_ - want) < SLACK,
               f"{name}: memory equals /proc", f"{is_}, not {want}")
        tap.in_one_try(no_larger_one, f"{name}: no larger one is left out")
    finally:
        end(child)


def check_follow():
    if SOURCE == "procfs":
        tap.equal(run_example("follow"),
                  (1, "", "follow: only the driver has events\n"),
                  "follow: refused without the driver")
        return
    with subprocess.Popen([f"{EXAMPLES}/follow"], env=ENV, text=True,
                          stdout=subprocess.PIPE) as follow:
        tap.equal(follow.stdout.readline(), "following\n", "follow: starts")
        with subprocess.Popen(["sh", "-c", "exit 7"]) as child:
            pass
        with subprocess.Popen(["sleep", "600"]) as killed:
            killed.kill()
        last = f"exit {killed.pid} signal 9\n"
        seen = []
        for line in follow.stdout:
            seen.append(line)
            if line == last:
                break
        follow.kill()
    own = [line for line in seen if line.split()[1] == str(child.pid)]
    tap.equal(own, [f"fork {child.pid} of {os.getpid()}\n",
                    f"exec {child.pid}\n", f"exit {child.pid} status 7\n"],
              "follow: the whole life of a process")
    tap.ok(last in seen, "follow: which signal ended a process", seen)


def check_lazy():
    status, out, err = run_example("lazy")
    tap.ok(status == 0 and not err, "lazy: succeeds", err)
    rows = [line.split()[1::2] for line in out.splitlines()]
    tap.equal([row[:2] for row in rows],
              [[str(64 * MIB), str(written * MIB)]
               for written in (0, 16, 32, 48, 64)],
              "lazy: reserves once, writes in steps")
    resident = [row[2] for row in rows]
    if SOURCE == "procfs":
        tap.equal(resident, ["unknown"] * 5, "lazy: unknown values")
        return
    # A huge page may contain more than what was written.
    tap.ok(resident[0] == "0" and resident[4] == str(64 * MIB) and
           all(int(row[2]) >= int(row[1]) for row in rows),
           "lazy: only written memory is resident", out)


def parse_memory(out):
    return dict(line.split() for line in out.splitlines())


def compare_memory(name, directory):
    status, out, err = run_example("container_memory", name)
    if not tap.ok(status == 0 and not err, f"{name[:12]}: succeeds", err):
        return
    reported = parse_memory(out)

    def current():
        is_ = int(parse_memory(run_example("container_memory",
                                           name)[1])["current"])
        now = proc.number(f"{directory}/memory.current")
        return abs(is_ - now) <= SLACK, f"{is_}, not {now}"
    tap.in_one_try(current, f"{name[:12]}: the file says the same")
    limit = (proc.read(f"{directory}/memory.max") or "").strip()
    tap.equal(reported["max"], limit.replace("max", "unlimited"),
              f"{name[:12]}: with the limit")


def own_containers():
    """Two cgroups that look like containers, and a process in the first"""
    ids = ["c0de" + digit * 60 for digit in "ab"]
    paths = [f"{proc.CGROUPS}/docker-{id_}.scope" for id_ in ids]
    try:
        with open(f"{proc.CGROUPS}/cgroup.subtree_control", "w",
                  encoding="ascii") as file:
            file.write("+memory")
        for path in paths:
            os.mkdir(path)
        with open(f"{paths[0]}/memory.max", "w", encoding="ascii") as file:
            file.write(str(256 * MIB))
        child = eater(64, f"open('{paths[0]}/cgroup.procs', 'w').write('0')")
        try:
            compare_memory(ids[0][:8], paths[0])
            compare_memory("/" + os.path.basename(paths[0]), paths[0])
            status, _, err = run_example("container_memory", "c0de")
            tap.ok(status == 1 and "not unique" in err,
                   "container_memory: two arguments are refused", err)
        finally:
            end(child)
    finally:
        for path in paths:
            tap.wait_for(lambda at=path: remove(at))


def remove(path):
    try:
        os.rmdir(path)
    except FileNotFoundError:
        return True
    except OSError:
        return False
    return True


def check_container_memory():
    for args in ((), ("",), ("a", "b"), ("no such",), ("/no/such",)):
        status, out, err = run_example("container_memory", *args)
        tap.ok(status == 1 and not out and err,
               f"container_memory: {args!r} is refused", err)
    if SOURCE == "driver":
        own_containers()
        return
    mounts = [line.split()[1] for line in proc.read("/proc/mounts").splitlines()
              if line.split()[2] == "cgroup2"]
    for mount in mounts[:1]:
        for directory, _, files in os.walk(mount):
            if "memory.current" in files:
                compare_memory(directory[len(mount):], directory)
                return
    tap.skip("container_memory of a real cgroup",
             "no cgroup of v2 has the memory controller here"
             if mounts else "no cgroup v2 here")


def run():
    names = sorted(os.listdir(EXAMPLES))
    tap.ok({"biggest", "container_memory", "follow", "lazy"} <= set(names),
           "all examples are installed", names)
    # There is one more program if it was also compiled as C++.
    for name in names:
        if name.startswith("biggest") and "." not in name:
            check_biggest(name)
    check_follow()
    check_lazy()
    check_container_memory()


tap.main(run)
