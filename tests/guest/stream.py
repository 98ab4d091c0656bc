# SPDX-License-Identifier: GPL-2.0-only
"""The device's stream of events, as defined in <linux/contmon.h>."""

import ctypes
import fcntl
import os
import select

DEVICE = "/dev/contmon"
WATCH = 0xC709
WATCH_PID, WATCH_CGROUP = 1, 2
TYPES = ["fork", "exec", "exit", "oom", "created", "populated", "emptied",
         "removed", "threshold"]


class WatchArg(ctypes.Structure):
    _fields_ = [("size", ctypes.c_uint32), ("flags", ctypes.c_uint32),
                ("events", ctypes.c_uint32), ("pid", ctypes.c_int32),
                ("cgroup_id", ctypes.c_uint64), ("rss_bytes", ctypes.c_uint64),
                ("interval_ms", ctypes.c_uint32),
                ("reserved", ctypes.c_uint32),
                ("next_sequence", ctypes.c_uint64)]


class Usage(ctypes.Structure):
    _fields_ = [(name, ctypes.c_uint64) for name in (
        "utime_ns", "stime_ns", "runtime_ns", "rss_peak_bytes",
        "minor_faults", "major_faults", "read_bytes", "write_bytes",
        "io_valid")]


class Detail(ctypes.Union):
    _anonymous_ = ("usage",)
    _fields_ = [("path", ctypes.c_char * 216), ("usage", Usage),
                ("rss_bytes", ctypes.c_uint64)]


class Event(ctypes.Structure):
    _anonymous_ = ("detail",)
    _fields_ = [("sequence", ctypes.c_uint64), ("boottime_ns", ctypes.c_uint64),
                ("dropped", ctypes.c_uint64), ("type", ctypes.c_uint32),
                ("pid", ctypes.c_int32), ("ppid", ctypes.c_int32),
                ("exit_code", ctypes.c_uint32), ("uid", ctypes.c_uint32),
                ("truncated", ctypes.c_uint32), ("cgroup_id", ctypes.c_uint64),
                ("start_boottime_ns", ctypes.c_uint64),
                ("comm", ctypes.c_char * 16), ("detail", Detail)]

    @property
    def name(self):
        return TYPES[self.type]


class Stream:
    """An open file that watches. Used as a context, it is closed at the end.
    """

    def __init__(self, *types, pid=0, cgroup_id=0):
        self.fd = os.open(DEVICE, os.O_RDWR | os.O_CLOEXEC | os.O_NONBLOCK)
        arg = WatchArg(size=ctypes.sizeof(WatchArg), pid=pid,
                       cgroup_id=cgroup_id,
                       flags=(WATCH_PID if pid else 0) |
                       (WATCH_CGROUP if cgroup_id else 0),
                       events=sum(1 << TYPES.index(name) for name in types))
        fcntl.ioctl(self.fd, WATCH, arg)
        self.next_sequence = arg.next_sequence

    def __enter__(self):
        return self

    def __exit__(self, *_):
        os.close(self.fd)

    def read(self):
        """The events so far"""
        size = ctypes.sizeof(Event)
        events = []
        while True:
            try:
                data = os.read(self.fd, 256 * size)
            except BlockingIOError:
                return events
            events += [Event.from_buffer_copy(data, at)
                       for at in range(0, len(data), size)]

    def wait(self, seconds):
        return bool(select.select([self.fd], [], [], seconds)[0])
