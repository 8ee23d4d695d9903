"""Defects that testers found in a mini-app: read, answered, and said to be mended."""

from typing import Final
from uuid import UUID

from litestar import Response, get, post
from litestar.types import ControllerRouterHandler

from api.http.asking import Asker
from api.http.errors import AnyRequest
from api.pages.forms import Form
from api.pages.local import go, with_query
from api.pages.signed_in import place
from api.web.developer.place import APPS, about_app, builder, built
from api.web.mistakes import mistake
from api.web.words import DEFECT_STATES, HARMS, SIDES
from banshi.errors import DomainError
from banshi.scopes import Scope
from miniapps.catalog import queries as catalog
from miniapps.catalog.tables import MiniApp
from miniapps.shelf import queries, service
from miniapps.shelf.errors import DefectMoveRefused, DefectNotFound
from miniapps.shelf.rules import MOVES, DefectState, Side
from miniapps.shelf.service import Move
from miniapps.shelf.tables import AppDefect

ALL: Final = f"{APPS}/{{app_id:str}}/defects"
ONE: Final = f"{ALL}/{{defect_id:uuid}}"
PAGE: Final = 20


@get(ALL)
async def list_(request: AnyRequest, app_id: str) -> Response[bytes]:
    """Show the defects of a mini-app."""
    asker = await builder(request, Scope.APPS_READ)
    app = await catalog.own_app(asker.actor, app_id)
    asked = request.query_params.get("state", "")
    state = DefectState(asked) if asked in list(DefectState) else None
    page = await queries.defects(
        asker.actor, app_id=app_id, state=state, first=PAGE, after=place(request), now=asker.now
    )
    at = f"{APPS}/{app_id}/defects"
    return await about_app(
        request, "developer_defects", asker, app, rows=page.rows, at=at, chosen=state or "",
        older=with_query(at, state=state, after=str(page.rows[-1].id)) if page.more else "",
        states=DEFECT_STATES, severities=HARMS,
    )  # fmt: skip


@get(ONE)
async def one(request: AnyRequest, app_id: str, defect_id: UUID) -> Response[bytes]:
    """Show a defect and what was said and done about it."""
    asker = await builder(request, Scope.APPS_READ)
    return await _one(request, asker, *await _own(asker, app_id, defect_id))


@post(f"{ONE}/reply", status_code=200)
async def reply(request: AnyRequest, app_id: str, defect_id: UUID) -> Response[bytes]:
    """Say something about a defect; the same words again say nothing new."""
    form, asker = await built(request)
    app, row = await _own(asker, app_id, defect_id)
    try:
        await service.reply(asker.actor, row.id, form.get("text"), now=asker.now)
    except DomainError as refusal:
        return await _one(request, asker, app, row, refusal=refusal, kept=form)
    return go(with_query(_address(app, row), done="replied"))


@post(f"{ONE}/move", status_code=200)
async def move(request: AnyRequest, app_id: str, defect_id: UUID) -> Response[bytes]:
    """Say that a defect is being mended, was mended, or waits again; where it stands so already, nothing."""
    form, asker = await built(request)
    app, row = await _own(asker, app_id, defect_id)
    to = form.get("to")
    try:
        if to not in list(DefectState):
            raise DefectMoveRefused(now=row.state, to=to[:12])
        fixed_in = form.get("fixedIn") if to == DefectState.FIXED else ""
        move = Move(to=DefectState(to), note=form.get("note"), fixed_in=fixed_in)
        await service.move(asker.actor, row.id, move, now=asker.now)
    except DomainError as refusal:
        return await _one(request, asker, app, row, refusal=refusal, kept=form)
    return go(with_query(_address(app, row), done="moved"))


async def _own(asker: Asker, app_id: str, defect_id: UUID) -> tuple[MiniApp, AppDefect]:
    """Return a mini-app of the team and a defect of just that.  Raises: AppNotFound, DefectNotFound."""
    app = await catalog.own_app(asker.actor, app_id)
    row = await queries.defect(asker.actor, defect_id, now=asker.now)
    if row.app_id != app_id:
        raise DefectNotFound
    return app, row


def _address(app: MiniApp, row: AppDefect) -> str:
    return f"{APPS}/{app.app_id}/defects/{row.id}"


async def _one(
    request: AnyRequest, asker: Asker, app: MiniApp, row: AppDefect, *,
    refusal: DomainError | None = None, kept: Form | None = None,
) -> Response[bytes]:  # fmt: skip
    notes = (await queries.notes_of(asker.actor, [row.id]))[row.id]
    versions = (await catalog.versions_of(asker.actor, [app.id]))[app.id]
    moves = [to for to, by in MOVES[DefectState(row.state)].items() if Side.TEAM in by]
    return await about_app(
        request, "developer_defect", asker, app, row=row, notes=notes, at=_address(app, row),
        address=_address(app, row), moves={to.value: DEFECT_STATES[to] for to in moves},
        versions={each.version: each.version for each in versions}, sides=SIDES,
        states=DEFECT_STATES, severity=HARMS[row.severity], may_write=asker.actor.may(Scope.APPS_WRITE),
        **mistake(request, asker, refusal, kept),
    )  # fmt: skip


ROUTES: list[ControllerRouterHandler] = [list_, one, reply, move]
