# SPDX-License-Identifier: GPL-2.0-only
"""Loads and unloads the module with system calls: starting a program takes
longer in an emulated machine, and errno is more specific than an exit
status."""

import ctypes
import errno
import os
import subprocess

DEVICE = "/dev/contmon"

FINIT_MODULE, DELETE_MODULE = {"x86_64": (313, 176),
                               "aarch64": (273, 106)}[os.uname().machine]
LIBC = ctypes.CDLL(None, use_errno=True)
PATH = subprocess.run(["modinfo", "-n", "contmon"], check=True, text=True,
                      stdout=subprocess.PIPE).stdout.strip()


def system_call(number, *args):
    if LIBC.syscall(number, *args) < 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))


def is_loaded():
    return os.path.isdir("/sys/module/contmon")


def load():
    """devtmpfs makes the node before this returns."""
    fd = os.open(PATH, os.O_RDONLY | os.O_CLOEXEC)
    try:
        system_call(FINIT_MODULE, fd, b"", 0)
    finally:
        os.close(fd)
    if not os.path.exists(DEVICE):
        raise FileNotFoundError(DEVICE)


def unload():
    """Returns False when it is open."""
    try:
        system_call(DELETE_MODULE, b"contmon", os.O_NONBLOCK)
    except OSError as error:
        if error.errno != errno.EWOULDBLOCK:
            raise
        return False
    return True


def with_daemon_stopped(run):
    """An open device would keep the module loaded."""
    active = os.path.isdir("/run/systemd/system") and \
        subprocess.run(["systemctl", "is-active", "-q", "contmond"],
                       check=False).returncode == 0
    if active:
        subprocess.run(["systemctl", "stop", "contmond"], check=True)
    try:
        run()
    finally:
        if not is_loaded():
            load()
        if active:
            subprocess.run(["systemctl", "start", "contmond"], check=True)
