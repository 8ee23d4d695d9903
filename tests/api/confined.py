"""Run a program under a seccomp profile, as in a container: `python -m tests.api.confined FILE PROGRAM …`

libseccomp reads no JSON; what Docker's runtime does with each rule of the OCI's form is done here.
"""

import ctypes
import os
import sys
from pathlib import Path
from typing import Literal

import msgspec

ALLOW, ERRNO = 0x7FFF0000, 0x00050000
EQUAL, UNKNOWN = 4, -1


class Condition(msgspec.Struct, forbid_unknown_fields=True):
    """On one argument of a call."""

    index: int
    value: int
    op: Literal["SCMP_CMP_EQ"]


class Rule(msgspec.Struct, forbid_unknown_fields=True):
    """Calls that are allowed; Docker reads over the comment."""

    names: list[str]
    action: Literal["SCMP_ACT_ALLOW"]
    comment: str = ""
    args: list[Condition] = []


class Profile(msgspec.Struct, forbid_unknown_fields=True, rename="camel"):
    """`linux.seccomp` of the OCI's runtime specification, as far as ours uses it."""

    default_action: Literal["SCMP_ACT_ERRNO"]
    default_errno_ret: int
    syscalls: list[Rule]


class _Compared(ctypes.Structure):
    _fields_ = (("arg", ctypes.c_uint), ("op", ctypes.c_int), ("a", ctypes.c_uint64), ("b", ctypes.c_uint64))


def library() -> ctypes.CDLL:
    """Return libseccomp, which is on every system with apt or systemd."""
    found = ctypes.CDLL("libseccomp.so.2", use_errno=True)
    found.seccomp_init.restype = ctypes.c_void_p
    return found


def number(name: str) -> int:
    """Return libseccomp's number of a call: UNKNOWN of none, else below zero where this machine has none."""
    return int(library().seccomp_syscall_resolve_name(name.encode()))


def confine(profile: Profile) -> None:
    """Put this process, and all that it begins, under a profile for good."""
    lib = library()
    context = ctypes.c_void_p(lib.seccomp_init(ctypes.c_uint32(ERRNO | profile.default_errno_ret)))
    for rule in profile.syscalls:
        compared = (_Compared * len(rule.args))(*((each.index, EQUAL, each.value, 0) for each in rule.args))
        for called in filter(lambda known: known >= 0, map(number, rule.names)):
            if lib.seccomp_rule_add_array(context, ALLOW, called, len(rule.args), compared):
                sys.exit(f"libseccomp takes no rule for call {called}")
    if lib.seccomp_load(context):
        sys.exit("the kernel does not take the profile")


def read(file: Path) -> Profile:
    """Return the profile in a file."""
    return msgspec.json.decode(file.read_bytes(), type=Profile)


if __name__ == "__main__":
    confine(read(Path(sys.argv[1])))
    os.execv(sys.argv[2], sys.argv[2:])
