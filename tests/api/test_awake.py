"""Cores are kept awake while requests come, and only then (ADR 188)."""

import asyncio
import itertools
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import httpx
import pytest
import structlog
from msgspec.structs import replace

from api import awake, metrics
from api.awake import DEVICE, Cores, while_asked
from api.settings import Settings
from storage.embedded.process import free_port
from storage.settings import DatabaseSettings, QueueSettings
from tests.api.conftest import some_settings

PATIENCE_S = 20.0


@pytest.fixture
def virtual(tmp_path: Path) -> Cores:
    """Cores of a virtual machine that halts them and lets us wish otherwise."""
    (tmp_path / "driver").write_text("haltpoll\n")
    (tmp_path / "device").touch()
    return Cores(tmp_path / "device", tmp_path / "driver")


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(awake, "LOOK_S", 0.02)


def holds(process: subprocess.Popen[bytes] | None = None, file: Path = DEVICE) -> bool:
    """Whether a process, or this one, has the file open: the kernel's word, not ours."""
    folder = Path("/proc", str(process.pid) if process else "self", "fd")
    return any(os.path.realpath(each) == str(file) for each in folder.iterdir())


async def until(wanted: bool, cores: Cores) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while cores.held != wanted:
            await asyncio.sleep(0.005)


def gauge() -> float | None:
    return metrics.REGISTRY.get_sample_value("banshi_cores_awake")


class TestAWish:
    def test_is_a_zero_that_stands_as_long_as_the_file_is_open(self, virtual, tmp_path):
        virtual.hold()
        virtual.hold()

        assert (tmp_path / "device").read_bytes() == bytes(4)
        assert holds(file=tmp_path / "device")

        virtual.let_go()
        virtual.let_go()
        assert not holds(file=tmp_path / "device")

    @pytest.mark.parametrize("driver", ["intel_idle\n", "none\n", None])
    def test_is_not_ours_to_have_where_cores_wake_by_themselves(self, tmp_path, driver):
        if driver is not None:
            (tmp_path / "driver").write_text(driver)

        assert not Cores(tmp_path / "device", tmp_path / "driver").halt

    @pytest.mark.parametrize("device", ["/no/device", "/dev/full"])  # not there, and does not take it
    def test_that_may_not_be_had_leaves_nothing_open(self, tmp_path, device):
        cores = Cores(Path(device), tmp_path / "driver")

        with pytest.raises(OSError):
            cores.hold()

        assert not cores.held
        assert not holds(file=Path(device))


class TestWhileAsked:
    async def test_requests_keep_cores_awake_and_quiet_lets_them_go(self, virtual, tmp_path):
        coming = itertools.count(step=10)
        resting = False

        def asked() -> int:
            return 10**9 if resting else next(coming)

        async with while_asked(asked, virtual):
            await until(True, virtual)
            assert holds(file=tmp_path / "device")
            assert gauge() == 1
            resting = True
            await until(False, virtual)
            assert gauge() == 0
            assert not holds(file=tmp_path / "device")
            resting = False
            await until(True, virtual)

        assert not virtual.held
        assert gauge() == 0

    async def test_few_requests_do_not(self, virtual):
        looks = itertools.count()
        a_look = int(awake.BUSY_PER_S * awake.LOOK_S)

        async with while_asked(lambda: next(looks) * (a_look - 1), virtual), asyncio.timeout(PATIENCE_S):
            while next(looks) < 30:
                assert not virtual.held
                await asyncio.sleep(0.01)

    async def test_one_quiet_look_does_not_let_go(self, virtual):
        looks = itertools.count(1)

        def asked() -> int:  # nobody came in every second look
            return next(looks) // 2 * 1_000

        async with while_asked(asked, virtual):
            await until(True, virtual)
            for _ in range(20):
                await asyncio.sleep(0.01)
                assert virtual.held

    async def test_a_machine_that_does_not_let_us_is_told_of_once_and_served_all_the_same(self, tmp_path):
        (tmp_path / "driver").write_text("haltpoll\n")
        cores = Cores(tmp_path / "no" / "device", tmp_path / "driver")
        coming = itertools.count(step=1_000)

        with structlog.testing.capture_logs() as told:
            async with while_asked(lambda: next(coming), cores), asyncio.timeout(PATIENCE_S):
                while not told:
                    await asyncio.sleep(0.005)
                await asyncio.sleep(0.1)

        assert [(line["event"], line["error"]) for line in told] == [("awake.refused", "FileNotFoundError")]


def started(settings: Settings, **changes: Any) -> tuple[subprocess.Popen[bytes], int]:
    """A server of its own, and its port."""
    port = free_port()
    env = {**os.environ, **replace(settings, port=port, **changes).as_env()}
    return subprocess.Popen([sys.executable, "-m", "api.serve"], env=env, stdout=subprocess.DEVNULL), port


async def alive(client: httpx.AsyncClient, port: int) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while True:
            try:
                await client.get(f"http://127.0.0.1:{port}/healthz")
                return
            except httpx.TransportError:
                await asyncio.sleep(0.05)


async def test_a_server_that_is_asked_does_so_where_the_machine_lets_it(postgres, database, valkey):
    settings = some_settings(
        database=DatabaseSettings(url=postgres.url("app", database)), queue=QueueSettings(url=valkey.url)
    )
    wanted = Cores().halt and os.access(DEVICE, os.W_OK)
    ours, off = both = started(settings), started(settings, switched_off=("awake",))
    try:
        async with httpx.AsyncClient() as client:
            for _, port in both:
                await alive(client, port)
            assert not any(holds(process) for process, _ in both)
            until = time.monotonic() + (PATIENCE_S if wanted else 3)
            while time.monotonic() < until and not holds(ours[0]):
                for _, port in both:
                    await client.get(f"http://127.0.0.1:{port}/healthz")
            assert holds(ours[0]) == wanted
            assert not holds(off[0])
    finally:
        for process, _ in both:
            process.kill()
            process.wait()
