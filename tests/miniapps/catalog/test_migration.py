"""Mini-apps of before there were reviews, teams and packages keep what they had."""

import asyncpg
import pytest

from storage import db as storage_db
from storage import migrations
from storage.db import execute, fetch
from storage.ids import new_id
from storage.settings import DatabaseSettings

APP = (
    "INSERT INTO mini_app (id, app_id, name, purpose, department, operator, developer_id, state,"
    " state_reason, created_at)"
    " VALUES ($1, 'rent-app', '租房', '租房', '某某局', '某某局', $2, 'listed', '', now())"
)
VERSION = (
    "INSERT INTO mini_app_version (id, app, version, manifest, text, state, submitted_by, submitted_at,"
    " reason) VALUES ($1, $2, $3, '{}', '', $4, $5, now(), '')"
)
STATES = ("released", "superseded", "refused", "submitted", "submitted")


@pytest.fixture
async def empty(postgres):
    """This process connected as owner to a database in which nothing has run."""
    name = f"t_{new_id().hex}"
    admin = await asyncpg.connect(postgres.url())
    await admin.execute(f"CREATE DATABASE {name} OWNER owner")
    await storage_db.connect(DatabaseSettings(url=postgres.url("owner", name), pool_min=4, pool_max=6))
    yield
    await storage_db.disconnect()
    await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await admin.close()


async def test_versions_of_before_keep_their_place_and_their_developers(empty, monkeypatch):
    every = migrations._files

    def of_before(config):
        first_after = f"{config.app_name}_2026_11_22t16"
        later = ("catalog", "gateway")  # the gateway's ask for tables of the catalogue
        return [path for path in every(config) if config.app_name not in later or path.name < first_after]

    monkeypatch.setattr(migrations, "_files", of_before)
    await migrations.migrate()
    app, person, team = new_id(), new_id(), new_id()
    await execute("INSERT INTO team (id, name, created_at) VALUES ($1, '星河', now())", team)
    await execute(
        "INSERT INTO team_member (id, party_id, team, role, state, invited_by, invited_at)"
        " VALUES ($1, $2, $3, 'owner', 'active', $2, now())",
        new_id(), person, team,
    )  # fmt: skip
    await execute(APP, app, person)
    for number, state in enumerate(STATES):
        await execute(VERSION, new_id(), app, f"1.0.{number}", state, person)
    monkeypatch.setattr(migrations, "_files", every)

    await migrations.migrate()

    rows = await fetch("SELECT state, team_id FROM mini_app_version ORDER BY version")
    assert [row["state"] for row in rows] == ["approved", "approved", "refused", "withdrawn", "queued"]
    assert {row["team_id"] for row in rows} == {team}
    assert [row["team_id"] for row in await fetch("SELECT team_id FROM mini_app")] == [team]
