"""A back end shows the token of a call and acts for its citizen: what it gets, and how it ends."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from joserfc.jwk import ECKey

from banshi.scopes import Scope
from identity import clients, consents, halts, session_tokens, sessions, tokens
from identity.actor import Actor
from identity.session_tokens import Who
from storage import clock
from storage.db import fetch
from storage.ids import new_id
from tests.api.oidc.conftest import actor_of
from tests.api.oidc.relying import ISSUER, Rp, add, payload_of
from tests.api.relay.conftest import a_client

APP, API = "rent-app", "rent.check"
SCOPES = ["cases:read", "profile:read"]
TYPES = "urn:ietf:params:oauth:token-type:"
VIEWER = {"query": "{ viewer { level scopes } }"}


@dataclass
class World:
    """A mini-app's back end, and a citizen who has opened it."""

    rp: Rp
    citizen: Actor
    page: str  # the citizen's own token
    version: UUID = field(default_factory=new_id)

    async def called(self, *, token: str = "", audience: str = APP, **changes: Any) -> str:
        """Return what comes along with a call made with the citizen's token, or with another."""
        app = await actor_of(token or self.page)
        who = Who(sub="s", level=3, scopes=app.scopes, region="330106", token_id=app.token_id)
        return await session_tokens.issue(replace(who, **changes), audience, API, now=await clock.now())

    async def exchange(self, subject: str, **changes: Any) -> httpx.Response:
        form = {
            "grant_type": "urn:ietf:params:oauth:grant-type:token-exchange", "subject_token": subject,
            "subject_token_type": f"{TYPES}jwt",
        } | changes  # fmt: skip
        sent = {name: value for name, value in form.items() if value is not None}
        return await self.rp.call("token", sent)

    async def lent(self) -> str:
        answer = await self.exchange(await self.called())
        assert answer.status_code == 200, answer.text
        return str(answer.json()["access_token"])

    async def seen(self, token: str) -> dict[str, Any]:
        """Return what the API answers to a token."""
        shown = {"authorization": f"Bearer {token}"}
        return dict((await self.rp.http.post("/graphql", json=VIEWER, headers=shown)).json())


async def written() -> tuple[int, int]:
    [row] = await fetch(
        "SELECT (SELECT count(*) FROM app_token) AS tokens,"
        " (SELECT count(*) FROM audit_row WHERE act = 'app.exchange') AS noted"
    )
    return row["tokens"], row["noted"]


@pytest.fixture
async def world(client: httpx.AsyncClient, token: str) -> World:
    citizen, now = await actor_of(token), await clock.now()
    await consents.grant(citizen, APP, map(Scope, SCOPES), now=now)
    made = World(Rp(client, APP, await a_client(APP)), citizen, "")
    made.page = await tokens.issue(citizen, APP, map(Scope, SCOPES), version_id=made.version, now=now)
    return made


async def test_a_call_lends_a_token_that_acts_and_ends_with_the_citizens_own(world):
    await clock.shift(timedelta(minutes=4))
    subject = await world.called()

    given = (await world.exchange(subject)).json()

    assert given.keys() == {"access_token", "issued_token_type", "token_type", "expires_in", "scope"}
    assert (given["issued_token_type"], given["token_type"]) == (f"{TYPES}access_token", "Bearer")
    assert (given["scope"], 350 < given["expires_in"] <= 360) == ("cases:read profile:read", True)
    assert await world.seen(given["access_token"]) == {"data": {"viewer": {"level": 3, "scopes": SCOPES}}}
    [row] = await fetch(
        "SELECT party_id, session_id, app_id, object, basis FROM audit_row WHERE act = 'app.exchange'"
    )
    assert row == {
        "party_id": world.citizen.person_id, "session_id": world.citizen.session_id, "app_id": APP,
        "object": f"app/{APP}/{API}", "basis": "cases:read profile:read",
    }  # fmt: skip
    await clock.shift(timedelta(minutes=6))
    assert "errors" in await world.seen(given["access_token"])


async def test_a_call_tells_the_back_end_nothing_of_the_citizens_token(world):
    one, two = await world.called(), await world.called()

    [row] = await fetch("SELECT id, token_hash, session_id FROM app_token")
    told = payload_of(one)
    assert told.keys() == {
        "iss", "aud", "sub", "iat", "exp", "jti", "api", "scope", "level", "region", "elder",
    }  # fmt: skip
    assert told["jti"] != payload_of(two)["jti"]
    for known in (row["id"].hex, str(row["id"]), str(row["session_id"]), row["token_hash"].hex()):
        assert known not in str(told)
    assert (await session_tokens.read(one)).token_id == UUID(str(row["id"]))


async def test_however_often_it_is_exchanged_there_is_one_token_for_a_set_of_scopes(world):
    subject = await world.called()

    answers = await asyncio.gather(*(world.exchange(subject) for _ in range(8)))
    again = await world.lent()  # of the next call
    own = (await world.exchange(await world.called(token=again))).json()  # of a call made with it
    narrow = (await world.exchange(subject, scope="cases:read")).json()

    assert {answer.json()["access_token"] for answer in answers} == {again} == {own["access_token"]}
    assert await written() == (3, 2)
    assert narrow["scope"] == "cases:read"
    assert "errors" in await world.seen(narrow["access_token"]), "viewer is of profile:read"
    wider = await world.exchange(await world.called(token=narrow["access_token"]), scope="profile:read")
    assert wider.json()["error"] == "invalid_scope"


Change = Callable[[World], Awaitable[None]]


ENDS: dict[str, tuple[Change, str]] = {
    "consent": (lambda w: _now(consents.withdraw, w.citizen, APP), "invalid_grant"),
    "session": (lambda w: _now(sessions.revoke, w.citizen, w.citizen.session_id), "invalid_grant"),
    "app": (lambda w: halts.halt(APP, until=halts.FOREVER), "invalid_grant"),
    "version": (lambda w: halts.halt_version(w.version, until=halts.FOREVER), "invalid_grant"),
    "client": (lambda w: _now(clients.disable, APP), "invalid_client"),
}


async def _now(verb: Callable[..., Awaitable[Any]], *given: Any) -> None:
    await verb(*given, now=await clock.now())


@pytest.mark.parametrize("name", ENDS)
async def test_it_dies_with_what_it_hangs_on_and_nothing_more_is_given(world, name):
    change, error = ENDS[name]
    lent, subject = await world.lent(), await world.called()
    assert "data" in await world.seen(lent)

    await change(world)

    assert (await world.seen(lent))["errors"][0]["extensions"]["code"] == "NOT_SIGNED_IN"
    before = await written()
    answer = await world.exchange(subject, scope="cases:read")
    assert answer.json()["error"] == error
    if error == "invalid_grant":
        assert answer.status_code == 400
        assert "citizen's token, session or consent has ended" in answer.json()["error_description"]
    assert await written() == before


async def test_a_scope_that_is_switched_off_is_taken_from_it_and_comes_back(world):
    lent = await world.lent()
    await halts.halt_scope(Scope.PROFILE_READ, now=await clock.now())
    off = await world.seen(lent)
    during = (await world.exchange(await world.called())).json()
    await halts.free_scope(Scope.PROFILE_READ)

    assert off["errors"][0]["extensions"]["code"] == "SCOPE_MISSING"
    assert during["scope"] == "cases:read"
    assert "data" in await world.seen(lent)


async def test_a_back_end_may_revoke_it_and_gets_no_other(world):
    lent, subject = await world.lent(), await world.called()

    await world.rp.call("revoke", {"token": lent})

    assert "errors" in await world.seen(lent)
    again = await world.exchange(subject)
    assert (again.status_code, again.json()["error"]) == (400, "invalid_grant")
    assert "revoked" in again.json()["error_description"]
    assert await written() == (2, 1)


REFUSED: dict[str, tuple[dict[str, Any], str, str]] = {
    "nothing": ({"subject_token": None}, "invalid_request", "subject_token is missing"),
    "no type": ({"subject_token_type": None}, "invalid_request", "subject_token_type is missing"),
    "another type": ({"subject_token_type": f"{TYPES}access_token"}, "invalid_request", "subject_token_type"),
    "a JWT wanted": ({"requested_token_type": f"{TYPES}jwt"}, "invalid_request", "requested_token_type"),
    "a refresh token wanted": (
        {"requested_token_type": f"{TYPES}refresh_token"}, "invalid_request", "requested_token_type",
    ),
    "an actor": ({"actor_token": "x", "actor_token_type": f"{TYPES}jwt"}, "invalid_request", "actor_token"),
    "an audience": ({"audience": "other-app"}, "invalid_target", f"{ISSUER}/graphql alone"),
    "a resource": ({"resource": "https://rs.example"}, "invalid_target", f"{ISSUER}/graphql alone"),
    "a wider scope": ({"scope": "cases:read cases:write"}, "invalid_scope", "wider"),
    "garbage": ({"subject_token": "a.b.c"}, "invalid_request", "not a session token"),
}  # fmt: skip


async def test_what_is_asked_wrongly_is_refused_and_writes_nothing(world):
    for name, (changes, error, words) in REFUSED.items():
        answer = await world.exchange(await world.called(), **changes)

        assert (answer.status_code, answer.json()["error"]) == (400, error), name
        assert words in answer.json()["error_description"], name
    assert await written() == (1, 0)
    named = await world.exchange(await world.called(), resource=f"{ISSUER}/graphql")
    assert named.status_code == 200


async def test_a_token_of_a_call_is_worth_nothing_but_to_whom_it_was_sent_and_for_a_minute(world):
    subject = await world.called()
    invented = await world.called(audience=f"{APP}--sandbox", invented=True, token_id=None)
    bare = await world.called(token_id=None)
    production, others = world.rp, [await add(world.rp.http, kind) for kind in ("basic", "public")]
    sandbox = Rp(production.http, f"{APP}--sandbox", await a_client(f"{APP}--sandbox"))

    async def told(rp: Rp, token: str) -> str:
        world.rp = rp
        answer = await world.exchange(token)
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")
        return str(answer.json()["error_description"])

    for_another = "subject_token is for another client"
    assert {await told(rp, subject) for rp in (*others, sandbox)} == {for_another}
    assert await told(production, invented) == for_another
    assert (await told(sandbox, invented)).startswith("CITIZEN_INVENTED: a developer invented")
    assert "without a token of a citizen" in await told(production, bare)
    assert "not a session token" in await told(production, subject[:-4] + "AAAA")
    production.dpop = ECKey.generate_key("P-256")
    assert "send no DPoP proof" in await told(production, subject)
    production.dpop = None
    await clock.shift(session_tokens.LIFE)
    assert "has expired" in await told(production, subject)
    assert await written() == (1, 0)
    wrong = await Rp(production.http, APP, "wrong").call("token", {"grant_type": "x"})
    assert (wrong.status_code, wrong.json()["error"]) == (401, "invalid_client")
