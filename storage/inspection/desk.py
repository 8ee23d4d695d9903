"""Where a file is handed in to be checked: a child process per file, then the virus scanner if there is one.

A file that crashes, hangs or starves its checker harms nothing but that checker, and is refused.
"""

import asyncio
import sys
from typing import Literal

import msgspec

from storage.inspection import clamd
from storage.inspection.findings import Finding, Verdict

_CHILD = (
    "import sys; sys.path[:] = sys.argv[2:]; from storage.inspection.child import main; main(sys.argv[1])"
)


class InspectionSettings(msgspec.Struct, frozen=True, kw_only=True):
    """`structure`: every check but the virus scan, refused in production; `clamd`: the scan too."""

    scan: Literal["structure", "clamd"] = "structure"
    clamd: str = "127.0.0.1:3310"  # host:port or the path of a Unix socket
    timeout_s: float = 20  # for each of the two checks
    at_once: int = 2  # files checked at the same time in this process


_settings = InspectionSettings()
_turns = asyncio.Semaphore(_settings.at_once)


def configure(settings: InspectionSettings) -> None:
    """Tell this process how files are checked."""
    global _settings, _turns
    _settings = settings
    _turns = asyncio.Semaphore(settings.at_once)


def looks_for_viruses() -> bool:
    """Say whether files go through a virus scanner besides the checks of their structure."""
    return _settings.scan == "clamd"


async def inspect(data: bytes, media_type: str) -> Verdict:
    """Check a file that claims to be of `media_type`.

    Raises: Unavailable when the virus scanner does not answer; the same call may work later.
    """
    settings = _settings
    async with _turns:
        verdict = await _structure(data, media_type, settings.timeout_s)
        if verdict.finding is None and settings.scan == "clamd":
            infected = await clamd.is_infected(data, address=settings.clamd, timeout_s=settings.timeout_s)
            return Verdict(finding=Finding.VIRUS, clean=b"") if infected else verdict
    return verdict


async def _structure(data: bytes, media_type: str, timeout_s: float) -> Verdict:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-I", "-c", _CHILD, media_type, *filter(None, sys.path),
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    try:
        async with asyncio.timeout(timeout_s):
            answer, _ = await process.communicate(data)
    except TimeoutError:
        answer = b""
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return _read(answer if process.returncode == 0 else b"")


def _read(answer: bytes) -> Verdict:
    word, _, clean = answer.partition(b"\n")
    if word == b"ok":
        return Verdict(finding=None, clean=clean)
    try:
        return Verdict(finding=Finding(word.decode()), clean=b"")
    except ValueError:  # it died, was stopped, or fell silent
        return Verdict(finding=Finding.UNREADABLE, clean=b"")
