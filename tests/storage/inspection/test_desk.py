"""A checker that dies, hangs or starves takes nothing with it; no scanner, no verdict."""

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from banshi.errors import Unavailable
from storage.embedded.process import free_port
from storage.inspection import child, desk
from storage.inspection.desk import InspectionSettings
from storage.inspection.findings import Finding
from tests.storage.inspection import files

PDF = "application/pdf"
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-" + b"ANTIVIRUS-TEST-FILE!$H+H*"

PATHS = os.pathsep.join(filter(None, sys.path))


@pytest.fixture(autouse=True)
def settings() -> Iterator[None]:
    yield
    desk.configure(InspectionSettings())


@asynccontextmanager
async def a_scanner(socket: Path, reply: bytes | None = None) -> AsyncIterator[str]:
    """A neighbour that speaks INSTREAM and knows one signature; `reply` makes it say something else."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        assert await reader.readuntil(b"\0") == b"zINSTREAM\0"
        received = b""
        while size := int.from_bytes(await reader.readexactly(4)):
            received += await reader.readexactly(size)
        verdict = b"stream: Eicar-Test-Signature FOUND\0" if EICAR in received else b"stream: OK\0"
        writer.write(verdict if reply is None else reply)
        await writer.drain()
        writer.close()

    async with await asyncio.start_unix_server(serve, socket):
        yield str(socket)


async def test_a_clean_file_comes_back_from_the_child() -> None:
    data = files.pdf()

    verdict = await desk.inspect(data, PDF)

    assert (verdict.finding, verdict.clean) == (None, data)


async def test_a_refusal_comes_back_from_the_child() -> None:
    verdict = await desk.inspect(files.pdf_that_runs_a_script(), PDF)

    assert (verdict.finding, verdict.clean) == (Finding.ACTIVE_CONTENT, b"")


async def test_a_checker_that_dies_means_a_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk, "_CHILD", "import os; os.abort()")

    verdict = await desk.inspect(files.pdf(), PDF)

    assert verdict.finding is Finding.UNREADABLE


async def test_a_checker_that_hangs_is_stopped_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk, "_CHILD", "import time; time.sleep(60)")
    desk.configure(InspectionSettings(timeout_s=0.5))

    started = time.monotonic()
    verdict = await desk.inspect(files.pdf(), PDF)

    assert verdict.finding is Finding.UNREADABLE
    assert time.monotonic() - started < 5


async def test_a_checker_cannot_take_all_memory_or_write_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    confined = (
        "import sys; sys.path[:] = sys.argv[2:]; from storage.inspection import child; child.confine(); "
    )
    tried = []

    for greedy in ("bytearray(2 * 1024**3)", "open('/tmp/banshi-child', 'w').write('x' * 9999)"):
        monkeypatch.setattr(desk, "_CHILD", confined + greedy)
        tried.append((await desk.inspect(b"", PDF)).finding)

    assert tried == [Finding.UNREADABLE, Finding.UNREADABLE]
    Path("/tmp/banshi-child").unlink(missing_ok=True)


async def test_more_files_than_turns_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    desk.configure(InspectionSettings(at_once=1))

    verdicts = await asyncio.gather(*(desk.inspect(files.png(), "image/png") for _ in range(3)))

    assert [verdict.finding for verdict in verdicts] == [None] * 3


async def test_the_scanner_finds_what_the_structure_does_not_show(tmp_path: Path) -> None:
    infected = files.pdf_with_a_stream(EICAR, None)

    async with a_scanner(tmp_path / "clamd") as address:
        desk.configure(InspectionSettings(scan="clamd", clamd=address))
        verdicts = [await desk.inspect(data, PDF) for data in (files.pdf(), infected)]

    assert [verdict.finding for verdict in verdicts] == [None, Finding.VIRUS]


async def test_a_file_refused_by_its_structure_is_not_sent_to_the_scanner() -> None:
    desk.configure(InspectionSettings(scan="clamd", clamd=f"127.0.0.1:{free_port()}"))

    assert (await desk.inspect(b"%PDF-", PDF)).finding is Finding.DAMAGED


@pytest.mark.parametrize("reply", [b"INSTREAM size limit exceeded. ERROR\0", b"stream: what?\0", b""])
async def test_a_scanner_that_does_not_say_ok_has_not_said_ok(tmp_path: Path, reply: bytes) -> None:
    async with a_scanner(tmp_path / "clamd", reply) as address:
        desk.configure(InspectionSettings(scan="clamd", clamd=address))

        with pytest.raises(Unavailable, match="virus scanner"):
            await desk.inspect(files.pdf(), PDF)


async def test_a_scanner_that_is_away_is_unavailable() -> None:
    desk.configure(InspectionSettings(scan="clamd", clamd=f"127.0.0.1:{free_port()}"))

    with pytest.raises(Unavailable):
        await desk.inspect(files.pdf(), PDF)


def test_the_child_answers_one_word_and_the_bytes_to_keep() -> None:
    data = files.png()

    assert child.answer(data, "image/png") == b"ok\n" + data
    assert child.answer(data, PDF) == b"type_differs\n"


def test_the_worker_carries_the_parsers_no_more_than_the_server() -> None:
    code = "import sys, api.worker; print({'PIL', 'pikepdf'} & set(sys.modules))"

    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env={"PYTHONPATH": PATHS}
    )

    assert done.stdout.strip() == "set()", done.stderr
