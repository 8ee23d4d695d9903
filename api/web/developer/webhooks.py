"""What a mini-app's back end is told: where to, every delivery, its tries; sent again, and tried out."""

from typing import Final
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.types import ControllerRouterHandler

from api.http.asking import Asker
from api.http.errors import AnyRequest
from api.pages.forms import Form
from api.pages.local import go, with_query
from api.pages.signed_in import place
from api.pages.ways import row_id
from api.web.developer.credentials import LABELS
from api.web.developer.place import APPS, about_app, builder, built
from api.web.mistakes import mistake
from api.web.noticed import ms
from api.web.words import DELIVERY_STATES, NEWS, TRY_PROBLEMS, WANTS
from banshi.errors import DomainError, InvalidInput
from banshi.scopes import Scope
from identity import teams
from miniapps.catalog import queries as catalog
from miniapps.catalog.errors import TeamOwnerNeeded
from miniapps.catalog.rules import Environment
from miniapps.catalog.tables import MiniApp
from miniapps.webhooks import queries, service
from miniapps.webhooks.errors import DeliveryNotFound
from miniapps.webhooks.queries import Opened
from miniapps.webhooks.rules import KEPT, DeliveryState, Outcome, message_id

ALL: Final = f"{APPS}/{{app_id:str}}/webhooks"
ONE: Final = f"{ALL}/{{delivery_id:uuid}}"
PAGE: Final = 20


@get(ALL)
async def list_(request: AnyRequest, app_id: str) -> Response[bytes]:
    """Show where a mini-app is told, and the newest deliveries."""
    asker = await builder(request, Scope.APPS_WRITE)
    return await _list(request, asker, await catalog.own_app(asker.actor, app_id))


@post(ALL, status_code=200)
async def act(request: AnyRequest, app_id: str) -> Response[bytes]:
    """Register or remove an address, try it, or send again what was given up."""
    form, asker = await built(request, Scope.APPS_WRITE)
    app = await catalog.own_app(asker.actor, app_id)
    try:
        done = await _done(asker, app_id, form)
    except DomainError as refusal:
        return await _list(request, asker, app, refusal=refusal, kept=form)
    return go(with_query(f"{APPS}/{app_id}/webhooks", done=done))


async def _done(asker: Asker, app_id: str, form: Form) -> str:
    if form.get("act") == "answer":
        return await _answered(asker, form)
    if form.get("environment") not in list(Environment):
        raise InvalidInput(field="environment", problem="请重新选择环境")
    environment, actor, now = Environment(form.get("environment")), asker.actor, asker.now
    match form.get("act"):
        case "register":
            await service.register(actor, app_id, environment, form.get("url"), now=now)
            return "webhook-registered"
        case "remove":
            await service.remove(actor, app_id, environment, now=now)
            return "webhook-removed"
        case "try":
            await service.try_out(actor, app_id, environment, form.get("type"), now=now)
            return "webhook-tried"
        case "replay":
            await service.replay_since(actor, app_id, environment, now - KEPT, now=now)
            return "webhook-replayed"
    raise InvalidInput(field="act", problem="请重新选择操作")


async def _answered(asker: Asker, form: Form) -> str:
    outcome = Outcome.NOTHING if form.get("outcome") == Outcome.NOTHING else Outcome.DONE
    await service.answer(asker.actor, row_id(form.get("id")), outcome, now=asker.now)
    return "data-answered"


@get(ONE)
async def one(request: AnyRequest, app_id: str, delivery_id: UUID) -> Response[bytes]:
    """Show what a delivery says, and each try."""
    asker = await builder(request, Scope.APPS_WRITE)
    app, held = await _own(asker, app_id, delivery_id)
    return await _one(request, asker, app, held)


async def _one(
    request: AnyRequest, asker: Asker, app: MiniApp, held: Opened, *, refusal: DomainError | None = None
) -> Response[bytes]:
    payload = None
    if held.payload is not None:
        payload = msgspec.json.format(held.payload, indent=2)
    return await about_app(
        request, "developer_delivery", asker, app, held=held, row=held.row, payload=payload, ms=ms,
        called=DELIVERY_STATES[held.row.state], named=NEWS.get(held.row.type, held.row.type), labels=LABELS,
        at=f"{APPS}/{app.app_id}/webhooks", message_id=message_id(held.row.id), problems=TRY_PROBLEMS,
        may=held.environment is Environment.SANDBOX or await teams.is_owner(asker.actor),
        **mistake(request, asker, refusal, None),
    )  # fmt: skip


@post(f"{ONE}/replay", status_code=200)
async def replay(request: AnyRequest, app_id: str, delivery_id: UUID) -> Response[bytes]:
    """Send a delivery once more."""
    _, asker = await built(request, Scope.APPS_WRITE)
    app, held = await _own(asker, app_id, delivery_id)
    try:
        await service.replay(asker.actor, held.row.id, now=asker.now)
    except TeamOwnerNeeded as refusal:
        return await _one(request, asker, app, held, refusal=refusal)
    return go(with_query(f"{APPS}/{app_id}/webhooks/{delivery_id}", done="webhook-replayed"))


async def _own(asker: Asker, app_id: str, delivery_id: UUID) -> tuple[MiniApp, Opened]:
    """Return a mini-app of the team and a delivery to just that.  Raises: AppNotFound, DeliveryNotFound."""
    app = await catalog.own_app(asker.actor, app_id)
    held = await queries.delivery(asker.actor, delivery_id)
    if held.app_id != app_id:
        raise DeliveryNotFound(id=delivery_id)
    return app, held


async def _list(
    request: AnyRequest, asker: Asker, app: MiniApp, *,
    refusal: DomainError | None = None, kept: Form | None = None,
) -> Response[bytes]:  # fmt: skip
    asked = request.query_params.get("state", "")
    state = DeliveryState(asked) if asked in list(DeliveryState) else None
    page = await queries.deliveries(asker.actor, app.app_id, state=state, first=PAGE, after=place(request))
    held = {row.environment: row for row in await queries.addresses(asker.actor, app.app_id)}
    asked_of = await queries.questions(asker.actor, app.app_id, only_open=True, first=PAGE, after=None)
    is_owner = await teams.is_owner(asker.actor)
    at = f"{APPS}/{app.app_id}/webhooks"
    older = with_query(at, state=state, after=str(page.rows[-1].row.id)) if page.more else ""
    return await about_app(
        request, "developer_webhooks", asker, app, at=at, older=older, rows=page.rows, chosen=state or "",
        questions=asked_of.rows, is_owner=is_owner, wants=WANTS, states=DELIVERY_STATES, news=NEWS,
        labels=LABELS,
        places=[(each, held.get(each), is_owner or each is Environment.SANDBOX) for each in Environment],
        **mistake(request, asker, refusal, kept),
    )  # fmt: skip


ROUTES: list[ControllerRouterHandler] = [list_, act, one, replay]
