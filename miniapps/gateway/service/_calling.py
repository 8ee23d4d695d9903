"""Calling the back end of a mini-app: for a citizen, or for an invented one from a developer's desk."""

import asyncio
import time
from collections.abc import Callable
from datetime import datetime
from typing import Any

import msgspec
from msgspec.structs import replace

from banshi import calls
from banshi.calls import Answer, AppBusy, AppFailed, AppLost, AppOffline, AppResting, AppSilent
from banshi.errors import DomainError, ScopeMissing
from banshi.manifest import Manifest
from banshi.scopes import Scope
from identity import audit, session_tokens, subjects
from identity.actor import Actor
from identity.session_tokens import Who
from miniapps.catalog import queries as catalog
from miniapps.catalog.errors import AppNotFound
from miniapps.gateway import rules
from miniapps.gateway.service import _bounds, _quotas
from miniapps.gateway.service._connections import PATIENCE_S, Call, Outcome, Result
from miniapps.gateway.service._exchange import Exchange
from miniapps.gateway.service._upstreams import upstream_of
from miniapps.insight import service as insight
from miniapps.insight.rules.counting import What
from miniapps.insight.rules.lines import Line, safe
from miniapps.release import queries as releases
from storage.db import transaction
from storage.ids import new_hex

UNEXPECTED = "INTERNAL"
OPENED, WHO = "opened", "who"  # under which a version, and its citizen, are kept with the verdict on a token


class Asked(msgspec.Struct, frozen=True, kw_only=True):
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


async def call(
    actor: Actor, asked: Asked, exchange: Exchange, *, now: datetime, kept: dict[Any, Any] | None = None
) -> Answer:
    """Pass a citizen's call on to the mini-app whose token he uses, and return its answer.

    It is held against the manifest of the version he opened, noted in the audit, counted when it is over, and
    told to the team in a line that does not say whose it was; so is its answer.  `kept` lives as long as
    the verdict on the token.
    Raises:
        AppNotFound: the token is another mini-app's, or this one is not to be seen.
        ApiUnknown, ConsentNeeded, InvalidInput, SchemaUnfit: the call is not what the manifest says.
        AppCrowded, AppResting: it is not passed on now.
        AppOffline, AppBusy, AppLost, AppSilent: there is no answer; the same call may find one later.
        AppFailed, AnswerUnfit: the answer is not what the manifest says.
    """
    if actor.app_id is None:
        raise ScopeMissing(scope=Scope.APPS_OPEN)
    if actor.app_id != asked.app_id:
        raise AppNotFound(app=asked.app_id)
    made = await opened(actor, kept)
    began = time.perf_counter()
    became: Answer | str = UNEXPECTED
    try:
        who = _who(actor, asked, kept)
        became = await _held_against(made, actor, asked, who, exchange, now=now)
        return became
    except DomainError as refusal:
        became = refusal.code
        raise
    finally:
        _after_answering(_note_line, made, asked, became, time.perf_counter() - began, now)


async def _held_against(
    made: Manifest, actor: Actor, asked: Asked, who: Who, exchange: Exchange, *, now: datetime
) -> Answer:
    asked = replace(asked, body=calls.check(made, asked.api, actor.scopes, asked.body))
    await _bounds.count(made.id, asked.api, await _quotas.per_s_of(made.id))
    await _note(actor, f"app/{asked.app_id}/{asked.api}", now=now)
    began, failed = time.perf_counter(), False  # it is no fault of the back end that we end, or err ourselves
    try:
        result = await _let_through(exchange, made, asked, who, now=now)
        answer = _answer(made.id, result)
        if answer.status == 200:
            _look(exchange, made, asked.api, answer.body, now=now)
        failed = result.is_fault
        return answer
    except DomainError as refusal:
        failed = not isinstance(refusal, AppResting)
        raise
    finally:
        ms = (time.perf_counter() - began) * 1000
        _after_answering(_count, made, actor, ms, failed)


def _note_line(made: Manifest, asked: Asked, became: Answer | str, seconds: float, now: datetime) -> None:
    """Tell the team of a call; `became` is the answer, or the code of the platform's refusal."""
    api = asked.api if any(each.name == asked.api for each in made.apis) else ""
    code = became if isinstance(became, str) else calls.code_of(became)
    line = Line(now, made.version, api, safe(code), round(seconds * 1000), asked.request_id)
    insight.note_call(made.id, line)


def _count(made: Manifest, actor: Actor, ms: float, failed: bool) -> None:
    insight.note(made.id, made.version, What.CALL, by=actor.person_id, ms=ms)
    if failed:
        insight.note(made.id, made.version, What.CALL_ERROR, by=actor.person_id)


def _after_answering(does: Callable[..., None], *told: object) -> None:
    """Do what nobody waits for when this task next waits: mostly it has written the answer by then."""
    asyncio.get_running_loop().call_soon(does, *told)


async def rehearse(
    actor: Actor, asked: Asked, citizen: Invented, exchange: Exchange, *, now: datetime
) -> Answer:
    """Pass a developer's call on to the back end at his own desk, for a citizen whom he invented.

    An app id that ends in --sandbox means the connections with its sandbox credentials; he has to be of the
    team that it belongs to.
    Raises: ScopeMissing, AppNotFound, InvalidInput, AppOffline, AppBusy, AppLost, AppSilent, AppFailed.
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
    answer = _answer(app_id, await _pass_on(exchange, channel, asked, who, now=now))
    if answer.status == 200:
        calls.answered(app_id, answer.body)
    return answer


async def opened(actor: Actor, kept: dict[Any, Any] | None) -> Manifest:
    """Return the manifest of the version that was opened; asked once while the token is believed.

    Raises: AppNotFound.
    """
    kept = {} if kept is None else kept
    if OPENED not in kept:
        kept[OPENED] = (await releases.called(actor))[1]
    made: Manifest = kept[OPENED]
    return made


def _who(actor: Actor, asked: Asked, kept: dict[Any, Any] | None) -> Who:
    """Return what the back end may know of the citizen; reckoned once while his token is believed."""
    held: Who | None = None if kept is None else kept.get((WHO, asked.elder))
    if held is None:
        held = Who(
            sub=subjects.pairwise_sub(asked.app_id, actor.acting_for), level=actor.level,
            scopes=tuple(sorted(actor.scopes)), region=actor.region, elder=asked.elder,
            token_id=actor.token_id,
        )  # fmt: skip
        if kept is not None:
            kept[WHO, asked.elder] = held
    return held


async def _note(actor: Actor, object: str, *, now: datetime) -> None:
    if actor.delegation_id is None:
        await audit.record_soon(actor, "app.call", object, now=now)
        return
    async with transaction():
        await audit.record(actor, "app.call", object, now=now)


def _look(exchange: Exchange, made: Manifest, api: str, body: bytes, *, now: datetime) -> None:
    """Hold an answer against the manifest.  Raises: AppFailed, AnswerUnfit, SchemaUnfit."""
    fits = False
    try:
        calls.fit(made, api, body)
        fits = True
    finally:
        exchange.back_ends.looked(made, fits=fits, now=now)


async def _let_through(
    exchange: Exchange, made: Manifest, asked: Asked, who: Who, *, now: datetime
) -> Result:
    """Pass a citizen's call on, unless the back end is left alone.  Raises: AppResting, AppSilent."""
    if not exchange.back_ends.lets(made.id):
        raise AppResting(app_id=made.id)
    failed: bool | None = None
    try:
        result = await _pass_on(exchange, rules.live(made.id), asked, who, now=now)
        failed = result.is_down
        return result
    except AppSilent:
        failed = True
        raise
    finally:
        exchange.back_ends.went(made, failed=failed, now=now)


async def _check_own(actor: Actor, app_id: str) -> None:
    app = await catalog.app(actor, app_id)
    if not (await catalog.versions_of(actor, [app.id]))[app.id]:  # a developer sees those of his team alone
        raise AppNotFound(app=app_id)


async def _pass_on(exchange: Exchange, channel: str, asked: Asked, who: Who, *, now: datetime) -> Result:
    """Pass a call on, to the address of the back end or down a connection.  Raises: AppSilent."""
    app_id = asked.app_id.removesuffix(rules.SANDBOX)
    audience = f"{app_id}{rules.SANDBOX}" if who.invented else app_id
    upstream = None if channel.startswith(rules.BENCH) else await upstream_of(audience, now=now)
    # a signature's id is its token's, and who sees an id again takes it for the same call
    token_for = session_tokens.issue if upstream and upstream.secrets else session_tokens.lent
    token = await token_for(who, audience, asked.api, now=now)
    call = Call(
        id="" if upstream else new_hex(), api=asked.api, token=token, request_id=asked.request_id,
        body=asked.body, idempotency_key=asked.idempotency_key,
    )  # fmt: skip
    try:
        if upstream is not None:
            return await exchange.back_ends.ask(upstream, call, at=now, patience_s=PATIENCE_S)
        async with asyncio.timeout(PATIENCE_S):
            return await exchange.call(channel, call)
    except TimeoutError:
        raise AppSilent(app_id=app_id, seconds=int(PATIENCE_S)) from None


def _answer(app_id: str, result: Result) -> Answer:
    match result.outcome:
        case Outcome.ANSWERED:
            return Answer(result.status, result.body)
        case Outcome.BUSY:
            raise AppBusy(app_id=app_id)
        case Outcome.LOST:
            raise AppLost(app_id=app_id)
        case Outcome.UNREAD:
            raise AppFailed(app_id=app_id)
        case _:
            raise AppOffline(app_id=app_id)
