"""Pictures that a reviewer adds by the page, and shows again."""

import io

import httpx
import pytest
from PIL import Image

from api.settings import Settings
from miniapps.review import queries
from storage import clock, objects
from storage.embedded.valkey import Valkey
from storage.settings import ObjectsSettings, QueueSettings
from tests.api.conftest import some_settings
from tests.api.pages.browsing import forms_of, send, text_of
from tests.api.web.operator.desk import at_work, waiting

ORIGIN = {"origin": "http://127.0.0.1:8000"}


@pytest.fixture
def settings(valkey: Valkey, seaweed: ObjectsSettings) -> Settings:
    return some_settings(queue=QueueSettings(url=valkey.url), objects=seaweed)


def a_picture() -> bytes:
    drawn = io.BytesIO()
    Image.new("RGB", (40, 60), "white").save(drawn, format="JPEG")
    return drawn.getvalue()


async def attach(client: httpx.AsyncClient, one: str, picture: bytes) -> httpx.Response:
    fields = dict(forms_of((await client.get(one)).text))[f"{one}/evidence"]
    fields.pop("picture", None)
    file = {"picture": ("screen.jpg", picture, "image/jpeg")}
    return await client.post(f"{one}/evidence", data=fields, files=file, headers=ORIGIN)


async def test_a_picture_is_kept_shown_and_cited(client: httpx.AsyncClient, sign_in):
    await objects.ensure_bucket()
    me = await at_work(client, sign_in)
    row = await waiting(await clock.now())
    one = f"/operator/reviews/{row.id}"
    assert f"{one}/evidence" not in (await client.get(one)).text, "who has not claimed it adds nothing"
    await send(client, await client.get(one), to=f"{one}/claim")

    first, again = [await attach(client, one, a_picture()) for _ in range(2)]

    assert first.headers["location"] == again.headers["location"] == f"{one}?done=attached"
    [name] = queries.evidence(await queries.one(me, row.id))
    picture = await client.get(f"/operator/versions/{row.version_id}/shots/{name}")
    assert picture.headers["content-type"] == "image/png" and picture.content.startswith(b"\x89PNG")
    assert "sandbox" in picture.headers["content-security-policy"]
    assert name in (await client.get(f"{one}/refuse")).text
    unknown = await client.get(f"/operator/versions/{row.version_id}/shots/no-such.png")
    assert unknown.status_code == 404


@pytest.mark.parametrize("sent", [b"", b"no picture"], ids=["nothing", "no picture"])
async def test_what_is_no_picture_is_told_beside_the_field(client: httpx.AsyncClient, sign_in, sent):
    await at_work(client, sign_in)
    row = await waiting(await clock.now())
    one = f"/operator/reviews/{row.id}"
    await send(client, await client.get(one), to=f"{one}/claim")

    answer = await attach(client, one, sent)

    assert answer.status_code == 422
    assert 'id="picture-problem"' in answer.text and "图片" in text_of(answer.text)
