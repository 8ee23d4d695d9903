"""`banshi jobs`: what waits, what died, and playing it again."""

import asyncio
from datetime import UTC, datetime

import pytest
from click.testing import CliRunner, Result

from api.cli.main import main
from api.supervisor.servers import stand_ins
from storage import db as storage_db
from storage.ids import new_id
from storage.outbox import emit
from storage.queue import on
from storage.settings import DatabaseSettings
from tests.conftest import TEMPLATE
from tests.storage.factories import BellRung, bell
from tests.workers import drain

NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)


@on(BellRung)
async def stumble(event: BellRung, *, now: datetime) -> None:
    raise LookupError("no tower")


@pytest.fixture
def system(postgres, valkey, seaweed, monkeypatch, tmp_path):
    """A migrated database with one dead job in it, given by its address."""
    monkeypatch.chdir(tmp_path)
    name = f"t_{new_id().hex}"
    postgres.psql(f'CREATE DATABASE {name} TEMPLATE "{TEMPLATE}" OWNER owner')
    given = stand_ins({}) | {
        "BANSHI_DATABASE_URL": postgres.url("app", name),
        "BANSHI_DATABASE_OWNER_URL": postgres.url("owner", name),
        "BANSHI_REDIS_URL": valkey.url,
        "BANSHI_S3_ENDPOINT": seaweed.endpoint,
        "BANSHI_S3_ACCESS_KEY": seaweed.access_key,
        "BANSHI_S3_SECRET_KEY": seaweed.secret_key,
    }
    for variable, text in given.items():
        monkeypatch.setenv(variable, text)
    asyncio.run(let_one_die(postgres.url("app", name)))
    yield lambda sql: postgres.psql(sql, database=name)
    postgres.psql(f"DROP DATABASE {name} WITH (FORCE)")


async def let_one_die(url: str) -> None:
    await storage_db.connect(DatabaseSettings(url=url))
    await emit(bell(1), now=NOON)
    await drain([stumble], NOON, allow_dead=True)
    await storage_db.disconnect()


def replayed(ask) -> list[str]:
    """What the audit says was played again."""
    return ask("SELECT object FROM audit_row WHERE act = 'job.replay'").split()


def jobs(*words: str) -> Result:
    return CliRunner().invoke(main, ["jobs", *words], prog_name="banshi")


def test_a_dead_job_is_listed_shown_and_played_again(system):
    assert "dead       1\n" in jobs("lag").output

    listed = jobs("dead").output
    letter = listed.split()[0]
    assert "test_jobs_cli.stumble\n    LookupError: no tower at " in listed
    assert "bell.rung" in jobs("show", letter).output

    assert jobs("replay", letter).output == "1 jobs will run again\n"
    assert replayed(system) == [f"job/{letter}"]
    assert jobs("dead").output == "no dead jobs\n"
    assert "waiting    1\n" in jobs("lag").output


def test_all_dead_jobs_are_played_again(system):
    assert jobs("replay", "--all").output == "1 jobs will run again\n"
    assert replayed(system) == ["jobs/all"]


def test_a_job_that_is_not_dead_is_refused_in_one_line(system):
    for command in ("show", "replay"):
        done = jobs(command, str(new_id()))

        assert done.exit_code == 1
        assert done.output.startswith("Error: There is no dead letter ")


def test_replay_wants_an_id_or_all_and_not_both():
    for words in ([], [str(new_id()), "--all"]):
        assert jobs("replay", *words).exit_code == 2
