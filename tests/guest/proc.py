# SPDX-License-Identifier: GPL-2.0-only
"""Numbers from /proc and the cgroup files, with the names and units of
<linux/contmon.h>."""

import os

CGROUPS = "/sys/fs/cgroup"
TICK_NS = 1_000_000_000 // os.sysconf("SC_CLK_TCK")

STATUS_BYTES = {
    "vsz_bytes": "VmSize", "rss_anon_bytes": "RssAnon",
    "rss_file_bytes": "RssFile", "rss_shmem_bytes": "RssShmem",
    "swap_bytes": "VmSwap", "pgtables_bytes": "VmPTE",
    "locked_bytes": "VmLck", "rss_peak_bytes": "VmHWM",
}

IO = {
    "read_chars": "rchar", "write_chars": "wchar", "read_syscalls": "syscr",
    "write_syscalls": "syscw", "read_bytes": "read_bytes",
    "write_bytes": "write_bytes",
    "cancelled_write_bytes": "cancelled_write_bytes",
}


def read(path):
    """The text of a file, or None if it does not exist or must not be read."""
    try:
        with open(path, encoding="utf-8", errors="surrogateescape",
                  newline="\n") as file:
            return file.read()
    except OSError:
        return None


def number(path):
    """The number in a file, None for "max" or without the file."""
    text = read(path)
    if text is None or text.strip() == "max":
        return None
    return int(text)


def table(path):
    """Lines of "key: value" or "key value"."""
    pairs = {}
    for line in (read(path) or "").splitlines():
        key, _, value = line.replace(":", " ", 1).partition(" ")
        pairs[key] = value.strip()
    return pairs


def kib(path, key):
    """Bytes of "key: 1234 kB", 0 without it; a kB is 1024 of them."""
    return int(table(path).get(key, "0").split()[0]) * 1024


def pids():
    return sorted(int(name) for name in os.listdir("/proc") if name.isdigit())


def from_stat(pid, into):
    text = read(f"/proc/{pid}/stat")
    if not text:
        return False
    # The name may contain spaces and parentheses: the last one ends it.
    rest = text[text.rindex(")") + 2:].split()
    into["state"] = rest[0]
    into["ppid"] = int(rest[1])
    into["task_flags"] = int(rest[6])
    into["minor_faults"] = int(rest[7])
    into["major_faults"] = int(rest[9])
    into["utime_ticks"] = int(rest[11])
    into["stime_ticks"] = int(rest[12])
    into["nice"] = int(rest[16])
    into["nr_threads"] = int(rest[17])
    into["start_ticks"] = int(rest[19])
    into["last_cpu"] = int(rest[36])
    into["rt_priority"] = int(rest[37])
    into["policy"] = int(rest[38])
    return True


def living_thread(pid):
    """A thread that still has the memory, when the leader has exited."""
    try:
        threads = os.listdir(f"/proc/{pid}/task")
    except OSError:
        return None
    for tid in threads:
        status = table(f"/proc/{pid}/task/{tid}/status")
        if "VmSize" in status:
            return status
    return None


def from_status(pid, into):
    status = table(f"/proc/{pid}/status")
    if not status:
        return
    into["uid"], into["euid"] = map(int, status["Uid"].split()[:2])
    into["gid"], into["egid"] = map(int, status["Gid"].split()[:2])
    into["leader_voluntary"] = int(status["voluntary_ctxt_switches"])
    into["leader_involuntary"] = int(status["nonvoluntary_ctxt_switches"])
    if into["state"] == "Z" and into["nr_threads"] > 1:
        status = living_thread(pid) or status
    for name, key in STATUS_BYTES.items():
        into[name] = int(status[key].split()[0]) * 1024 \
            if key in status else None


def namespace(pid, kind):
    """Inode number, from "kind:[4026531836]"."""
    try:
        return int(os.readlink(f"/proc/{pid}/ns/{kind}").split("[")[1][:-1])
    except OSError:
        return None


def cgroup_path(pid):
    for line in (read(f"/proc/{pid}/cgroup") or "").splitlines():
        if line.startswith("0::"):
            return line[3:]
    return None


def inode(path):
    try:
        return os.stat(path).st_ino
    except OSError:
        return None


def process(pid, inodes):
    """One process, or None if it is gone. inodes caches those of cgroups."""
    reported = {"pid": pid}
    if not from_stat(pid, reported):
        return None
    from_status(pid, reported)
    reported["comm"] = (read(f"/proc/{pid}/comm") or "\n")[:-1]
    io = table(f"/proc/{pid}/io")
    for name, key in IO.items():
        reported[name] = int(io[key]) if key in io else None
    reported["oom_score"] = number(f"/proc/{pid}/oom_score")
    reported["oom_score_adj"] = number(f"/proc/{pid}/oom_score_adj")
    path = cgroup_path(pid)
    if path is not None and path not in inodes:
        inodes[path] = inode(CGROUPS + path)
    reported["cgroup_id"] = inodes.get(path)
    reported["pid_ns"] = namespace(pid, "pid")
    reported["net_ns"] = namespace(pid, "net")
    # It may have ended, and its id may have been reused.
    again = {}
    if not from_stat(pid, again) or \
            again["start_ticks"] != reported["start_ticks"]:
        return None
    return reported


def processes():
    """{pid: process} of the whole host."""
    inodes = {}
    reported = {}
    for pid in pids():
        one = process(pid, inodes)
        if one:
            reported[pid] = one
    return reported
