"""Back ends that are called at an address of their own: what they are told, and what odd answers become."""

import asyncio
from contextlib import asynccontextmanager

import httpx
import pytest

from api.http.heads import Protocol
from banshi import signing
from banshi.serving import Keys, published
from identity.roles import Role
from miniapps.catalog.rules import Environment
from miniapps.catalog.tables import MiniApp, WebhookSecret
from miniapps.gateway import rules, service
from miniapps.gateway.service import GatewaySettings, _calling
from miniapps.insight.tables import AppProblem
from storage import clock
from storage.seal import wrap
from tests.api.conftest import an_actor, as_operator
from tests.api.lane.served import Served
from tests.api.relay.conftest import APP, World, code_of, mini_app

CHECKED = {"rent": 3000}
DEEP = b"[" * 100_000 + b"]" * 100_000  # deeper than a parser of JSON goes


async def an_owner():
    app = await MiniApp.objects().get(MiniApp.app_id == APP)
    return an_actor(Role.DEVELOPER, acting_for=app.team_id), app


async def called_at(url: str, *, is_signed: bool = False) -> None:
    owner, _ = await an_owner()
    now = await clock.now()
    await service.set_upstream(owner, APP, Environment.PRODUCTION, url, is_signed=is_signed, now=now)


@asynccontextmanager
async def back_end(world: World, *, secrets: tuple[str, ...] = ()):
    """The SDK's back end behind an address."""
    platform = world.apps[0].state["public_url"]
    made = mini_app(world.folder, world.seen, gate=world.gate)
    server = made.asgi(platform=platform, keys=Keys(published(world.urls[0])), secrets=secrets)
    async with Served(server, Protocol) as served:
        await called_at(f"http://127.0.0.1:{served.port}", is_signed=bool(secrets))
        yield served


@asynccontextmanager
async def odd(answer: bytes | None):
    """Something behind an address that answers everything alike, or never; its list tells of what came."""
    seen: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
                seen.append(head + await reader.readexactly(length))
                if answer is not None:
                    writer.write(answer)
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        await called_at(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")
        yield seen


def saying(status: str, body: bytes) -> bytes:
    return b"HTTP/1.1 %s\r\ncontent-length: %d\r\n\r\n%s" % (status.encode(), len(body), body)


async def test_a_call_goes_to_the_address_with_its_token_and_ids(world):
    async with back_end(world), world.back_end(1) as link:
        link._noted = lambda noted: pytest.fail("it has an address")
        answers = [await world.call("rent.check", CHECKED, number=0, idempotency_key="k") for _ in range(3)]
        refusal = await world.call("rent.check", {"rent": 9001})

    assert [answer.json() for answer in answers] == [{"most": 36000, "elder": False}] * 3
    assert code_of(refusal) == "RENT_TOO_DEAR"
    assert world.seen[0].scopes == frozenset({"cases:read"})


async def test_a_signed_call_covers_body_and_token(world):
    secret = signing.new_secret()
    _, app = await an_owner()
    sealed = wrap(secret.encode(), aad=f"mini_app.webhook\0{APP}\0production".encode())
    now = await clock.now()
    await WebhookSecret(app=app.id, environment="production", sealed=sealed, created_at=now).save()
    async with back_end(world, secrets=(secret,)):
        well = await world.call("rent.check", CHECKED)
    async with back_end(world, secrets=(signing.new_secret(),)):
        ill = await world.call("rent.check", CHECKED)

    assert well.status_code == 200
    assert (ill.status_code, code_of(ill)) == (401, "WEBHOOK_SIGNATURE_REFUSED")


@pytest.mark.parametrize(
    ("answer", "status", "code"),
    [
        (saying("200 OK", b"no json"), 502, "APP_FAILED"),
        (saying("200 OK", b'{"rs":1000}}{'), 502, "APP_FAILED"),
        (saying("302 Found", b""), 502, "APP_FAILED"),
        (saying("500 X", b"<html>"), 502, "APP_FAILED"),
        (saying("204 No Content", b""), 502, "APP_FAILED"),
        (saying("200 OK", DEEP), 502, "APP_FAILED"),
        (saying("409 Conflict", b'{"error":{"code":"X","data":{"a":%b}}}' % DEEP), 502, "APP_FAILED"),
        (saying("409 Conflict", b'{"a":%b,"error":{"code":"X"}}' % DEEP), 502, "APP_FAILED"),
        (b"SSH-2.0-OpenSSH\r\n\r\n", 502, "APP_FAILED"),
        (saying("200 OK", b'"' + b"x" * 1_100_000 + b'"'), 502, "APP_FAILED"),
        (None, 504, "APP_SILENT"),
    ],
    ids=[
        "text",
        "two values",
        "redirect",
        "page",
        "nothing",
        "deep",
        "deep refusal",
        "refusal with depth",
        "another protocol",
        "long",
        "silence",
    ],
)
async def test_what_is_no_answer_is_told_as_such(world, monkeypatch, answer, status, code):
    monkeypatch.setattr(_calling, "PATIENCE_S", 0.5)
    async with odd(answer):
        got = await world.call("rent.check", CHECKED)

    assert (got.status_code, code_of(got)) == (status, code)


async def test_nobody_there_is_told_as_such(world):
    await called_at("http://127.0.0.1:1")

    assert code_of(await world.call("rent.check", CHECKED)) == "APP_OFFLINE"


async def test_an_address_that_turned_inward_is_not_called(world, monkeypatch):
    async with odd(saying("200 OK", b"{}")) as seen:
        service.configure(GatewaySettings(loopback=False))
        got = await world.call("rent.check", CHECKED)
        service.configure(GatewaySettings())

    assert (code_of(got), seen) == ("APP_OFFLINE", [])


async def problems() -> dict[str, tuple[int, int]]:
    for _ in range(100):
        rows = await AppProblem.objects()
        if rows:
            break
        await asyncio.sleep(0.02)
    return {row.key: (row.found, row.out_of) for row in rows}


async def test_a_back_end_that_fails_too_often_is_left_alone_and_its_team_told(world, monkeypatch):
    monkeypatch.setattr(rules, "LEAST", 4)
    monkeypatch.setattr(rules, "REST_S", 600)
    async with odd(saying("503 X", b'{"error": {"code": "BUG"}}')) as seen:
        failed = [code_of(await world.call("rent.check", CHECKED)) for _ in range(4)]
        resting = await world.call("rent.check", CHECKED)
        count = len(seen)
        noticed = await problems()
    async with back_end(world):
        world.apps[0].state["exchange"].back_ends._breakers[APP].rests_until = 0.0
        again = [(await world.call("rent.check", CHECKED)).status_code for _ in range(2)]

    assert failed == ["BUG"] * 4
    assert (resting.status_code, code_of(resting), count) == (503, "APP_RESTING", 4)
    assert noticed == {"calls_held": (4, 4)}
    assert again == [200, 200]


async def test_an_answer_that_the_manifest_does_not_say_is_kept_from_the_citizen(world):
    async with odd(saying("200 OK", b'{"most": "much"}')):
        got = await world.call("rent.told", {})
        fine = await world.call("rent.check", CHECKED)

    assert (got.status_code, code_of(got)) == (502, "APP_ANSWER_UNFIT")
    assert "much" not in got.text
    assert "answer.most" in got.text
    assert fine.json() == {"most": "much"}
    assert await problems() == {"answers_unfit": (1, 1)}


async def at_once(world: World) -> list[httpx.Response]:
    """Many calls at one moment: between calls one by one a slow machine would let a bucket fill again."""
    return list(await asyncio.gather(*(world.call("rent.check", CHECKED) for _ in range(6))))


def check_crowded(answers: list[httpx.Response]) -> None:
    """Check that of the answers, where each API has one call a second, two were passed on."""
    crowded = [answer for answer in answers if answer.status_code != 200]
    assert len(answers) - len(crowded) in (2, 3)
    assert {code_of(answer) for answer in crowded} == {"APP_CROWDED"}
    assert all(int(answer.headers["retry-after"]) >= 1 for answer in crowded)


async def test_a_mini_app_has_so_many_calls_and_each_api_half_of_them(world):
    service.configure(GatewaySettings(app_per_s=2))
    async with odd(saying("200 OK", b"{}")):
        answers = await at_once(world)
    service.configure(GatewaySettings())

    check_crowded(answers)


async def test_an_operator_s_quota_counts_at_once_and_until_it_is_taken_back(world):
    async with odd(saying("200 OK", b"{}")):
        before = await at_once(world)
        await service.set_quota(as_operator(), APP, 2, reason="后台撑不住", now=await clock.now())
        during = await at_once(world)
        await service.set_quota(as_operator(), APP, None, reason="换了大机器", now=await clock.now())
        after = await at_once(world)

    assert {answer.status_code for answer in (*before, *after)} == {200}
    check_crowded(during)
