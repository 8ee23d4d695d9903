"""`banshi audit`: clean is 0, tampered is 1 with the row named, and no second place is 2."""

import asyncio
import json
from datetime import UTC, datetime

import asyncpg
import pytest
from click.testing import CliRunner

from api.cli.environment import connected
from api.cli.main import main
from identity import audit
from identity.actor import WORKER
from identity.chain import heads, links
from storage import objects
from tests.api.test_cli import no_settings, system  # noqa: F401 (fixtures)


def banshi(*words: str):
    return CliRunner().invoke(main, words, prog_name="banshi")


async def grow() -> None:
    async with connected():
        await objects.ensure_bucket()
        for number in range(5):
            await audit.record(WORKER, "case.read", f"case/{number}", now=datetime.now(UTC))
        await links.seal(now=datetime.now(UTC))
        await heads.sign_head(now=datetime.now(UTC))


async def tamper(url: str) -> str:
    connection = await asyncpg.connect(url)
    await connection.execute("SET session_replication_role = replica")
    row = await connection.fetchval("SELECT row_id FROM audit_link WHERE seq = 3")
    await connection.execute("UPDATE audit_row SET object = 'case/9' WHERE id = $1", row)
    await connection.close()
    return str(row)


def test_the_log_is_verified_from_a_shell(system, postgres, seaweed, monkeypatch, capfd):  # noqa: F811
    assert banshi("migrate").exit_code == 0
    asyncio.run(grow())

    done = banshi("audit", "verify", "--quiet")
    assert done.exit_code == 0, done.output
    report = json.loads(done.stdout)
    assert (report["clean"], report["rows"], report["heads"], report["signed_rows"]) == (True, 5, 1, 5)
    head = json.loads(banshi("audit", "head").stdout)
    assert (head["seq"], head["unsealed_s"]) == (5, 0.0)

    row = asyncio.run(tamper(postgres.url(database=system)))
    done = banshi("audit", "verify")
    assert done.exit_code == 1
    assert json.loads(done.stdout)["faults"][0]["row"] == row
    assert f"tampered: edit at link 3, row {row}" in done.stderr
    assert json.loads(banshi("audit", "verify", "--from", "4", "--all-heads").stdout)["clean"]

    monkeypatch.setenv("BANSHI_S3_ENDPOINT", "127.0.0.1:9")
    assert banshi("audit", "verify").exit_code == 2


@pytest.mark.parametrize("words", [("audit",), ("audit", "verify"), ("audit", "head")])
def test_each_command_shows_an_example(words):
    assert "Example: banshi audit" in banshi(*words, "--help").output
