"""Walls of the kernel around a program: `python _walls.py (required|tried) PROGRAM ARGUMENT …`

    this process ──► one that leaves the namespaces it was born in ──► the program, which is process 1 there

The program has a network of its own with nothing but a loopback address, a /proc that shows nobody else, and
no right outside; it gets one argument more, `walled`, and ends with this process, as all that it begins ends
with it.  Where the kernel lets nobody do that the program runs as it is, or with `required` not at all.
"""

import ctypes
import fcntl
import os
import signal
import socket
import struct
import sys
from pathlib import Path

WALLED = "walled"
NEWNS, NEWIPC, NEWUSER, NEWPID, NEWNET = 0x20000, 0x8000000, 0x10000000, 0x20000000, 0x40000000
PRIVATE, RECURSIVE, NOSUID, NODEV, NOEXEC = 0x40000, 0x4000, 2, 4, 8  # mount(2)
DEATH_SIGNAL = 1  # prctl(2)
SET_FLAGS, UP = 0x8914, 1  # netdevice(7)
PATIENCE = 400  # bytes of why it cannot be done


def main(demand: str, command: list[str]) -> None:
    """Run a command inside, and end as it does."""
    problem = _enclosed(command)
    if demand == "required":
        sys.exit(f"this kernel lets no namespaces be made: {problem}")
    os.execv(command[0], command)  # noqa: S606


def _enclosed(command: list[str]) -> str:
    """Return why the command cannot run inside; if it can, it does, and this process ends with it."""
    if sys.platform != "linux":
        return f"it is {sys.platform}"
    told, tell = os.pipe()
    between = os.fork()
    if not between:
        os.close(told)
        _begin(command, tell)
    os.close(tell)
    with os.fdopen(told) as words:
        problem = words.read(PATIENCE)  # it ends without a word when the program begins
    status = os.waitpid(between, 0)[1]
    if not problem:
        os._exit(_code(status))
    return problem


def _begin(command: list[str], tell: int) -> None:
    """Go inside, begin the command there, and end with it; or say why not."""
    try:
        _end_with_parent()
        _leave()
        program = os.fork()
        if program:
            os.close(tell)
            os._exit(_code(os.waitpid(program, 0)[1]))
        _end_with_parent()
        _settle()
        os.execv(command[0], [*command, WALLED])  # noqa: S606  (`tell` closes by itself)
    except OSError as error:
        os.write(tell, str(error).encode())
    finally:
        os._exit(1)


def _leave() -> None:
    """Leave the host's namespaces, keeping one's own number as user, and with a loopback address alone."""
    user, group = os.geteuid(), os.getegid()
    _call("unshare", NEWUSER | NEWPID | NEWNET | NEWNS | NEWIPC)
    own = Path("/proc/self")
    (own / "setgroups").write_text("deny")
    (own / "uid_map").write_text(f"{user} {user} 1")
    (own / "gid_map").write_text(f"{group} {group} 1")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, SET_FLAGS, struct.pack("16sH22x", b"lo", UP))


def _settle() -> None:
    """Have a /proc of one's own: with the host's, programs would take others' numbers for theirs."""
    _call("mount", b"none", b"/", None, RECURSIVE | PRIVATE, None)
    _call("mount", b"proc", b"/proc", b"proc", NOSUID | NODEV | NOEXEC, None)


def _end_with_parent() -> None:
    _call("prctl", DEATH_SIGNAL, signal.SIGKILL, 0, 0, 0)


def _call(name: str, *given: bytes | int | None) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    arguments = [ctypes.c_ulong(each) if isinstance(each, int) else each for each in given]
    if getattr(libc, name)(*arguments):
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")


def _code(status: int) -> int:
    code = os.waitstatus_to_exitcode(status)
    return code if code >= 0 else 128 - code


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
