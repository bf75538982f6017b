"""What the reading child may not do: talk to a network, write, start or touch another process.

Three locks of the Linux kernel, none of which needs a privilege, laid over each other: Landlock (no file may be
written, made, moved or removed; no process outside may be looked into or signalled), a seccomp filter (no socket,
no program, no process of its own, no file opened for writing) and empty capabilities for a child of root. What a
kernel does not know is left out, the others hold. The locks can't be taken off again and pass to every thread.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import struct
from dataclasses import dataclass

_NO_NEW_PRIVILEGES, _SET_SECCOMP, _FILTER = 38, 22, 2
_ALLOW, _ERRNO = 0x7FFF0000, 0x00050000
_LOAD, _EQUAL, _ANY_BIT, _AT_LEAST, _RETURN = 0x20, 0x15, 0x45, 0x35, 0x06
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC
_THREAD = 0x00010000
_FOREIGN_ABI = 0x40000000
_READ_ANY_FILE = 1 << 2
"""CAP_DAC_READ_SEARCH: files of other users that root was asked to read."""

_X86 = {
    "socket": 41, "socketpair": 53, "io_uring_setup": 425,
    "execve": 59, "execveat": 322, "fork": 57, "vfork": 58, "unshare": 272, "setns": 308,
    "ptrace": 101, "process_vm_readv": 310, "process_vm_writev": 311, "kill": 62, "tkill": 200,
    "pidfd_open": 434, "pidfd_send_signal": 424, "bpf": 321, "perf_event_open": 298, "userfaultfd": 323,
    "add_key": 248, "request_key": 249, "keyctl": 250,
    "creat": 85, "truncate": 76, "unlink": 87, "unlinkat": 263, "rename": 82, "renameat": 264,
    "renameat2": 316, "mkdir": 83, "mkdirat": 258, "rmdir": 84, "link": 86, "linkat": 265, "symlink": 88,
    "symlinkat": 266, "mknod": 133, "mknodat": 259, "chmod": 90, "fchmod": 91, "fchmodat": 268,
    "fchmodat2": 452, "chown": 92, "fchown": 93, "lchown": 94, "fchownat": 260, "utime": 132, "utimes": 235,
    "utimensat": 280, "setxattr": 188, "lsetxattr": 189, "fsetxattr": 190, "mount": 165,
}  # fmt: skip
_ARM = {
    "socket": 198, "socketpair": 199, "io_uring_setup": 425,
    "execve": 221, "execveat": 281, "unshare": 97, "setns": 268,
    "ptrace": 117, "process_vm_readv": 270, "process_vm_writev": 271, "kill": 129, "tkill": 130,
    "pidfd_open": 434, "pidfd_send_signal": 424, "bpf": 280, "perf_event_open": 241, "userfaultfd": 282,
    "add_key": 217, "request_key": 218, "keyctl": 219,
    "truncate": 45, "unlinkat": 35, "renameat": 38, "renameat2": 276, "mkdirat": 34, "linkat": 37,
    "symlinkat": 36, "mknodat": 33, "fchmod": 52, "fchmodat": 53, "fchmodat2": 452, "fchown": 55,
    "fchownat": 54, "utimensat": 88, "setxattr": 5, "lsetxattr": 6, "fsetxattr": 7, "mount": 40,
}  # fmt: skip
"""System calls by number: <asm/unistd_64.h>, <asm-generic/unistd.h>."""


@dataclass(frozen=True, slots=True)
class _Machine:
    audit: int
    denied: dict[str, int]
    opens: tuple[tuple[int, int], ...]
    """Calls that open a file, with the argument that holds the flags."""
    clone: int
    tgkill: int
    prlimit: int


_MACHINES = {
    "x86_64": _Machine(0xC000003E, _X86, ((2, 1), (257, 2)), 56, 234, 302),
    "aarch64": _Machine(0xC00000B7, _ARM, ((56, 2),), 220, 131, 261),
}
_ABSENT = (435, 437)
"""clone3 and openat2 hide their flags from a filter: told to be unknown, the C library takes the older calls."""


class _Step(ctypes.Structure):
    _fields_ = (
        ("code", ctypes.c_ushort),
        ("yes", ctypes.c_ubyte),
        ("no", ctypes.c_ubyte),
        ("k", ctypes.c_uint),
    )


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("steps", ctypes.POINTER(_Step)))


def confine() -> frozenset[str]:
    """Lock this process and all its threads in, for good; gives the locks that hold: "landlock", "seccomp",
    "capabilities". Call it before other threads run."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0) != 0:
        return frozenset()
    locks = {"capabilities": _drop_capabilities, "landlock": _landlock, "seccomp": _seccomp}
    return frozenset(name for name, lock in locks.items() if lock(libc))


def _drop_capabilities(libc: ctypes.CDLL) -> bool:
    """Root without its powers, but for reading files that the parent names."""
    version_3 = struct.pack("=II", 0x20080522, 0)
    wanted = _READ_ANY_FILE if os.geteuid() == 0 else 0
    sets = struct.pack("=IIIIII", wanted, wanted, 0, 0, 0, 0)
    return bool(libc.capset(version_3, sets) == 0)


def _landlock(libc: ctypes.CDLL) -> bool:
    create, restrict = 444, 446
    abi = libc.syscall(create, None, 0, 1)
    if abi < 1:
        return False
    written = 0b1_1111_1111_0010  # WRITE_FILE, REMOVE_DIR, REMOVE_FILE, MAKE_… (seven kinds)
    written |= (1 << 13 if abi >= 2 else 0) | (1 << 14 if abi >= 3 else 0)  # REFER, TRUNCATE
    network = 0b11 if abi >= 4 else 0  # bind and connect by TCP
    scoped = 0b11 if abi >= 6 else 0  # abstract sockets, signals to outside
    rules = struct.pack("=QQQ", written, network, scoped)[: 24 if abi >= 6 else 16 if abi >= 4 else 8]
    handle = libc.syscall(create, rules, ctypes.c_size_t(len(rules)), 0)
    if handle < 0:
        return False
    try:
        return bool(libc.syscall(restrict, handle, 0) == 0)
    finally:
        os.close(handle)


def _seccomp(libc: ctypes.CDLL) -> bool:
    machine = _MACHINES.get(platform.machine())
    if machine is None:
        return False
    steps = _steps(machine, os.getpid())
    program = _Program(len(steps), (_Step * len(steps))(*(_Step(*step) for step in steps)))
    return bool(libc.prctl(_SET_SECCOMP, _FILTER, ctypes.byref(program), 0, 0) == 0)


def _steps(machine: _Machine, pid: int) -> list[tuple[int, int, int, int]]:
    refuse = (_RETURN, 0, 0, _ERRNO | errno.EPERM)
    allow = (_RETURN, 0, 0, _ALLOW)
    steps = [
        (_LOAD, 0, 0, 4),
        (_EQUAL, 1, 0, machine.audit),
        refuse,
        (_LOAD, 0, 0, 0),
        (_AT_LEAST, 0, 1, _FOREIGN_ABI),
        refuse,
    ]
    for number in machine.denied.values():
        steps += [(_EQUAL, 0, 1, number), refuse]
    for number in _ABSENT:
        steps += [(_EQUAL, 0, 1, number), (_RETURN, 0, 0, _ERRNO | errno.ENOSYS)]
    for number, flags in machine.opens:
        steps += _by_argument(number, flags, (_ANY_BIT, 1, 0, _WRITING), allow, refuse)
    steps += _by_argument(machine.clone, 0, (_ANY_BIT, 0, 1, _THREAD), allow, refuse)
    steps += _by_argument(machine.tgkill, 0, (_EQUAL, 0, 1, pid), allow, refuse)
    steps += _by_argument(machine.prlimit, 0, (_EQUAL, 0, 1, 0), allow, refuse)
    return [*steps, allow]


def _by_argument(
    number: int,
    argument: int,
    test: tuple[int, int, int, int],
    first: tuple[int, int, int, int],
    second: tuple[int, int, int, int],
) -> list[tuple[int, int, int, int]]:
    """`first` or `second` for a call, as `test` jumps by the low half of one of its arguments."""
    return [(_EQUAL, 0, 4, number), (_LOAD, 0, 0, 16 + 8 * argument), test, first, second]
