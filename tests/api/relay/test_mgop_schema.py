"""The APIs of a listed mini-app, for anybody who makes a client of them; of no other is anything told."""

import httpx
import pytest

from api.http import quota
from banshi import manifest, mgop
from identity.roles import Role
from miniapps.catalog import service as catalog
from miniapps.catalog.rules import AppState
from miniapps.gateway.service import _cataloguing
from storage import clock
from storage.db import execute
from tests.api.conftest import an_actor
from tests.api.relay.conftest import APP, TEXT, released

PATH = f"/mgop/{APP}/mgopSchema.json"


DEVELOPER = an_actor(Role.DEVELOPER)


@pytest.fixture
async def listed(client: httpx.AsyncClient) -> httpx.AsyncClient:
    await released(developer=DEVELOPER)
    return client


async def test_anybody_reads_the_apis_of_the_version_that_everybody_gets(listed: httpx.AsyncClient):
    later = TEXT.replace("1.0.0", "1.1.0").replace("rent.slow", "rent.new")
    first = await listed.get(PATH)
    tag = first.headers["etag"]
    known = await listed.get(PATH, headers={"if-none-match": f'"other", W/{tag}'})
    await released(later, DEVELOPER)
    second = await listed.get(PATH, headers={"if-none-match": tag})

    origin = f"http://{APP}.apps.localhost:8000"
    assert first.json() == mgop.catalogue(manifest.read(TEXT), origin)
    assert second.json() == mgop.catalogue(manifest.read(later), origin) != first.json()
    assert first.headers["content-type"] == "application/json"
    assert first.headers["cache-control"] == "public, max-age=60"
    assert (known.status_code, known.content, known.headers["etag"]) == (304, b"", tag)


async def test_what_is_in_review_is_not_told_of(listed: httpx.AsyncClient):
    first = await listed.get(PATH)
    later = TEXT.replace("1.0.0", "1.1.0").replace("rent.slow", "rent.new")
    await catalog.submit(DEVELOPER, later, now=await clock.now())

    assert (await listed.get(PATH)).content == first.content


@pytest.mark.parametrize("state", sorted(set(AppState) - {AppState.LISTED}))
async def test_what_is_not_listed_is_as_what_never_was(listed: httpx.AsyncClient, state: AppState):
    await execute("UPDATE mini_app SET state = $1 WHERE app_id = $2", state, APP)

    hidden, never = await listed.get(PATH), await listed.get(PATH.replace(APP, "never-was"))

    assert hidden.status_code == never.status_code == 404
    told = [each.json()["errors"][0] for each in (hidden, never)]
    for each in told:
        each["extensions"].pop("requestId")
    assert repr(told[0]).replace(APP, "never-was") == repr(told[1])
    assert hidden.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("name", ["%00", "Rent-App", "rent-app%2f..", "a" * 500, "é"])
async def test_a_name_that_no_mini_app_has_is_not_asked_for(listed: httpx.AsyncClient, db, name: str):
    db.clear()

    assert (await listed.get(f"/mgop/{name}/mgopSchema.json")).status_code == 404
    assert db == []


async def test_who_asks_too_often_is_told_when_to_come_again(listed: httpx.AsyncClient, monkeypatch):
    monkeypatch.setattr(quota, "ADDRESS_BURST", 2)
    monkeypatch.setattr(quota, "ADDRESS_PER_S", 0.01)

    assert [(await listed.get(PATH)).status_code for _ in range(3)] == [200, 200, 429]


async def test_what_is_remembered_of_long_ones_is_bounded(listed: httpx.AsyncClient, monkeypatch):
    monkeypatch.setattr(_cataloguing, "KEPT_BYTES", 10)
    _cataloguing._held.clear()
    bodies = [(await listed.get(PATH)).content for _ in range(2)]
    host = "rent-app.apps.example"
    monkeypatch.setattr(_cataloguing.origins, "origin", lambda app_id: f"https://{host}")

    assert bodies[0] == bodies[1] and host in (await listed.get(PATH)).json()["host"]
    assert len(_cataloguing._held) == 1
