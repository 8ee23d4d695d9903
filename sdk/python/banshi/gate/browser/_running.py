"""Having a mini-app looked at by another process, which is ended when it takes too long or too much."""

import asyncio
import os
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

import msgspec

import banshi
from banshi.errors import DomainError
from banshi.findings import Finding
from banshi.gate._rules import Rule
from banshi.gate.browser import _journal as journal
from banshi.gate.browser import _rules as rules
from banshi.gate.browser import _walls
from banshi.gate.browser._processes import end_all, memory_of
from banshi.package import Package

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome")
NEEDED = ("playwright", "axe_playwright_python")
LOOKED_S = 0.25  # seconds between two looks at the process
LARGEST_SHOT = 4 * 1024 * 1024  # bytes
# Chromium listens in the temporary folder, and unix(7) gives the path of a socket 108 bytes with its end.
RANDOM = 6  # characters that mkdtemp(3) ends the folder's name with
LONGEST_FOLDER = 107 - len("/org.chromium.Chromium./SingletonSocket") - RANDOM


class BrowserMissing(DomainError):
    """There is no browser here, or it does not start; nothing was looked at."""

    code = "BROWSER_MISSING"
    status = 503
    text = "No browser: {problem}"
    retryable = True


class BrowserFailed(DomainError):
    """The looking itself broke; it says nothing about the mini-app."""

    code = "BROWSER_FAILED"
    status = 503
    text = "The pages could not be looked at: {problem}"
    retryable = True


@dataclass(frozen=True, kw_only=True)
class Chromium:
    """The browser: a program ("": by its usual names), with a sandbox of its own unless run by root.

    `walls` says whether all of it must run in kernel namespaces, or does where the kernel lets it.
    """

    program: str = ""
    has_sandbox: bool = True  # needs user namespaces; without them the container must be the wall
    walls: Literal["required", "tried"] = "tried"


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What one look may take."""

    whole_s: float = 165  # the machine's verdict is promised within three minutes
    step_s: float = 40  # one page, once
    memory_mib: int = 1536  # all processes of the browser together


@dataclass(frozen=True)
class Report:
    """What was found, by file and rule, and the pictures that findings name (PNG)."""

    findings: list[Finding]
    shots: Mapping[str, bytes] = field(default_factory=dict)
    is_walled: bool | None = None  # whether the pages ran in kernel namespaces; None: they never ran


def find_chromium(program: str = "") -> str:
    """Return where Chromium is: `program`, else the one that MINIAPP_CHROMIUM names, else by its usual names.

    Raises: BrowserMissing, also when the extra `browser` is not installed.
    """
    absent = [name for name in NEEDED if find_spec(name) is None]
    if absent:
        raise BrowserMissing(problem=f'{", ".join(absent)} is not installed: pip install "banshi[browser]"')
    named = program or os.environ.get("MINIAPP_CHROMIUM")
    found = shutil.which(named) if named else next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        told = "install it, or name it in MINIAPP_CHROMIUM (a platform: BANSHI_CHROMIUM)"
        raise BrowserMissing(problem=f"{named or 'Chromium'} is not there: {told}")
    return found


async def inspect(
    package: Package, *, limits: Limits | None = None, chromium: Chromium | None = None
) -> Report:
    """Open every page of a package and return what the rules find there.

    Raises: BrowserMissing, BrowserFailed.
    """
    chosen = chromium or Chromium(has_sandbox=os.environ.get("MINIAPP_CHROMIUM_SANDBOX") != "off")
    program = find_chromium(chosen.program)
    with TemporaryDirectory(prefix="banshi-gate-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        if sys.platform == "linux" and len(os.fsencode(name)) > LONGEST_FOLDER:
            raise BrowserMissing(problem=f"the path {name} is too long for it: set TMPDIR to a shorter one")
        job = journal.Job(
            manifest=msgspec.json.encode(package.manifest), files=dict(package.files), chromium=program,
            has_sandbox=chosen.has_sandbox,
        )  # fmt: skip
        (folder / journal.JOB).write_bytes(msgspec.msgpack.encode(job))
        over = await _run(folder, limits or Limits(), chosen.walls)
        return _report(folder, over)


async def _run(folder: Path, limits: Limits, walls: str) -> Rule | None:
    """Run the process to its end, and say which limit ended it."""
    with (folder / journal.ERRORS).open("wb") as errors:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-P", _walls.__file__, walls,
            sys.executable, "-P", "-m", "banshi.gate.browser", str(folder), cwd=folder, stderr=errors,
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.DEVNULL, start_new_session=True,
            env=_environment(folder),
        )  # fmt: skip
    try:
        return await _watch(process, folder, limits)
    finally:
        if process.returncode is None:
            await asyncio.shield(asyncio.to_thread(end_all, process.pid))
            await process.wait()


def _environment(folder: Path) -> dict[str, str]:
    """Return what the process may know of this one: where programs are, and nothing else."""
    here = str(Path(banshi.__file__).parents[1])
    kept = {
        name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH", "SYSTEMROOT") if name in os.environ
    }
    home = str(folder)
    return {
        **kept,
        "PYTHONPATH": here,
        "HOME": home,
        "TMPDIR": home,
        "XDG_CONFIG_HOME": home,
        "LANG": "C.UTF-8",
    }


async def _watch(process: asyncio.subprocess.Process, folder: Path, limits: Limits) -> Rule | None:
    loop = asyncio.get_running_loop()
    began = stepped = loop.time()
    lines = folder / journal.LINES
    size = 0
    while process.returncode is None:
        try:
            await asyncio.wait_for(process.wait(), LOOKED_S)
        except TimeoutError:
            now = loop.time()
            if lines.exists() and lines.stat().st_size != size:
                size, stepped = lines.stat().st_size, now
            if now - began > limits.whole_s or now - stepped > limits.step_s:
                return rules.TIME
            if await asyncio.to_thread(memory_of, process.pid) > limits.memory_mib:
                return rules.MEMORY
    return None


def _report(folder: Path, over: Rule | None) -> Report:
    lines = journal.read(folder)
    found = [line.found for line in lines if line.found]
    step = next((line.step for line in reversed(lines) if line.step), "")
    if not any(line.is_ready for line in lines):
        raise BrowserMissing(problem=_last_words(folder) or "it does not start")
    if over:
        found.append(over.at(step))
    elif not any(line.is_done for line in lines):
        raise BrowserFailed(problem=_last_words(folder))
    found.sort(key=lambda each: (each.file, each.rule))  # stable: on one page by mode and place
    is_walled = any(line.is_walled for line in lines)
    return Report(found, journal.pictures(folder, largest=LARGEST_SHOT), is_walled)


def _last_words(folder: Path) -> str:
    words = (folder / journal.ERRORS).read_text(errors="replace").strip()
    if "No usable sandbox" in words:
        return "Chromium finds no sandbox: allow user namespaces, or see CHROMIUM_SANDBOX in the documents"
    lines = words.splitlines()
    named = [line for line in lines if "Error" in line] or lines
    return named[-1][:300] if named else ""
