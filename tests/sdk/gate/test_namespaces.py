"""What runs within the kernel's walls reaches nobody outside, and where there can be none that is known."""

import asyncio
import socket
import subprocess
import sys

import pytest

from banshi.gate.browser import _walls
from banshi.gate.browser._processes import family
from tests.sdk.gate.test_walls import is_alive

WALLS = [sys.executable, "-P", _walls.__file__]
NONE = 'echo 0 > /proc/sys/user/max_user_namespaces && exec "$@"'
WITHOUT = ["unshare", "--user", "--map-root-user", "sh", "-c", NONE, "sh"]  # where none can be made
LOOKS = """
import os, socket, sys
print(os.getpid(), sys.argv[1:], sorted(name for _, name in socket.if_nameindex()))
print([each for each in os.listdir("/proc") if each.isdecimal()])
for port in (PORT, 0):
    try:
        with socket.create_server(("127.0.0.1", 0)) as own:
            socket.create_connection(("127.0.0.1", port or own.getsockname()[1])).close()
        print("reached")
    except OSError as error:
        print(type(error).__name__)
"""


def run(*command: str) -> tuple[int, str, str]:
    done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
    return done.returncode, done.stdout, done.stderr


def test_inside_there_is_nobody_but_oneself():
    with socket.create_server(("127.0.0.1", 0)) as neighbour:
        looks = LOOKS.replace("PORT", str(neighbour.getsockname()[1]))
        code, told, _ = run(*WALLS, "required", sys.executable, "-c", looks)

    assert code == 0
    assert told.splitlines() == ["1 ['walled'] ['lo']", "['1']", "ConnectionRefusedError", "reached"]


def test_it_ends_as_the_program_does():
    assert run(*WALLS, "required", "/bin/sh", "-c", "exit 7")[0] == 7


@pytest.mark.parametrize(("demand", "ended", "said"), [("tried", 0, "as it is\n"), ("required", 1, "")])
def test_where_the_kernel_lets_none_be_made_it_is_said(demand, ended, said):
    code, told, problem = run(*WITHOUT, *WALLS, demand, "/bin/echo", "as it is")

    assert (code, told) == (ended, said)
    assert ("unshare: No space left" in problem) == (demand == "required")


ASKED = """
import asyncio
from banshi.gate.browser import Chromium, inspect
from tests.sdk.gate.seen import made
asyncio.run(inspect(made(), chromium=Chromium(walls="required")))
"""


def test_where_walls_are_required_and_cannot_be_no_page_is_opened():
    code, _, problem = run(*WITHOUT, sys.executable, "-c", ASKED)

    assert code == 1
    assert "BrowserMissing: No browser: this kernel lets no namespaces be made:" in problem


async def test_what_is_inside_ends_with_what_is_outside():
    outside = await asyncio.create_subprocess_exec(*WALLS, "required", "/bin/sh", "-c", "sleep 60; true")
    async with asyncio.timeout(10):
        while len(begun := family(outside.pid)[1:]) < 3:  # the one between, the program, what that began
            await asyncio.sleep(0.01)

    outside.kill()
    await outside.wait()

    async with asyncio.timeout(10):
        while any(is_alive(pid) for pid in begun):
            await asyncio.sleep(0.01)
