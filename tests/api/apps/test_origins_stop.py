"""What is stopped is not served two seconds later, though processes remember what they serve."""

import asyncio

import pytest

from api.settings import Settings
from miniapps.catalog.service import packages
from storage import news
from tests.api.apps.conftest import Fetch
from tests.api.apps.test_origins import stop


@pytest.fixture
async def hearing(db, postgres, database):
    """This process hears of changes, as it does in life, and so remembers."""
    packages.forget()
    async with news.listening(postgres.url("app", database), packages.listener()):
        yield
    packages.forget()


async def test_files_come_without_the_database_while_nothing_changes(
    fetch: Fetch, hearing: None, db, settings: Settings
) -> None:
    await fetch("/1.0.0/index.html")
    await fetch("/1.0.0/js/app.js")
    db.clear()

    for path in ("/1.0.0/index.html", "/1.0.0/js/app.js", "/1.0.0/none.js"):
        await fetch(path)

    assert db == []


@pytest.mark.parametrize("what", ["switched off", "key revoked", "version stopped"])
async def test_what_is_stopped_ends_within_two_seconds(
    fetch: Fetch, hearing: None, developer, what: str
) -> None:
    assert (await fetch("/1.0.0/index.html")).status_code == 200
    assert (await fetch("/1.0.0/js/app.js")).status_code == 200

    await stop(what, developer)

    async with asyncio.timeout(2):
        while (await fetch("/1.0.0/index.html")).status_code != 404:
            await asyncio.sleep(0.02)
    assert (await fetch("/1.0.0/js/app.js", if_none_match="*")).status_code == 404
