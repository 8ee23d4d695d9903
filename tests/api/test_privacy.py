"""A copy of everything over HTTP: asked for, built by the worker, fetched at the file door, by its owner."""

import io
import zipfile
from urllib.parse import urlsplit

import httpx
import pytest

from api.settings import Settings
from miniapps.privacy import service
from storage import clock, objects
from storage.db import fetch
from storage.embedded.valkey import Valkey
from storage.settings import ObjectsSettings, QueueSettings
from tests.api.conftest import SignIn, some_settings

ASK = "mutation { exportMyData { id state } }"
LOOK = "{ dataExports { edges { node { id state done total size } } } }"


@pytest.fixture
def settings(valkey: Valkey, seaweed: ObjectsSettings) -> Settings:
    return some_settings(queue=QueueSettings(url=valkey.url), objects=seaweed)


async def ask(client: httpx.AsyncClient, token: str, query: str) -> dict:
    answer = await client.post(
        "/graphql", json={"query": query}, headers={"authorization": f"Bearer {token}"}
    )
    return answer.json()


async def fetched(client: httpx.AsyncClient, url: str, token: str) -> httpx.Response:
    place = urlsplit(url)
    headers = {"authorization": f"Bearer {token}", "host": place.netloc}
    return await client.get(place.path, headers=headers)


async def test_a_citizen_fetches_a_copy_of_everything(client: httpx.AsyncClient, sign_in: SignIn) -> None:
    await objects.ensure_bucket()
    owner, other = await sign_in("wang_fang"), await sign_in("li_wei")

    asked = (await ask(client, owner, ASK))["data"]["exportMyData"]
    [row] = await fetch("SELECT id FROM data_export")
    await service.build(row["id"], now=await clock.now())
    [edge] = (await ask(client, owner, LOOK))["data"]["dataExports"]["edges"]
    link = (await ask(client, owner, f'mutation {{ dataExportLink(id: "{asked["id"]}") }}'))["data"]
    answer = await fetched(client, link["dataExportLink"], owner)
    foreign = await fetched(client, link["dataExportLink"], other)
    again = await ask(client, owner, ASK)

    assert asked["state"] == "ASKED"
    assert (edge["node"]["state"], edge["node"]["done"]) == ("READY", edge["node"]["total"])
    assert answer.status_code == 200
    assert answer.headers["content-disposition"].endswith(".zip")
    assert len(answer.content) == edge["node"]["size"]
    assert "account/profile.json" in zipfile.ZipFile(io.BytesIO(answer.content)).namelist()
    assert foreign.status_code == 404
    assert again["errors"][0]["extensions"]["code"] == "EXPORT_TOO_SOON"


async def test_a_citizen_who_erased_himself_is_nobody_at_the_next_request(
    client: httpx.AsyncClient, sign_in: SignIn
) -> None:
    token = await sign_in("wang_fang")

    assert (await ask(client, token, 'mutation { eraseMe(confirm: "注销") }'))["data"] == {"eraseMe": True}
    gone = await ask(client, token, "{ viewer { id } }")

    assert gone["errors"][0]["extensions"]["code"] in ("NOT_SIGNED_IN", "SESSION_ENDED", "TOKEN_INVALID")
