"""Preparing: servers that do not do are named, what is missing is made, repeating is harmless."""

import io
import re
from contextlib import redirect_stdout

import msgspec
import pytest

from api import prepare
from api.prepare import Unprepared
from api.settings import Settings
from api.supervisor.servers import stand_ins
from banshi.package import MANIFEST
from miniapps.catalog.service import first_party
from storage.embedded.process import free_port
from storage.settings import DatabaseSettings, ObjectsSettings, QueueSettings

SHIPPED = first_party.shipped()


@pytest.fixture
def settings(postgres, valkey, seaweed, database) -> Settings:
    """The settings of the tests' servers; the owner's address is given."""
    base = Settings.read(stand_ins({}))
    return msgspec.structs.replace(
        base,
        database=DatabaseSettings(
            url=postgres.url("app", database), owner_url=postgres.url("owner", database)
        ),
        queue=QueueSettings(url=valkey.url),
        objects=msgspec.structs.replace(seaweed, bucket="prepared"),
    )


async def say(settings: Settings) -> str:
    said = io.StringIO()
    with redirect_stdout(said):
        await prepare.prepare(settings)
    return said.getvalue()


async def test_a_migrated_database_is_seeded_and_nothing_is_said(settings):
    assert await say(settings) == ""
    assert await say(settings) == ""


async def test_our_own_mini_apps_are_released_by_invented_people_and_wait_where_there_are_none(
    settings, postgres, database, monkeypatch
):
    ship(monkeypatch, "1.0.0")
    await say(settings)
    await prepare.bring(settings)
    assert versions(postgres, database) == "1.0.0 approved listed true"

    ship(monkeypatch, "1.0.1")
    await prepare.bring(settings)
    assert versions(postgres, database).split("\n")[1:] == ["1.0.1 approved listed true"]

    for version in ("1.0.2", "1.0.3"):
        ship(monkeypatch, version)
        await prepare.bring(msgspec.structs.replace(settings, verifier="none"))
    assert versions(postgres, database).split("\n")[2:] == [
        "1.0.2 withdrawn listed false", "1.0.3 submitted listed false"
    ]  # fmt: skip


def ship(monkeypatch, version: str) -> None:
    """Let the program come with its mini-apps in this version."""
    whole = {
        app_id: {
            **found,
            MANIFEST: re.sub(rb"(?m)^version: .*", f"version: {version}".encode(), found[MANIFEST]),
        }
        for app_id, found in SHIPPED.items()
    }
    monkeypatch.setattr(first_party, "shipped", lambda: whole)


def versions(postgres, database: str) -> str:
    """A line for each version of our guide: its state, that of the mini-app, whether everybody has it."""
    return postgres.psql(
        "SELECT v.version || ' ' || v.state || ' ' || a.state || ' ' || (v.id = a.released_id)"
        " FROM mini_app a JOIN mini_app_version v ON v.app = a.id"
        " WHERE a.app_id = 'service-guide' ORDER BY v.version",
        database=database,
    )


async def test_without_the_owner_migrating_is_left_to_others(settings):
    database = msgspec.structs.replace(settings.database, owner_url="")

    assert "`banshi migrate` and `banshi seed` are left" in await say(
        msgspec.structs.replace(settings, database=database)
    )


@pytest.mark.parametrize(
    ("section", "broken", "named"),
    [
        (
            "database",
            {"url": "postgresql://app@127.0.0.1:{port}/banshi"},
            "BANSHI_DATABASE_URL does not work",
        ),
        ("database", {"url": "{url}_not"}, "BANSHI_DATABASE_URL does not work: InvalidCatalogNameError"),
        ("queue", {"url": "redis://127.0.0.1:{port}/0"}, "BANSHI_REDIS_URL does not work"),
        (
            "objects",
            {"secret_key": "wrong"},
            "BANSHI_S3_ENDPOINT, _ACCESS_KEY, _SECRET_KEY or _BUCKET does not work",
        ),
    ],
)
async def test_a_server_that_does_not_do_is_named_in_one_line(settings, section, broken, named):
    values = {name: text.format(port=free_port(), url=settings.database.url) for name, text in broken.items()}
    part: DatabaseSettings | QueueSettings | ObjectsSettings = getattr(settings, section)
    wrong = msgspec.structs.replace(settings, **{section: msgspec.structs.replace(part, **values)})

    with pytest.raises(Unprepared) as caught:
        await prepare.check(wrong)

    assert str(caught.value).startswith(named)
    assert "\n" not in str(caught.value)


async def test_a_role_that_may_not_migrate_is_told_whose_address_is_wanted(settings, postgres):
    postgres.psql("CREATE DATABASE bare_of_tables OWNER owner")
    url = postgres.url("app", "bare_of_tables")
    wrong = msgspec.structs.replace(settings, database=DatabaseSettings(url=url, owner_url=url))

    with pytest.raises(Unprepared) as caught:
        await prepare.migrate(wrong)
    postgres.psql("DROP DATABASE bare_of_tables")

    assert "BANSHI_DATABASE_OWNER_URL is to name the owner" in str(caught.value)
