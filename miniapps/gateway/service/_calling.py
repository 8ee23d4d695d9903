"""Calling the back end of a mini-app: for a citizen, or for an invented one from a developer's desk."""

import asyncio
import time
from dataclasses import dataclass, replace
from datetime import datetime

import msgspec

from banshi import calls
from banshi.calls import Answer, AppBusy, AppLost, AppOffline, AppSilent
from banshi.errors import DomainError, ScopeMissing
from banshi.manifest import Manifest
from banshi.scopes import Scope
from identity import audit, session_tokens, subjects
from identity.actor import Actor
from identity.session_tokens import Who
from miniapps.catalog import queries as catalog
from miniapps.catalog.errors import AppNotFound
from miniapps.gateway import rules
from miniapps.gateway.service._connections import PATIENCE_S, Call, Outcome, Result
from miniapps.gateway.service._exchange import Exchange
from miniapps.insight import service as insight
from miniapps.insight.rules.counting import What
from miniapps.insight.rules.lines import Line, safe
from miniapps.release import queries as releases
from storage.db import transaction
from storage.ids import new_hex

UNEXPECTED = "INTERNAL"
FAULTS = 500  # a status from here on is the back end's own fault


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One call as it came in."""

    app_id: str
    api: str
    body: bytes  # JSON
    request_id: str
    elder: bool = False
    idempotency_key: str = ""


class Invented(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A citizen whom a developer invented to try his back end."""

    sub: str
    level: int = 3
    region: str = "330106"
    elder: bool = False
    scopes: tuple[str, ...] = ()


async def call(actor: Actor, asked: Asked, exchange: Exchange, *, now: datetime) -> Answer:
    """Pass a citizen's call on to the mini-app whose token he uses, and return its answer.

    It is held against the manifest of the version that he opened, noted in the audit before it is passed on,
    counted when it is over, and told to the team in a line that does not say whose it was.
    Raises:
        AppNotFound: the token is another mini-app's, or this one is not to be seen.
        ApiUnknown, ConsentNeeded, InvalidInput, SchemaUnfit: the call is not what the manifest says.
        AppOffline, AppBusy, AppLost, AppSilent: there is no answer; the same call may find one later.
    """
    if actor.app_id is None:
        raise ScopeMissing(scope=Scope.APPS_OPEN)
    if actor.app_id != asked.app_id:
        raise AppNotFound(app=asked.app_id)
    _, made = await releases.called(actor)
    began, code = time.perf_counter(), UNEXPECTED
    try:
        answer = await _held_against(made, actor, asked, exchange, now=now)
        code = calls.code_of(answer)
        return answer
    except DomainError as refusal:
        code = refusal.code
        raise
    finally:
        api = asked.api if any(each.name == asked.api for each in made.apis) else ""
        ms = round((time.perf_counter() - began) * 1000)
        insight.note_call(made.id, Line(now, made.version, api, safe(code), ms, asked.request_id))


async def _held_against(
    made: Manifest, actor: Actor, asked: Asked, exchange: Exchange, *, now: datetime
) -> Answer:
    asked = replace(asked, body=calls.check(made, asked.api, actor.scopes, asked.body))
    async with transaction():
        await audit.record(actor, "app.call", f"app/{asked.app_id}/{asked.api}", now=now)
    who = Who(
        sub=subjects.pairwise_sub(asked.app_id, actor.acting_for), level=actor.level,
        scopes=sorted(actor.scopes), region=actor.region, elder=asked.elder, token_id=actor.token_id,
    )  # fmt: skip
    began, what = time.perf_counter(), What.CALL_ERROR
    try:
        answer = await _pass_on(exchange, rules.live(asked.app_id), asked, who, now=now)
        what = What.CALL_ERROR if answer.status >= FAULTS else What.CALL
        return answer
    finally:
        insight.note(made.id, made.version, What.CALL, ms=(time.perf_counter() - began) * 1000)
        if what is What.CALL_ERROR and actor.session_id is not None:
            insight.note_error(made.id, made.version, what, actor.session_id, now=now)


async def rehearse(
    actor: Actor, asked: Asked, citizen: Invented, exchange: Exchange, *, now: datetime
) -> Answer:
    """Pass a developer's call on to the back end at his own desk, for a citizen whom he invented.

    An app id that ends in --sandbox means the connections with its sandbox credentials; he has to be of the
    team that it belongs to.
    Raises: ScopeMissing, AppNotFound, InvalidInput, AppOffline, AppBusy, AppLost, AppSilent.
    """
    if not actor.may(Scope.APPS_WRITE) or actor.app_id is not None:
        raise ScopeMissing(scope=Scope.APPS_WRITE)
    calls.read(asked.body)
    app_id = asked.app_id.removesuffix(rules.SANDBOX)
    channel = rules.bench(actor.person_id, app_id)
    if asked.app_id != app_id:
        await _check_own(actor, app_id)
        channel = rules.trial(app_id)
    who = Who(
        sub=citizen.sub, level=citizen.level, scopes=citizen.scopes, region=citizen.region,
        elder=citizen.elder, invented=True,
    )  # fmt: skip
    return await _pass_on(exchange, channel, asked, who, now=now)


async def _check_own(actor: Actor, app_id: str) -> None:
    app = await catalog.app(actor, app_id)
    if not (await catalog.versions_of(actor, [app.id]))[app.id]:  # a developer sees those of his team alone
        raise AppNotFound(app=app_id)


async def _pass_on(exchange: Exchange, channel: str, asked: Asked, who: Who, *, now: datetime) -> Answer:
    app_id = asked.app_id.removesuffix(rules.SANDBOX)
    audience = f"{app_id}{rules.SANDBOX}" if who.invented else app_id
    call = Call(
        id=new_hex(), api=asked.api, token=await session_tokens.issue(who, audience, asked.api, now=now),
        request_id=asked.request_id, body=asked.body, idempotency_key=asked.idempotency_key,
    )  # fmt: skip
    try:
        async with asyncio.timeout(PATIENCE_S):
            result = await exchange.call(channel, call)
    except TimeoutError:
        raise AppSilent(app_id=app_id, seconds=int(PATIENCE_S)) from None
    return _answer(app_id, result)


def _answer(app_id: str, result: Result) -> Answer:
    match result.outcome:
        case Outcome.ANSWERED:
            return Answer(result.status, result.body)
        case Outcome.BUSY:
            raise AppBusy(app_id=app_id)
        case Outcome.LOST:
            raise AppLost(app_id=app_id)
        case _:
            raise AppOffline(app_id=app_id)
