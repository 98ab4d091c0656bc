# SPDX-License-Identifier: GPL-2.0-only
"""Processes with known behaviour: each makes some field of a record differ
from that of idle processes. They end with their parent."""

import ctypes
import mmap
import os
import signal
import threading
import time

LIBC = ctypes.CDLL(None, use_errno=True)
PR_SET_PDEATHSIG = 1
PR_SET_NAME = 15
MADV_PAGEOUT = 21
CLONE_NEWNET = 0x40000000
SYS_EXIT = {"x86_64": 60, "aarch64": 93}
MIB = 1 << 20

HOSTILE_COMM = "a b) R (c\n"


def call(name, *args):
    """A function of libc that returns 0, or an OSError."""
    if getattr(LIBC, name)(*args):
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")


def die_with_parent():
    # The signal comes when the parent's thread ends, which is the main one
    # here.
    LIBC.prctl(PR_SET_PDEATHSIG, int(signal.SIGKILL))


def start(work):
    """Fork a child that does work() and then waits; returns its pid once the
    work is done."""
    ours, theirs = os.pipe()
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            die_with_parent()
            then = work()
            os.write(theirs, b"+")
            status = 0
            while True:
                then() if then else signal.pause()
        finally:
            os._exit(status)
    os.close(theirs)
    ready = os.read(ours, 1)
    os.close(ours)
    if not ready:
        os.waitpid(pid, 0)
        raise RuntimeError(f"subject {work.__name__} could not do its work")
    return pid


def end(pid):
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)


def burn(seconds):
    until = time.thread_time() + seconds
    while time.thread_time() < until:
        pass


def idle():
    """Does nothing."""


def burner():
    """Threads that burn and exit, one that stays, and endless burning."""
    os.nice(19)
    for _ in range(3):
        gone = threading.Thread(target=burn, args=(0.03,))
        gone.start()
        gone.join()
    threading.Thread(target=signal.pause, daemon=True).start()
    return lambda: burn(1)


def filled(bytes_, flags):
    memory = mmap.mmap(-1, bytes_, flags=flags | mmap.MAP_ANONYMOUS)
    for offset in range(0, bytes_, mmap.PAGESIZE):
        memory[offset] = 1
    return memory


def keep(thing):
    """What work() made must live as long as the subject."""
    return lambda: (thing, signal.pause())


def anonymous():
    return keep(filled(5 * MIB, mmap.MAP_PRIVATE))


def shared():
    return keep(filled(3 * MIB, mmap.MAP_SHARED))


def swapped():
    memory = filled(4 * MIB, mmap.MAP_PRIVATE)
    memory.madvise(MADV_PAGEOUT)
    return keep(memory)


def locked():
    memory = filled(MIB, mmap.MAP_PRIVATE)
    address = ctypes.addressof(ctypes.c_char.from_buffer(memory))
    call("mlock", ctypes.c_void_p(address), ctypes.c_size_t(MIB))
    return keep(memory)


def file_mapped():
    with open("/proc/self/exe", "rb") as file:
        memory = mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ)
    for offset in range(0, len(memory), mmap.PAGESIZE):
        memory[offset]
    return keep(memory)


def peaked():
    """Much memory at first, little now: the peak stays."""
    memory = filled(8 * MIB, mmap.MAP_PRIVATE)
    memory.close()


def nice():
    os.nice(11)


def batch():
    os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))


def fifo():
    os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(5))


def idle_class():
    os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))


def write(path, text):
    with open(path, "w", encoding="ascii") as file:
        file.write(text)


def oom_likely():
    write("/proc/self/oom_score_adj", "500")


def oom_never():
    write("/proc/self/oom_score_adj", "-1000")


def oom_unlikely():
    write("/proc/self/oom_score_adj", "-300")
    return keep(filled(MIB, mmap.MAP_PRIVATE))


def hostile():
    LIBC.prctl(PR_SET_NAME, HOSTILE_COMM.encode())


def other_ids():
    os.setresgid(3001, 3002, 3003)
    os.setresuid(2001, 2002, 2003)
    die_with_parent()  # a change of ids clears it


def other_network():
    call("unshare", CLONE_NEWNET)


def file_io(path):
    """Direct and buffered writes that reach the disk, and some that do not."""
    block = mmap.mmap(-1, 64 * 1024)
    block.write(b"x" * len(block))
    for flags in (os.O_DIRECT, 0):
        try:
            fd = os.open(path, os.O_RDWR | os.O_CREAT | flags, 0o600)
        except OSError:
            continue  # a file system without O_DIRECT
        os.write(fd, block)
        os.fsync(fd)
        os.posix_fadvise(fd, 0, 0, os.POSIX_FADV_DONTNEED)
        os.preadv(fd, [block], 0)
        os.close(fd)
    # Dirty pages that are dropped before they are written.
    fd = os.open(path + ".cancelled", os.O_RDWR | os.O_CREAT, 0o600)
    os.write(fd, b"y" * MIB)
    os.ftruncate(fd, 0)
    os.close(fd)
    os.unlink(path)
    os.unlink(path + ".cancelled")


def disk():
    file_io(f"/var/tmp/contmon-test-{os.getpid()}")


def headless():
    """The first thread exits, another stays, so the process is alive."""
    stays = threading.Thread(target=lambda: [time.sleep(1) for _ in range(600)])
    stays.start()
    number = SYS_EXIT[os.uname().machine]
    return lambda: LIBC.syscall(number, 0)


def stopped():
    pid = start(idle)
    os.kill(pid, signal.SIGSTOP)
    os.waitpid(pid, os.WUNTRACED)
    return pid


def zombie():
    pid = os.fork()
    if pid == 0:
        os._exit(3)
    os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
    return pid
