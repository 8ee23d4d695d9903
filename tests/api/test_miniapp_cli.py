"""The command `miniapp` against a platform: from a key to a version that citizens have, and back."""

import asyncio
from pathlib import Path
from types import SimpleNamespace

import msgspec
import pytest
from click.testing import CliRunner, Result

from api.settings import Settings
from banshi import manifest
from banshi.cli import main
from identity.roles import Role
from miniapps.catalog import service as catalog
from miniapps.catalog.tables import MiniAppVersion
from miniapps.insight.rules.lines import Line
from storage import clock, limits, objects, queue, trails
from storage.ids import new_hex
from tests.api.conftest import an_actor, as_operator, some_settings
from tests.api.relay.conftest import served
from tests.miniapps.catalog.factories import signed, the_department


@pytest.fixture
def settings(valkey, seaweed, postgres, database) -> Settings:
    return some_settings(
        queue=queue.QueueSettings(url=valkey.url),
        objects=seaweed,
        plan_database=postgres.url("plan", database),
    )


class Shell:
    """A developer's shell in the folder of a new mini-app."""

    def __init__(self, folder: Path, url: str, token: str) -> None:
        self.folder = folder
        self.env = {"MINIAPP_PLATFORM": url, "MINIAPP_TOKEN": token, "MINIAPP_KEY": str(folder / "team.pem")}

    async def run(self, *arguments: str) -> Result:
        return await asyncio.to_thread(CliRunner().invoke, main, list(arguments), env=self.env)

    async def fine(self, *arguments: str) -> str:
        done = await self.run(*arguments)
        assert done.exit_code == 0, done.output
        return done.output

    def version(self, number: str) -> None:
        file = self.folder / "miniapp.yaml"
        head, _, rest = file.read_text().partition("version: ")
        file.write_text(f"{head}version: {number}\n{rest.partition(chr(10))[2]}")


@pytest.fixture
async def shell(db, settings, sign_in, tmp_path, monkeypatch):
    await queue.redis().flushdb()
    limits.forget()
    await objects.ensure_bucket()
    monkeypatch.chdir(tmp_path)
    async with served(settings) as (url, _):
        made = Shell(tmp_path, url, await sign_in("developer"))
        await made.fine("init", ".", "--id", "hello-app")
        await made.fine("keys", "new", "team.pem")
        await the_department(manifest.read((tmp_path / "miniapp.yaml").read_text()).department)
        yield made


async def approved(number: str) -> None:
    now = await clock.now()
    version = await MiniAppVersion.objects().get(MiniAppVersion.version == number)
    assert version is not None
    await catalog.gate_passed(version.id, now=now)
    await signed(an_actor(Role.DEVELOPER, acting_for=version.team_id), "hello-app", now=now)
    await catalog.approve(as_operator(), version.id, now=now)


async def test_versions_go_up_and_down_by_commands(shell):
    unsigned = await shell.run("publish")
    assert (unsigned.exit_code, "APP_PACKAGE_UNSIGNED" in unsigned.output) == (1, True)
    assert "packages may be signed by" in await shell.fine("keys", "register", "team.pem")
    for number in ("0.1.0", "0.2.0"):
        shell.version(number)
        assert f"hello-app {number} is SUBMITTED" in await shell.fine("publish")
        assert f"hello-app {number} is SUBMITTED" in await shell.fine("publish"), "twice is once"
        await approved(number)

    assert "everybody has 0.1.0" in await shell.fine("promote", "0.1.0", "--everyone")
    trial = await shell.fine("promote", "0.2.0", "--percent", "5", "--region", "330106")
    assert "everybody has 0.1.0; 0.2.0 is on trial: testers, 5 %, all of 330106" in trial
    assert "0.2.0 is on trial" in await shell.fine("status")
    fewer = await shell.run("promote", "0.2.0", "--percent", "1")
    assert (fewer.exit_code, "RELEASE_NOT_RISING" in fewer.output) == (1, True)
    assert f"see {shell.env['MINIAPP_PLATFORM']}/docs/errors#release_not_rising" in fewer.output
    assert "everybody has 0.2.0" in await shell.fine("promote", "0.2.0", "--everyone")
    assert "everybody has 0.1.0" in await shell.fine("rollback", "0.1.0", "--reason", "0.2.0 loses drafts")
    assert "nothing happened" in await shell.fine("status"), "nobody has opened it"
    called = Line(await clock.now(), "0.1.0", "hello", "APP_OFFLINE", 12, new_hex())
    await trails.leave({"hello-app": [msgspec.msgpack.encode(called)]})
    assert "hello                    APP_OFFLINE                  12 ms  0.1.0" in await shell.fine("logs")


async def test_a_log_is_followed_until_ctrl_c(shell, monkeypatch):
    await shell.fine("keys", "register", "team.pem")
    await shell.fine("publish")
    loop, pauses = asyncio.get_running_loop(), []

    def pause(seconds: float) -> None:
        """Let a call come while the command waits, then press Ctrl-C."""
        pauses.append(seconds)
        if len(pauses) == 2:
            raise KeyboardInterrupt
        asyncio.run_coroutine_threadsafe(called("second"), loop).result(10)

    async def called(api: str) -> None:
        made = Line(await clock.now(), "0.1.0", api, "OK", 12, new_hex())
        await trails.leave({"hello-app": [msgspec.msgpack.encode(made)]})

    monkeypatch.setattr("banshi.cli._logs.time", SimpleNamespace(sleep=pause))
    await called("first")

    told = await shell.fine("logs", "-f")

    assert [row.split()[2] for row in told.splitlines() if " OK " in row] == ["first", "second"]


async def test_one_is_told_what_a_command_needs(shell, tmp_path):
    nothing = await shell.run("promote", "0.1.0")
    stranger = await shell.run("status", "somebody-elses")
    (tmp_path / "miniapp.yaml").write_text("id: x")
    unnamed = await shell.run("status")

    assert "say to whom" in nothing.output
    assert "APP_NOT_FOUND" in stranger.output
    assert "name the mini-app" in unnamed.output
