"""The file door: a file leaves in clear for one session and one minute, and nobody else learns anything."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import asyncpg
import httpx
import pytest

from api.http import files as door
from api.settings import Settings
from banshi.errors import NotFound
from banshi.scopes import Scope
from identity import accounts, consents, sessions, tokens
from identity.actor import Actor
from miniapps.materials import service
from miniapps.materials.errors import SessionNeeded
from storage import clock, objects
from storage.db import fetch
from storage.embedded.postgres import Postgres
from storage.embedded.valkey import Valkey
from storage.settings import ObjectsSettings, QueueSettings
from tests.api.conftest import SignIn, some_settings
from tests.miniapps.materials.factories import a_citizen, a_clerk, given, used
from tests.storage.inspection import files

CLERK = "clerk_public_security"


@pytest.fixture
def settings(valkey: Valkey, seaweed: ObjectsSettings) -> Settings:
    return some_settings(queue=QueueSettings(url=valkey.url), objects=seaweed)


@pytest.fixture
async def citizen(client: httpx.AsyncClient, sign_in: SignIn) -> tuple[str, Actor]:
    """A citizen's token and who he is; the bucket exists."""
    await objects.ensure_bucket()
    return await entered(sign_in, "wang_fang")


async def entered(sign_in: SignIn, persona: str) -> tuple[str, Actor]:
    token = await sign_in(persona)
    actor = await accounts.actor_of(token, now=await clock.now())
    assert actor is not None
    return token, actor


async def a_link(actor: Actor, version_id: UUID, *, age_s: int = 0) -> str:
    now = await clock.now() - timedelta(seconds=age_s)
    return door.link(await service.download_link(actor, version_id, now=now))


async def fetched(client: httpx.AsyncClient, url: str, token: str | None) -> httpx.Response:
    return await client.get(url, headers={"authorization": f"Bearer {token}"} if token else {})


def refusal(answer: httpx.Response) -> tuple[int, Any]:
    """What the client learns, without the id of the request."""
    [error] = answer.json()["errors"]
    error["extensions"].pop("requestId")
    return answer.status_code, error


async def test_the_citizen_gets_the_file_decrypted_and_nothing_that_a_browser_would_run(
    client: httpx.AsyncClient, citizen: tuple[str, Actor]
) -> None:
    token, actor = citizen
    data = files.pdf(150)
    version = await given(actor, data, now=await clock.now())

    answer = await fetched(client, await a_link(actor, version.id), token)

    assert (answer.status_code, answer.content) == (200, data)
    headers = answer.headers
    assert headers["content-type"] == "application/pdf"
    assert headers["content-length"] == str(len(data))
    assert headers["content-disposition"] == (
        "attachment; filename*=UTF-8''%E7%A7%9F%E6%88%BF%E5%90%88%E5%90%8C.pdf"
    )
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] == "no-store"
    assert "sandbox" in headers["content-security-policy"]
    [look] = await fetch("SELECT object, party_id FROM audit_row WHERE act = 'material.read'")
    assert (look["object"], look["party_id"]) == (f"version/{version.id}", actor.acting_for)


async def test_every_wrong_link_gets_the_same_answer(
    client: httpx.AsyncClient, sign_in: SignIn, citizen: tuple[str, Actor]
) -> None:
    token, actor = citizen
    version = await given(actor, now=await clock.now())
    good = await a_link(actor, version.id)
    other, _ = await entered(sign_in, "li_wei")
    second, _ = await entered(sign_in, "wang_fang")
    wrong = {
        "expired": (await a_link(actor, version.id, age_s=61), token),
        "another citizen's session": (good, other),
        "another session of the same citizen": (good, second),
        "no session": (good, None),
        "no such session": (good, "s" + "0" * 64),
        "forged": (good[:-4] + ("AAAA" if good[-4:] != "AAAA" else "BBBB"), token),
        "cut short": (good[:-30], token),
        "nonsense": (door.link("nonsense"), token),
        "not even base64": (door.link("%E4%B8%AD"), token),
    }

    answers = {case: refusal(await fetched(client, url, who)) for case, (url, who) in wrong.items()}

    assert {case for case, answer in answers.items() if answer[0] != 404} == set()
    assert len({str(answer) for answer in answers.values()}) == 1
    assert not await fetch("SELECT 1 FROM audit_row WHERE act = 'material.read'")


async def test_a_mini_app_opens_no_link_of_its_citizens_session(
    client: httpx.AsyncClient, citizen: tuple[str, Actor]
) -> None:
    token, actor = citizen
    now = await clock.now()
    version = await given(actor, now=now)
    url = await a_link(actor, version.id)
    await consents.grant(actor, "rent-helper", [Scope.MATERIALS_READ], now=now)
    in_app = await tokens.issue(actor, "rent-helper", [Scope.MATERIALS_READ], now=now)

    answers = [await fetched(client, url, who) for who in (in_app, token)]

    assert [answer.status_code for answer in answers] == [404, 200]


async def test_a_link_dies_with_its_session(client: httpx.AsyncClient, citizen: tuple[str, Actor]) -> None:
    token, actor = citizen
    version = await given(actor, now=await clock.now())
    url = await a_link(actor, version.id)
    assert actor.session_id is not None
    await sessions.revoke(actor, actor.session_id, now=await clock.now())

    assert (await fetched(client, url, token)).status_code == 404


async def test_a_link_dies_with_the_file(client: httpx.AsyncClient, citizen: tuple[str, Actor]) -> None:
    token, actor = citizen
    version = await given(actor, now=await clock.now())
    url = await a_link(actor, version.id)
    await service.remove_material(actor, version.material, now=await clock.now())

    assert (await fetched(client, url, token)).status_code == 404


async def test_the_door_is_on_its_own_host_only(
    client: httpx.AsyncClient, citizen: tuple[str, Actor]
) -> None:
    token, actor = citizen
    version = await given(actor, now=await clock.now())
    path = urlsplit(await a_link(actor, version.id)).path

    answer = await fetched(client, path, token)

    assert (answer.status_code, answer.json()["errors"][0]["extensions"]["code"]) == (404, "PATH_UNKNOWN")


async def test_staff_read_what_their_case_uses_and_it_is_on_record_first(
    client: httpx.AsyncClient, citizen: tuple[str, Actor], sign_in: SignIn
) -> None:
    _, owner = citizen
    clerk_token, clerk = await entered(sign_in, CLERK)
    now = await clock.now()
    version = await given(owner, now=now)
    receipt = await used(
        owner, version, department_id=clerk.acting_for, now=now, until=now + timedelta(days=1)
    )

    answer = await fetched(client, await a_link(clerk, version.id), clerk_token)

    assert (answer.status_code, answer.content) == (200, files.pdf())
    [look] = await fetch("SELECT party_id, person_id, basis FROM audit_row WHERE act = 'material.read'")
    assert (look["party_id"], look["person_id"], look["basis"]) == (
        owner.acting_for, clerk.person_id, f"use/{receipt.id}",
    )  # fmt: skip


async def test_without_a_record_staff_get_no_byte(
    client: httpx.AsyncClient, citizen: tuple[str, Actor], sign_in: SignIn, postgres: Postgres, database: str
) -> None:
    _, owner = citizen
    clerk_token, clerk = await entered(sign_in, CLERK)
    now = await clock.now()
    version = await given(owner, now=now)
    await used(owner, version, department_id=clerk.acting_for, now=now, until=now + timedelta(days=1))
    url = await a_link(clerk, version.id)
    as_owner = await asyncpg.connect(postgres.url("owner", database))
    await as_owner.execute("REVOKE INSERT ON audit_row FROM app")
    await as_owner.close()

    answer = await fetched(client, url, clerk_token)

    assert answer.status_code == 500
    assert b"%PDF" not in answer.content


async def test_a_file_that_the_vault_has_lost_is_not_found(
    client: httpx.AsyncClient, citizen: tuple[str, Actor]
) -> None:
    token, actor = citizen
    version = await given(actor, now=await clock.now())
    url = await a_link(actor, version.id)
    [stored] = await objects.list_(f"vault/{actor.acting_for}/")
    await objects.remove(stored.key)

    assert (await fetched(client, url, token)).status_code == 404


async def test_a_mini_app_gets_no_link(citizen: tuple[str, Actor]) -> None:
    _, actor = citizen
    now = await clock.now()
    version = await given(actor, now=now)
    app = replace(actor, app_id="lease-helper", scopes=frozenset({Scope.MATERIALS_READ}))

    for without_a_session in (app, replace(actor, session_id=None)):
        with pytest.raises(SessionNeeded):
            await service.download_link(without_a_session, version.id, now=now)


async def test_what_one_may_not_open_has_no_link(citizen: tuple[str, Actor]) -> None:
    version = await given(citizen[1], now=await clock.now())

    for stranger in (a_clerk(), a_citizen()):
        with pytest.raises(NotFound):
            await service.download_link(stranger, version.id, now=await clock.now())
