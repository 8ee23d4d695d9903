"""The command `banshi`: its frame, its settings, its way to the running system."""

import fcntl
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import click
import pytest
from click.testing import CliRunner

from api.cli import environment
from api.cli.main import TOPICS, main
from api.supervisor.servers import stand_ins
from storage.db import DB
from storage.embedded.process import free_port
from storage.ids import new_id


@pytest.fixture(autouse=True)
def no_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Each test in a folder of its own, with nothing in the environment."""
    monkeypatch.chdir(tmp_path)
    for name in stand_ins({}):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def system(postgres, valkey, seaweed, monkeypatch) -> Iterator[str]:
    """The servers of the tests with an empty database, given by their addresses: the database's name."""
    name = f"t_{new_id().hex}"
    postgres.psql(f"CREATE DATABASE {name} OWNER owner")
    given = stand_ins({}) | {
        "BANSHI_DATABASE_URL": postgres.url("app", name),
        "BANSHI_DATABASE_OWNER_URL": postgres.url("owner", name),
        "BANSHI_REDIS_URL": valkey.url,
        "BANSHI_S3_ENDPOINT": seaweed.endpoint,
        "BANSHI_S3_ACCESS_KEY": seaweed.access_key,
        "BANSHI_S3_SECRET_KEY": seaweed.secret_key,
        "BANSHI_S3_BUCKET": name.replace("_", "-"),  # which is not there
    }
    for variable, text in given.items():
        monkeypatch.setenv(variable, text)
    yield name
    postgres.psql(f"DROP DATABASE {name} WITH (FORCE)")


def banshi(*words: str) -> str:
    done = CliRunner().invoke(main, words, prog_name="banshi")
    assert done.exit_code == 0, done.output
    return done.output


def refused(*words: str) -> str:
    done = CliRunner().invoke(main, words, prog_name="banshi")
    assert done.exit_code == 1, done.output
    return done.output.strip()


def commands(
    group: click.Command, words: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    yield words, group
    if isinstance(group, click.Group):
        context = click.Context(group)
        for word in group.list_commands(context):
            command = group.get_command(context, word)
            assert command is not None
            yield from commands(command, (*words, word))


def test_help_lists_every_topic_without_loading_one():
    script = (
        "import sys; from api.cli.main import main; main(['--help'], standalone_mode=False);"
        "assert not [m for m in sys.modules if m.startswith(('storage', 'piccolo', 'litestar'))]"
    )

    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, cwd=Path(__file__).parents[2]
    )

    assert done.returncode == 0, done.stderr
    assert all(word in done.stdout for word in TOPICS)


def test_every_command_has_an_example_in_its_help():
    lacking = [
        " ".join(words) for words, command in commands(main) if "Example: " not in (command.help or "")
    ]

    assert lacking == []


def test_an_unknown_word_is_refused():
    done = CliRunner().invoke(main, ["frobnicate"])

    assert done.exit_code == 2
    assert "No such command" in done.output


def test_it_tells_its_version():
    assert banshi("--version").startswith("banshi ")


def test_settings_are_checked_as_run_would(monkeypatch):
    assert "the settings are well (embedded mode, port 8000)" in banshi("config", "check")

    monkeypatch.setenv("BANSHI_PORT", "x")
    monkeypatch.setenv("BANSHI_SCAN", "x")

    told = refused("config", "check").splitlines()
    assert [line.split()[0] for line in told[1:]] == ["BANSHI_PORT", "BANSHI_SCAN"]


def test_settings_are_listed_with_shape_and_default():
    told = banshi("config", "list")

    assert "BANSHI_SCAN=clamd\n    structure or clamd; default structure; in production clamd" in told
    assert "BANSHI_CORS_ORIGINS=" in told


@pytest.mark.parametrize("words", [("status",), ("config", "show"), ("migrate",), ("seed",)])
def test_without_a_running_system_commands_say_how_to_start_one(words):
    assert refused(*words) == "Error: nothing is running in .banshi: start it with scripts/run"


def test_the_running_system_is_found_by_its_note(tmp_path):
    port = free_port()
    env = stand_ins({}) | {"BANSHI_PORT": str(port)}
    (tmp_path / ".banshi").mkdir()
    (tmp_path / ".banshi" / "run.json").write_text(json.dumps({"pid": 1, "env": env}))

    with (tmp_path / ".banshi" / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)

        assert f"export BANSHI_PORT='{port}'" in banshi("config", "show")
        assert refused("status") == f"Error: http://127.0.0.1:{port} does not answer (ConnectError)"


def test_wrong_settings_are_told_by_every_command(monkeypatch):
    for name, text in stand_ins({}).items():
        monkeypatch.setenv(name, text)
    monkeypatch.setenv("BANSHI_PORT", "x")

    assert refused("status").startswith("Error: BANSHI_PORT has an odd value")


def test_migrate_and_seed_may_be_repeated(system):
    first = banshi("migrate").splitlines()
    second = banshi("migrate")
    banshi("seed")
    banshi("seed")

    assert first[-1] == f"{len(first) - 1} migrations ran"
    assert second.strip() == "the database is up to date"


def test_seed_says_which_neighbour_does_not_answer(system, monkeypatch):
    monkeypatch.setenv("BANSHI_S3_ENDPOINT", "127.0.0.1:1")

    said = refused("seed").splitlines()[-1]  # the client's own tries may come before

    assert said.startswith("Error: BANSHI_S3_ENDPOINT, _ACCESS_KEY, _SECRET_KEY or _BUCKET does not work: ")


def test_migrate_wants_the_owner(system, monkeypatch):
    monkeypatch.delenv("BANSHI_DATABASE_OWNER_URL")
    assert "BANSHI_DATABASE_OWNER_URL is missing" in refused("migrate")

    monkeypatch.setenv("BANSHI_DATABASE_OWNER_URL", "postgresql://owner@127.0.0.1:1/banshi")
    assert "BANSHI_DATABASE_OWNER_URL does not work: " in refused("migrate")


async def test_a_command_is_connected_for_the_length_of_its_block(system):
    async with environment.connected() as settings:
        assert DB.pool is not None
        assert isinstance(DB.pool, asyncpg.Pool)
        assert settings.database.url.endswith(system)

    assert DB.pool is None
