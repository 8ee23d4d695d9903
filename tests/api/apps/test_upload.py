"""POST /apps/packages: who may, what is taken, and that the same twice is once."""

import asyncio
import tempfile
from dataclasses import replace

import httpx
import pytest

from api.http.apps import spool, upload
from banshi import package
from banshi.package import LARGEST
from identity import accounts
from miniapps.catalog import service
from miniapps.catalog.errors import UploadsUnderWay
from storage import clock, objects
from tests.api.conftest import SignIn, as_citizen
from tests.miniapps.catalog.packed import NOON, PEM, a_package

ZIP = {"content-type": "application/zip"}


@pytest.fixture
async def token(client: httpx.AsyncClient, sign_in: SignIn) -> str:
    await objects.ensure_bucket()
    made = await sign_in("developer")
    actor = await accounts.actor_of(made, now=await clock.now())
    await service.add_key(actor, package.public_of(PEM).hex(), "发布密钥", now=NOON)
    return made


async def send(client: httpx.AsyncClient, token: str, data, **headers: str) -> httpx.Response:
    told = {**ZIP, "authorization": f"Bearer {token}", **headers}
    return await client.post("/apps/packages", content=data, headers=told)


async def test_a_package_makes_a_version_once(client: httpx.AsyncClient, token: str) -> None:
    first, again = await send(client, token, a_package()), await send(client, token, a_package())

    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert first.json() | {"versionId": ""} == {
        "versionId": "", "appId": "rent-app", "version": "1.0.0", "state": "SUBMITTED",
    }  # fmt: skip


async def test_faults_come_with_rule_and_fix(client: httpx.AsyncClient, token: str) -> None:
    answer = await send(client, token, b"PK no zip")

    [error] = answer.json()["errors"]
    assert (answer.status_code, error["extensions"]["code"]) == (422, "PACKAGE_REFUSED")
    assert error["extensions"]["findings"][0]["rule"] == "package.zip"


async def test_what_is_too_long_is_cut_off_while_it_comes(client: httpx.AsyncClient, token: str) -> None:
    sent = 0

    async def endless():
        nonlocal sent
        while sent < 4 * LARGEST:
            sent += 2**20
            yield b"\0" * 2**20

    answer = await send(client, token, endless())

    assert answer.status_code == 413
    assert answer.json()["errors"][0]["extensions"]["code"] == "BODY_TOO_LARGE"


@pytest.mark.parametrize(("persona", "status"), [("wang_fang", 403), ("operator", 403), (None, 401)])
async def test_others_may_not_and_their_bytes_are_not_read(client, sign_in, persona, status) -> None:
    async def bytes_():
        raise AssertionError("the body was read")
        yield b""

    headers = {"authorization": f"Bearer {await sign_in(persona)}"} if persona else {}
    answer = await client.post("/apps/packages", content=b"PK", headers={**ZIP, **headers})

    assert answer.status_code == status


async def test_a_form_of_another_site_is_not_taken(client: httpx.AsyncClient, token: str) -> None:
    answer = await send(client, token, a_package(), **{"content-type": "text/plain"})

    assert answer.status_code == 415


async def test_packages_of_one_person_are_counted(client, token, monkeypatch) -> None:
    monkeypatch.setattr(upload, "BURST", 2)

    answers = [await send(client, token, b"PK") for _ in range(3)]

    assert [answer.status_code for answer in answers] == [422, 422, 429]


async def test_so_many_at_a_time_and_the_next_is_told_when_to_come(client, token) -> None:
    developer = await accounts.actor_of(token, now=await clock.now())

    with spool.place(developer), spool.place(developer):
        answer = await send(client, token, a_package())

    assert (answer.status_code, answer.headers["retry-after"]) == (429, "5")
    assert answer.json()["errors"][0]["extensions"]["code"] == "UPLOADS_UNDER_WAY"
    assert (await send(client, token, a_package())).status_code == 201


def test_all_teams_together_have_so_many_places(monkeypatch) -> None:
    monkeypatch.setattr(spool, "MOST_HERE", 1)

    with spool.place(as_citizen()), pytest.raises(UploadsUnderWay), spool.place(as_citizen()):
        pass
    with spool.place(as_citizen()):
        pass


@pytest.mark.parametrize("shared", ["acting_for", "person_id"])
def test_a_team_has_two_places_and_so_has_a_person_in_however_many_teams(shared) -> None:
    first = as_citizen()
    others = [replace(as_citizen(), **{shared: getattr(first, shared)}) for _ in range(2)]

    with spool.place(first), spool.place(others[0]):
        with pytest.raises(UploadsUnderWay), spool.place(others[1]):
            pass
        with spool.place(as_citizen()):
            pass
    with spool.place(others[1]):
        assert spool._teams.total() == spool._persons.total() == 1


async def test_one_that_does_not_come_ends_and_leaves_no_file(client, token, monkeypatch, tmp_path) -> None:
    monkeypatch.setattr(spool, "WITHIN_S", 0.2)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

    async def stalling():
        yield b"PK\x03\x04" + bytes(2 * spool.PIECE)
        assert not list(tmp_path.iterdir()), "it has a name"
        await asyncio.sleep(60)

    answer = await send(client, token, stalling())

    assert (answer.status_code, answer.json()["errors"][0]["extensions"]["code"]) == (400, "BAD_REQUEST")
    assert not list(tmp_path.iterdir()) and not spool._teams and not spool._persons
