"""The seccomp profile of the worker in compose.yaml: Chromium can be walled in, and little else be done."""

import errno
import json
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from banshi.gate.browser import _walls
from tests.api.confined import UNKNOWN, number, read

ROOT = Path(__file__).parents[2]
NAMESPACES = {"clone", "clone3", "unshare", "mount", "chroot"}
REFUSED = {
    "acct", "add_key", "bpf", "clock_settime", "delete_module", "finit_module", "fsopen", "init_module",
    "io_uring_setup", "ioperm", "iopl", "kexec_load", "keyctl", "move_mount", "open_by_handle_at",
    "perf_event_open", "pivot_root", "process_vm_writev", "ptrace", "quotactl", "reboot", "request_key",
    "setns", "settimeofday", "swapoff", "swapon", "syslog", "umount2", "userfaultfd",
}  # fmt: skip
WALLS = [sys.executable, "-P", _walls.__file__, "required"]


@pytest.fixture
def worker() -> dict:
    return yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]["worker"]


@pytest.fixture
def file(worker: dict) -> Path:
    """The one that compose names, beside itself."""
    [named] = [
        told for each in worker["security_opt"] for name, told in [each.split("=")] if name == "seccomp"
    ]
    return ROOT / named


def run(file: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """Run a program under a profile."""
    return subprocess.run(
        [sys.executable, "-m", "tests.api.confined", str(file), *command],
        cwd=ROOT, capture_output=True, text=True, timeout=100, check=False,
    )  # fmt: skip


def test_only_the_worker_has_it_and_a_proc_of_its_own_may_be_mounted(worker):
    services = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]

    assert {"systempaths=unconfined", "apparmor=unconfined"} < set(worker["security_opt"])
    assert [name for name, each in services.items() if "security_opt" in each] == ["worker"]
    assert not any({"privileged", "cap_add"} & each.keys() for each in services.values())


def test_it_is_of_the_oci_s_form_and_names_calls_that_there_are(file):
    profile = read(file)
    named = [name for rule in profile.syscalls for name in rule.names if not rule.args]

    assert set(named) >= NAMESPACES
    assert len(named) == len(set(named))
    assert [name for name in named if number(name) == UNKNOWN] == []
    assert profile.default_errno_ret == errno.ENOSYS, "programs do without what they are told does not exist"


def test_it_lets_nobody_administer_the_machine(file):
    profile = read(file)
    named = {name for rule in profile.syscalls for name in rule.names}

    assert [name for name in REFUSED if number(name) == UNKNOWN] == []
    assert named.isdisjoint(REFUSED)


def test_under_it_the_walls_stand_and_without_what_it_adds_they_do_not(file, tmp_path):
    less = json.loads(file.read_text())
    less["syscalls"] = [each for each in less["syscalls"] if "unshare" not in each["names"]]
    less["syscalls"].append({"names": ["clone", "clone3"], "action": "SCMP_ACT_ALLOW"})
    without = tmp_path / "without.json"
    without.write_text(json.dumps(less))

    within, outside = (run(each, *WALLS, "/bin/echo", "stands") for each in (file, without))

    assert (within.returncode, within.stdout) == (0, "stands walled\n"), within.stderr
    assert outside.returncode == 1
    assert "unshare: Function not implemented" in outside.stderr


SOCKETS = """
import socket
for family in ("AF_INET", "AF_INET6", "AF_UNIX", "AF_NETLINK", "AF_VSOCK", "AF_PACKET"):
    try:
        kind = socket.SOCK_RAW if family == "AF_NETLINK" else socket.SOCK_STREAM
        socket.socket(getattr(socket, family), kind).close()
    except OSError as error:
        print(family, error.errno)
"""


def test_under_it_there_are_no_other_sockets_than_those_of_networks_and_neighbours(file):
    done = run(file, sys.executable, "-c", SOCKETS)

    assert done.stdout.splitlines() == [f"{name} {errno.ENOSYS}" for name in ("AF_VSOCK", "AF_PACKET")]


OPENED = """
import asyncio
from banshi.gate.browser import Chromium, inspect
from tests.sdk.gate.seen import made
found = asyncio.run(inspect(made(), chromium=Chromium(walls="required")))
print(found.is_walled, found.findings)
"""
SOMEBODY = ["/usr/bin/unshare", "--user", "--map-user=1000", "--map-group=1000"]  # no root, as in the image


@pytest.mark.slow
def test_under_it_pages_are_opened_within_both_walls(file):
    confined = [sys.executable, "-m", "tests.api.confined", str(file), sys.executable, "-c", OPENED]

    done = subprocess.run([*SOMEBODY, *confined], cwd=ROOT, capture_output=True, text=True, timeout=100)

    assert (done.returncode, done.stdout) == (0, "True []\n"), done.stderr
