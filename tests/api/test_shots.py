"""Pictures of reviews over HTTP: taken from who has claimed one, handed to the team and to operators."""

import io
from dataclasses import dataclass

import httpx
import pytest
from PIL import Image

from api.settings import Settings
from identity import accounts
from identity.actor import Actor
from miniapps.review import queries, service
from miniapps.review.rules import Reason
from storage import clock, objects
from storage.embedded.valkey import Valkey
from storage.settings import ObjectsSettings, QueueSettings
from tests.api.conftest import SignIn, some_settings
from tests.miniapps.review.factories import WRONG, queued


@pytest.fixture
def settings(valkey: Valkey, seaweed: ObjectsSettings) -> Settings:
    return some_settings(queue=QueueSettings(url=valkey.url), objects=seaweed)


@dataclass
class Hands:
    """A developer, an operator, and the review between them."""

    tokens: dict[str, str]
    developer: Actor
    operator: Actor
    review: str
    version: str

    def path(self, name: str) -> str:
        return f"/apps/versions/{self.version}/shots/{name}"


@pytest.fixture
async def hands(client: httpx.AsyncClient, sign_in: SignIn) -> Hands:
    await objects.ensure_bucket()
    tokens = {name: await sign_in(name) for name in ("developer", "operator", "wang_fang")}
    now = await clock.now()
    actors = [await accounts.actor_of(tokens[name], now=now) for name in ("developer", "operator")]
    developer, operator = [each for each in actors if each is not None]
    row = await queued(developer, now=now)
    await service.claim(operator, row.id, now=now)
    return Hands(tokens, developer, operator, str(row.id), str(row.version_id))


def a_picture(format: str = "PNG", size: tuple[int, int] = (3, 2)) -> bytes:
    data = io.BytesIO()
    Image.new("RGB", size, "red").save(
        data, format=format, **({"comment": b"here"} if format == "JPEG" else {})
    )
    return data.getvalue()


async def send(client: httpx.AsyncClient, hands: Hands, picture: bytes, who: str = "operator"):
    headers = {"authorization": f"Bearer {hands.tokens[who]}", "content-type": "image/png"}
    return await client.post(f"/apps/reviews/{hands.review}/shots", content=picture, headers=headers)


async def get(client: httpx.AsyncClient, hands: Hands, name: str, who: str):
    return await client.get(hands.path(name), headers={"authorization": f"Bearer {hands.tokens[who]}"})


async def test_a_picture_becomes_evidence_that_the_developer_sees(client, hands):
    sent = await send(client, hands, a_picture("JPEG"))
    again = await send(client, hands, a_picture("JPEG"))

    name = sent.json()["name"]
    assert (sent.status_code, again.json()["name"]) == (201, name)
    reason = Reason(rule=WRONG.rule, problem=WRONG.problem, evidence=WRONG.evidence, shot=name)
    now = await clock.now()
    done = await service.refuse(
        hands.operator, (await queries.one(hands.operator, hands.review)).id, [reason], now=now
    )
    assert queries.evidence(done) == [name]
    seen = await get(client, hands, name, "developer")
    assert (seen.status_code, seen.headers["content-type"]) == (200, "image/png")
    assert seen.headers["x-content-type-options"] == "nosniff"
    assert seen.content.startswith(b"\x89PNG")
    assert b"here" not in seen.content, "it is drawn anew, without what was written into it"


async def test_nobody_else_sees_it_or_learns_that_it_is_there(client, hands):
    name = (await send(client, hands, a_picture())).json()["name"]

    there, absent = (
        await get(client, hands, name, "wang_fang"),
        await get(client, hands, "no.png", "wang_fang"),
    )

    assert there.status_code == absent.status_code == 404
    told = [answer.json()["errors"][0] for answer in (there, absent)]
    assert told[0]["message"] == told[1]["message"]
    assert (await client.get(hands.path(name))).status_code == 404


@pytest.mark.parametrize(
    ("picture", "status"),
    [
        (b"", 422),
        (b"<svg/>", 422),
        (a_picture()[:40], 422),
        (a_picture(size=(9000, 1)), 422),
        (b"x" * 5_000_000, 413),
    ],
    ids=["nothing", "other", "broken", "wide", "large"],
)
async def test_what_is_no_picture_is_refused(client, hands, picture, status):
    assert (await send(client, hands, picture)).status_code == status


async def test_only_who_has_claimed_it_may_send_one(client, hands):
    await service.unclaim(
        hands.operator, (await queries.one(hands.operator, hands.review)).id, now=await clock.now()
    )

    assert (await send(client, hands, a_picture())).status_code == 409
    assert (await send(client, hands, a_picture(), "developer")).status_code == 403
